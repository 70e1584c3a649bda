"""A re-assessment against its baseline: what really changed, what is noise, what may not be compared."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planner.assess import read_assessment
from planner.catalogue import Catalogue
from planner.change import change_case
from planner.comparison import ComparedFactor, ComparedMeasure, Comparison, compare
from planner.facts import Assessment, Measurement
from planner.facts import TestOutcome as Tried
from planner.words import Side
from tests.support.story import assessment_of, load_vignette, profile_of

SIDES: tuple[tuple[Side, float], ...] = (("left", 96), ("right", 112))
LATER = date(2026, 12, 14)
V1 = load_vignette("V1")
PROFILE = profile_of(V1["client"])
HIP = assessment_of(V1["assessment"])
"""Flexion 96 and 98 degrees, internal rotation 17 and 19, four signs, rock-back and wider stance: the hip limits."""


def changed(assessment: Assessment, by: Mapping[str, float], **more: Any) -> Assessment:
    """Return an assessment with passive and active ranges moved, by motion, and other fields."""
    return replace(
        assessment,
        performed_on=LATER,
        measurements=tuple(_moved(one, by.get(one.motion, 0)) for one in assessment.measurements),
        **more,
    )


def _moved(one: Measurement, by: float) -> Measurement:
    passive, active = (None if value is None else value + by for value in (one.passive, one.active))
    return replace(one, passive=passive, active=active)


def against_hip(again: Assessment, catalogue: Catalogue, *between: Assessment) -> Comparison:
    """Return the comparison with the baseline above."""
    return compare(HIP, between, again, PROFILE, catalogue)


def one(comparison: Comparison, measure: str, side: str = "left", kind: str = "passive") -> ComparedMeasure:
    """Return one range of one side."""
    return next(each for each in comparison.measures if (each.measure, each.side, each.kind) == (measure, side, kind))


def factor(comparison: Comparison, name: str) -> ComparedFactor:
    """Return what became of a factor."""
    return next(each for each in comparison.factors if each.factor == name)


@pytest.mark.parametrize(
    ("by", "verdict"), [(9.7, "better"), (9.6, "noise"), (0, "noise"), (-9.6, "noise"), (-9.7, "worse")]
)
def test_a_change_is_real_from_the_smallest_real_change_on(catalogue: Catalogue, by: float, verdict: str) -> None:
    """Hip flexion on both sides of 9.7 degrees; the error and its source are named."""
    found = one(against_hip(changed(HIP, {"flexion": by}), catalogue), "hip_flexion")

    assert (found.baseline, found.change, found.verdict) == (96, pytest.approx(by), verdict)
    assert (found.error.sem, found.error.smallest_real_change) == (3.5, 9.7)
    assert found.error.source_id in catalogue.sources
    assert "9.7°" in found.because.text


def test_a_gap_has_the_error_of_two_readings(catalogue: Catalogue) -> None:
    """Square root of two times the error of one; thirteen degrees less of it are noise, fourteen are real."""
    smaller = [replace(each, active=each.active + by) for each in HIP.measurements[:1] for by in (12, 11)]  # type: ignore[operator]
    wide = replace(HIP.measurements[0], active=HIP.measurements[0].active - 2)  # type: ignore[operator]
    before = replace(HIP, measurements=(wide,))
    real, noise = (
        one(compare(before, (), replace(HIP, measurements=(now,)), PROFILE, catalogue), "hip_flexion", kind="gap")
        for now in smaller
    )

    assert real.error.sem == pytest.approx(3.5 * 2**0.5, abs=0.01)
    assert (real.baseline, real.now, real.verdict) == (14, 0, "better")
    assert (noise.now, noise.verdict) == (1, "noise")


def test_the_demand_of_the_preferred_squat_is_told_before_and_now(catalogue: Catalogue) -> None:
    """Low-bar at parallel asks 110 degrees of flexion: 96 fell short of it, 110 does not."""
    found = one(against_hip(changed(HIP, {"flexion": 14}), catalogue), "hip_flexion")

    assert found.demand is not None
    assert (found.demand.needed, found.demand.met_before, found.demand.met_now) == (110, False, True)
    assert one(against_hip(HIP, catalogue), "thoracic_rotation").demand is None


@pytest.mark.parametrize(("more", "rule"), [({"setting": "home"}, "RT02"), ({"method": "goniometer"}, "RT03")])
def test_other_places_and_tools_are_not_compared(catalogue: Catalogue, more: dict[str, Any], rule: str) -> None:
    """Forty degrees more at home, or with another tool, are no change at all; the reason is said."""
    method = more.pop("method", None)
    again = changed(HIP, {"flexion": 40}, **more)
    first = replace(HIP, measurements=tuple(replace(each, method="inclinometer") for each in HIP.measurements))
    if method:
        again = replace(again, measurements=tuple(replace(each, method=method) for each in again.measurements))
    found = one(compare(first, (), again, PROFILE, catalogue), "hip_flexion")

    assert (found.verdict, found.change, found.because.rule) == ("not_comparable", None, rule)


def test_what_was_measured_once_is_told_as_such(catalogue: Catalogue) -> None:
    """In the baseline only and now only: neither is compared, both are listed."""
    no_ankles = [each for each in HIP.measurements if each.joint != "ankle"]
    extension = Measurement(joint="hip", motion="extension", side="left", passive=5, unit="deg")
    found = against_hip(changed(replace(HIP, measurements=(*no_ankles, extension)), {}), catalogue)

    assert "not measured again" in one(found, "ankle_knee_to_wall").because.text
    assert "not measured at the baseline" in one(found, "hip_extension").because.text
    assert {each.verdict for each in found.measures if each.measure in {"ankle_knee_to_wall", "hip_extension"}} == {
        "not_comparable"
    }


def test_two_re_tests_in_a_row_confirm_a_smaller_change(catalogue: Catalogue) -> None:
    """Five degrees twice are real, five degrees once or after a re-test that showed none are not."""
    again, five, none = (changed(HIP, {"flexion": by}) for by in (6, 5, 0))

    assert one(against_hip(again, catalogue, five), "hip_flexion").verdict == "better"
    assert one(against_hip(again, catalogue, five), "hip_flexion").because.rule == "RT05"
    assert one(against_hip(again, catalogue), "hip_flexion").verdict == "noise"
    assert one(against_hip(again, catalogue, five, none), "hip_flexion").verdict == "noise"
    assert one(against_hip(again, catalogue, replace(five, setting="home")), "hip_flexion").verdict == "noise"


def test_a_re_test_of_one_side_is_compared_with_that_side(catalogue: Catalogue) -> None:
    """The better side measured alone is no progress of the worse one."""
    left, right = (replace(HIP.measurements[0], side=side, passive=value) for side, value in SIDES)
    first, last = (read_assessment(replace(HIP, measurements=taken), catalogue) for taken in ((left, right), (right,)))

    assert change_case((first, last), "hip_flexion", "passive", catalogue).change == 0


# --- factors --------------------------------------------------------------------------------------------------------

GOOD = {"flexion": 24, "internal_rotation": 18}
NO_TESTS = (Tried(test="rock_back", result="clean"), Tried(test="wider_stance", result="no_help"))


def test_a_factor_that_really_changed_is_resolved(catalogue: Catalogue) -> None:
    """Range gained, signs gone, tests that help no more: the hip limits no longer, and the scores say so."""
    hip = factor(against_hip(changed(HIP, GOOD, signs=(), tests=NO_TESTS), catalogue), "hip")

    assert (hip.status, hip.counted_before, hip.counted_now) == ("resolved", True, False)
    assert hip.score_before > 6 > hip.score_now
    assert "had 9.17 points" in hip.because.text


def test_a_factor_that_was_not_tested_again_is_never_resolved(catalogue: Catalogue) -> None:
    """Signs and tests left out, hips not measured: nothing speaks for the hip any more, and nothing is claimed."""
    ankles = tuple(each for each in HIP.measurements if each.joint == "ankle")
    again = replace(HIP, performed_on=LATER, measurements=ankles, signs=(), tests=())
    found = against_hip(again, catalogue)

    assert (factor(found, "hip").status, factor(found, "hip").counted_now) == ("not_tested", False)
    assert {each.change for each in found.clues} == {"not_tested"}


def test_ranges_of_another_place_resolve_nothing(catalogue: Catalogue) -> None:
    """Good hips measured at home are not compared with the clinic's, so the hip is not tested again."""
    short = replace(HIP, signs=HIP.signs[:2], tests=HIP.tests[:1])
    again = changed(short, {"flexion": 40, "internal_rotation": 30}, setting="home", signs=("depth_blocked",))
    found = compare(replace(short, tests=HIP.tests), (), again, PROFILE, catalogue)

    assert factor(found, "hip").status == "not_tested"


