"""Session logs and check-ins as they are sent and answered."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.answer_schemas import Decision, Lock
from app.red_flags import RedFlags
from app.schemas_base import AnswerModel, Instant, Note, Page, RequestModel, Unfit, printable, unique
from planner.words import Colour, Depth, PainWord, RedFlag

Score = Annotated[int, Field(ge=0, le=10)]
Words = Annotated[tuple[PainWord, ...], Field(max_length=5), AfterValidator(unique)]
ExerciseId = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(printable)]
ClientMadeId = Annotated[
    UUID | None,
    Field(description="Made by the phone, so that sending it again changes nothing; a new one when left out."),
]


class LoggedSetBody(RequestModel):
    """One set as done."""

    reps: Annotated[int, Field(ge=0, le=500)] | None = None
    hold_s: Annotated[float, Field(ge=0, le=3600)] | None = None
    load_kg: Annotated[float, Field(ge=0, le=1000)] | None = None
    rpe: Annotated[float, Field(ge=0, le=10, description="Effort: 10 means no further repetition was left.")] | None = (
        None
    )


class LoggedItemBody(RequestModel):
    """One exercise as done: an item of the planned session, or any exercise by its name."""

    item_id: UUID | None = None
    exercise: ExerciseId | None = Field(default=None, description="For work that was not planned.")
    sets: tuple[LoggedSetBody, ...] = Field(default=(), max_length=30)
    depth_reached: Depth | None = None
    tempo_kept: bool | None = None
    position_lost: bool | None = None
    breath_ok: bool | None = Field(default=None, description="Could breathe at the bottom.")
    unrack_calm: bool | None = None
    skipped: bool = False

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.item_id is None and self.exercise is None:
            raise Unfit("names_no_exercise")
        return self


class SessionPainBody(RequestModel):
    """Back pain around a session, 0 to 10."""

    before: Score | None = None
    during: Score
    after: Score


class ContextBody(RequestModel):
    """What else the day held."""

    sleep_h: Annotated[float, Field(ge=0, le=24)] | None = None
    sitting_h: Annotated[float, Field(ge=0, le=24)] | None = None
    stress: Score | None = None


class SessionLogCreate(RequestModel):
    """A session as done. `session_id` names the planned session, or is left out for an unplanned one."""

    id: ClientMadeId = None
    session_id: UUID | None = None
    performed_at: Instant | None = Field(default=None, description="Now when left out.")
    items: tuple[LoggedItemBody, ...] = Field(default=(), max_length=60)
    back_pain: SessionPainBody | None = None
    same_spot: bool = Field(default=False, description="Is it the same spot as last time?")
    words: Words = ()
    warm_up_helped: bool | None = None
    changed_technique_to_survive: bool = False
    leg_soreness: Score | None = Field(default=None, description="Legs and hips, apart from the back.")
    context: ContextBody = Field(default_factory=ContextBody)
    note: Note = ""
    replaces: UUID | None = Field(default=None, description="Id of the log this one corrects.")


class MorningPainBody(RequestModel):
    """Back pain at a check-in, 0 to 10."""

    now: Score
    worst_24h: Score


class CheckInCreate(RequestModel):
    """How the back is, any morning. The one after a squat day closes that exposure."""

    id: ClientMadeId = None
    at: Instant | None = Field(default=None, description="Now when left out.")
    back_pain: MorningPainBody
    hours_to_settle: Annotated[float, Field(ge=0, le=2000)] | None = Field(
        default=None, description="Hours until the back had settled after the last session; null = not yet."
    )
    same_spot: bool = False
    words: Words = ()
    leg_soreness: Score | None = None
    affects_week: bool = Field(default=False, description="Does the back change what you do this week?")
    red_flags: RedFlags = Field(default_factory=RedFlags)
    replaces: UUID | None = Field(default=None, description="Id of the check-in this one corrects.")


SentId = Annotated[UUID, Field(description="Made by the phone, so that sending it again changes nothing.")]


class SyncedSessionLogCreate(SessionLogCreate):
    """A session as done, in a batch that may be sent again: it must have an id."""

    id: SentId


class SyncedCheckInCreate(CheckInCreate):
    """A check-in in a batch that may be sent again: it must have an id."""

    id: SentId


class LoggedSet(AnswerModel):
    """One set as done."""

    reps: int | None = None
    hold_s: float | None = None
    load_kg: float | None = None
    rpe: float | None = None


class LoggedItem(AnswerModel):
    """One exercise as done."""

    item_id: UUID | None = None
    exercise: str | None = None
    sets: tuple[LoggedSet, ...]
    depth_reached: Depth | None = None
    tempo_kept: bool | None = None
    position_lost: bool | None = None
    breath_ok: bool | None = None
    unrack_calm: bool | None = None
    skipped: bool


class SessionPain(AnswerModel):
    """Back pain around a session."""

    before: int | None = None
    during: int
    after: int


class Context(AnswerModel):
    """What else the day held."""

    sleep_h: float | None = None
    sitting_h: float | None = None
    stress: int | None = None


class SessionLog(AnswerModel):
    """A stored session log."""

    id: UUID
    client_id: UUID
    session_id: UUID | None = None
    performed_at: datetime
    received_at: datetime
    items: tuple[LoggedItem, ...]
    back_pain: SessionPain | None = None
    same_spot: bool
    words: tuple[PainWord, ...]
    warm_up_helped: bool | None = None
    changed_technique_to_survive: bool
    leg_soreness: int | None = None
    context: Context
    note: str
    replaces: UUID | None = None


class MorningPain(AnswerModel):
    """Back pain at a check-in."""

    now: int
    worst_24h: int


class CheckIn(AnswerModel):
    """A stored check-in."""

    id: UUID
    client_id: UUID
    at: datetime
    received_at: datetime
    back_pain: MorningPain
    hours_to_settle: float | None = None
    same_spot: bool
    words: tuple[PainWord, ...]
    leg_soreness: int | None = None
    affects_week: bool
    red_flags: dict[RedFlag, str]
    replaces: UUID | None = None


class Consequences(AnswerModel):
    """What a log or check-in led to."""

    response: Colour = Field(description="How the back answered the latest squat session.")
    decisions: tuple[Decision, ...] = Field(description="What was decided now, each with its rule.")
    block_revision: int | None = Field(default=None, description="Null without an unfinished block.")
    changed_weeks: tuple[int, ...] = Field(description="Weeks to fetch again.")
    lock: Lock | None = None


class SessionLogAnswer(Consequences):
    """The stored session log and what it led to."""

    log: SessionLog


class CheckInAnswer(Consequences):
    """The stored check-in and what it led to."""

    log: CheckIn


class SessionLogPage(Page[SessionLog]):
    """A page of session logs, newest first."""


class CheckInPage(Page[CheckIn]):
    """A page of check-ins, newest first."""
