"""Which squat fits the measured range, and how high the heels need to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalogue import Catalogue
from planner.fit import allowed_lifts, needed_heel_cm, shortfalls, waits_for
from tests.planner.laddering import Case, client_of, failing, table

CASES = table("fit")


def answer(case: Case, catalogue: Catalogue) -> object:
    client = client_of(case["given"], catalogue)
    if case.get("ask") == "lifts":
        return list(allowed_lifts(client, catalogue))
    variation = catalogue.variations[case["squat"]]
    known = {"depth": case["depth"], "modifiers": case.get("modifiers", []), "client": client}
    if case.get("ask") == "heel":
        return needed_heel_cm(variation, catalogue=catalogue, **known)
    return waits_for(variation, heel_cm=case.get("heel_cm", 0), catalogue=catalogue, **known)


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return failing(CASES, answer, catalogue)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_squat_waits_for_what_the_table_says(case: Case, catalogue: Catalogue) -> None:
    """A squat fits when every measure it asks for is there, within measurement noise."""
    assert answer(case, catalogue) == case["expect"]


@given(flexion=st.floats(40, 140), more=st.floats(0, 40), wall=st.floats(0, 16), depth=st.integers(2, 6))
def test_more_range_never_closes_a_squat(
    catalogue: Catalogue, flexion: float, more: float, wall: float, depth: int
) -> None:
    """What fits a client also fits the same client with more range and the same gap."""

    def open_squats(passive: float) -> set[str]:
        measures = {"hip_flexion": [passive, passive - 12], "ankle_knee_to_wall": [wall, None]}
        client = client_of({"measures": measures}, catalogue)
        return {
            variation.id
            for variation in catalogue.variations.values()
            if not shortfalls(variation, depth=depth, modifiers=(), heel_cm=0, client=client, catalogue=catalogue)
        }

    assert open_squats(flexion) <= open_squats(flexion + more)
