"""Assessments in which one factor clearly limits, and the error that is put on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hypothesis import assume
from hypothesis import strategies as st

from planner.catalogue import Catalogue
from planner.demand import squat_demand
from planner.facts import Assessment, Measurement, PreferredSquat
from planner.facts import TestOutcome as Tried
from planner.words import Factor, Side, Sign, Test, TestResult

SIGNS_OF: Final[Mapping[Factor, tuple[Sign, ...]]] = {
    "hip": (
        "depth_blocked",
        "back_does_hip_work",
        "quick_change_near_bottom",
        "find_it_and_survive_it",
        "jammed_bottom",
        "early_butt_wink",
    ),
    "ankle": ("hinges_to_stay_upright", "heels_lift_or_arch_collapses"),
    "load_ownership": ("bottom_unstable", "loses_tension_and_bounces", "rushes_last_part"),
    "trunk": ("unrack_is_hardest", "compressed_not_tired", "cannot_breathe_without_arching"),
}
TESTS_OF: Final[Mapping[Factor, Mapping[Test, TestResult]]] = {
    "hip": {"rock_back": "tucks_same_angle", "wider_stance": "helps"},
    "ankle": {"heels_up": "helps", "arms_forward_squat": "fails"},
    "load_ownership": {"slow_tempo_pause": "fails"},
    "trunk": {"exhale_stack": "helps", "breath_at_bottom": "fails"},
}
OTHER_SIGNS: Final = 2
SIDES: Final[tuple[Side, ...]] = ("left", "right")


@dataclass(frozen=True, kw_only=True)
class Short:
    """How far a range is below what the squat asks and how large its gap is; which test shows it."""

    spreads: float  # of the curve of its measure
    gap: float  # degrees
    test: int | None = None  # of the factor's tests, None = all of them


shortfalls: Final = st.builds(
    Short,
    spreads=st.one_of(st.floats(0.85, 1), st.floats(0.85, 2)),  # from 0.85 on a measurement is a source
    gap=st.floats(0, 35),
    test=st.sampled_from((None, 0, 1)),
)
each_its_own = st.lists(st.sampled_from((-0.5, 0.0, 0.5)), min_size=7, max_size=7).map(tuple)
half_errors: Final = st.one_of(st.sampled_from(((-0.5,), (0.5,))), each_its_own)
"""Errors of the measurements in turn: all the same way, or each its own."""


def limited_by(
    factor: Factor, assessment: Assessment, squat: PreferredSquat, short: Short, catalogue: Catalogue
) -> Assessment:
    """Return the assessment with the signs, tests and ranges of a factor, and few other signs.

    The range is as far short as told; a squat that is not owned has as much to spare.
    """
    positive = tuple(TESTS_OF[factor].items())
    shown = positive if short.test is None else (positive[short.test % len(positive)],)
    tests = {outcome.test: outcome.result for outcome in assessment.tests} | dict(shown)
    told = replace(
        assessment,
        signs=tuple(sorted({*assessment.signs[:OTHER_SIGNS], *SIGNS_OF[factor]})),
        tests=tuple(Tried(test=test, result=result) for test, result in tests.items()),
    )
    if factor == "trunk":
        return told
    below = -short.spreads if factor == "load_ownership" else short.spreads
    found = [
        *(_hips(told, squat, below, short.gap, catalogue) if factor != "ankle" else ()),
        *(_ankles(told, squat, below, catalogue) if factor != "hip" else ()),
    ]
    replaced = {(one.joint, one.motion) for one in found}
    kept = [one for one in told.measurements if (one.joint, one.motion) not in replaced]
    return replace(told, measurements=(*kept, *found))


def _hips(
    told: Assessment, squat: PreferredSquat, below: float, gap: float, catalogue: Catalogue
) -> Iterator[Measurement]:
    spread = catalogue.limits.limiting.spreads.hip_flexion * _widened(told, catalogue)
    passive = round(squat_demand(squat, catalogue).hip_flexion - below * spread, 2)
    for side in SIDES:
        yield Measurement(joint="hip", motion="flexion", side=side, passive=passive, active=passive - gap, unit="deg")


def _ankles(told: Assessment, squat: PreferredSquat, below: float, catalogue: Catalogue) -> Iterator[Measurement]:
    needed = squat_demand(squat, catalogue).knee_to_wall
    assume(needed is not None)
    assert needed is not None
    spread = catalogue.limits.limiting.spreads.knee_to_wall * _widened(told, catalogue)
    for side in SIDES:
        passive = round(needed - below * spread, 2)
        yield Measurement(joint="ankle", motion="knee_to_wall", side=side, passive=passive, unit="cm")


def _widened(told: Assessment, catalogue: Catalogue) -> float:
    return catalogue.limits.limiting.home_spread_factor if told.setting == "home" else 1.0


def jitter(one: Measurement, catalogue: Catalogue, errors: float) -> Measurement:
    """Return a measure moved by so many standard errors, the gap kept."""
    measure = catalogue.measures[f"{one.joint}_{one.motion}"]
    low, high = measure.possible
    moved = errors * measure.sem

    def shift(value: float | None) -> float | None:
        return None if value is None else min(high, max(low, value + moved))

    return replace(one, passive=shift(one.passive), active=shift(one.active))
