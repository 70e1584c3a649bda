"""Values that the planner makes: cheap to make and to change, equal to what the standard library makes."""

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Annotated

import pytest
from pydantic import PlainSerializer, TypeAdapter

from planner import seeded, values
from planner.catalogue import Catalogue
from planner.facts import CheckIn, MorningPain
from planner.position import Position, Tests
from planner.values import dataclass, replace
from planner.words import Test
from tests.support.story import MONDAY, Story

LOADED = "import planner.replan, sys, json; print(json.dumps(sorted(sys.modules)))"
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


def pair(make: Callable[..., Callable[[type], type]]) -> type:
    """Return a class of values with a field that is neither compared nor shown, made by a decorator."""

    class Pair:
        first: int
        second: tuple[str, ...] = ()
        aside: object = dataclasses.field(default=None, compare=False, repr=False)

    return make(frozen=True, slots=True, kw_only=True)(Pair)


@pytest.mark.parametrize("make", [seeded.dataclass, values.dataclass])
def test_a_value_is_shown_compared_and_hashed_as_by_the_standard_library(
    make: Callable[..., Callable[[type], type]],
) -> None:
    """Methods that all classes share give what each one's own would."""
    ours, theirs = pair(make), pair(dataclasses.dataclass)
    told = {"first": 1, "second": ("a",), "aside": []}

    assert repr(ours(**told)) == repr(theirs(**told))
    assert hash(ours(**told)) == hash(theirs(**told))
    assert ours(**told) == ours(**told | {"aside": "something else"})
    assert ours(**told) != ours(**told | {"first": 2})
    assert ours(**told) != theirs(**told)


def test_a_value_of_the_catalogue_stays_frozen() -> None:
    """It refuses changes when it runs, and with identity asked for it keeps its own hash."""
    one = pair(seeded.dataclass)(first=1)
    alone = seeded.dataclass(frozen=True, slots=True, eq=False)(type("Alone", (), {}))

    with pytest.raises(dataclasses.FrozenInstanceError):
        one.first = 2
    assert len({alone(), alone()}) == 2


def test_a_set_of_words_is_stored_as_pydantic_would_sort_it() -> None:
    """The schema that is written by hand is pydantic's own, in words and in what it writes."""
    ours = TypeAdapter(Tests)
    theirs = TypeAdapter(Annotated[frozenset[Test], PlainSerializer(sorted, return_type=list[str])])
    told: frozenset[Test] = frozenset({"rock_back", "heels_up", "goblet_load"})

    assert json.loads(ours.dump_json(told)) == ["goblet_load", "heels_up", "rock_back"]
    assert ours.json_schema(mode="serialization") == theirs.json_schema(mode="serialization")
    assert ours.validate_json(ours.dump_json(told)) == told


def test_who_plans_loads_nothing_that_is_only_stored_compared_or_forecast() -> None:
    """A replan needs neither pydantic nor statistics, nor what stores, compares and forecasts."""
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(json.loads(run.stdout))

    assert "planner.fold" in loaded
    assert not loaded & {
        "pydantic",
        "statistics",
        "random",
        "uuid",
        "planner.wire",
        "planner.comparison",
        "planner.forecast",
    }
