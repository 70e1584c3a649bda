"""Everything stored about a client, as it is handed out, and the word that has it erased."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.clients.schemas import Client
from app.clients.transfer_schemas import Transfer
from app.private_links import LinkKind
from app.schemas_base import AnswerModel, Line, RequestModel

Stored = dict[str, object]
"""A document as it was stored."""


class ErasureCreate(RequestModel):
    """The client's name, so that nobody erases the wrong person."""

    confirm: Line = Field(description="The client's `display_name`, exactly as it stands.")


class StoredFact(AnswerModel):
    """Something that was recorded, and what was answered then."""

    id: UUID
    performed_at: datetime
    performed_on: date
    received_at: datetime
    author_id: UUID = Field(description="Who recorded it.")
    replaces: UUID | None = None
    body: Stored
    answer: Stored | None = None


class StoredWeek(AnswerModel):
    """A week as one revision planned it; the ones that count are current."""

    week_number: int
    version: str
    revision: int
    is_current: bool = Field(description="Part of the plan as it stands; all others are what once was planned.")
    starts_on: date
    ends_on: date
    body: Stored


class StoredRevision(AnswerModel):
    """Why a block changed, what was decided and what became different."""

    revision: int
    cause_kind: str
    cause_id: UUID | None = None
    author_id: UUID
    at: datetime
    decisions: list[Stored]
    difference: object


class StoredForecast(AnswerModel):
    """A forecast that was computed for one revision."""

    revision: int
    status: str
    started_at: datetime
    finished_at: datetime | None = None
    body: Stored | None = None


class StoredBlock(AnswerModel):
    """A block with all its weeks, revisions and forecasts."""

    id: UUID
    assessment_id: UUID
    starts_on: date
    weeks: int
    status: str
    revision: int
    planner_version: str
    catalogue_digest: str
    created_at: datetime
    finished_at: datetime | None = None
    plan: Stored
    state: Stored
    planned_weeks: list[StoredWeek]
    revisions: list[StoredRevision]
    forecasts: list[StoredForecast]


class SignInRecord(AnswerModel):
    """How the client signs in; passwords and tokens are stored as hashes that mean nothing to anybody."""

    id: UUID
    email: str
    display_name: str
    created_at: datetime
    disabled_at: datetime | None = None


class InvitationRecord(AnswerModel):
    """An invitation the client was sent."""

    id: UUID
    email: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None


class LinkRecord(AnswerModel):
    """A private link to the client's week page or calendar; what opens it is stored as a hash only."""

    id: UUID
    kind: LinkKind
    created_by: UUID
    created_at: datetime
    revoked_at: datetime | None = None


class DeliveryTime(AnswerModel):
    """When the client's weeks are due."""

    weekday: str
    hour: int
    due_at: datetime | None = None


class MailRecord(AnswerModel):
    """Whether the client wants the weekly e-mail."""

    person_id: UUID
    enabled: bool
    changed_at: datetime


class DeliveryRecord(AnswerModel):
    """A message about the client that was sent, or was to be sent; what it said is not stored."""

    id: UUID
    event: str
    channel: str
    message_id: str
    block_id: UUID
    week_number: int
    revision: int
    state: str
    reason: str
    attempts: int
    created_at: datetime
    finished_at: datetime | None = None


class ClientExport(AnswerModel):
    """Everything stored about one client, and nothing about others but the ids of staff."""

    exported_at: datetime
    client: Client
    sign_ins: list[SignInRecord]
    invitations: list[InvitationRecord]
    transfers: list[Transfer]
    private_links: list[LinkRecord]
    profile_versions: list[StoredFact]
    screenings: list[StoredFact]
    assessments: list[StoredFact]
    clearances: list[StoredFact]
    adjustments: list[StoredFact]
    session_logs: list[StoredFact]
    check_ins: list[StoredFact]
    blocks: list[StoredBlock]
    delivery_times: list[DeliveryTime]
    mail_subscriptions: list[MailRecord]
    deliveries: list[DeliveryRecord]
