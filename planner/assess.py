"""From an assessment to readings: worst sides, gaps, side differences, what is missing."""

from collections.abc import Iterator, Mapping
from typing import Final

from planner.catalogue import Catalogue
from planner.check import check_assessment, measure_key, smallest_real_gap
from planner.decision import Reason, all_outcomes
from planner.facts import Assessment, Measurement
from planner.readings import Reading, Readings
from planner.rules.irritability import IrritabilityCase, decided
from planner.rules.limiting_case import SIGNS_OF
from planner.rules.reading import READING_RULES, ReadingCase, excess
from planner.words import Irritability, Side, Sign

Sides = Mapping[str, Mapping[Side, Reading]]

# What a finding looks at, and whether it wants the active range too.
WANTED: Final[Mapping[str, bool]] = {
    "hip_flexion": True,
    "hip_internal_rotation": True,
    "hip_external_rotation": False,
    "ankle_knee_to_wall": False,
    "thoracic_rotation": False,
}
# Measures no demand is set for: they are compared with the usual value and only noted.
NOTED: Final = frozenset({"hip_extension", "shoulder_flexion"})
# A shift or trouble at the ankles makes a smaller ankle difference worth acting on.
ANKLE_SIDE_SIGNS: Final[frozenset[Sign]] = frozenset({"unexplained_shift", *SIGNS_OF["ankle"]})
TROUBLE: Final = frozenset({"LF52", "LF53"})


def read_assessment(assessment: Assessment, catalogue: Catalogue) -> Readings:
    """Return what an assessment measured; it must have passed `check_assessment`."""
    home = assessment.setting == "home"
    sides = _sides(assessment.measurements)
    remarks = list(_remarks(assessment, sides, catalogue))
    return Readings(
        home=home,
        error_factor=catalogue.limits.limiting.home_error_factor if home else 1.0,
        sides=sides,
        trouble=tuple(remark for remark in remarks if remark.rule in TROUBLE),
        missing=tuple(_missing(sides, catalogue)),
        notes=tuple(remark for remark in remarks if remark.rule not in TROUBLE),
    )


def derive_irritability(assessment: Assessment, catalogue: Catalogue) -> Irritability:
    """Return the more protective of declared and derived irritability; moderate when unknown."""
    return decided(irritability_case(assessment, catalogue))


def irritability_case(assessment: Assessment, catalogue: Catalogue) -> IrritabilityCase:
    """Return what the irritability rules compare."""
    history = assessment.back_pain
    return IrritabilityCase(
        pain=None if history is None else max(history.usual, history.worst_24h),
        settles_within_h=None if history is None else history.settles_within_h,
        declared=assessment.irritability,
        limits=catalogue.limits.limiting,
    )


def _sides(measurements: tuple[Measurement, ...]) -> Sides:
    sides: dict[str, dict[Side, Reading]] = {}
    for measurement in measurements:
        sides.setdefault(measure_key(measurement), {})[measurement.side] = _reading(measurement)
    return sides


def _reading(measurement: Measurement) -> Reading:
    """Return one side's reading; a timed hold is one number, whichever field it came in."""
    passive = measurement.passive
    if measurement.joint == "trunk" and passive is None:
        passive = measurement.active
    known = measurement.passive is not None and measurement.active is not None
    return Reading(
        passive=passive,
        active=measurement.active,
        gap=_gap(measurement.passive, measurement.active) if known else None,
        pinch=measurement.pinch,
        limit_felt=measurement.limit_felt,
        method=measurement.method,
    )


def _gap(passive: float | None, active: float | None) -> float | None:
    """Return passive minus active, 0 where active lies above passive."""
    return None if passive is None or active is None else max(0.0, passive - active)


def _remarks(assessment: Assessment, sides: Sides, catalogue: Catalogue) -> Iterator[Reason]:
    for key in catalogue.measures:
        for case in _cases(key, assessment, sides, catalogue):
            for rule, remark in all_outcomes(READING_RULES, case):
                yield catalogue.reason(rule, **remark.facts)
    for joint in ("hip", "ankle"):
        case = ReadingCase(name=joint, pinched=_pinched(joint, sides), limits=catalogue.limits.limiting)
        for rule, remark in all_outcomes(READING_RULES, case):
            yield catalogue.reason(rule, **remark.facts)


def _pinched(joint: str, sides: Sides) -> bool:
    return Readings(home=False, error_factor=1.0, sides=sides).pinched(joint)


def _cases(key: str, assessment: Assessment, sides: Sides, catalogue: Catalogue) -> Iterator[ReadingCase]:
    """Yield one case for the worst noise of a measure's readings and one for both sides."""
    readings = sides.get(key)
    if not readings:
        return
    measure = catalogue.measures[key]
    home = assessment.setting == "home"
    limits = catalogue.limits.limiting
    noise = [
        ReadingCase(
            name=measure.name,
            unit=catalogue.texts.phrases[f"unit.{measure.unit}"],
            passive=reading.passive,
            active=reading.active,
            smallest_real_gap=smallest_real_gap(measure),
            home=home,
            limits=limits,
        )
        for reading in readings.values()
    ]
    yield max(noise, key=excess)
    yield _both_sides(key, assessment, readings, catalogue)


def _both_sides(
    key: str, assessment: Assessment, readings: Mapping[Side, Reading], catalogue: Catalogue
) -> ReadingCase:
    measure = catalogue.measures[key]
    left, right = readings.get("left"), readings.get("right")
    known = [part.passive for part in readings.values() if part.passive is not None]
    asymmetry = measure.asymmetry
    return ReadingCase(
        name=measure.name,
        unit=catalogue.texts.phrases[f"unit.{measure.unit}"],
        passive=min(known) if known else None,
        left=left.passive if left else None,
        right=right.passive if right else None,
        left_method=left.method if left else None,
        right_method=right.method if right else None,
        smallest_real_change=measure.mdc,
        note_from=asymmetry.note if asymmetry else None,
        act_from=asymmetry.act if asymmetry else None,
        matching_signs=_ankle_signs_match(key, assessment),
        usual=measure.norm if key in NOTED else None,
        home=assessment.setting == "home",
        limits=catalogue.limits.limiting,
    )


def _ankle_signs_match(key: str, assessment: Assessment) -> bool:
    ankle = key == "ankle_knee_to_wall"
    return ankle and not ANKLE_SIDE_SIGNS.isdisjoint(assessment.signs)


def _missing(sides: Sides, catalogue: Catalogue) -> Iterator[str]:
    for key, with_active in WANTED.items():
        name = catalogue.measures[key].name
        readings = sides.get(key, {}).values()
        if all(reading.passive is None for reading in readings):
            yield name
        if with_active and all(reading.active is None for reading in readings):
            yield catalogue.texts.phrase("active_range", measure=name)


__all__ = ["check_assessment", "derive_irritability", "irritability_case", "read_assessment"]
