"""A phone's batch and what it gets back: a result for each item, and what changed meanwhile."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator, model_validator

from app.adjustments.schemas import Adjustment
from app.answer_schemas import Lock
from app.blocks.schemas import Block, Week
from app.clients.schemas import Client
from app.logs.schemas import (
    CheckIn,
    CheckInAnswer,
    SessionLog,
    SessionLogAnswer,
    SyncedCheckInCreate,
    SyncedSessionLogCreate,
)
from app.schemas_base import AnswerModel, RequestModel, Unfit

MOST_ITEMS = 100
SyncStatus = Literal["stored", "already_stored", "conflict", "refused"]


def _reference(name: str) -> dict[str, str]:
    """Return a reference to a schema of the API's description."""
    return {"$ref": f"#/components/schemas/{name}"}


def _as_sent(value: object, _: ValidatorFunctionWrapHandler) -> object:
    return value


# Described like the bodies of their own requests, but judged later, each by itself.
SentSessionLog = Annotated[SyncedSessionLogCreate, WrapValidator(_as_sent)]
SentCheckIn = Annotated[SyncedCheckInCreate, WrapValidator(_as_sent)]
ToldProblem = Annotated[dict[str, object] | None, WithJsonSchema({"anyOf": [_reference("Problem"), {"type": "null"}]})]


class SyncCreate(RequestModel):
    """What a phone has to tell, and up to where it has read."""

    cursor: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="`next_cursor` of the sync before; null or left out: everything."
    )
    session_logs: tuple[SentSessionLog, ...] = Field(default=(), max_length=MOST_ITEMS)
    check_ins: tuple[SentCheckIn, ...] = Field(default=(), max_length=MOST_ITEMS)

    @model_validator(mode="after")
    def _is_not_too_long(self) -> Self:
        if len(self.session_logs) + len(self.check_ins) > MOST_ITEMS:
            raise Unfit("too_many_items", most=MOST_ITEMS)
        return self


class SyncResult(AnswerModel):
    """What became of one item."""

    pointer: str = Field(description="Where it stood in the request, such as `/session_logs/0`.")
    id: UUID | None = Field(description="Null when it was refused and had no id that can be read.")
    status: SyncStatus = Field(
        description="`stored` and `already_stored`: done. `conflict`: the id stands for something else, the problem "
        "holds what is `stored`. `refused`: not stored, the problem says why; send it again unless its status is below "
        "500."
    )
    response: SessionLogAnswer | CheckInAnswer | None = Field(
        description="What the log or check-in led to when it was stored; the same again when it was stored before."
    )
    problem: ToldProblem


class _Change(AnswerModel):
    """Something that is new, other than before or gone."""

    id: str = Field(description="With the type it says what to replace in the phone's copy.")
    revision: int = Field(description="Of the thing when it changed; never falls.")
    deleted: bool = Field(description="It is gone, and so is `body`.")


class ProfileChange(_Change):
    """The client's record."""

    type: Literal["profile"]
    body: Client | None


class BlockChange(_Change):
    """The running block; gone when it is finished or its days are over."""

    type: Literal["block"]
    body: Block | None


class WeekChange(_Change):
    """A week of the running block, as it is shown now. Its id is that of the block, a slash and the week's number."""

    type: Literal["week"]
    body: Week | None


class AdjustmentChange(_Change):
    """What somebody changed in the running block; gone when it was taken back."""

    type: Literal["adjustment"]
    body: Adjustment | None


class SessionLogChange(_Change):
    """A session log, this phone's own ones too. It never changes; another may correct it (`replaces`)."""

    type: Literal["session_log"]
    body: SessionLog | None


class CheckInChange(_Change):
    """A check-in, this phone's own ones too. It never changes; another may correct it (`replaces`)."""

    type: Literal["check_in"]
    body: CheckIn | None


SyncChange = Annotated[
    ProfileChange | BlockChange | WeekChange | AdjustmentChange | SessionLogChange | CheckInChange,
    Field(discriminator="type"),
]


class SyncAnswer(AnswerModel):
    """A result for each item in the order they were sent, logs first, and what changed since the cursor."""

    results: list[SyncResult]
    changes: list[SyncChange] = Field(description="Oldest first; a thing that changed more than once comes once.")
    next_cursor: str = Field(description="For the next sync; good for 90 days.")
    has_more: bool = Field(description="There are further changes: sync again now with `next_cursor`.")
    block_revision: int | None = Field(description="Null without an unfinished block.")
    block_etag: str | None = Field(description="For `If-Match`; it is newer than the one inside an older week.")
    lock: Lock | None
