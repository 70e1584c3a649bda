"""Delivery preferences, webhooks, messages that did not arrive, and what webhooks are told."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.delivery_table import Channel, DeliveryState, Event
from app.schemas_base import AnswerModel, Page, RequestModel, Text, Whole, unique
from planner.words import Weekday

Hour = Annotated[int, Field(ge=0, le=23)]

Url = Annotated[Text, StringConstraints(min_length=8, max_length=500, pattern=r"^https?://[\x21-\x7e]+$")]
"""An address of a receiver; `app.delivery.receivers` says which are taken."""


class MyDeliveryChange(RequestModel):
    """Whether the week comes by e-mail, and when."""

    email: bool = Field(description="Send the week by e-mail, to the address you sign in with.")
    weekday: Weekday = Field(
        description="The week that is sent is the one most of the seven days from then on belong to: "
        "`sun` brings the week that begins on Monday."
    )
    hour: Hour = Field(description="Full hour of the day in your time zone.")


class MyDelivery(AnswerModel):
    """Whether the week comes by e-mail, and when; weekday and hour also time the webhook `week.ready`."""

    email: bool
    address: str = Field(description="Where e-mails go: the address you sign in with.")
    weekday: Weekday
    hour: Hour
    time_zone: str = Field(description="Your time zone: `hour` is of its clocks.")
    next_at: datetime | None = Field(default=None, description="When the next week is due; missing without a block.")


class WebhookCreate(RequestModel):
    """Where to send what happens, and which of it."""

    url: Url = Field(
        description="`https://…`, reachable from the internet. In the local environment also `http://localhost…`."
    )
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=3), AfterValidator(unique)] = Field(
        description="`week.ready`: a week is due, at its client's weekday and hour. `block.changed`: a block has a new "
        "revision. `block.locked`: training has just been stopped."
    )
    description: Annotated[Text, StringConstraints(max_length=200)] = ""


class Webhook(AnswerModel):
    """A webhook as its organization sees it; the secret is not shown again."""

    id: UUID
    url: str
    events: list[Event]
    description: str
    disabled_at: datetime | None = Field(
        default=None,
        description="When the receiver answered 410: it gets nothing any more. Add it again if that was a mistake.",
    )
    old_secret_until: datetime | None = Field(
        default=None, description="Until then messages are signed with the old secret as well."
    )
    created_at: datetime


class NewWebhook(Webhook):
    """A webhook with its secret."""

    secret: str = Field(description="Verify messages with it (Standard Webhooks). Shown here only.")


class WebhookPage(Page[Webhook]):
    """An organization's webhooks, oldest first."""


class DeliveryRow(AnswerModel):
    """One message to one receiver."""

    id: UUID
    client_id: UUID
    client_name: str
    type: Event
    channel: Channel
    receiver_id: UUID = Field(description="The person or the webhook it goes to.")
    block_id: UUID
    week_number: int | None = None
    state: DeliveryState = Field(
        description="`failed` is tried again at `due_at`; `dead` waits for a person; `skipped` is out of date."
    )
    reason: str = Field(description="Why it is not sent: a short code such as `address_refused` or `http_500`.")
    attempts: int
    due_at: datetime | None = Field(default=None, description="When it is tried next.")
    created_at: datetime
    finished_at: datetime | None = None


class DeliveryPage(Page[DeliveryRow]):
    """A page of messages, newest first."""


# --- what webhooks are told ---------------------------------------------------------------------------------------


class BlockEventData(AnswerModel):
    """Which block it is about; nothing else is told, read it at `url`."""

    client_id: UUID
    block_id: UUID
    revision: Whole = Field(description="The revision that is told; the block may be newer when you read it.")
    url: str = Field(description="Where to read it: `GET` it with an access token.")


class WeekEventData(BlockEventData):
    """Which week it is about; nothing else is told, read it at `url`."""

    week_number: Whole


class BlockEvent(AnswerModel):
    """A block has a new revision, or has just been locked."""

    type: Literal["block.changed", "block.locked"]
    timestamp: datetime = Field(description="When it happened.")
    data: BlockEventData


class WeekEvent(AnswerModel):
    """A client's week is due."""

    type: Literal["week.ready"]
    timestamp: datetime = Field(description="When it became due.")
    data: WeekEventData
