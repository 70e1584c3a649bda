"""Forecasts as they are answered. The body is stored as JSON; these models describe it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas_base import AnswerModel

Share = Annotated[float, Field(ge=0, le=1)]


class WeekShare(AnswerModel):
    """How many of the runs are back at the preferred squat by the end of a week."""

    week: int = Field(description="Week counted from the block's first day; it may lie after the block's last week.")
    share: Share = Field(description="Share of the runs, 0 to 1.")


class Return(AnswerModel):
    """The week in which the runs are back at the preferred squat, counted from the block's first day.

    A number is left out where too few runs come back before `last_week`.
    """

    median: int | None = Field(default=None, description="Half of the runs are back by the end of this week.")
    low: int | None = Field(default=None, description="Start of the middle 80 % of the runs.")
    high: int | None = Field(default=None, description="End of the middle 80 % of the runs.")


class Lever(AnswerModel):
    """One thing done differently, and the return it would give under the same assumptions."""

    id: str = Field(description="`full_adherence` or `one_day_more`; more may come.")
    text: str = Field(description="What would be done differently, for the coach to read out.")
    back: Return


class Forecast(AnswerModel):
    """Virtual clients who start where this client stands and train on under stated assumptions.

    A simulation of those assumptions, not a prediction about this person.
    """

    block_id: UUID
    revision: int = Field(description="The revision of the block it was computed for.")
    as_of: date = Field(description="The last day of the client's logs it knows; the simulation goes on from there.")
    runs: int = Field(description="How many virtual clients were run.")
    seed: int = Field(description="With `runs` it makes the forecast repeatable.")
    last_week: int = Field(description="The last week looked at, counted from the block's first day.")
    back: Return
    back_share: Share = Field(description="Share of the runs that are back at the preferred squat by `last_week`.")
    by_week: tuple[WeekShare, ...] = Field(description="The share that is back, week by week.")
    step_back_chance: Share = Field(description="Share of the runs that step back at least once before they are back.")
    levers: tuple[Lever, ...] = Field(description="What would change the week of return.")
    assumptions: tuple[str, ...] = Field(description="What the virtual clients are assumed to do and feel.")
    text: str = Field(description="The forecast in words, to be shown together with `assumptions`.")


class ForecastRunning(AnswerModel):
    """The forecast of this revision is being computed; ask again after `Retry-After` seconds."""

    status: Literal["running"] = "running"
    revision: int = Field(description="The revision of the block it is computed for.")
