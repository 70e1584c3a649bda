"""Assessments: what cannot be, what was read, and how easily the back is provoked."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import facts
from planner.assess import check_assessment, derive_irritability, read_assessment
from planner.catalogue import Catalogue
from planner.check import RESULTS_OF
from planner.facts import Assessment, BackPainHistory, CarFault, Measurement
from planner.words import Irritability, Motion, Side
from tests.planner.assessing import Told


def measured(**changes: object) -> Measurement:
    hip = Measurement(joint="hip", motion="flexion", side="left", passive=96, active=84, unit="deg")
    return replace(hip, **changes)


def assessed(*measurements: Measurement, **changes: object) -> Assessment:
    clinic = Assessment(performed_on=date(2026, 11, 2), setting="clinic", measurements=measurements)
    return replace(clinic, **changes)


def faults(assessment: Assessment, catalogue: Catalogue) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in check_assessment(assessment, catalogue)]


HOLD = Measurement(joint="trunk", motion="back_extensor_hold", side="midline", passive=75, unit="s")
ANKLE = Measurement(joint="ankle", motion="knee_to_wall", side="left", passive=12, unit="cm")


# --- what cannot be -------------------------------------------------------------------------------


def test_a_healthy_assessment_has_no_fault(catalogue: Catalogue) -> None:
    """Nothing is wrong with ranges, sides and units as they should be."""
    assert check_assessment(Told().assessment(), catalogue) == ()
    assert check_assessment(assessed(HOLD), catalogue) == ()


@pytest.mark.parametrize(
    ("measurement", "pointer", "code"),
    [
        (measured(passive=161), "/measurements/0/passive", "out_of_range"),
        (measured(active=-0.1), "/measurements/0/active", "out_of_range"),
        (measured(passive=float("nan"), active=None), "/measurements/0/passive", "out_of_range"),
        (measured(unit="cm"), "/measurements/0/unit", "wrong_unit"),
        (replace(ANKLE, unit="deg"), "/measurements/0/unit", "wrong_unit"),
        (measured(side="both"), "/measurements/0/side", "wrong_side"),
        (measured(side="midline"), "/measurements/0/side", "wrong_side"),
        (replace(HOLD, side="left"), "/measurements/0/side", "wrong_side"),
        (measured(joint="ankle"), "/measurements/0/motion", "unknown_measure"),
        (measured(passive=None, active=None), "/measurements/0", "empty_measurement"),
        (measured(passive=80, active=94.1), "/measurements/0/active", "active_above_passive"),
        (replace(ANKLE, active=13.8), "/measurements/0/active", "active_above_passive"),
    ],
)
def test_an_impossible_measurement_is_refused(
    catalogue: Catalogue, measurement: Measurement, pointer: str, code: str
) -> None:
    """Range, unit, side, joint and active above passive are each refused where they stand."""
    assert (pointer, code) in faults(assessed(measurement), catalogue)


RANGES: list[tuple[str, Motion, str, float, float]] = [
    ("hip", "flexion", "deg", 0, 160),
    ("hip", "internal_rotation", "deg", 0, 80),
    ("hip", "external_rotation", "deg", 0, 80),
    ("hip", "extension", "deg", -20, 40),
    ("ankle", "knee_to_wall", "cm", 0, 25),
    ("ankle", "dorsiflexion", "deg", 0, 60),
    ("thoracic", "rotation", "deg", 0, 90),
    ("shoulder", "flexion", "deg", 0, 190),
    ("trunk", "back_extensor_hold", "s", 0, 300),
]


@pytest.mark.parametrize(("joint", "motion", "unit", "low", "high"), RANGES)
def test_possible_ranges_include_their_ends(
    catalogue: Catalogue, joint: str, motion: Motion, unit: str, low: float, high: float
) -> None:
    """The ends of a possible range are accepted; just beyond them is refused."""
    side: Side = "midline" if joint == "trunk" else "left"

    def codes(value: float) -> list[tuple[str, str]]:
        one = measured(joint=joint, motion=motion, unit=unit, side=side, passive=value, active=None)
        return faults(assessed(one), catalogue)

    assert codes(low) == codes(high) == []
    assert codes(low - 0.1) == codes(high + 0.1) == [("/measurements/0/passive", "out_of_range")]


def test_active_above_passive_within_noise_is_accepted(catalogue: Catalogue) -> None:
    """Up to the gap's smallest real change, and more at home, active above passive is noise."""
    clinic = assessed(measured(passive=80, active=94))
    home = assessed(measured(passive=80, active=104.5), setting="home")
    too_much = assessed(measured(passive=80, active=104.6), setting="home")

    assert faults(clinic, catalogue) == faults(home, catalogue) == []
    assert faults(too_much, catalogue) == [("/measurements/0/active", "active_above_passive")]


def test_every_fault_is_found_at_once(catalogue: Catalogue) -> None:
    """Two wrong measurements and a wrong test are three faults."""
    assessment = assessed(
        measured(passive=200, active=None),
        measured(unit="s"),
        tests=(facts.TestOutcome(test="rock_back", result="helps"),),
    )

    assert {pointer for pointer, _ in faults(assessment, catalogue)} == {
        "/measurements/0/passive",
        "/measurements/1/unit",
        "/measurements/1",
        "/tests/0/result",
    }


