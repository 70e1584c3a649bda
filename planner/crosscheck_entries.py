"""Checks of one library entry: what it names exists, its ranges are in order, its dose can be done.

The seeds and an organization's own exercises are held against the same checks. A fault names the field
below `where`: `exercises/dead_bug.easier.0`; what was written there is not repeated.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from itertools import pairwise
from typing import Final, get_args

from planner.catalogue import Catalogue, Exercise, Variation
from planner.errors import Fault
from planner.library import (
    PHASED,
    Contraindication,
    Dose,
    ExerciseCategory,
    ExerciseLoad,
    Method,
    Needed,
    Pose,
    Sides,
    Trained,
)
from planner.own import OWN
from planner.words import DEPTHS, Evidence

EQUIPMENT: Final = frozenset(get_args(Needed))
EVIDENCE: Final = frozenset(get_args(Evidence))
SIDES: Final = frozenset(get_args(Sides))
EXERCISE_LOADS: Final = frozenset(get_args(ExerciseLoad))
METHODS: Final = frozenset(get_args(Method))
POSITIONS: Final = frozenset(get_args(Pose))
TRAINED: Final = frozenset(get_args(Trained))
CONTRAINDICATIONS: Final = frozenset(get_args(Contraindication))
VARIATION_LOADS: Final = frozenset(
    {
        "bodyweight",
        "bell",
        "two_bells",
        "fixed_kg",
        "barbell",
        "safety_bar",
        "dowel_bar",
        "machine",
    }
)
HIP_EXTRAS: Final = frozenset({"none", "low_bar"})
NO_COLUMN: Final = "none"
HIGHEST_SCORE: Final = 10
CATEGORIES: Final = frozenset(get_args(ExerciseCategory))
LONGEST_ID: Final = 64
LEVELS: Final = range(1, 4)
TEMPO: Final = re.compile(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{1,2}")
AMOUNTS: Final = ("reps", "hold_s", "breaths", "duration_s", "distance_m")


def slug(name: str) -> str:
    """Return the id that belongs to a display name."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def exercise_faults(where: str, exercise: Exercise, catalogue: Catalogue) -> Iterator[Fault]:
    """Yield every fault of an exercise; `catalogue` holds whatever it may refer to."""
    yield from _shared(where, exercise, catalogue)
    yield from known(f"{where}.sides", [exercise.sides], SIDES)
    yield from known(f"{where}.load", [exercise.load], EXERCISE_LOADS)
    yield from known(f"{where}.method", [exercise.method], METHODS)
    yield from _each_known(f"{where}.positions", exercise.positions, POSITIONS)
    yield from _each_known(f"{where}.targets", exercise.targets, TRAINED)
    if exercise.category not in CATEGORIES:
        yield Fault(f"{where}.category", "is_a_variation", "squats are variations, not exercises")
    if exercise.level not in LEVELS:
        yield Fault(f"{where}.level", "out_of_range", "levels run from 1 to 3")
    yield from known(f"{where}.dose.source", [exercise.dose.source], catalogue.sources)
    yield from _dose(f"{where}.dose", exercise)


def own_id_faults(where: str, exercise: Exercise, catalogue: Catalogue) -> Iterator[Fault]:
    """Yield what is wrong with the id and the code of an organization's own exercise."""
    named = slug(exercise.name)
    if not named or exercise.id != f"{OWN}{named}":
        yield Fault(f"{where}.id", "not_the_slug", f"it is {OWN} and the name in small letters, digits and underscores")
    if len(exercise.id) > LONGEST_ID:
        yield Fault(f"{where}.id", "too_long", "the name makes an id that is too long")
    others = {*map(_code, catalogue.exercises.values()), *map(_code, catalogue.variations.values())}
    if exercise.code in others:
        yield Fault(f"{where}.code", "duplicate_code", "another exercise has this code")


def _code(entry: Exercise | Variation) -> str:
    return entry.code


