"""How easily the back is provoked (LF60-LF64): the more protective of declared and derived."""

from typing import Final

from planner.decision import Rule
from planner.limits.limiting import LimitingLimits
from planner.values import dataclass
from planner.words import Irritability

LEVELS: Final[tuple[Irritability, ...]] = ("low", "moderate", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class IrritabilityCase:
    """Worst recent back pain (0-10), hours it takes to settle, and what was declared."""

    pain: int | None = None
    settles_within_h: float | None = None
    declared: Irritability | None = None
    limits: LimitingLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The level a rule answers."""

    level: Irritability


def high(case: IrritabilityCase) -> Level | None:
    """Answer high for strong pain or a back that takes days to settle."""
    return Level(level="high") if _derived(case) == "high" else None


def moderate(case: IrritabilityCase) -> Level | None:
    """Answer moderate for middling pain or a back that takes more than a day to settle."""
    return Level(level="moderate") if _derived(case) == "moderate" else None


def low(case: IrritabilityCase) -> Level | None:
    """Answer low for little pain that settles within a day."""
    return Level(level="low") if _derived(case) == "low" else None


def unknown(case: IrritabilityCase) -> Level | None:
    """Answer moderate when nothing was said: the protective middle."""
    nothing = case.pain is None and case.declared is None
    return Level(level="moderate") if nothing else None


def mismatch(case: IrritabilityCase) -> Level | None:
    """Answer the more protective level where declared and derived differ."""
    derived = _derived(case)
    if derived is None or case.declared is None or derived == case.declared:
        return None
    return Level(level=max(derived, case.declared, key=LEVELS.index))


def decided(case: IrritabilityCase) -> Irritability:
    """Return the more protective of the declared and the derived level."""
    known = [level for level in (_derived(case), case.declared) if level is not None]
    return max(known, key=LEVELS.index) if known else "moderate"


def _derived(case: IrritabilityCase) -> Irritability | None:
    if case.pain is None:
        return None
    limits = case.limits.irritability
    hours = case.settles_within_h or 0.0
    if case.pain >= limits.high_pain or hours > limits.high_settles_h:
        return "high"
    slow = hours > limits.moderate_settles_h
    return "moderate" if case.pain >= limits.moderate_pain or slow else "low"


IRRITABILITY_RULES: Final[tuple[Rule[IrritabilityCase, Level], ...]] = (
    Rule(
        id="LF60",
        name="High irritability",
        summary="Strong pain, or a back that takes days to settle, is high irritability.",
        sources=("barakatt-2009", "coaching-convention", "house-judgement"),
        decide=high,
        numbers=(
            "limits/limiting.irritability.high_pain",
            "limits/limiting.irritability.high_settles_h",
        ),
    ),
    Rule(
        id="LF61",
        name="Moderate irritability",
        summary="Middling pain, or more than a day to settle, is moderate irritability.",
        sources=("barakatt-2009", "coaching-convention", "house-judgement"),
        decide=moderate,
        numbers=(
            "limits/limiting.irritability.moderate_pain",
            "limits/limiting.irritability.moderate_settles_h",
        ),
    ),
    Rule(
        id="LF62",
        name="Low irritability",
        summary="Little pain that settles within a day is low irritability.",
        sources=("barakatt-2009", "coaching-convention", "house-judgement"),
        decide=low,
    ),
    Rule(
        id="LF63",
        name="Irritability unknown",
        summary="Without a word on pain the plan starts as for moderate irritability.",
        sources=("house-judgement",),
        decide=unknown,
    ),
    Rule(
        id="LF64",
        name="Irritability mismatch",
        summary="Where declared and derived differ, the more protective one decides.",
        sources=("barakatt-2009", "house-judgement"),
        decide=mismatch,
    ),
)
