"""What-if questions as they are asked for and answered."""

from typing import Annotated

from pydantic import Field

from app.answer_schemas import Change, Decision
from app.logs.schemas import CheckInCreate, SessionLogCreate
from app.schemas_base import AnswerModel, RequestModel
from planner.words import Colour

AHEAD_DAYS = 28
DaysAhead = Annotated[
    int, Field(ge=0, le=AHEAD_DAYS, description="Days from now, in place of an instant: 1 is this time tomorrow.")
]


class ImaginedSessionLog(SessionLogCreate):
    """A session log that has not happened."""

    days_ahead: DaysAhead = 0


class ImaginedCheckIn(CheckInCreate):
    """A check-in that has not happened."""

    days_ahead: DaysAhead = 0


class WhatIf(RequestModel):
    """Logs and check-ins that have not happened, today or up to 28 days ahead."""

    session_logs: tuple[ImaginedSessionLog, ...] = Field(default=(), max_length=20)
    check_ins: tuple[ImaginedCheckIn, ...] = Field(default=(), max_length=40)


class WhatIfAnswer(AnswerModel):
    """What the logs would change, and why; nothing is stored."""

    difference: tuple[Change, ...]
    decisions: tuple[Decision, ...]
    response: Colour
