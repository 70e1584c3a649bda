"""Adjustments and what-if questions as they are asked for and answered."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.answer_schemas import Change
from app.blocks.schemas import Conflict
from app.schemas_base import AnswerModel, Day, Page, RequestModel, Tempo
from planner.words import AdjustmentKind, AdjustmentScope, Depth

Text = Annotated[str, StringConstraints(max_length=500)]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\d{2}$")]


class AdjustmentCreate(RequestModel):
    """A change of a block. Which fields belong to which kind is said at each field."""

    kind: AdjustmentKind
    scope: AdjustmentScope = Field(
        default="session",
        description="`session`: this one; `week`: this block week; `rest_of_block`: from here on. With the last two, "
        "`item_id` means the same exercise in the same kind of session. A pause, a resume, a held or chosen step is "
        "about no session: `session` holds for the rest of the block.",
    )
    reason: Text = Field(min_length=1, description="Why, in words the client may read.")
    acknowledges: tuple[RuleId, ...] = Field(
        default=(), max_length=20, description="Rules that are overruled knowingly. Safety rules cannot be."
    )
    expires_on: Day | None = Field(default=None, description="The last day it holds; without it, to the end.")
    item_id: UUID | None = Field(default=None, description="The item it changes (swap, dose, load, caps, remove).")
    session_id: UUID | None = Field(default=None, description="The session it is about (move, skip, add, note).")
    exercise: str | None = Field(
        default=None,
        max_length=80,
        description="What comes in (swap, add); one of your own by its id, in its newest version.",
    )
    sets: int | None = Field(default=None, ge=1, le=10)
    reps: int | None = Field(default=None, ge=1, le=50)
    hold_s: int | None = Field(default=None, ge=1, le=300)
    tempo: Tempo | None = Field(default=None, description="Down, pause, up in seconds, like `3-1-1`.")
    rpe_max: float | None = Field(default=None, ge=1, le=10)
    load_kg: float | None = Field(default=None, ge=0, le=500, description="Set or highest load, in kilograms.")
    depth: Depth | None = Field(default=None, description="The deepest the squat may go (cap_depth).")
    to_date: Day | None = Field(default=None, description="The day a session moves to.")
    rung: int | None = Field(default=None, ge=0, le=50, description="Step of the ladder, counted from 0.")
    note: Text = Field(default="", description="What is shown with the session (note).")


class Adjustment(AnswerModel):
    """A stored adjustment, who made it and whether it still stands."""

    id: UUID
    block_id: UUID
    author_id: UUID
    at: datetime
    kind: AdjustmentKind
    scope: AdjustmentScope
    reason: str
    acknowledges: tuple[str, ...]
    expires_on: date | None = None
    session_id: UUID | None = None
    item_id: UUID | None = None
    exercise: str | None = None
    sets: int | None = None
    reps: int | None = None
    hold_s: int | None = None
    tempo: str | None = None
    rpe_max: float | None = None
    load_kg: float | None = None
    depth: Depth | None = None
    to_date: date | None = None
    rung: int | None = None
    note: str = ""
    by_member: bool = False
    revoked: bool = Field(default=False, description="Taken back: it changes nothing any more.")


class AdjustmentAnswer(AnswerModel):
    """What an adjustment did, or in a dry run would do."""

    adjustment: Adjustment
    difference: tuple[Change, ...]
    conflicts: tuple[Conflict, ...] = Field(description="Why it is not (or not everywhere) applied; empty when it is.")
    block_revision: int


class AdjustmentPage(Page[Adjustment]):
    """A page of adjustments, newest first."""
