"""Everything that cannot be in an assessment, found at once, without echoing a value."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from planner.catalogue import Catalogue, Measure
from planner.decision import Value
from planner.errors import Fault
from planner.facts import Assessment, BackPainHistory, CarFault, Measurement
from planner.rules.reading import ReadingCase, beyond_noise
from planner.words import Test, TestResult

RELIEF: Final[tuple[TestResult, ...]] = ("helps", "some_help", "no_help")
ROCK_BACK: Final[tuple[TestResult, ...]] = ("tucks_same_angle", "clean")
PROVOCATION: Final[tuple[TestResult, ...]] = ("fails", "clean")

RESULTS_OF: Final[dict[Test, tuple[TestResult, ...]]] = {
    "heels_up": RELIEF,
    "goblet_load": RELIEF,
    "wider_stance": RELIEF,
    "exhale_stack": RELIEF,
    "rock_back": ROCK_BACK,
    "slow_tempo_pause": PROVOCATION,
    "bodyweight_squat": PROVOCATION,
    "breath_at_bottom": PROVOCATION,
    "overhead_squat": PROVOCATION,
    "arms_forward_squat": PROVOCATION,
}

# Bounds of the scales themselves, not limits anybody chose.
PAIN_SCALE: Final = range(11)
CAR_GRADES: Final = range(4)


def check_assessment(assessment: Assessment, catalogue: Catalogue) -> tuple[Fault, ...]:
    """Return every fault of an assessment; an empty answer means it can be read."""
    return (
        *_measurements(assessment, catalogue),
        *_tests(assessment),
        *_car_faults(assessment),
        *_back_pain(assessment.back_pain),
    )


def _measurements(assessment: Assessment, catalogue: Catalogue) -> Iterator[Fault]:
    home = assessment.setting == "home"
    for index, measurement in enumerate(assessment.measurements):
        pointer = f"/measurements/{index}"
        measure = catalogue.measures.get(measure_key(measurement))
        if measure is None:
            yield Fault(f"{pointer}/motion", "unknown_measure")
            continue
        yield from _one_measurement(pointer, measurement, measure)
        yield from _active_above_passive(pointer, measurement, measure, catalogue, home=home)
    keys = [(measure_key(part), part.side) for part in assessment.measurements]
    yield from _repeated("/measurements", keys, "duplicate_measurement")


def measure_key(measurement: Measurement) -> str:
    """Return the key of seeds/norms/measures.yaml a measurement belongs to."""
    return f"{measurement.joint}_{measurement.motion}"


def _one_measurement(pointer: str, measurement: Measurement, measure: Measure) -> Iterator[Fault]:
    if measurement.unit != measure.unit:
        yield Fault(f"{pointer}/unit", "wrong_unit", facts={"unit": measure.unit})
    sides = ("left", "right") if measure.sided else ("midline",)
    if measurement.side not in sides:
        yield Fault(f"{pointer}/side", "wrong_side", facts={"sides": ", ".join(sides)})
    if measurement.passive is None and measurement.active is None:
        yield Fault(pointer, "empty_measurement")
    low, high = measure.possible
    for name, value in (("passive", measurement.passive), ("active", measurement.active)):
        if value is not None and not low <= value <= high:
            facts: dict[str, Value] = {"low": low, "high": high, "unit": measure.unit}
            yield Fault(f"{pointer}/{name}", "out_of_range", say="measure", facts=facts)


def _active_above_passive(
    pointer: str, measurement: Measurement, measure: Measure, catalogue: Catalogue, *, home: bool
) -> Iterator[Fault]:
    case = ReadingCase(
        passive=measurement.passive,
        active=measurement.active,
        smallest_real_gap=smallest_real_gap(measure),
        home=home,
        limits=catalogue.limits.limiting,
    )
    if beyond_noise(case):
        yield Fault(f"{pointer}/active", "active_above_passive")


def smallest_real_gap(measure: Measure) -> float:
    """Return the smallest real passive-to-active difference, or that of one reading."""
    return measure.mdc if measure.gap is None else measure.gap.smallest_real_change


def _tests(assessment: Assessment) -> Iterator[Fault]:
    for index, outcome in enumerate(assessment.tests):
        allowed = RESULTS_OF[outcome.test]
        if outcome.result not in allowed:
            yield Fault(f"/tests/{index}/result", "wrong_result", facts={"results": ", ".join(allowed)})
    names = [outcome.test for outcome in assessment.tests]
    yield from _repeated("/tests", names, "duplicate_test")


def _car_faults(assessment: Assessment) -> Iterator[Fault]:
    for index, graded in enumerate(assessment.car_faults):
        yield from _one_car_fault(f"/car_faults/{index}", graded)
    keys = [(graded.joint, graded.side) for graded in assessment.car_faults]
    yield from _repeated("/car_faults", keys, "duplicate_car_fault")


def _one_car_fault(pointer: str, graded: CarFault) -> Iterator[Fault]:
    if graded.side == "midline" and graded.joint != "thoracic":
        yield Fault(f"{pointer}/side", "wrong_side", facts={"sides": "left, right, both"})
    if graded.fault not in CAR_GRADES:
        yield Fault(f"{pointer}/fault", "out_of_range", say="car")
    if graded.pain not in PAIN_SCALE:
        yield Fault(f"{pointer}/pain", "out_of_range", say="pain")


def _back_pain(history: BackPainHistory | None) -> Iterator[Fault]:
    if history is None:
        return
    for name, value in (("usual", history.usual), ("worst_24h", history.worst_24h)):
        if value not in PAIN_SCALE:
            yield Fault(f"/back_pain/{name}", "out_of_range", say="pain")
    hours = history.settles_within_h
    if hours is not None and not hours >= 0:
        yield Fault("/back_pain/settles_within_h", "out_of_range", say="hours")


def _repeated(pointer: str, keys: Iterable[Hashable], code: str) -> Iterator[Fault]:
    """Yield a fault for every entry whose key was already seen."""
    seen: Counter[Hashable] = Counter()
    for index, key in enumerate(keys):
        if seen[key]:
            yield Fault(f"{pointer}/{index}", code)
        seen[key] += 1
