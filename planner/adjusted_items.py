"""Items as an adjustment changes them, and in what they then ask for more than was planned."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from planner.adjustment import Adjustment
from planner.catalogue import Catalogue, Exercise, Variation
from planner.chooser import Pick
from planner.client import BOTH_SIDES, forbidden_sides
from planner.decision import Reason
from planner.items import ItemMaker
from planner.load import first_load, load_text, ramp_sets
from planner.own import is_own, without_version
from planner.plan import Item
from planner.plates import round_down
from planner.position import Client
from planner.rules.adjusting import AS_ASKED, AdjustCase, as_asked
from planner.scores import score_row
from planner.state import Standing
from planner.withhold import is_loaded
from planner.words import Side, depth_at, depth_index

DIMENSIONS: Final = ("hip", "ankle", "trunk", "control", "spine load")
DOSE_FIELDS: Final = ("sets", "reps", "hold_s", "tempo", "rpe_max")


def told(standing: Standing, catalogue: Catalogue) -> Reason:
    """Return an adjustment's reason as a sentence."""
    asked = as_asked(AdjustCase(applied=True, by_member=standing.body.by_member))
    assert asked is not None
    reason = catalogue.reason(AS_ASKED.id, asked.say, reason=standing.body.note or standing.body.reason)
    return Reason(AS_ASKED.id, reason.text, {"adjustment": standing.id})


def replaced_by(
    item: Item, standing: Standing, maker: ItemMaker, *, client: Client, on: date, catalogue: Catalogue
) -> Item:
    """Return the exercise that takes an item's place, at its own first dose; maxima are judged as of `on`."""
    name = standing.body.exercise or ""
    variation = catalogue.variations.get(name)
    if variation is None:
        return _in_place_of(item, _exercise(catalogue.exercises[name], item.side, standing, maker, client, catalogue))
    return _squat(item, variation, standing, client, on, catalogue)


def added(standing: Standing, maker: ItemMaker, *, client: Client, on: date, catalogue: Catalogue) -> Item:
    """Return an exercise that an adjustment adds, with the dose it asks for."""
    name = standing.body.exercise or ""
    variation = catalogue.variations.get(name)
    if variation is not None:
        blank = Item(id="", exercise="", name="", category="squat", side="both", sets=1, depth="half", stage="P1")
        return dosed(_squat(blank, variation, standing, client, on, catalogue), standing.body)
    return dosed(_exercise(catalogue.exercises[name], "both", standing, maker, client, catalogue), standing.body)


def _in_place_of(item: Item, other: Item) -> Item:
    """Return an exercise in no more sets than the planned one, and no harder an effort."""
    rpe = item.rpe_max if other.rpe_max is None or item.rpe_max is None else min(item.rpe_max, other.rpe_max)
    return replace(other, sets=min(other.sets, item.sets), rpe_max=rpe)


def _exercise(
    exercise: Exercise, side: Side, standing: Standing, maker: ItemMaker, client: Client, catalogue: Catalogue
) -> Item:
    """Return an exercise on the side asked for, of both sides on those that it may be done on."""
    kept: Side = side if exercise.sides == "each" else "both"
    free = BOTH_SIDES - forbidden_sides(exercise, client)
    if kept == "both" and len(free) == 1:
        kept = next(iter(free))
    return maker.as_asked(Pick(exercise, kept), because=(told(standing, catalogue),))


def _squat(
    item: Item, variation: Variation, standing: Standing, client: Client, on: date, catalogue: Catalogue
) -> Item:
    """Return another squat: no deeper than the planned one, no heavier than its own first exposure."""
    stage = item.stage or "P1"
    load = first_load(variation, stage=stage, client=client, on=on, catalogue=catalogue, modifiers=item.modifiers or ())
    depth = min(depth_index(item.depth or "half"), variation.depths[1])
    return replace(
        item,
        id="",
        exercise=variation.id,
        name=variation.name,
        category="squat",
        load_kg=load,
        load_text=load_text(load, variation, client.profile, catalogue),
        depth=depth_at(depth),
        load_position=variation.load_position,
        rung=None,
        ramp=ramp_sets(load, variation, client.profile, catalogue) or None,
        cue=variation.cue,
        because=(told(standing, catalogue),),
    )


def dosed(item: Item, wanted: Adjustment) -> Item:
    """Return an item with the dose that was asked for, where it was."""
    changes = {name: value for name in DOSE_FIELDS if (value := getattr(wanted, name)) is not None}
    return replace(item, **changes) if changes else item


def loaded(item: Item, kg: float, client: Client, catalogue: Catalogue) -> Item:
    """Return an item at the heaviest weight that exists up to `kg`; lighter than any: without a weight."""
    variation = catalogue.variations.get(item.exercise)
    if variation is None:
        return replace(item, load_kg=kg)
    load = round_down(kg, variation, client.profile, catalogue)
    return replace(
        item,
        load_kg=load,
        load_text=load_text(load, variation, client.profile, catalogue),
        ramp=ramp_sets(load, variation, client.profile, catalogue) or None,
    )


def shallower(item: Item, index: int) -> Item:
    """Return a squat no deeper than a depth index; its load stays."""
    if item.depth is None or depth_index(item.depth) <= index:
        return item
    return replace(item, depth=depth_at(index), box_height_cm=None)


def more_than(item: Item, before: Item, catalogue: Catalogue) -> str:
    """Return in what an item asks for more than the planned one, in words; "" when in nothing."""
    return ", ".join(_more(item, before, catalogue))


def _more(item: Item, before: Item, catalogue: Catalogue) -> Iterator[str]:
    if (item.load_kg or 0) > (before.load_kg or 0) or (is_loaded(item, catalogue) and not is_loaded(before, catalogue)):
        yield "load"
    if item.exercise == before.exercise:
        for name in ("sets", "reps", "hold_s", "rpe_max"):
            if (getattr(item, name) or 0) > (getattr(before, name) or 0):
                yield name.replace("hold_s", "hold").replace("rpe_max", "effort")
    if item.category == before.category == "squat" and item.exercise in catalogue.variations:
        yield from _harder_squat(item, before, catalogue)
    elif item.category == "squat":
        yield "squats"
    elif item.exercise != before.exercise and _level(item, catalogue) > _level(before, catalogue):
        yield "level"


def _level(item: Item, catalogue: Catalogue) -> int:
    known = catalogue.exercises.get(item.exercise)
    return 0 if known is None else known.level


def known_as_easier(name: str, *, than: str, catalogue: Catalogue) -> bool:
    """Return whether an exercise may stand in for a planned one: of an own one, a coach must have said so."""
    if not is_own(name):
        return True
    one, other = catalogue.exercises[name], catalogue.exercises.get(than)
    return without_version(than) in one.harder or (other is not None and without_version(name) in other.easier)


def _harder_squat(item: Item, before: Item, catalogue: Catalogue) -> Iterator[str]:
    if depth_index(item.depth or "quarter") > depth_index(before.depth or "quarter"):
        yield "depth"
    mine, theirs = _row(item, catalogue), _row(before, catalogue)
    yield from (name for name, one, other in zip(DIMENSIONS, mine, theirs, strict=True) if one > other)


def _row(item: Item, catalogue: Catalogue) -> tuple[float, ...]:
    variation = catalogue.variations.get(item.exercise)
    if variation is None:
        return (0.0,) * len(DIMENSIONS)
    depth = depth_index(item.depth or "quarter")
    return score_row(variation, depth, item.modifiers or (), catalogue.limits.ladder.modifiers)
