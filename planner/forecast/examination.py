"""What an assessment finds of a body: measured with error, shown by signs and tests that are not always right.

`exact` leaves out every error: what an observer who sees everything would find.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from random import Random
from typing import Final, get_args

from planner.facts import Assessment, BackPainHistory, CarFault, Measurement, TestOutcome
from planner.forecast.body import Body
from planner.forecast.training import SquatWork
from planner.forecast.traits import SHAPES
from planner.limits.population import AssessmentRanges
from planner.words import (
    AnkleSign,
    AssessmentSetting,
    CarJoint,
    Factor,
    HipSign,
    LoadOwnershipSign,
    Observation,
    Sign,
    Test,
    TestResult,
    TrunkSign,
    depth_index,
)

SIGNS: Final[Mapping[Factor, tuple[Sign, ...]]] = {
    "hip": get_args(HipSign),
    "ankle": get_args(AnkleSign),
    "load_ownership": get_args(LoadOwnershipSign),
    "trunk": get_args(TrunkSign),
}
SHOWS: Final[tuple[tuple[Test, tuple[Factor, ...], TestResult, TestResult], ...]] = (
    ("heels_up", ("ankle",), "helps", "no_help"),
    ("goblet_load", ("trunk",), "helps", "no_help"),
    ("wider_stance", ("hip",), "helps", "no_help"),
    ("exhale_stack", ("trunk",), "helps", "no_help"),
    ("rock_back", ("hip",), "tucks_same_angle", "clean"),
    ("slow_tempo_pause", ("load_ownership",), "fails", "clean"),
    ("bodyweight_squat", ("hip", "ankle"), "fails", "clean"),
    ("breath_at_bottom", ("trunk",), "fails", "clean"),
    ("overhead_squat", ("ankle",), "fails", "clean"),
    ("arms_forward_squat", ("ankle",), "fails", "clean"),
)
"""Each test with what it shows, its result when that limits and when it does not."""

TRUNK_OBSERVATIONS: Final[tuple[Observation, ...]] = ("rib_flare", "pain_on_arching_eased_by_bending")
CIRCLES: Final[tuple[tuple[CarJoint, Factor], ...]] = (("hip", "hip"), ("ankle", "ankle"))
SMOOTH: Final = (0, 1)
"""Grades of a circle of a joint that does not limit."""

DIMENSION: Final[Mapping[Factor, str]] = {
    "hip": "hip",
    "ankle": "ankle",
    "trunk": "trunk",
    "load_ownership": "control",
}
STILL_LIMITS: Final = 0.25
"""Units of overload in the preferred squat from which something still limits it."""

ACTIVE_MEASURES: Final = frozenset({"hip_flexion", "hip_internal_rotation"})
USUAL_SHARE: Final = 0.65
"""Share of the maximum at which the preferred squat is looked at."""


def limits_now(body: Body, factor: Factor) -> bool:
    """Return whether something still limits the preferred squat."""
    if body.day == 0:
        return factor in (body.traits.limiter, body.traits.second)
    return body.overload(preferred_work(body)).overload[DIMENSION[factor]] > STILL_LIMITS


def preferred_work(body: Body) -> SquatWork:
    """Return the preferred squat as it is looked at in an assessment."""
    squat = body.profile.preferred_squat
    variation = body.catalogue.variations[squat.variation]
    load = USUAL_SHARE * body.traits.back_max_kg * (variation.load.midpoint or 0)
    return SquatWork(variation=variation, depth=depth_index(squat.depth), sets=3, reps=5, load_kg=load)


def examine(
    body: Body, on: date, rng: Random, *, usual_pain: float, exact: bool, only: Iterable[str] | None = None
) -> Assessment:
    """Return a whole assessment, or with `only` a re-test of some measures."""
    setting: AssessmentSetting = "home" if body.profile.setting == "home" else "clinic"
    if only is not None:
        wanted = tuple(_measured(body, rng, frozenset(only), exact=exact))
        return Assessment(performed_on=on, setting=setting, measurements=wanted)
    limits = {factor: limits_now(body, factor) for factor in SHAPES}
    ranges = body.catalogue.population.assessments
    return Assessment(
        performed_on=on,
        setting=setting,
        measurements=tuple(_measured(body, rng, frozenset(body.joints), exact=exact)),
        signs=tuple(_signs(rng, limits, ranges, exact=exact)),
        tests=tuple(_tests(rng, limits, ranges, exact=exact)),
        observations=tuple(one for one in TRUNK_OBSERVATIONS if _shown(rng, limits["trunk"], ranges, exact=exact)),
        car_faults=tuple(_car_faults(rng, limits, ranges)),
        back_pain=_history(body, usual_pain),
    )


def _measured(body: Body, rng: Random, wanted: frozenset[str], *, exact: bool) -> Iterator[Measurement]:
    """Yield both sides of each wanted measure; every measure draws its errors, wanted or not."""
    for name, joint in body.traits.joints.items():
        left = _measurement(body, rng, name, 0.0, exact=exact)
        right = _measurement(body, rng, name, joint.other_side, exact=exact)
        if name in wanted:
            yield left
            yield right


def _measurement(body: Body, rng: Random, name: str, more: float, *, exact: bool) -> Measurement:
    catalogue = body.catalogue
    measure = catalogue.measures[name]
    home = body.profile.setting == "home"
    error = 0.0 if exact else measure.sem * (catalogue.limits.limiting.home_error_factor if home else 1.0)
    low, high = measure.possible
    passive = min(max(body.passive(name) + more + rng.gauss(0, error), low), high)
    active = min(body.passive(name) + more - body.gap(name) + rng.gauss(0, error), passive)
    return Measurement(
        joint=measure.joint,
        motion=measure.motion,
        side="right" if more else "left",
        passive=round(passive, 1),
        active=round(max(active, low), 1) if name in ACTIVE_MEASURES else None,
        unit=measure.unit,
    )


def _shown(rng: Random, present: bool, ranges: AssessmentRanges, *, exact: bool) -> bool:
    drawn = rng.random()
    return present if exact else drawn < (ranges.sign_of_the_limiter if present else ranges.sign_of_another)


def _signs(rng: Random, limits: Mapping[Factor, bool], ranges: AssessmentRanges, *, exact: bool) -> Iterator[Sign]:
    for factor, signs in SIGNS.items():
        yield from (sign for sign in signs if _shown(rng, limits[factor], ranges, exact=exact))


def _tests(
    rng: Random, limits: Mapping[Factor, bool], ranges: AssessmentRanges, *, exact: bool
) -> Iterator[TestOutcome]:
    sensitive: dict[Test, float] = {"overhead_squat": ranges.overhead_sensitivity}
    specific: dict[Test, float] = {
        "overhead_squat": ranges.overhead_specificity,
        "arms_forward_squat": ranges.arms_forward_specificity,
    }
    for test, factors, positive, negative in SHOWS:
        drawn, present = rng.random(), any(limits[factor] for factor in factors)
        found = drawn < sensitive.get(test, ranges.test_sensitivity)
        mistaken = drawn >= specific.get(test, ranges.test_specificity)
        shown = present if exact else found if present else mistaken
        yield TestOutcome(test=test, result=positive if shown else negative)


def _car_faults(rng: Random, limits: Mapping[Factor, bool], ranges: AssessmentRanges) -> Iterator[CarFault]:
    for joint, factor in CIRCLES:
        fault = rng.randint(*(ranges.car_fault if limits[factor] else SMOOTH))
        yield CarFault(joint=joint, side="left", fault=fault)


def _history(body: Body, usual_pain: float) -> BackPainHistory:
    """Return the pain told: at first what the old squat does, later what the last days felt like."""
    more = body.carried if body.day else body.overload(preferred_work(body)).points
    return BackPainHistory(
        usual=round(usual_pain),
        worst_24h=min(10, round(usual_pain + more)),
        settles_within_h=round(body.traits.settles_h),
    )