def test_the_same_measurement_twice_is_refused(catalogue: Catalogue) -> None:
    """The second of two readings of the same side is refused, the other side is not."""
    assessment = assessed(measured(), measured(side="right"), measured(passive=97))

    assert faults(assessment, catalogue) == [("/measurements/2", "duplicate_measurement")]


def test_each_test_has_its_own_results(catalogue: Catalogue) -> None:
    """Results that belong to a test are accepted and all others refused."""
    for test, allowed in RESULTS_OF.items():
        for result in ("helps", "some_help", "no_help", "tucks_same_angle", "fails", "clean"):
            outcome = facts.TestOutcome(test=test, result=result)
            found = faults(assessed(tests=(outcome,)), catalogue)
            assert found == ([] if result in allowed else [("/tests/0/result", "wrong_result")])


def test_a_test_given_twice_is_refused(catalogue: Catalogue) -> None:
    """One test has one result."""
    outcome = facts.TestOutcome(test="heels_up", result="helps")

    assert faults(assessed(tests=(outcome, outcome)), catalogue) == [("/tests/1", "duplicate_test")]


def test_car_grades_and_pain_have_their_scales(catalogue: Catalogue) -> None:
    """CAR grades are 0 to 3, pain 0 to 10, each side graded once."""
    good = CarFault(joint="hip", side="left", fault=3, pain=10)
    wrong = CarFault(joint="ankle", side="midline", fault=4, pain=11)

    assert faults(assessed(car_faults=(good,)), catalogue) == []
    assert faults(assessed(car_faults=(good, good, wrong)), catalogue) == [
        ("/car_faults/2/side", "wrong_side"),
        ("/car_faults/2/fault", "out_of_range"),
        ("/car_faults/2/pain", "out_of_range"),
        ("/car_faults/1", "duplicate_car_fault"),
    ]


def test_back_pain_has_its_scale(catalogue: Catalogue) -> None:
    """Pain is 0 to 10 and time to settle is not negative."""
    wrong = BackPainHistory(usual=-1, worst_24h=11, settles_within_h=-1)
    good = BackPainHistory(usual=0, worst_24h=10, settles_within_h=0)

    assert faults(assessed(back_pain=good), catalogue) == []
    assert faults(assessed(back_pain=wrong), catalogue) == [
        ("/back_pain/usual", "out_of_range"),
        ("/back_pain/worst_24h", "out_of_range"),
        ("/back_pain/settles_within_h", "out_of_range"),
    ]


@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_a_fault_never_repeats_the_value(catalogue: Catalogue, value: float) -> None:
    """Messages name the reason and never the input; any number gets an answer."""
    found = check_assessment(assessed(measured(passive=value, active=None)), catalogue)

    assert all(fault.facts == {"low": 0, "high": 160, "unit": "deg"} for fault in found)
    assert bool(found) == (not 0 <= value <= 160)


# --- what was read --------------------------------------------------------------------------------


def test_the_worse_side_and_the_larger_gap_are_read(catalogue: Catalogue) -> None:
    """Ranges are those of the worse side, the gap that of the side where it is larger."""
    readings = read_assessment(
        assessed(measured(passive=96, active=84), measured(side="right", passive=98, active=80)),
        catalogue,
    )

    assert readings.worst_passive("hip_flexion") == 96
    assert readings.worst_active("hip_flexion") == 80
    assert readings.largest_gap("hip_flexion") == 18


def test_active_above_passive_counts_as_no_gap_and_is_told(catalogue: Catalogue) -> None:
    """Within noise the gap is 0 and the reading is reported as measurement noise."""
    readings = read_assessment(assessed(measured(passive=80, active=85)), catalogue)

    assert readings.largest_gap("hip_flexion") == 0
    assert [(trouble.rule, trouble.facts["above"]) for trouble in readings.trouble] == [("LF52", 5)]


def test_a_gap_needs_both_ranges(catalogue: Catalogue) -> None:
    """Without an active range the gap is unknown, not zero."""
    readings = read_assessment(assessed(measured(active=None)), catalogue)

    assert readings.largest_gap("hip_flexion") is None


def test_a_timed_hold_is_one_number(catalogue: Catalogue) -> None:
    """A hold given as active time is read like one given as passive."""
    readings = read_assessment(assessed(replace(HOLD, passive=None, active=75)), catalogue)

    assert readings.worst_passive("trunk_back_extensor_hold") == 75


def test_home_readings_carry_a_larger_error(catalogue: Catalogue) -> None:
    """Errors are scaled for self-measured values and not for the clinic's."""
    assert read_assessment(assessed(setting="home"), catalogue).error_factor == 1.75
    assert read_assessment(assessed(), catalogue).error_factor == 1


