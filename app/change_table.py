"""Table of what a phone has to read again. `app.tables` has the rules it follows."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.table_kit import belongs, one_of

CHANGED_KINDS = ("profile", "block", "week", "adjustment", "session_log", "check_in")


class ClientChange(SQLModel, table=True):
    """The latest change of one thing of a client: new, other than before, or gone.

    Numbers rise with every change of a client and are given out under the lock of the client's row, so that a
    higher one is never seen before a lower one.
    """

    __tablename__: ClassVar[str] = "client_changes"
    __table_args__ = (
        one_of("kind", *CHANGED_KINDS),
        belongs(("client_id",), "clients"),
        Index("uq_client_changes_number", "organization_id", "client_id", "number", unique=True),
    )
    organization_id: UUID = Field(primary_key=True)
    client_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    thing_id: str = Field(primary_key=True)  # an id; for a week that of its block and its number
    number: int
    mark: str  # what tells whether it is other than before
    revision: int
    deleted: bool = False
    at: datetime
