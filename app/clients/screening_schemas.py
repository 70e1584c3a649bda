"""Screenings and clearances as they are sent and answered."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.answer_schemas import Reason
from app.red_flags import RedFlags
from app.schemas_base import AnswerModel, Day, Instant, Line, Note, Page, RequestModel
from planner.words import Answer, RedFlag, ScreeningStatus


class ScreeningCreate(RequestModel):
    """A red-flag checklist: yes, no or not asked for each question."""

    performed_at: Instant | None = Field(default=None, description="Now when left out.")
    red_flags: RedFlags


class ScreeningResult(AnswerModel):
    """What a checklist means for training. It sorts by urgency and does not diagnose."""

    status: ScreeningStatus
    text: str = Field(description="What to do next, in plain words.")
    unlock: str = Field(description="What ends the lock; empty when there is none.")
    positive: tuple[RedFlag, ...] = Field(description="Questions answered with yes.")
    unanswered: tuple[RedFlag, ...] = Field(description="Questions that must be answered before a block.")
    watch: tuple[str, ...] = Field(default=(), description="What to ask about each week.")
    reasons: tuple[Reason, ...]


class Screening(ScreeningResult):
    """A stored checklist: what it says by itself, and what holds now with all earlier answers."""

    id: UUID
    client_id: UUID
    performed_at: datetime
    received_at: datetime
    red_flags: dict[RedFlag, Answer]
    left_open: bool = Field(
        default=False, description="Something applies, and what was not told: training is held until it is."
    )
    standing: ScreeningResult = Field(
        description="What held when this was received: an earlier yes stands until a clearance."
    )


class ScreeningPage(Page[Screening]):
    """A page of screenings, newest first."""


class ClearanceCreate(RequestModel):
    """A coach or clinician vouches that training may go on; it ends the flags reported until now."""

    cleared_on: Day | None = Field(default=None, description="Day of the clearance; today when left out.")
    cleared_by: Line = Field(description="Who cleared the client, for example a physician's name.")
    note: Note = ""


class Clearance(AnswerModel):
    """A stored clearance and what holds after it."""

    id: UUID
    client_id: UUID
    author_id: UUID = Field(description="Who recorded it.")
    cleared_on: date
    cleared_by: str = Field(description="On whose word.")
    note: str
    received_at: datetime
    standing: ScreeningResult


class ClearancePage(Page[Clearance]):
    """A page of clearances, newest first."""
