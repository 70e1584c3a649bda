"""What a body meets on a training day, whichever policy asked for it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from planner.catalogue import Catalogue, Variation
from planner.facts import AnsweredSession
from planner.plan import Item, PlannedSession, Rung
from planner.words import Modifier, depth_index

MEASURE_OF = {"ankle_dorsiflexion": "ankle_knee_to_wall"}
"""A library target that is measured another way."""

RANGE_METHODS = frozenset({"end_range", "mobility"})
SLOW = frozenset({"slow_tempo", "pause"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SquatWork:
    """The working sets of one squat. `load_kg` None = bodyweight, or chosen by feel."""

    variation: Variation
    depth: int
    modifiers: tuple[Modifier, ...] = ()
    heel_cm: float = 0.0
    sets: int
    reps: int
    load_kg: float | None = None
    rpe_max: float = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One session: its squat, and a day's worth (1 = a usual dose) of work for range, trunk and control."""

    squat: SquatWork | None = None
    ranges: Mapping[str, float] = field(default_factory=dict)
    trunk: float = 0.0
    control: float = 0.0
    session: PlannedSession | None = None  # the planned session a log answers
    answers: AnsweredSession | None = None


def is_slow(variation: Variation, modifiers: Collection[Modifier]) -> bool:
    """Return whether a squat is paused or slow, which trains control."""
    own = variation.built_in
    return bool(own.tempo) or own.pause or own.pins or not SLOW.isdisjoint(modifiers)


def squat_work(item: Item, rungs: Iterable[Rung], catalogue: Catalogue) -> SquatWork:
    """Return what a prescribed squat asks of the body."""
    heel = next((rung.heel_cm for rung in rungs if rung.index == item.rung), 0.0)
    return SquatWork(
        variation=catalogue.variations[item.exercise],
        depth=depth_index(item.depth) if item.depth else 3,
        modifiers=item.modifiers or (),
        heel_cm=heel,
        sets=item.sets,
        reps=item.reps or 5,
        load_kg=item.load_kg,
        rpe_max=item.rpe_max or 7.0,
    )


def work_of(items: Iterable[Item], rungs: Iterable[Rung], catalogue: Catalogue) -> Training:
    """Return what the items of a session train."""
    squat: SquatWork | None = None
    ranges: dict[str, float] = {}
    trunk = control = 0.0
    for item in items:
        if item.exercise in catalogue.variations:
            squat = squat or squat_work(item, rungs, catalogue)
            continue
        exercise = catalogue.exercises[item.exercise]
        if item.category in RANGE_METHODS:
            for target in exercise.targets:
                ranges[MEASURE_OF.get(target, target)] = 1.0
            control = max(control, float(exercise.load != "none"))
        trunk = max(trunk, float(item.category == "trunk"))
    return Training(squat=squat, ranges=ranges, trunk=trunk, control=control)
