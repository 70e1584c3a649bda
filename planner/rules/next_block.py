"""RT30-RT39: where a block that follows another is entered."""

from typing import Final

from planner.decision import Rule, Value
from planner.values import dataclass
from planner.words import Entrance


@dataclass(frozen=True, slots=True, kw_only=True)
class EntranceCase:
    """The squat an earlier block ended on ("" without one) and the one the next block begins with."""

    left: str = ""
    entered: str = ""
    same: bool = False  # the same squat, depth and modifiers
    cleared: bool = False  # a clearance so recent that training begins at the shape stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """How a ladder is entered, which sentence says so, and the squats it names."""

    entrance: Entrance
    say: str = "default"
    facts: dict[str, Value]


def _entered(case: EntranceCase, entrance: Entrance) -> Entered:
    return Entered(entrance=entrance, facts={"squat": case.entered, "left": case.left})


def shape_after_clearance(case: EntranceCase) -> Entered | None:
    """Begin at the shape stage after a clearance, never where training stopped."""
    return _entered(case, "shape") if case.cleared else None


def position_kept(case: EntranceCase) -> Entered | None:
    """Go on where the earlier block ended."""
    return _entered(case, "kept") if case.left and case.same else None


def no_harder(case: EntranceCase) -> Entered | None:
    """Enter another ladder no harder in any dimension than the squat the earlier block ended on."""
    return _entered(case, "no_harder") if case.left else None


def first_block(case: EntranceCase) -> Entered:
    """Enter the first ladder where the findings and the irritability allow."""
    return _entered(case, "first")


ENTRANCE_RULES: Final[tuple[Rule[EntranceCase, Entered], ...]] = (
    Rule(
        id="RT30",
        name="retest.shape_after_clearance",
        summary="After a recent clearance the next block begins at the shape stage.",
        sources=("house-judgement",),
        decide=shape_after_clearance,
    ),
    Rule(
        id="RT31",
        name="retest.position_kept",
        summary="The next block goes on with the squat the earlier one ended on.",
        sources=("house-judgement",),
        decide=position_kept,
    ),
    Rule(
        id="RT32",
        name="retest.no_harder",
        summary="Another ladder is entered no harder in any dimension than the earlier one was left.",
        sources=("house-judgement",),
        decide=no_harder,
    ),
    Rule(
        id="RT39",
        name="retest.first_block",
        summary="Without an earlier block the ladder is entered where findings and irritability allow.",
        sources=("house-judgement",),
        decide=first_block,
    ),
)
