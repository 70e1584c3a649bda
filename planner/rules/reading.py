"""Rules about single readings (LF51-LF56): measurement noise, mixed tools, side differences."""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from planner.decision import Rule, Value
from planner.limits.limiting import LimitingLimits
from planner.rules.limiting_case import tidy
from planner.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingCase:
    """One measure: a reading with its error, or both sides with what counts as a difference.

    `left` and `right` are passive ranges; `usual` is the usual value of a measure that the
    squat sets no demand for.
    """

    name: str = ""
    unit: str = ""
    passive: float | None = None
    active: float | None = None
    smallest_real_gap: float = 0.0
    left: float | None = None
    right: float | None = None
    left_method: str | None = None
    right_method: str | None = None
    smallest_real_change: float = 0.0
    note_from: float | None = None
    act_from: float | None = None
    matching_signs: bool = False
    usual: float | None = None
    pinched: bool = False
    home: bool = False
    limits: LimitingLimits

    @property
    def error_factor(self) -> float:
        """Return what every measurement error is multiplied by."""
        return self.limits.home_error_factor if self.home else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a reading rule says: the numbers compared, for its sentence."""

    facts: Mapping[str, Value] = field(default_factory=dict)


def excess(case: ReadingCase) -> float:
    """Return by how much active range lies above passive, 0 when it does not."""
    if case.active is None or case.passive is None:
        return 0.0
    return max(0.0, round(case.active - case.passive, 4))


def beyond_noise(case: ReadingCase) -> bool:
    """Return whether active lies above passive by more than measurement error explains."""
    return excess(case) > round(case.smallest_real_gap * case.error_factor, 4)


def active_above_passive(case: ReadingCase) -> Remark | None:
    """Report active range above passive as measurement noise: the gap counts as none."""
    above = excess(case)
    if above == 0 or beyond_noise(case):
        return None
    return Remark(facts={"measure": case.name, "above": tidy(above), "unit": case.unit})


def mixed_methods(case: ReadingCase) -> Remark | None:
    """Report sides measured with different tools or positions: they are not compared."""
    methods = (case.left_method, case.right_method)
    if None in methods or methods[0] == methods[1]:
        return None
    return Remark(facts={"measure": case.name})


def _difference(case: ReadingCase) -> float | None:
    """Return the side difference when both sides are known, comparable, and it is no noise."""
    if case.left is None or case.right is None or mixed_methods(case):
        return None
    difference = round(abs(case.left - case.right), 4)
    real = difference >= round(case.smallest_real_change * case.error_factor, 4)
    return difference if real else None


def _acted_on(case: ReadingCase, difference: float) -> bool:
    limit = case.note_from if case.matching_signs else case.act_from
    return limit is not None and difference >= limit


def side_difference_to_act_on(case: ReadingCase) -> Remark | None:
    """Report a side difference that gives the short side more sets."""
    difference = _difference(case)
    if difference is None or not _acted_on(case, difference):
        return None
    return Remark(facts=_side_facts(case, difference))


def side_difference_to_note(case: ReadingCase) -> Remark | None:
    """Report a side difference that is noted and watched."""
    difference = _difference(case)
    if difference is None or case.note_from is None or difference < case.note_from:
        return None
    return None if _acted_on(case, difference) else Remark(facts=_side_facts(case, difference))


def _side_facts(case: ReadingCase, difference: float) -> Mapping[str, Value]:
    assert case.left is not None
    assert case.right is not None
    short = "left" if case.left < case.right else "right"
    return {
        "measure": case.name,
        "difference": tidy(difference),
        "unit": case.unit,
        "short_side": short,
    }


def below_usual(case: ReadingCase) -> Remark | None:
    """Note a range clearly below the usual that the squat sets no demand for."""
    if case.usual is None or case.passive is None:
        return None
    short = round(case.usual - case.passive, 4)
    if short < round(case.smallest_real_change * case.error_factor, 4):
        return None
    return Remark(
        facts={
            "measure": case.name,
            "measured": tidy(case.passive),
            "usual": tidy(case.usual),
            "unit": case.unit,
        }
    )


def pinch_when_measured(case: ReadingCase) -> Remark | None:
    """Note a pinch in front of the joint: work stays short of it."""
    return Remark(facts={"joint": case.name}) if case.pinched else None


READING_RULES: Final[tuple[Rule[ReadingCase, Remark], ...]] = (
    Rule(
        id="LF51",
        name="Pinch when measured",
        summary="A pinch in front of hip or ankle keeps the work short of the pinch.",
        sources=("coaching-convention", "house-judgement"),
        decide=pinch_when_measured,
    ),
    Rule(
        id="LF52",
        name="Active above passive",
        summary="Active range above passive within measurement error is noise; the gap is none.",
        sources=("motive-fra", "house-judgement"),
        decide=active_above_passive,
        numbers=("limits/limiting.home_error_factor",),
    ),
    Rule(
        id="LF53",
        name="Mixed methods",
        summary="Sides measured with different tools or positions are not compared.",
        sources=("roach-2013",),
        decide=mixed_methods,
    ),
    Rule(
        id="LF54",
        name="Side difference to act on",
        summary="A large side difference gives the short side twice the sets.",
        sources=("hoch-2011", "kouyoumdjian-2012", "house-judgement"),
        decide=side_difference_to_act_on,
        numbers=("limits/limiting.home_error_factor",),
    ),
    Rule(
        id="LF55",
        name="Side difference to note",
        summary="A moderate side difference is noted and sets no limiting factor.",
        sources=("hoch-2011", "kouyoumdjian-2012", "house-judgement"),
        decide=side_difference_to_note,
    ),
    Rule(
        id="LF56",
        name="Below the usual range",
        summary="A range below the usual that the squat does not ask for is noted, not trained.",
        sources=("method-article", "house-judgement"),
        decide=below_usual,
    ),
)
