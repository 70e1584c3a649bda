"""The tables of the second factor; `app.tables` has all others and the rules they follow."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.table_kit import belongs


class SecondFactor(SQLModel, table=True):
    """What makes a person's one-time passwords: the secret in force, and one that waits to be confirmed.

    Both are encrypted (`app.people.factor_secrets`). `last_step` is the latest time step of which a code was taken.
    """

    __tablename__: ClassVar[str] = "second_factors"
    __table_args__ = (belongs(("person_id",), "people"),)
    organization_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    secret: str | None = None
    confirmed_at: datetime | None = None
    last_step: int = 0
    pending: str | None = None
    pending_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """A code for who has lost their phone, kept as its hash until it is used."""

    __tablename__: ClassVar[str] = "recovery_codes"
    __table_args__ = (belongs(("person_id",), "people"), Index(None, "organization_id", "person_id"))
    organization_id: UUID = Field(primary_key=True)
    code_hash: str = Field(primary_key=True)
    person_id: UUID


class EnrolmentToken(SQLModel, table=True):
    """A bearer token that sets up a second factor and opens nothing else: no other look-up knows this table."""

    __tablename__: ClassVar[str] = "enrolment_tokens"
    __table_args__ = (belongs(("person_id",), "people"), Index(None, "organization_id", "person_id"))
    token_hash: str = Field(primary_key=True)
    organization_id: UUID
    person_id: UUID
    session_version: int
    expires_at: datetime
