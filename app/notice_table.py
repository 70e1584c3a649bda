"""The table of what asks for a coach's attention; `app.tables` has all others and the rules they follow."""

from datetime import date, datetime
from typing import ClassVar, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from app.table_kit import belongs, one_of
from planner.words import URGENCIES, NoticeAction, NoticeKind


class ClientNotice(SQLModel, table=True):
    """One line of the coach's inbox, and between which instants it shows.

    Written whenever a plan is; reading compares instants and folds nothing. The index holds the order of the inbox
    and what decides whether a line shows.
    """

    __tablename__: ClassVar[str] = "client_notices"
    __table_args__ = (
        one_of("kind", *get_args(NoticeKind)),
        one_of("action", *get_args(NoticeAction)),
        CheckConstraint(f"urgency BETWEEN 0 AND {len(URGENCIES) - 1}", name="urgency"),
        belongs(("client_id",), "clients"),
        belongs(("block_id",), "blocks"),
        Index(
            "ix_client_notices_inbox",
            "organization_id",
            "urgency",
            "since",
            "client_id",
            "kind",
            "shows_at",
            "ends_at",
        ),
    )
    organization_id: UUID = Field(primary_key=True)
    client_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    shows_at: datetime = Field(primary_key=True)  # the local day began for the client then
    ends_at: datetime | None = None
    urgency: int  # place in planner.words.URGENCIES, the most urgent first
    since: date
    rule: str
    action: str
    reason: str = Field(sa_type=Text)
    facts: str = Field(sa_type=Text)
    block_id: UUID | None = None
