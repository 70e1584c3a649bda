"""What the planner answers: findings, ladders, blocks, weeks, sessions, items.

All frozen values. `None` means "does not apply" and is left out of the JSON.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from planner.decision import Decision, Reason, Value
from planner.values import dataclass
from planner.words import (
    BlockStatus,
    Category,
    Confidence,
    Depth,
    Factor,
    LimitingFactor,
    LoadPosition,
    Modifier,
    RedFlag,
    RungStatus,
    ScreeningStatus,
    SessionKind,
    SessionStatus,
    Side,
    Stage,
    Subtype,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningResult:
    """What a red-flag checklist means: status, the flags behind it, what is still unanswered."""

    status: ScreeningStatus
    positive: tuple[RedFlag, ...]
    unanswered: tuple[RedFlag, ...]  # article items without a yes or no
    watch: tuple[str, ...]
    text: str
    unlock: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One item of evidence for or against a limiting factor."""

    factor: Factor
    supports: bool
    source: str  # measurement | sign | test | observation
    text: str
    weight: float
    rule: str
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The limiting factor with everything that speaks for and against it."""

    limiting_factor: LimitingFactor
    subtype: Subtype | None
    second_factor: Factor | None
    confidence: Confidence
    scores: Mapping[Factor, float]
    counted: tuple[Factor, ...]
    evidence: tuple[EvidenceItem, ...]
    missing: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the ladder from a squat the client can own to the preferred one.

    `heel_cm` is the lift of a `heels_up` rung. `waits_for` names the range still missing for
    this rung ("" when it fits); a rung that waits is never entered.
    """

    index: int
    variation: str
    name: str
    load_position: LoadPosition
    depth: Depth
    modifiers: tuple[Modifier, ...]
    stage: Stage
    status: RungStatus = "ahead"
    because: tuple[Reason, ...] = ()
    heel_cm: float = 0.0
    waits_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rungs in order, the entry rung, and what was replaced or is out of reach.

    `factor` and `second` are what it was laid for: a factor that is resolved half way up keeps
    its ladder.
    """

    rungs: tuple[Rung, ...]
    entry: int
    factor: LimitingFactor = "none"
    second: Factor | None = None
    out_of_reach: Reason | None = None
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a PAILs/RAILs round."""

    name: str
    seconds: int
    effort_percent: int


@dataclass(slots=True)
class Item:
    """One prescribed exercise. `side` "both" = that many on each side.

    Not frozen only because a frozen dataclass costs three times as much to build and a
    block holds hundreds; nothing changes an item after it was made.
    """

    id: str
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
    tempo: str | None = None
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
    ramp: tuple[str, ...] | None = None  # warm-up sets of a barbell squat, as text
    cue: str = ""
    because: tuple[Reason, ...] = ()


@dataclass(slots=True)
class PlannedSession:
    """One planned training session of a day."""

    id: str
    kind: SessionKind
    title: str
    minutes: int
    items: tuple[Item, ...]
    status: SessionStatus = "planned"
    because: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Day:
    """One calendar day of a block, in the client's zone."""

    date: date
    sessions: tuple[PlannedSession, ...] = ()


@dataclass(slots=True, kw_only=True)
class Lock:
    """Why nothing loaded is planned, and what ends it."""

    urgency: ScreeningStatus
    text: str
    unlock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Why an adjustment is not applied: the rule that holds against it.

    `overrulable` = naming the rule in `acknowledges` would let it through; safety rules always win.
    """

    adjustment_id: str
    rule: str
    text: str
    facts: Mapping[str, Value]
    overrulable: bool


@dataclass(slots=True, kw_only=True)
class Week:
    """Seven days from the block's weekday. `projected` weeks assume normal responses."""

    week_number: int
    starts_on: date
    ends_on: date
    projected: bool
    status: BlockStatus
    lock: Lock | None = None
    focus: str
    stage: Stage
    deload: bool
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retest:
    """A planned re-test: the week, its first day and the measures to take."""

    week_number: int
    on: date
    measures: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """A short text shown with the plan."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A multi-week block as it stands: status, ladder, weeks (earned and projected), reasons."""

    starts_on: date
    weeks: int
    status: BlockStatus
    lock: Lock | None
    limiting_factor: LimitingFactor
    subtype: Subtype | None
    second_factor: Factor | None
    confidence: Confidence
    ladder: tuple[Rung, ...]
    current_rung: int
    trained: tuple[str, ...]
    reduced_range_reason: str
    up_criteria: tuple[str, ...]
    stop_rules: tuple[str, ...]
    advice: tuple[str, ...]
    retests: tuple[Retest, ...]
    teaching: tuple[Teaching, ...]
    reasons: tuple[Reason, ...]
    earned: tuple[Week, ...]
    projected: tuple[Week, ...]
    conflicts: tuple[Conflict, ...] = ()
    decisions: tuple[Decision, ...] = field(default=())
