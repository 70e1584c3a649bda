"""What became of a client over time, as answered: the data behind the pictures."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.answer_schemas import Decision
from app.schemas_base import AnswerModel
from planner.words import BlockStatus, Colour, Depth, LoadPosition, Stage


class TrendRung(AnswerModel):
    """One rung of a block's ladder."""

    index: int
    variation: str
    name: str
    depth: Depth
    stage: Stage
    load_position: LoadPosition


class TrendBlock(AnswerModel):
    """A block that reaches into the range: its ladder as it is now, and what is normal in it."""

    id: UUID
    starts_on: date
    ends_on: date
    status: BlockStatus
    current_rung: int
    ladder: tuple[TrendRung, ...]
    baseline: float | None = Field(
        default=None, description="The client's usual morning score, 0 to 10; null while the plan cannot be made."
    )
    normal_up_to: int | None = Field(default=None, description="The highest morning score that counts as normal.")


class TrendExposure(AnswerModel):
    """One squat session that was logged, and how the back answered it."""

    id: UUID = Field(description="Id of the session log.")
    performed_at: datetime
    on: date = Field(description="The client's local day.")
    block_id: UUID | None = None
    variation: str | None = Field(default=None, description="The squat; null when the log does not say which.")
    name: str | None = None
    depth: Depth | None = None
    rung: int | None = Field(default=None, description="Index into the ladder as it stood on that day.")
    response: Colour
    load_kg: float | None = Field(
        default=None,
        description="The heaviest squat set done. No tonnage: a set ticked off and a goblet set do not add up with a "
        "bar. Null without load.",
    )
    effort: float | None = Field(default=None, description="Highest effort (RPE) logged.")


class TrendMorning(AnswerModel):
    """The back on one morning; of several check-ins on a day the worst counts."""

    on: date
    now: int
    worst_24h: int
    normal: bool | None = Field(default=None, description="Within the band; null outside any block.")


class TrendDecision(Decision):
    """A decision, on the client's local day."""

    on: date
    block_id: UUID


class Trend(AnswerModel):
    """Squat ladder, responses, mornings, loads and decisions from one day to another, oldest first."""

    client_id: UUID
    starts_on: date
    ends_on: date
    blocks: tuple[TrendBlock, ...]
    exposures: tuple[TrendExposure, ...]
    mornings: tuple[TrendMorning, ...]
    decisions: tuple[TrendDecision, ...]
