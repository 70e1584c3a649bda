"""Tests and measurements nobody has taken: what they could still add to a factor."""

from dataclasses import replace

import pytest

from planner.catalogue import Catalogue
from planner.rules.limiting_case import LimitingCase
from planner.rules.limiting_open import measured, open_points
from planner.words import Factor


@pytest.fixture
def nothing_taken(catalogue: Catalogue) -> LimitingCase:
    """Return the case of a client in whom nothing was tested or measured."""
    return LimitingCase(knee_to_wall_needed=9, limits=catalogue.limits.limiting)


TAKEN = [
    ("hip", {"hip_flexion": 100.0}, 3),
    ("hip", {"internal_rotation": 30.0}, 1.5),
    ("hip", {"external_rotation": 30.0}, 0.5),
    ("hip", {"hip_flexion_gap": 10.0}, 2),
    ("hip", {"internal_rotation_gap": 5.0}, 1),
    ("hip", {"tests": {"rock_back": "clean"}}, 1.5),
    ("hip", {"tests": {"wider_stance": "no_help"}}, 1),
    ("hip", {"hip_car": 0}, 1.5),
    ("ankle", {"knee_to_wall": 12.0}, 4),
    ("ankle", {"knee_to_wall_needed": None}, 4),
    ("ankle", {"tests": {"heels_up": "no_help"}}, 2),
    ("ankle", {"tests": {"arms_forward_squat": "clean"}}, 1),
    ("ankle", {"tests": {"goblet_load": "no_help"}}, 0.25),
    ("trunk", {"tests": {"exhale_stack": "no_help"}}, 1.5),
    ("trunk", {"tests": {"breath_at_bottom": "clean"}}, 1.5),
    ("trunk", {"tests": {"goblet_load": "no_help"}}, 1),
    ("trunk", {"thoracic_rotation": 48.0}, 0.5),
]


@pytest.mark.parametrize(("factor", "taken", "points"), TAKEN, ids=str)
def test_what_was_taken_leaves_the_open_points(
    nothing_taken: LimitingCase, factor: Factor, taken: dict[str, object], points: float
) -> None:
    """Each test and measurement is open by its full points until it was taken, whatever it found."""
    after = replace(nothing_taken, **taken)  # type: ignore[arg-type]

    assert open_points(nothing_taken)[factor] - open_points(after)[factor] == points


def test_nothing_is_open_once_everything_was_taken(nothing_taken: LimitingCase) -> None:
    """The list of what can be open is complete: it adds up to all open points."""
    listed = {
        factor: sum(points for name, _, points in TAKEN if name == factor) for factor in ("hip", "ankle", "trunk")
    }
    assert {**listed, "ankle": listed["ankle"] - 4} == open_points(nothing_taken)


def test_the_told_relief_of_a_front_load_is_not_open(nothing_taken: LimitingCase) -> None:
    """The sign of front-load relief scores like the test, so the untaken test leaves nothing open."""
    told = replace(nothing_taken, signs=("front_loaded_feels_better",))

    assert open_points(nothing_taken)["trunk"] - open_points(told)["trunk"] == 1
    assert open_points(nothing_taken)["ankle"] - open_points(told)["ankle"] == 0.25


def test_a_hip_is_measured_with_flexion_and_its_gap(nothing_taken: LimitingCase) -> None:
    """Passive flexion alone leaves open whether the client can hold it."""
    passive = replace(nothing_taken, hip_flexion=120.0)

    assert "hip" not in measured(passive)
    assert "hip" in measured(replace(passive, hip_flexion_gap=10.0))


def test_an_ankle_that_nothing_is_asked_of_needs_no_measurement(nothing_taken: LimitingCase) -> None:
    """Without a demand there is nothing to measure an ankle against."""
    assert "ankle" not in measured(nothing_taken)
    assert "ankle" in measured(replace(nothing_taken, knee_to_wall=12.0))
    assert "ankle" in measured(replace(nothing_taken, knee_to_wall_needed=None))
