"""Table of requests that may be sent again. `app.tables` has the rules it follows."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.table_kit import belongs


class IdempotencyKey(SQLModel, table=True):
    """The answer to a keyed POST, committed together with what the POST did."""

    __tablename__: ClassVar[str] = "idempotency_keys"
    __table_args__ = (belongs(("person_id",), "people"),)
    organization_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    method: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    body: str = Field(sa_type=Text)
    headers: str = Field(sa_type=Text)
    created_at: datetime = Field(index=True)
