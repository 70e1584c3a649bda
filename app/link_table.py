"""The table of private links; `app.tables` has all others and the rules they follow."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.ids import new_id
from app.table_kit import belongs, one_of


class PrivateLink(SQLModel, table=True):
    """A secret address that opens a client's week page or calendar to whoever has it, until it is revoked."""

    __tablename__: ClassVar[str] = "private_links"
    __table_args__ = (
        one_of("kind", "page", "calendar"),
        belongs(("client_id",), "clients"),
        belongs(("created_by",), "people"),
        Index(None, "organization_id", "client_id", "kind", "created_at", "id"),
    )
    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_id: UUID
    kind: str
    token_hash: str = Field(unique=True)
    created_by: UUID
    created_at: datetime
    revoked_at: datetime | None = None
