"""Codes, caps, equipment: what a client may do."""

from dataclasses import replace
from datetime import date

import pytest

from planner.catalogue import Catalogue
from planner.client import (
    age_on,
    allowed_exercise,
    allowed_variation,
    code_sides,
    effort_cap,
    forbidden_sides,
    has_code,
    rpe_cap,
    small_range_only,
    squat_depth_cap,
)
from tests.planner.laddering import Case, client_of, failing, profile_of, table

CASES = table("client")


def answer(case: Case, catalogue: Catalogue) -> object:
    client = client_of(case["given"], catalogue)
    exercise = catalogue.exercises.get(case.get("of", ""))
    variation = catalogue.variations.get(case.get("of", ""))
    answers = {
        "codes": lambda: sorted(client.codes),
        "depth_cap": lambda: squat_depth_cap(client.codes, catalogue),
        "rpe_cap": lambda: rpe_cap(client.codes, catalogue),
        "effort_cap": lambda: effort_cap(client.codes, catalogue),
        "exercise": lambda: allowed_exercise(exercise, client),
        "sides": lambda: sorted(forbidden_sides(exercise, client)),
        "small": lambda: small_range_only(exercise, client),
        "variation": lambda: allowed_variation(variation, client),
    }
    return answers[case["ask"]]()


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return failing(CASES, answer, catalogue)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_client_may_do_what_the_table_says(case: Case, catalogue: Catalogue) -> None:
    """Limits, pinches, pain and equipment decide what is allowed."""
    assert answer(case, catalogue) == case["expect"]


def test_a_code_of_one_side_is_found_without_its_side() -> None:
    """Asking for a code finds it on either side and tells the sides apart."""
    codes = frozenset({"HR:left", "KN"})

    assert has_code(codes, "HR")
    assert has_code(codes, "KN")
    assert not has_code(codes, "PIN")
    assert code_sides(codes, "HR") == {"left"}
    assert code_sides(codes, "KN") == {"left", "right"}


def test_age_is_the_one_reached_that_year() -> None:
    """Only the birth year is known, so the age is counted as if the birthday had passed."""
    profile = replace(profile_of({}), birth_year=1992)

    assert age_on(profile, date(2026, 1, 1)) == 34


def test_sides_swap_with_the_client(catalogue: Catalogue) -> None:
    """Swapping left and right of every limit swaps the forbidden sides of every exercise."""
    swapped = {frozenset(): frozenset(), frozenset({"left"}): frozenset({"right"})}
    for code in ("hip_replacement", "hip_front_pinch", "knee_pain", "groin_pain", "wrist_pain"):
        left, right = (client_of({"limits": [{"code": code, "side": side}]}, catalogue) for side in ("left", "right"))
        for exercise in catalogue.exercises.values():
            ours, theirs = forbidden_sides(exercise, left), forbidden_sides(exercise, right)
            assert theirs == swapped.get(ours, ours)
