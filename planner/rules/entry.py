"""Entry rules: the stage a ladder is entered at. The first that speaks decides; the last always does."""

from collections.abc import Mapping
from dataclasses import field

from planner.decision import Rule, Value
from planner.limits import LadderLimits
from planner.values import dataclass
from planner.words import Irritability, LimitingFactor, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCase:
    """What decides where a client starts; scores are those of the first P3 rung and those owned."""

    limits: LadderLimits
    factor: LimitingFactor = "hip"
    irritability: Irritability = "low"
    home: bool = False
    acute: bool = False
    spine_surgery: bool = False
    late_tightness: bool = False
    slow_tempo_failed: bool = False
    range_fits: bool = True
    trunk: float = 0
    control: float = 0
    owned_trunk: float = 0
    owned_control: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The stage a ladder is entered at."""

    stage: Stage
    case: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)


def calm_first(case: EntryCase) -> Entry | None:
    """Start with calm content while the back is easily provoked."""
    return Entry(stage="P0") if case.irritability == "high" else None


def shape_first(case: EntryCase) -> Entry | None:
    """Start with unloaded shapes: after spine surgery, with an acute back, or unseen at home."""
    if case.spine_surgery:
        return Entry(stage="P1", case="spine_surgery")
    if case.acute:
        return Entry(stage="P1", case="acute")
    if case.home and case.irritability == "moderate":
        return Entry(stage="P1", case="home")
    return None


def keep_the_squat(case: EntryCase) -> Entry | None:
    """Keep the preferred squat, modified, when nothing limits it and the back is quiet."""
    quiet = case.factor == "none" and case.irritability == "low"
    return Entry(stage="P5") if quiet else None


def own_the_range(case: EntryCase) -> Entry | None:
    """Start at owning the range when only late tightness and good measures were found.

    Not when the slow-tempo test failed, nor when the rung asks much more than the client owns.
    """
    if case.factor != "load_ownership" or not case.late_tightness or not case.range_fits:
        return None
    if case.slow_tempo_failed or case.irritability != "low":
        return None
    rise = case.limits.owned.rise
    owned = case.trunk <= case.owned_trunk + rise and case.control <= case.owned_control + rise
    return Entry(stage="P3") if owned else None


def front_loaded_first(_case: EntryCase) -> Entry:
    """Start front-loaded in a reduced range."""
    return Entry(stage="P2")


LD20 = Rule(
    id="LD20",
    name="calm first",
    summary="A back that is easily provoked starts with calm content.",
    sources=("house-judgement",),
    decide=calm_first,
)
LD21 = Rule(
    id="LD21",
    name="shape first",
    summary="After spine surgery, with an acute back, or moderately irritable at home: unloaded shapes.",
    sources=("house-judgement",),
    numbers=("limits/ladder.guards.acute_back_pain",),
    decide=shape_first,
)
LD19 = Rule(
    id="LD19",
    name="keep the squat",
    summary="Without a clear limitation the preferred squat stays, modified.",
    sources=("method-article", "house-judgement"),
    decide=keep_the_squat,
)
LD22 = Rule(
    id="LD22",
    name="own the range first",
    summary="Late tightness with good measures starts at owning the range.",
    sources=("method-article", "house-judgement"),
    numbers=("limits/ladder.owned.rise",),
    decide=own_the_range,
)
LD01 = Rule(
    id="LD01",
    name="front-loaded first",
    summary="Everybody else starts front-loaded in a reduced range.",
    sources=("method-article", "house-judgement"),
    decide=front_loaded_first,
)

ENTRY_RULES = (LD20, LD21, LD19, LD22, LD01)