def test_sides_measured_in_different_ways_are_not_compared(catalogue: Catalogue) -> None:
    """Different methods are told as trouble and give no side difference."""
    readings = read_assessment(
        assessed(
            measured(method="inclinometer"),
            measured(side="right", passive=120, method="goniometer"),
        ),
        catalogue,
    )

    assert [trouble.rule for trouble in readings.trouble] == ["LF53"]
    assert readings.short_side("hip_flexion") is None
    assert not [note for note in readings.notes if note.rule in {"LF54", "LF55"}]


@pytest.mark.parametrize(
    ("motion", "difference", "rule"),
    [
        ("flexion", 9.9, None),
        ("flexion", 10, "LF55"),
        ("flexion", 14.9, "LF55"),
        ("flexion", 15, "LF54"),
        ("internal_rotation", 9.9, None),
        ("internal_rotation", 10, "LF55"),
        ("internal_rotation", 15, "LF54"),
        ("external_rotation", 10, "LF55"),
        ("external_rotation", 15, "LF54"),
    ],
)
def test_side_differences_of_the_hip(catalogue: Catalogue, motion: Motion, difference: float, rule: str | None) -> None:
    """A side difference is noted from one limit and acted on from the next."""
    left = measured(motion=motion, passive=40, active=None)
    right = replace(left, side="right", passive=40 + difference)
    notes = read_assessment(assessed(left, right), catalogue).notes

    assert [note.rule for note in notes] == ([rule] if rule else [])
    assert all(note.facts["short_side"] == "left" for note in notes)


@pytest.mark.parametrize(
    ("difference", "signs", "rule"),
    [
        (1.9, (), None),
        (2, (), "LF55"),
        (2, ("unexplained_shift",), "LF54"),
        (2, ("heels_lift_or_arch_collapses",), "LF54"),
        (2, ("unrack_is_hardest",), "LF55"),
        (3, (), "LF54"),
    ],
)
def test_side_differences_of_the_ankle(
    catalogue: Catalogue, difference: float, signs: tuple[str, ...], rule: str | None
) -> None:
    """An ankle difference is acted on earlier when a shift or ankle signs match it."""
    other = replace(ANKLE, side="right", passive=12 - difference)
    notes = read_assessment(assessed(ANKLE, other, signs=signs), catalogue).notes

    assert [note.rule for note in notes] == ([rule] if rule else [])


def test_a_small_home_difference_is_noise(catalogue: Catalogue) -> None:
    """At home a side difference within the wider error is not told."""
    sides = (ANKLE, replace(ANKLE, side="right", passive=9.1))

    assert read_assessment(assessed(*sides, setting="home"), catalogue).notes == ()
    assert read_assessment(assessed(*sides), catalogue).notes


def test_a_pinch_is_noted_for_its_joint(catalogue: Catalogue) -> None:
    """A pinch, ticked or felt as the limit, is noted once for its joint."""
    both = (measured(pinch=True), measured(side="right", limit_felt="front_pinch"))
    notes = read_assessment(assessed(*both), catalogue).notes

    assert [(note.rule, note.facts["joint"]) for note in notes] == [("LF51", "hip")]


def test_what_the_squat_does_not_ask_for_is_only_noted(catalogue: Catalogue) -> None:
    """A short hip extension is noted when it is short beyond the error."""
    short = measured(motion="extension", passive=1, active=None)
    fine = measured(motion="extension", passive=2, active=None)

    assert [note.rule for note in read_assessment(assessed(short), catalogue).notes] == ["LF56"]
    assert read_assessment(assessed(fine), catalogue).notes == ()


def test_missing_measurements_are_named(catalogue: Catalogue) -> None:
    """Whatever a finding looks at and nobody measured is named in plain words."""
    assert read_assessment(assessed(), catalogue).missing == (
        "hip flexion",
        "active hip flexion",
        "hip internal rotation",
        "active hip internal rotation",
        "hip external rotation",
        "knee-to-wall",
        "thoracic rotation",
    )
    assert read_assessment(Told().assessment(), catalogue).missing == ()


# --- irritability ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "pain", "expected"),
    [
        (None, None, "moderate"),
        ("low", None, "low"),
        ("high", None, "high"),
        (None, BackPainHistory(usual=2, worst_24h=3, settles_within_h=24), "low"),
        (None, BackPainHistory(usual=2, worst_24h=4), "moderate"),
        (None, BackPainHistory(usual=4, worst_24h=0), "moderate"),
        (None, BackPainHistory(usual=0, worst_24h=0, settles_within_h=25), "moderate"),
        (None, BackPainHistory(usual=2, worst_24h=7), "high"),
        (None, BackPainHistory(usual=2, worst_24h=2, settles_within_h=73), "high"),
        ("low", BackPainHistory(usual=2, worst_24h=4, settles_within_h=36), "moderate"),
        ("high", BackPainHistory(usual=0, worst_24h=0, settles_within_h=0), "high"),
    ],
)
def test_the_more_protective_irritability_decides(
    catalogue: Catalogue,
    declared: Irritability | None,
    pain: BackPainHistory | None,
    expected: Irritability,
) -> None:
    """Declared and derived irritability are compared and the more protective one is taken."""
    assessment = assessed(irritability=declared, back_pain=pain)

    assert derive_irritability(assessment, catalogue) == expected
