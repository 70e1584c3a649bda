"""Tables of the audit trail. `app.audit_chain` writes them; triggers of the migration refuse to change or delete a row.

No row refers to another table: it outlives what it names. Of somebody erased an id is left that stands for nobody.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from app.table_kit import one_of

_READS = text("day IS NOT NULL")


class AuditEvent(SQLModel, table=True):
    """Who did what to whom, and when: one link of an organization's chain, never changed.

    `day` is the UTC day of what is written down once a day only: reads and refusals.
    """

    __tablename__: ClassVar[str] = "audit_events"
    __table_args__ = (
        one_of("actor_kind", "person", "link", "command", "nobody"),
        Index(None, "organization_id", "client_id", "number"),
        Index(None, "organization_id", "actor_id", "number"),
        Index(
            "uq_audit_events_once_a_day",
            *("organization_id", "day", "actor_id", "client_id", "event", "action"),
            unique=True,
            sqlite_where=_READS,
            postgresql_where=_READS,
        ),
    )
    organization_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)  # 1, 2, 3 … without a gap
    at: datetime
    event: str
    action: str
    actor_kind: str
    actor_id: UUID | None = None
    client_id: UUID | None = None
    object_id: UUID | None = None
    request_id: str
    day: date | None = None
    hash: str  # of the hash before it and of all that this row says


class AuditHead(SQLModel, table=True):
    """The last link of an organization's chain; whoever adds one holds this row until the transaction ends."""

    __tablename__: ClassVar[str] = "audit_heads"
    organization_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    hash: str