def test_noise_alone_resolves_nothing(catalogue: Catalogue) -> None:
    """A hip that just counted and just does not any more, by readings within their error, is as it was."""
    just = replace(HIP, signs=HIP.signs[:2], tests=HIP.tests)
    before = changed(just, {"flexion": 8})
    again = changed(just, {"flexion": 14, "internal_rotation": 7})
    found = compare(before, (), again, PROFILE, catalogue)
    hip = factor(found, "hip")

    assert {each.verdict for each in found.measures if each.measure == "hip_flexion"} == {"noise"}
    assert (hip.counted_before, hip.counted_now) == (True, False), (hip.score_before, hip.score_now)
    assert (hip.status, hip.because.rule) == ("unchanged", "RT21")


def test_a_factor_that_counts_now_only_is_new(catalogue: Catalogue) -> None:
    """Ankles that became short, with their signs and a heel lift that helps; the hip is unchanged."""
    signs = (*HIP.signs, "hinges_to_stay_upright", "heels_lift_or_arch_collapses")
    tests = (*HIP.tests, Tried(test="heels_up", result="helps"))
    found = against_hip(changed(HIP, {"knee_to_wall": -6.5}, signs=signs, tests=tests), catalogue)

    assert factor(found, "ankle").status == "new"
    assert factor(found, "hip").status == "unchanged"
    assert found.finding_now.counted == ("hip", "ankle")


# --- clues ----------------------------------------------------------------------------------------------------------


def test_signs_and_tests_appear_and_go(catalogue: Catalogue) -> None:
    """A sign no longer listed is gone, a new one appeared, a test that helps less has changed."""
    again = changed(
        HIP,
        {},
        signs=("depth_blocked", "bottom_unstable"),
        tests=(Tried(test="rock_back", result="clean"), Tried(test="wider_stance", result="some_help")),
        observations=("rib_flare",),
    )
    found = {each.name: each.change for each in against_hip(again, catalogue).clues}

    assert found == {
        "depth_blocked": "unchanged",
        "quick_change_near_bottom": "gone",
        "find_it_and_survive_it": "gone",
        "back_does_hip_work": "gone",
        "bottom_unstable": "appeared",
        "rock_back": "gone",
        "wider_stance": "changed",
        "rib_flare": "appeared",
    }


def test_every_clue_has_words(catalogue: Catalogue) -> None:
    """Each sign, test, observation and joint circle is named for people."""
    for name in ("V1", "V2", "V3", "V4"):
        assessment = assessment_of(load_vignette(name)["assessment"])
        assert all(each.text for each in compare(assessment, (), assessment, PROFILE, catalogue).clues)
