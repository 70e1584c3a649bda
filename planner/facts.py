"""Facts: what people tell us. Frozen, append-only, never derived.

A block is a fold over facts in order of (time performed, id). The planner has no clock
and no time-zone data, so every fact arrives with its local dates already worked out:
`on` is the client's local day of the event, `received_on` the local day of receipt.

Units are in the names: `_kg`, `_cm`, `_h`, `_s`; pain, soreness and stress are whole
numbers 0-10 (numeric rating scale); angles are degrees.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime

from planner.adjustment import Adjustment
from planner.locale import SOURCE_LANGUAGE
from planner.seeded import dataclass
from planner.words import (
    Answer,
    AssessmentSetting,
    CarJoint,
    Category,
    Depth,
    Equipment,
    Irritability,
    Joint,
    LimitCode,
    LimitFelt,
    Modifier,
    Motion,
    Observation,
    PainWord,
    PreferredVariation,
    RedFlag,
    SessionKind,
    Setting,
    Sex,
    Side,
    Sign,
    Stage,
    Stance,
    Test,
    TestResult,
    Unit,
    Units,
    Weekday,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What the client can load: bar, smallest plate step, single bells, backpack."""

    bar_kg: float | None = None
    safety_bar_kg: float | None = None
    plate_step_kg: float | None = None  # smallest change of the loaded bar, both sides together
    kettlebells_kg: tuple[float, ...] | None = None
    dumbbells_kg: tuple[float, ...] | None = None
    backpack_max_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferredSquat:
    """The squat the client wants back, and its last known maximum."""

    variation: PreferredVariation
    depth: Depth = "parallel"
    one_rep_max_kg: float | None = None
    last_heavy_on: date | None = None
    stance: Stance = "medium"
    heel_cm: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A lasting condition that rules exercises out; only a coach changes it."""

    code: LimitCode
    side: Side | None = None
    cleared_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One dated version of who the client is and what they train with."""

    birth_year: int
    sex: Sex
    units: Units = "metric"
    setting: Setting
    equipment: tuple[Equipment, ...] = ()
    weights: Weights = field(default_factory=Weights)
    training_days: tuple[Weekday, ...]
    session_minutes: int
    preferred_squat: PreferredSquat
    height_cm: float | None = None
    limits: tuple[Limit, ...] = ()
    locale: str = SOURCE_LANGUAGE  # decides the words of the plan, nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Answers to the red-flag checklist; a missing flag is `not_asked`."""

    red_flags: Mapping[RedFlag, Answer]
    left_open: bool = False  # something applies, but what was not told: the method's own items wait for answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A coach or clinician vouches that training may go on."""

    cleared_on: date
    cleared_by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Passive and active range of one motion on one side, median of three trials."""

    joint: Joint
    motion: Motion
    side: Side
    passive: float | None = None
    active: float | None = None
    unit: Unit
    method: str | None = None
    pinch: bool = False
    limit_felt: LimitFelt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOutcome:
    """Result of one relief or provocation test."""

    test: Test
    result: TestResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CarFault:
    """Grade of a CAR: 0 smooth, 1 cut corner, 2 clear compensation, 3 cannot or painful."""

    joint: CarJoint
    side: Side
    fault: int
    pain: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackPainHistory:
    """Back pain over the last weeks; hours until it settles after a squat session."""

    usual: int
    worst_24h: int
    settles_within_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A joint-by-joint assessment, in the clinic or at home."""

    performed_on: date
    setting: AssessmentSetting
    measurements: tuple[Measurement, ...] = ()
    signs: tuple[Sign, ...] = ()
    tests: tuple[TestOutcome, ...] = ()
    observations: tuple[Observation, ...] = ()
    car_faults: tuple[CarFault, ...] = ()
    irritability: Irritability | None = None
    back_pain: BackPainHistory | None = None
    red_flags: Mapping[RedFlag, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredItem:
    """What a prescribed item said when the client did it (kept with the log)."""

    item_id: str
    exercise: str
    category: Category
    side: Side = "both"
    sets: int = 1
    reps: int | None = None
    hold_s: int | None = None
    load_kg: float | None = None
    rpe_max: float | None = None
    depth: Depth | None = None
    modifiers: tuple[Modifier, ...] = ()
    stage: Stage | None = None
    rung: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredSession:
    """The planned session a log answers, as it stood when the client saw it."""

    session_id: str
    kind: SessionKind
    planned_on: date
    items: tuple[AnsweredItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSet:
    """One set as done."""

    reps: int | None = None
    hold_s: float | None = None
    load_kg: float | None = None
    rpe: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedItem:
    """One item as done, with the technique gates the client judged."""

    item_id: str | None = None
    exercise: str | None = None
    sets: tuple[LoggedSet, ...] = ()
    depth_reached: Depth | None = None
    tempo_kept: bool | None = None
    position_lost: bool | None = None
    breath_ok: bool | None = None
    unrack_calm: bool | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPain:
    """Back pain around a session."""

    before: int | None = None
    during: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What else the day held."""

    sleep_h: float | None = None
    sitting_h: float | None = None
    stress: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLog:
    """What was done in a session and how the back felt during and after it."""

    session_id: str | None = None
    items: tuple[LoggedItem, ...] = ()
    back_pain: SessionPain | None = None
    same_spot: bool = False
    words: tuple[PainWord, ...] = ()
    warm_up_helped: bool | None = None
    changed_technique_to_survive: bool = False
    leg_soreness: int | None = None
    context: Context = field(default_factory=Context)
    note: str = ""
    answers: AnsweredSession | None = None  # snapshot added on receipt, never sent by a client


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningPain:
    """Back pain at a check-in."""

    now: int
    worst_24h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """How the back is this morning; hours_to_settle None = not settled yet."""

    back_pain: MorningPain
    hours_to_settle: float | None = None
    same_spot: bool = False
    words: tuple[PainWord, ...] = ()
    leg_soreness: int | None = None
    affects_week: bool = False
    red_flags: Mapping[RedFlag, Answer] = field(default_factory=dict)


Body = Profile | Screening | Clearance | Assessment | SessionLog | CheckIn | Adjustment


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One stored fact: who may fold it where is decided by (at, id) alone."""

    id: str
    at: datetime  # performed, aware
    on: date  # performed, the client's local day
    received_at: datetime
    received_on: date
    body: Body
    replaces: str | None = None
