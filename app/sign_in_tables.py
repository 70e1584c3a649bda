"""The table of sign-ins; `app.tables` has all others and the rules they follow."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.table_kit import belongs


class SignIn(SQLModel, table=True):
    """A sign-in that was not ended: its id is that of the family of its tokens, which cannot be renewed without it.

    `app` and `system` are what the person signed in with, as it says itself; empty when it says nothing we know.
    """

    __tablename__: ClassVar[str] = "sign_ins"
    __table_args__ = (belongs(("person_id",), "people"), Index(None, "organization_id", "person_id", "made_at", "id"))
    organization_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    person_id: UUID
    app: str
    system: str
    made_at: datetime
    used_at: datetime  # when tokens were given out last: an access token lives for minutes
    ends_at: datetime  # if it is not renewed before
