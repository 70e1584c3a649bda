"""Every table. Tables of one organization carry its id in their key, so no statement can forget it.

Choices are strings with a CHECK, JSON documents are canonical text, instants are aware UTC.
A table model validates nothing: rows are made from checked values only.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from app import (  # noqa: F401  who loads tables loads them all
    audit_table,
    change_table,
    client_tables,
    delivery_table,
    exercise_table,
    factor_tables,
    forecast_table,
    key_table,
    link_table,
    notice_table,
    sign_in_tables,
)
from app.ids import new_id
from app.table_kit import Sealed, belongs, one_of

FACT_KINDS = ("profile", "screening", "assessment", "clearance", "adjustment", "session_log", "check_in")
_UNFINISHED, _CURRENT = text("status <> 'finished'"), text("is_current")


class Organization(SQLModel, table=True):
    """A gym or clinic: the boundary nothing crosses."""

    __tablename__: ClassVar[str] = "organizations"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    created_at: datetime


class Person(SQLModel, table=True):
    """Somebody who signs in; a member is linked to the client they are."""

    __tablename__: ClassVar[str] = "people"
    __table_args__ = (
        one_of("role", "admin", "coach", "member"),
        CheckConstraint("(role = 'member') = (client_id IS NOT NULL)", name="member_has_client"),
        CheckConstraint("email = lower(email)", name="email_lowercase"),
        belongs(("client_id",), "clients"),
    )
    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True)
    password_hash: str
    role: str
    display_name: str
    client_id: UUID | None = None
    disabled_at: datetime | None = None
    session_version: int = 1  # raised to end every session at once
    created_at: datetime


class AccessToken(SQLModel, table=True):
    """A short-lived bearer token, kept as its hash."""

    __tablename__: ClassVar[str] = "access_tokens"
    __table_args__ = (
        belongs(("person_id",), "people"),
        Index(None, "organization_id", "person_id"),
        Index(None, "family_id"),
    )
    token_hash: str = Field(primary_key=True)
    organization_id: UUID
    person_id: UUID
    family_id: UUID
    session_version: int
    expires_at: datetime = Field(index=True)
    created_at: datetime


class RefreshToken(SQLModel, table=True):
    """One link of a chain of refresh tokens; a family is one sign-in."""

    __tablename__: ClassVar[str] = "refresh_tokens"
    __table_args__ = (
        belongs(("person_id",), "people"),
        Index(None, "organization_id", "person_id"),
        Index(None, "family_id"),
    )
    token_hash: str = Field(primary_key=True)
    organization_id: UUID
    person_id: UUID
    family_id: UUID
    session_version: int
    issued_at: datetime
    idle_expires_at: datetime
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None
    replaced_by: str | None = None
    revoked_at: datetime | None = None


class LoginAttempt(SQLModel, table=True):
    """One failed sign-in, under the hash of the account or address it counts against."""

    __tablename__: ClassVar[str] = "login_attempts"
    __table_args__ = (Index(None, "key", "at"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: str
    at: datetime = Field(index=True)


class Invitation(SQLModel, table=True):
    """A code that lets one person join an organization in one role."""

    __tablename__: ClassVar[str] = "invitations"
    __table_args__ = (
        one_of("role", "admin", "coach", "member"),
        belongs(("client_id",), "clients"),
        belongs(("created_by",), "people"),
    )
    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code_hash: str = Field(unique=True)
    email: str
    role: str
    client_id: UUID | None = None
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None


class PasswordReset(SQLModel, table=True):
    """A code, handed over by an admin or coach, that sets a new password once."""

    __tablename__: ClassVar[str] = "password_resets"
    __table_args__ = (belongs(("person_id",), "people"), belongs(("issued_by",), "people"))
    code_hash: str = Field(primary_key=True)
    organization_id: UUID
    person_id: UUID
    issued_by: UUID
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Client(SQLModel, table=True):
    """A person who trains. `profile` is the newest profile version; the dated ones are facts."""

    __tablename__: ClassVar[str] = "clients"
    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=new_id, primary_key=True)
    display_name: str
    time_zone: str
    locale: str
    session_time: str = Field(sa_column_kwargs={"server_default": "18:00"})  # local, HH:MM
    profile: str = Field(sa_type=Text)
    coach_id: UUID | None = None  # who is responsible now; no foreign key, as people already refer to clients
    archived_at: datetime | None = None
    created_at: datetime
    version: int = 1
    changed_at: datetime | None = None  # when `version` rose last
    change_number: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # see app.changes


class Fact(SQLModel, table=True):
    """What somebody told us, never changed: state is a fold over these rows."""

    __tablename__: ClassVar[str] = "facts"
    __table_args__ = (
        one_of("kind", *FACT_KINDS),
        belongs(("client_id",), "clients"),
        belongs(("author_id",), "people"),
        Index(None, "organization_id", "client_id", "performed_at", "id"),
        Index(None, "organization_id", "client_id", "kind", "performed_at", "id"),
        Index(None, "organization_id", "id"),
        Index(None, "organization_id", "client_id", "replaces"),
    )
    organization_id: UUID = Field(primary_key=True)
    client_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)  # may be made by the client's phone: unique per client only
    kind: str
    performed_at: datetime
    performed_on: date  # the client's local days: a later change of time zone leaves them as they were
    received_at: datetime
    received_on: date
    author_id: UUID
    replaces: UUID | None = None  # no foreign key: a phone may deliver a correction before what it corrects
    body: str = Field(sa_type=Text)
    body_hash: str
    answer: str | None = Field(default=None, sa_type=Text)


class Block(SQLModel, table=True):
    """A planned block as it stands; `document` is the JSON that is served."""

    __tablename__: ClassVar[str] = "blocks"
    __table_args__ = (
        one_of("status", "active", "locked", "paused", "finished"),
        CheckConstraint("weeks BETWEEN 1 AND 52", name="weeks"),
        belongs(("client_id",), "clients"),
        belongs(("client_id", "assessment_id"), "facts", ("client_id", "id")),
        Index(
            "uq_blocks_one_unfinished",
            "organization_id",
            "client_id",
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index(None, "organization_id", "client_id", "starts_on"),
    )
    organization_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_id: UUID
    assessment_id: UUID
    starts_on: date
    weeks: int
    status: str
    planner_version: str
    catalogue_digest: str
    input_digest: str | None = None  # of the request and all facts; None in rows of earlier versions, until a fact
    revision: int = 1
    etag: str
    state: str = Field(sa_type=Text)
    state_mark: str | None = None  # hash of the state; none in rows of earlier versions and without a state
    document: str = Field(sa_type=Text)
    carried: str | None = Field(default=None, sa_type=Text)  # what an earlier block hands on
    created_at: datetime
    created_on: date
    finished_at: datetime | None = None


class BlockWeek(SQLModel, table=True):
    """One week as planned by one revision; exactly one row per week and version is current.

    `packed` = the compressed blocks of `body` after its first brace (`app.compressed`); earlier versions kept none.
    """

    __tablename__: ClassVar[str] = "block_weeks"
    __table_args__ = (
        one_of("version", "projected", "earned", "withheld"),
        belongs(("block_id",), "blocks"),
        Index(
            "uq_block_weeks_current",
            "organization_id",
            "block_id",
            "week_number",
            "version",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
        Index(
            "ix_block_weeks_days",
            "organization_id",
            "block_id",
            "starts_on",
            "ends_on",
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )
    organization_id: UUID = Field(primary_key=True)
    block_id: UUID = Field(primary_key=True)
    week_number: int = Field(primary_key=True)
    version: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    is_current: bool = True
    starts_on: date
    ends_on: date
    etag: str
    body: str = Field(sa_type=Text)
    packed: bytes | None = Field(default=None, sa_type=LargeBinary)


class BlockRevision(Sealed, table=True):
    """Why a block changed, by whom, and what became different."""

    __tablename__: ClassVar[str] = "block_revisions"
    __table_args__ = (belongs(("block_id",), "blocks"), belongs(("author_id",), "people"))
    organization_id: UUID = Field(primary_key=True)
    block_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    cause_kind: str
    cause_id: UUID | None = None
    author_id: UUID
    at: datetime
    decisions: str = Field(sa_type=Text)
    difference: str = Field(sa_type=Text)
    shown: str | None = Field(default=None, sa_type=Text)  # which row of each week readers saw; see app.revisions


TENANT_TABLES = frozenset(
    table.name for table in SQLModel.metadata.tables.values() if "organization_id" in table.columns
).difference({"access_tokens", "refresh_tokens", "password_resets", "enrolment_tokens"})  # opened by a secret
"""Tables of which no statement may forget the organization: `app.tenancy` refuses those that do."""
