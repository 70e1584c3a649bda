"""Tables of weekly delivery: when a client's week is due, who gets it, and the outbox of what is to be sent.

`app.tables` has the rules they follow. No message is stored: what it says is made from the stored week when it is sent.
"""

from datetime import datetime
from typing import ClassVar, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from app.ids import new_id
from app.table_kit import belongs, one_of
from planner.words import Weekday

Event = Literal["week.ready", "block.changed", "block.locked"]
"""What is told: a week is due, a block has a new revision, a block has just been locked."""

Channel = Literal["email", "webhook"]

DeliveryState = Literal["pending", "sending", "sent", "failed", "dead", "skipped"]
"""`failed` is tried again; `dead` waits for a person; `skipped` had nothing left to tell."""

IS_OPEN = text("state IN ('pending', 'sending', 'failed')")
"""The message becomes due: said in the words of its index, which a bound value would not match."""

_DUE = text("due_at IS NOT NULL")


class WeekSchedule(SQLModel, table=True):
    """When the next week of a client's block is due: the chosen weekday and hour as an instant, ready to compare."""

    __tablename__: ClassVar[str] = "week_schedules"
    __table_args__ = (
        one_of("weekday", *get_args(Weekday)),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        belongs(("client_id",), "clients"),
        belongs(("block_id",), "blocks"),
        Index("ix_week_schedules_due", "organization_id", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )
    organization_id: UUID = Field(primary_key=True)
    client_id: UUID = Field(primary_key=True)
    weekday: str = "mon"
    hour: int = 6  # of the client's clock
    block_id: UUID | None = None
    week_number: int = 1  # the first one that has not been told
    due_at: datetime | None = None  # None without a week to tell


class MailSubscription(SQLModel, table=True):
    """Whether a member wants the weekly e-mail; a row that says no keeps the way out of earlier mails working."""

    __tablename__: ClassVar[str] = "mail_subscriptions"
    __table_args__ = (
        belongs(("person_id",), "people"),
        belongs(("client_id",), "clients"),
        Index(None, "organization_id", "client_id"),
    )
    organization_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    client_id: UUID
    enabled: bool
    token: str = Field(unique=True)  # stands in every mail and ends the e-mail, nothing else: kept as it is
    changed_at: datetime


class Webhook(SQLModel, table=True):
    """An address of an organization's own back end that is told what happens.

    Its secrets are not stored: they follow from these salts and the service's key (`app.delivery.signing`).
    """

    __tablename__: ClassVar[str] = "webhooks"
    __table_args__ = (belongs(("created_by",), "people"),)
    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=new_id, primary_key=True)
    url: str
    events: str  # separated by spaces
    description: str
    salt: str
    previous_salt: str | None = None
    previous_until: datetime | None = None
    disabled_at: datetime | None = None  # its receiver said that it is gone
    created_by: UUID
    created_at: datetime


class Delivery(SQLModel, table=True):
    """One message to one receiver. Its row is written together with what it tells, and once for each receiver."""

    __tablename__: ClassVar[str] = "deliveries"
    __table_args__ = (
        one_of("event", *get_args(Event)),
        one_of("channel", *get_args(Channel)),
        one_of("state", *get_args(DeliveryState)),
        CheckConstraint("(state = 'sending') = (claim_id IS NOT NULL)", name="sending_has_claim"),
        belongs(("client_id",), "clients"),
        belongs(("block_id",), "blocks"),
        Index(
            "uq_deliveries_once",
            "organization_id",
            "client_id",
            "block_id",
            "week_number",
            "event",
            "channel",
            "receiver_id",
            "revision",
            unique=True,
        ),
        Index("ix_deliveries_due", "organization_id", "due_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index(None, "organization_id", "state", "id"),
    )
    organization_id: UUID = Field(primary_key=True)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_id: UUID
    block_id: UUID
    week_number: int = 0  # 0 = it tells of the block
    revision: int = 0  # 0 = it tells of a week, whatever the block's revision is when it is sent
    event: str
    channel: str
    receiver_id: UUID  # the member or the webhook
    message_id: str  # Message-ID or webhook-id: the same in every attempt
    state: str = "pending"
    due_at: datetime  # while `sending`: when another worker may take it over
    attempts: int = 0
    claim_id: UUID | None = None  # who is sending it: a worker that was taken over finds another id and changes nothing
    reason: str = Field(default="", sa_type=Text)  # a code of ours; what receivers answer is never kept
    created_at: datetime
    finished_at: datetime | None = None
