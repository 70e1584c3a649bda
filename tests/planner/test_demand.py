"""What a preferred squat asks of hip and ankle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from planner.catalogue import Catalogue
from planner.demand import heel_relief, squat_demand
from planner.facts import PreferredSquat
from planner.words import DEPTHS, PreferredVariation
from tests.planner.assessing import table

CASES = table("demand")


def asked(raw: object, catalogue: Catalogue) -> list[float | None]:
    demand = squat_demand(TypeAdapter(PreferredSquat).validate_python(raw), catalogue)
    return [
        demand.hip_flexion,
        demand.internal_rotation,
        demand.external_rotation,
        demand.knee_to_wall,
    ]


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return [case["name"] for case in CASES if asked(case["given"], catalogue) != case["expect"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_squat_asks_what_the_table_says(case: dict[str, object], catalogue: Catalogue) -> None:
    """Depth, bar, stance and heels decide what a squat asks."""
    assert asked(case["given"], catalogue) == case["expect"]


@given(variation=st.sampled_from(["low_bar_back_squat", "high_bar_back_squat", "front_squat", "overhead_squat"]))
def test_deeper_never_asks_less(catalogue: Catalogue, variation: PreferredVariation) -> None:
    """Every depth asks at least what the one above it asks."""
    squats = [PreferredSquat(variation=variation, depth=depth) for depth in DEPTHS]
    demands = [squat_demand(squat, catalogue) for squat in squats]

    assert demands == sorted(demands, key=lambda demand: (demand.hip_flexion, demand.knee_to_wall))


@given(low=st.floats(0, 10), more=st.floats(0, 10))
def test_a_higher_heel_never_gives_back_less(catalogue: Catalogue, low: float, more: float) -> None:
    """Raising the heel further never asks more of the ankle."""
    demands = catalogue.demands

    assert heel_relief(low, demands) <= heel_relief(low + more, demands) + 1e-9
