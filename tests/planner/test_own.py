"""Own exercises: read like the seeds, known to a plan by what its adjustments carry."""

from dataclasses import fields, replace
from datetime import date

import pytest

from planner.adjusted_limits import speaks_against
from planner.adjustment import Adjustment
from planner.catalogue import Catalogue
from planner.errors import ExerciseError
from planner.library import Exercise
from planner.own import is_own, version_key, with_exercises, with_own, without_version
from planner.parse import parse_exercise
from planner.plan import Item
from planner.state import Standing
from planner.withhold import is_loaded
from planner.words import Side
from tests.planner.planning import client

HALO = {
    "id": "own_bell_halo",
    "code": "own_bell_halo",
    "name": "Bell halo",
    "category": "trunk",
    "targets": ["trunk", "shoulder"],
    "method": "trunk",
    "level": 1,
    "hard": False,
    "sides": "each",
    "positions": ["half_kneeling"],
    "equipment": [["kettlebell"]],
    "load": "bell",
    "breath_hold": False,
    "contraindications": ["SH"],
    "easier": ["dead_bug"],
    "harder": [],
    "cue": "The bell travels, the ribs stay.",
    "setup": "Kneel on one knee.",
    "steps": ["Carry the bell around your head."],
    "feel": "A quiet trunk.",
    "stop_if": "Stop if it hurts.",
    "mistake": "Arching the back.",
    "dose": {"sets": [2, 3], "reps": [4, 6], "source": "coaching-convention", "confidence": "C"},
}


def own(catalogue: Catalogue, version: int = 1, **changes: object) -> Exercise:
    """Return a version of the halo as it is prescribed."""
    exercise = parse_exercise(HALO | changes, catalogue)
    return replace(exercise, id=version_key(exercise.id, version))


def adding(exercise: Exercise | None) -> Standing:
    """Return an adjustment that adds an exercise."""
    name = "dead_bug" if exercise is None else exercise.id
    body = Adjustment(kind="add_exercise", exercise=name, own=exercise)
    return Standing(id="a", on=date(2026, 11, 2), body=body)


def faults(tree: dict[str, object], catalogue: Catalogue) -> set[tuple[str, str]]:
    """Return where and what is wrong with an own exercise."""
    with pytest.raises(ExerciseError) as refused:
        parse_exercise(tree, catalogue)
    return {(fault.pointer, fault.code) for fault in refused.value.faults}


def test_what_every_seed_says_would_be_taken_as_one_s_own(catalogue: Catalogue) -> None:
    """The checks are those of the seeds: only the id and the code tell an own exercise."""
    alone = replace(catalogue, exercises={name: one for name, one in catalogue.exercises.items() if name != "dead_bug"})
    seed = catalogue.exercises["dead_bug"]
    tree = {field.name: getattr(seed, field.name) for field in fields(seed) if field.name != "dose"}
    dose = {field.name: getattr(seed.dose, field.name) for field in fields(seed.dose)}
    assert parse_exercise(tree | {"id": "own_dead_bug", "dose": dose}, alone) == replace(seed, id="own_dead_bug")


def test_every_fault_is_named_by_its_field(catalogue: Catalogue) -> None:
    """First what has the wrong form, then whatever else is wrong, all at once and without what was written."""
    assert faults(HALO | {"level": True, "hard": "no", "extra": 1}, catalogue) == {
        ("/level", "int_type"),
        ("/hard", "bool_type"),
        ("/extra", "unexpected_keyword_argument"),
    }
    wrong = {"id": "own_hello", "code": "T03", "sides": "left", "positions": ["seated", "suppine"], "harder": ["own_x"]}
    assert faults(HALO | wrong | {"dose": HALO["dose"] | {"reps": [6, 4], "tempo": "slow"}}, catalogue) == {  # type: ignore[operator]
        ("/id", "not_the_slug"),
        ("/code", "duplicate_code"),
        ("/sides", "unknown_reference"),
        ("/positions/1", "unknown_reference"),
        ("/harder/0", "unknown_reference"),
        ("/dose/reps", "not_ordered"),
        ("/dose/tempo", "bad_tempo"),
    }


def test_an_own_exercise_may_name_another_one(catalogue: Catalogue) -> None:
    """Links lead to the organization's other exercises too."""
    first = parse_exercise(HALO, catalogue)
    other = HALO | {"id": "own_halo", "code": "halo", "name": "Halo", "easier": ["own_bell_halo"]}
    assert parse_exercise(other, with_exercises(catalogue, [first])).easier == ("own_bell_halo",)


@pytest.mark.parametrize(
    ("side", "against"),
    [("left", "the shoulder limit on your profile"), ("right", ""), ("both", "")],
)
def test_a_condition_of_one_side_rules_out_that_side(catalogue: Catalogue, side: Side, against: str) -> None:
    """In the place of work for one side it must be allowed on that side; for both, on one of them."""
    exercise = own(catalogue, equipment=[])
    sore = replace(client(catalogue), codes=frozenset({"SH:left", "KN:right"}))
    known = with_own(catalogue, [adding(exercise)])

    item = Item("", exercise.id, exercise.name, exercise.category, side, 1)
    assert speaks_against(item, sore, known) == (against, "")


def test_a_catalogue_without_own_exercises_stays_the_same_object(catalogue: Catalogue) -> None:
    """What follows from the catalogue alone is remembered by the object."""
    assert with_own(catalogue, ()) is catalogue
    assert with_own(catalogue, [adding(None)]) is catalogue


def test_two_versions_of_one_exercise_stand_side_by_side(catalogue: Catalogue) -> None:
    """Each under its own key; the catalogue itself is not changed."""
    first, second = own(catalogue), own(catalogue, 2, level=3)
    known = with_own(catalogue, [adding(first), adding(None), adding(second)])

    assert known.exercises["own_bell_halo@1"].level == 1
    assert known.exercises["own_bell_halo@2"].level == 3
    assert (known.digest, len(known.exercises)) == (catalogue.digest, len(catalogue.exercises) + 2)
    assert not any(is_own(name) for name in catalogue.exercises)


def test_a_key_leads_back_to_its_id() -> None:
    """Ids of the seeds have no version."""
    assert without_version(version_key("own_bell_halo", 12)) == without_version("own_bell_halo") == "own_bell_halo"
    assert without_version("dead_bug") == "dead_bug"
    assert (is_own("own_bell_halo@1"), is_own("dead_bug")) == (True, False)


@pytest.mark.parametrize(("load_text", "loaded"), [("a light band", True), (None, False)])
def test_an_own_item_says_itself_whether_it_is_loaded(
    catalogue: Catalogue, load_text: str | None, loaded: bool
) -> None:
    """Whoever withholds loaded work knows it without the exercise."""
    item = Item("id", "own_bell_halo@1", "Bell halo", "trunk", "both", 2, load_text=load_text)
    assert is_loaded(item, catalogue) is loaded
