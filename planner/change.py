"""One measure in two assessments: is its change real or noise? Asked by re-tests and by comparisons."""

from collections.abc import Collection, Sequence
from math import sqrt
from typing import Final, Literal

from planner.catalogue import Catalogue, Measure
from planner.check import smallest_real_gap
from planner.decision import Reason, first_outcome
from planner.readings import Readings
from planner.rules.change import CHANGE_RULES, ChangeCase, Judged
from planner.words import Side

RangeKind = Literal["passive", "active", "gap"]
RANGE_KINDS: Final[tuple[RangeKind, ...]] = ("passive", "active", "gap")


def change_case(
    series: Sequence[Readings], measure: str, kind: RangeKind, catalogue: Catalogue, side: Side | None = None
) -> ChangeCase:
    """Return the change of a measure from the first readings of a series to the last.

    Of one side, or else of the worse one of those measured both times. The readings between are re-tests; the last
    comparable one may confirm a change.
    """
    first, *between, last = series
    sides = (side,) if side else measured_sides(first, last, measure)
    entry = catalogue.measures[measure]
    found = [
        value
        for one in between
        if comparable(one, last, measure, sides) and comparable(first, one, measure, sides)
        if (value := value_of(one, measure, kind, sides)) is not None
    ]
    return ChangeCase(
        limits=catalogue.limits.change,
        name=_name(entry, kind, side, catalogue),
        unit=catalogue.texts.phrases[f"unit.{entry.unit}"],
        was=value_of(first, measure, kind, sides),
        previous=found[-1] if found else None,
        now=value_of(last, measure, kind, sides),
        sem=sqrt(2) * entry.sem if kind == "gap" else entry.sem,  # a gap is the difference of two readings
        smallest_real_change=smallest_real_gap(entry) if kind == "gap" else entry.mdc,
        error_factor=last.error_factor,
        gap=kind == "gap",
        other_setting=first.home != last.home,
        other_tool=_other_tool(first, last, measure, sides),
    )


def judge(case: ChangeCase) -> tuple[str, Judged]:
    """Return what a change is and the rule that says so."""
    named = first_outcome(CHANGE_RULES, case)
    assert named is not None  # RT09 always decides
    return named


def because(rule: str, judged: Judged, catalogue: Catalogue) -> Reason:
    """Return the sentence of a judged change."""
    return catalogue.reason(rule, judged.say, **judged.facts)


def measured_sides(before: Readings, after: Readings, measure: str) -> tuple[Side, ...]:
    """Return the sides a measure was taken on both times."""
    now = after.sides.get(measure, {})
    return tuple(side for side in before.sides.get(measure, {}) if side in now)


def comparable(before: Readings, after: Readings, measure: str, sides: Collection[Side]) -> bool:
    """Return whether readings of a measure were taken in the same place and the same way."""
    return before.home == after.home and not _other_tool(before, after, measure, sides)


def value_of(readings: Readings, measure: str, kind: RangeKind, sides: Collection[Side]) -> float | None:
    """Return the worse value of some sides, None when it was measured on none of them."""
    taken = readings.sides.get(measure, {})
    values = (getattr(taken[side], kind) for side in sides if side in taken)
    known: list[float] = [value for value in values if value is not None]
    return (max if kind == "gap" else min)(known, default=None)


def _other_tool(before: Readings, after: Readings, measure: str, sides: Collection[Side]) -> bool:
    """Return whether a side was measured with another tool than before; an unnamed tool tells nothing."""
    was, now = before.sides.get(measure, {}), after.sides.get(measure, {})
    tools = ((was[side].method, now[side].method) for side in measured_sides(before, after, measure) if side in sides)
    return any(old and new and old != new for old, new in tools)


def _name(measure: Measure, kind: RangeKind, side: Side | None, catalogue: Catalogue) -> str:
    """Return a measure as sentences call it: "left active hip flexion"."""
    texts = catalogue.texts
    name = measure.name
    if kind == "active":
        name = texts.phrase("fit.active", name=name)
    elif kind == "gap":
        name = texts.phrase("gap_of", name=name)
    return texts.phrase("side_of", side=side, name=name) if side in {"left", "right"} else name
