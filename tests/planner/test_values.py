"""Values that the planner makes: cheap to make and to change, equal to what the standard library makes."""

import dataclasses

import pytest

from planner.catalogue import Catalogue
from planner.facts import CheckIn, MorningPain
from planner.position import Position
from planner.values import dataclass, replace
from tests.support.story import MONDAY, Story

POSITION = Position(rung=1, since=MONDAY, load_kg=40.0, sets=3, reps=5)


def test_a_state_with_changes_is_what_the_standard_library_makes_of_it(catalogue: Catalogue) -> None:
    """Every field is taken over, the changed ones aside, and the state before stays as it was."""
    state = Story.of(catalogue, "V1").state
    changed = replace(state, baseline=3.0, trained=(MONDAY,))

    assert changed == dataclasses.replace(state, baseline=3.0, trained=(MONDAY,))
    assert changed.workbench is state.workbench
    assert (state.baseline, state.trained) != (3.0, (MONDAY,))


def test_equal_values_have_one_hash() -> None:
    """A value is a key as a frozen one is, and another one when a field differs."""
    assert {POSITION, replace(POSITION, sets=3)} == {POSITION}
    assert replace(POSITION, sets=2) not in {POSITION}


def test_a_value_told_apart_by_identity_keeps_its_own_hash() -> None:
    """Without comparison two values of the same fields are two keys."""

    @dataclass(frozen=True, slots=True, eq=False)
    class Place:
        number: int

    assert len({Place(1), Place(1)}) == 2


def test_a_fact_stays_frozen() -> None:
    """What comes from outside cannot be changed when it runs, and a changed one goes through its checks."""
    morning = CheckIn(back_pain=MorningPain(now=1, worst_24h=2))

    assert replace(morning, same_spot=True) == dataclasses.replace(morning, same_spot=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        morning.same_spot = True  # type: ignore[misc]
