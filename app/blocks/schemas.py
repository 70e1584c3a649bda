"""Blocks and weeks as they are asked for and answered."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.answer_schemas import Change, Decision, Lock, Reason
from app.schemas_base import AnswerModel, Day, Page, RequestModel
from planner.decision import Value
from planner.words import (
    BlockStatus,
    Category,
    Confidence,
    Depth,
    Factor,
    LimitingFactor,
    LoadPosition,
    Modifier,
    RungStatus,
    SessionKind,
    SessionStatus,
    Side,
    Stage,
    Subtype,
)

Weeks = Annotated[int, Field(ge=4, le=8, description="Length of the block, 4 to 8 weeks.")]


class BlockCreate(RequestModel):
    """A block to plan from an assessment."""

    assessment_id: UUID
    starts_on: Day | None = Field(
        default=None, description="Any weekday, not before the assessment; today when left out."
    )
    weeks: Weeks = 6


class Rung(AnswerModel):
    """One step from a squat the client can own to the preferred one."""

    index: int
    variation: str
    name: str
    load_position: LoadPosition
    depth: Depth
    modifiers: tuple[Modifier, ...]
    stage: Stage
    status: RungStatus
    because: tuple[Reason, ...]
    heel_cm: float = 0
    waits_for: str = Field(default="", description="The range still missing for this rung; empty when it fits.")


class Retest(AnswerModel):
    """A planned re-test: measure cold, before the day's work."""

    week_number: int
    on: date
    measures: tuple[str, ...]
    text: str


class Teaching(AnswerModel):
    """A short text for the client."""

    id: str
    title: str
    text: str


class Phase(AnswerModel):
    """One phase of a PAILs/RAILs round."""

    name: str
    seconds: int
    effort_percent: int


class Item(AnswerModel):
    """One prescribed exercise; `side` "both" means that many on each side."""

    id: UUID
    exercise: str
    name: str
    category: Category
    side: Side
    sets: int
    reps: int | None = None
    hold_s: int | None = None
    breaths: int | None = None
    distance_m: int | None = None
    duration_s: int | None = None
    tempo: str | None = Field(default=None, description="Down-pause-up, in seconds.")
    rest_s: int | None = None
    rpe_max: float | None = None
    effort_percent: int | None = None
    load_kg: float | None = None
    load_text: str | None = None
    phases: tuple[Phase, ...] | None = None
    depth: Depth | None = None
    box_height_cm: int | None = None
    load_position: LoadPosition | None = None
    modifiers: tuple[Modifier, ...] | None = None
    stage: Stage | None = None
    rung: int | None = None
    ramp: tuple[str, ...] | None = Field(default=None, description="Warm-up sets.")
    cue: str
    because: tuple[Reason, ...]


class PlannedSession(AnswerModel):
    """One training session of a day."""

    id: UUID
    kind: SessionKind
    title: str
    minutes: int
    items: tuple[Item, ...]
    status: SessionStatus
    because: tuple[Reason, ...] = ()


class PlannedDay(AnswerModel):
    """One day of a block, in the client's time zone."""

    date: date
    sessions: tuple[PlannedSession, ...]


class Week(AnswerModel):
    """Seven days from the block's weekday. `projected` weeks lie ahead and assume that all goes well."""

    block_id: UUID
    block_etag: str = Field(description="Tag of the block, for `If-Match`.")
    week_number: int
    starts_on: date
    ends_on: date
    revision: int
    projected: bool
    status: BlockStatus
    lock: Lock | None = None
    focus: str
    stage: Stage
    deload: bool
    days: tuple[PlannedDay, ...]


class Conflict(AnswerModel):
    """Why an adjustment is not applied."""

    adjustment_id: UUID
    rule: str = Field(description="Look it up at `/v1/library/rules/{rule_id}`.")
    text: str
    facts: Mapping[str, Value]
    overrulable: bool = Field(description="Naming the rule in `acknowledges` lets it through.")


class Block(AnswerModel):
    """A block as it stands."""

    id: UUID
    client_id: UUID
    assessment_id: UUID
    revision: int
    planner_version: str
    catalogue_digest: str
    created_at: datetime
    starts_on: date
    weeks: int
    status: BlockStatus
    lock: Lock | None = None
    limiting_factor: LimitingFactor
    subtype: Subtype | None = None
    second_factor: Factor | None = None
    confidence: Confidence
    ladder: tuple[Rung, ...]
    current_rung: int = Field(description="Index into `ladder`.")
    trained: tuple[str, ...] = Field(description="What is trained besides the squat.")
    reduced_range_reason: str
    up_criteria: tuple[str, ...]
    stop_rules: tuple[str, ...]
    advice: tuple[str, ...]
    retests: tuple[Retest, ...]
    teaching: tuple[Teaching, ...]
    reasons: tuple[Reason, ...]
    conflicts: tuple[Conflict, ...] = Field(default=(), description="Adjustments that are not applied, and why.")
    planned_weeks: tuple[Week, ...] | None = Field(default=None, description="Only in a dry run.")
    difference: tuple[Change, ...] | None = Field(
        default=None,
        description="Only in a dry run while another block is unfinished: what this one would change from today on.",
    )


class BlockSummary(AnswerModel):
    """A block in a list."""

    id: UUID
    client_id: UUID
    assessment_id: UUID
    starts_on: date
    ends_on: date
    weeks: int
    status: BlockStatus
    revision: int
    created_at: datetime
    finished_at: datetime | None = None


class BlockPage(Page[BlockSummary]):
    """A page of blocks, newest first."""


class Ladder(AnswerModel):
    """The rungs of a block, where the client stands and what the next step needs."""

    block_id: UUID
    revision: int
    limiting_factor: LimitingFactor
    current_rung: int
    rungs: tuple[Rung, ...]
    up_criteria: tuple[str, ...]
    reasons: tuple[Reason, ...]


class TakenDecision(Decision):
    """A decision and the revision that told it."""

    revision: int
    cause_kind: str
    cause_id: UUID | None = None


class DecisionPage(Page[TakenDecision]):
    """A page of decisions, newest first."""