def _dose(where: str, exercise: Exercise) -> Iterator[Fault]:
    dose: Dose = exercise.dose
    yield from _pairs_ordered(where, dose)
    if dose.sets[0] < 1:
        yield Fault(f"{where}.sets", "out_of_range", "an exercise has at least one set")
    if exercise.method != PHASED and all(getattr(dose, name) is None for name in AMOUNTS):
        yield Fault(where, "no_amount", f"a dose says how much: one of {', '.join(AMOUNTS)}")
    if dose.tempo is not None and not TEMPO.fullmatch(dose.tempo):
        yield Fault(f"{where}.tempo", "bad_tempo", "a tempo is down, pause and up in seconds, like 3-1-1")


def variation_faults(where: str, variation: Variation, catalogue: Catalogue) -> Iterator[Fault]:
    """Yield every fault of a squat variation; `catalogue` holds whatever it may refer to."""
    columns = {*catalogue.demands.knee_to_wall, NO_COLUMN}
    yield from _shared(where, variation, catalogue)
    yield from known(f"{where}.source", [variation.source], catalogue.sources)
    yield from known(f"{where}.demand_column", [variation.demand_column], columns)
    yield from known(f"{where}.hip_demand_extra", [variation.hip_demand_extra], HIP_EXTRAS)
    yield from known(f"{where}.load.kind", [variation.load.kind], VARIATION_LOADS)
    yield from _pairs_ordered(f"{where}.load", variation.load)
    yield from ordered(f"{where}.depths", variation.depths)
    yield from depths_exist(f"{where}.depths", variation.depths)
    yield from _scores(where, variation)


def _shared(where: str, entry: Exercise | Variation, catalogue: Catalogue) -> Iterator[Fault]:
    """What exercises and variations have in common."""
    library = catalogue.exercises.keys() | catalogue.variations.keys()
    yield from _each_known(f"{where}.easier", entry.easier, library)
    yield from _each_known(f"{where}.harder", entry.harder, library)
    yield from _each_known(f"{where}.contraindications", entry.contraindications, CONTRAINDICATIONS)
    for index, group in enumerate(entry.equipment):
        yield from _each_known(f"{where}.equipment.{index}", group, EQUIPMENT)
        if not group:
            yield Fault(f"{where}.equipment.{index}", "empty_group", "a group needs at least one piece")


def _scores(where: str, variation: Variation) -> Iterator[Fault]:
    for field in fields(variation.scores):
        if not 0 <= getattr(variation.scores, field.name) <= HIGHEST_SCORE:
            yield Fault(f"{where}.scores.{field.name}", "out_of_range", "scores run from 0 to 10")


def known(where: str, names: Iterable[str], among: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each name that nothing has."""
    for name in names:
        if name not in among:
            yield Fault(where, "unknown_reference", "there is no such thing")


def _each_known(where: str, names: Iterable[str], among: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each place of a list whose name nothing has."""
    for index, name in enumerate(names):
        yield from known(f"{where}.{index}", [name], among)


def ordered(where: str, values: tuple[float, ...]) -> Iterator[Fault]:
    """Yield a fault where values fall."""
    if any(later < earlier for earlier, later in pairwise(values)):
        yield Fault(where, "not_ordered", "the values must not fall")


def _pairs_ordered(where: str, holder: object) -> Iterator[Fault]:
    """Every field that holds a pair holds [low, high], never below zero."""
    for field in fields(holder):  # type: ignore[arg-type]
        pair = getattr(holder, field.name)
        if field.name == "ladder" or not isinstance(pair, tuple):
            continue
        yield from ordered(f"{where}.{field.name}", pair)
        if min(pair) < 0:
            yield Fault(f"{where}.{field.name}", "out_of_range", "below zero")


def depths_exist(where: str, depths: Iterable[int]) -> Iterator[Fault]:
    """Yield a fault where a depth index is none."""
    if not all(1 <= depth <= len(DEPTHS) for depth in depths):
        yield Fault(where, "out_of_range", "depths run from 1 to 6")
