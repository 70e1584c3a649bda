"""The audit trail as it is answered."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.audit_chain import ActorKind, Event
from app.schemas_base import AnswerModel, Page


class AuditEvent(AnswerModel):
    """Who did what to whom, and when. Ids and names of operations only: nothing that was written or measured."""

    number: int = Field(description="1, 2, 3 … without a gap in your organization.")
    at: datetime
    event: Event = Field(description="Its kind, named as in the OWASP Logging Vocabulary; more kinds may come.")
    action: str = Field(description="The operation, as this description names it, or a command of the server.")
    actor_kind: ActorKind = Field(
        description="`person`: signed in; `link`: whoever had a private link or that of an e-mail; `command`: on the "
        "server; `nobody`: not known, such as who mistypes a password."
    )
    actor_id: UUID | None = Field(description="The person, or the private link.")
    client_id: UUID | None = Field(
        description="The client; null where it is about none, or many at once. Of somebody erased the id stays, which "
        "stands for nobody any more."
    )
    object_id: UUID | None = Field(description="The thing that was made or changed.")
    request_id: str = Field(description="The request, as its answer and the log name it; empty for commands.")
    hash: str = Field(
        description="Of this row and of the hash before it: what the operator's `squatback verify` checks."
    )


class AuditPage(Page[AuditEvent]):
    """A page of the audit trail, newest first."""
