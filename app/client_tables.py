"""Tables of what is done with a whole client: handed over, erased. `app.tables` has the rules they follow."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from app.ids import new_id
from app.table_kit import belongs


class ClientTransfer(SQLModel, table=True):
    """A client handed over to another coach: written once, never changed."""

    __tablename__: ClassVar[str] = "client_transfers"
    __table_args__ = (
        belongs(("client_id",), "clients"),
        belongs(("from_coach_id",), "people"),
        belongs(("to_coach_id",), "people"),
        belongs(("author_id",), "people"),
        Index(None, "organization_id", "client_id", "at", "id"),
    )
    organization_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_id: UUID
    from_coach_id: UUID | None = None
    to_coach_id: UUID
    author_id: UUID
    note: str = Field(sa_type=Text)
    at: datetime


class Erasure(SQLModel, table=True):
    """That a client was erased: an id that stands for nobody any more, kept to erase them from restored copies.

    It is also the answer to the same request sent again: `key_hash` is that of its Idempotency-Key.
    """

    __tablename__: ClassVar[str] = "erasures"
    __table_args__ = (belongs(("author_id",), "people"),)
    organization_id: UUID = Field(primary_key=True)
    client_id: UUID = Field(primary_key=True)
    author_id: UUID
    at: datetime
    key_hash: str | None = None
