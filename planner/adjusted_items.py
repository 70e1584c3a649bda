"""Items as an adjustment changes them, and in what they then ask for more than was planned."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from planner.adjustment import Adjustment
from planner.catalogue import Catalogue, Exercise, Variation
from planner.chooser import Pick
from planner.client import BOTH_SIDES, forbidden_sides
from planner.decision import Reason
from planner.identity import Ids, item_name
from planner.items import ItemMaker
from planner.load import first_effort, first_load
from planner.load_words import load_text, ramp_sets, weight_text
from planner.minutes import tempo_seconds
from planner.own import is_own, without_version
from planner.plan import Item, Rung
from planner.plates import round_down_told
from planner.position import UNLOADED, Client
from planner.rules.adjusting import AS_ASKED, AdjustCase, as_asked
from planner.scores import score_row
from planner.squat_item import box_height_cm
from planner.state import Standing
from planner.withhold import is_loaded
from planner.words import Side, Stage, depth_at, depth_index

DIMENSIONS: Final = ("hip", "ankle", "trunk", "control", "spine_load")
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
    """Return an exercise that an adjustment adds, at its own first dose; a maximum is judged as of `on`."""
    name = standing.body.exercise or ""
    variation = catalogue.variations.get(name)
    if variation is not None:
        return _squat(None, variation, standing, client, on, catalogue)
    return _exercise(catalogue.exercises[name], "both", standing, maker, client, catalogue)


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
    planned: Item | None, variation: Variation, standing: Standing, client: Client, on: date, catalogue: Catalogue
) -> Item:
    """Return a squat in the place of a planned one, at its dose and no deeper, or of none, at its stage's first dose.

    It weighs no more than its own first exposure. Only what nobody loads stands in the shape stage.
    """
    kept = planned if planned is not None and planned.category == "squat" else None
    stage: Stage = "P1" if variation.unloaded else "P2"
    if kept is not None and kept.stage is not None and (variation.unloaded or kept.stage not in UNLOADED):
        stage = kept.stage
    modifiers = () if kept is None else kept.modifiers or ()
    load = first_load(variation, stage=stage, client=client, on=on, catalogue=catalogue, modifiers=modifiers)
    index = min(depth_index((kept.depth if kept else None) or "half"), variation.depths[1])
    dose, first = catalogue.doses.stages.of(stage), first_effort(stage, client.codes, catalogue)
    item = kept or Item(
        id="",
        exercise=variation.id,
        name=variation.name,
        category="squat",
        side="both",
        sets=dose.sets[0] if planned is None else min(dose.sets[0], planned.sets),
        reps=first.reps,
        tempo=variation.built_in.tempo or dose.tempo or None,
        rest_s=catalogue.doses.block.pace.squat_rest_s,
        rpe_max=first.rpe,
    )
    return replace(
        item,
        id="",
        exercise=variation.id,
        name=variation.name,
        load_kg=load,
        load_text=load_text(load, variation, client.profile, catalogue),
        depth=depth_at(index),
        box_height_cm=box_height_cm(variation, modifiers, index, client, catalogue),
        load_position=variation.load_position,
        stage=stage,
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
        return replace(item, load_kg=kg, load_text=weight_text(kg, client.profile, catalogue.texts))
    load = round_down_told(kg, variation, client.profile, catalogue)
    return replace(
        item,
        load_kg=load,
        load_text=load_text(load, variation, client.profile, catalogue),
        ramp=ramp_sets(load, variation, client.profile, catalogue) or None,
    )


def same_but_words(one: Item, other: Item) -> bool:
    """Return whether two items ask for the same: what was shown in another language or unit is not told anew."""
    return one == other or _without_words(one) == _without_words(other)


def _without_words(item: Item) -> Item:
    return replace(item, name="", load_text=None, ramp=None, cue="", because=())


def shallower(item: Item, index: int, client: Client, catalogue: Catalogue) -> Item:
    """Return a squat no deeper than a depth index; its load stays, its box grows."""
    variation = catalogue.variations.get(item.exercise)
    if variation is None or item.depth is None or depth_index(item.depth) <= index:
        return item
    height = box_height_cm(variation, item.modifiers or (), index, client, catalogue)
    return replace(item, depth=depth_at(index), box_height_cm=height)


def more_than(item: Item, before: Item, catalogue: Catalogue) -> str:
    """Return in what an item asks for more than the planned one, in words; "" when in nothing."""
    return _listed(_more(item, before, catalogue), catalogue)


def _more(item: Item, before: Item, catalogue: Catalogue) -> Iterator[str]:
    if (item.load_kg or 0) > (before.load_kg or 0) or (is_loaded(item, catalogue) and not is_loaded(before, catalogue)):
        yield "load"
    if item.exercise == before.exercise:
        for name in ("sets", "reps", "hold_s", "rpe_max"):
            if (getattr(item, name) or 0) > (getattr(before, name) or 0):
                yield name
        if item.tempo and tempo_seconds(item.tempo) > _rep_seconds(before, catalogue):
            yield "tempo"
    if item.category == before.category == "squat" and item.exercise in catalogue.variations:
        yield from _harder_squat(item, before, catalogue)
    elif item.category == "squat":
        yield "squats"
    elif item.exercise != before.exercise and _level(item, catalogue) > _level(before, catalogue):
        yield "level"


def _rep_seconds(item: Item, catalogue: Catalogue) -> float:
    return tempo_seconds(item.tempo) if item.tempo else catalogue.doses.block.pace.free_rep_s


def _level(item: Item, catalogue: Catalogue) -> int:
    known = catalogue.exercises.get(item.exercise)
    return 0 if known is None else known.level


def more_than_rung(item: Item, rung: Rung, catalogue: Catalogue) -> str:
    """Return in what a squat asks for more than the client's own step does, in words; "" when in nothing."""
    own = Item("", rung.variation, rung.name, "squat", "both", 1, depth=rung.depth, modifiers=rung.modifiers)
    return _listed(_harder_squat(item, own, catalogue), catalogue)


def _listed(names: Iterable[str], catalogue: Catalogue) -> str:
    """Return in what something is harder, in words."""
    return ", ".join(catalogue.texts.phrases[f"more.{name}"] for name in names)


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


def numbered(session_id: str, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items of a session with the ids that follow from what they are."""
    ids, seen = Ids(session_id), set[bytes]()
    for item in items:
        ordinal = 0
        while (name := item_name(item.exercise, item.side, ordinal)) in seen:
            ordinal += 1
        seen.add(name)
        yield item if item.id == ids[name] else replace(item, id=ids[name])
