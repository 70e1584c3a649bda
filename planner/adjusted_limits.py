"""What of a client speaks against an item that a person asks for: a condition, or a thing that is missing."""

from datetime import date

from planner.catalogue import Catalogue, Variation
from planner.client import (
    GUARDED_RPE,
    MOMENTARY,
    exercise_ruled_out,
    has_code,
    missing_equipment,
    rpe_cap,
    squat_depth_cap,
    squat_ruled_out,
)
from planner.maximum import HARDEST, Effort, load_case
from planner.plan import Item
from planner.position import UNLOADED, Client
from planner.rules.load import LD25
from planner.words import depth_index

FIRST_STAGES = UNLOADED | {"P2"}


def speaks_against(item: Item, client: Client, catalogue: Catalogue) -> tuple[str, str]:
    """Return the condition and the missing thing against an item's exercise, in words; "" when nothing is."""
    variation = catalogue.variations.get(item.exercise)
    entry = variation or catalogue.exercises[item.exercise]
    if isinstance(entry, Variation):
        condition = squat_ruled_out(entry, client) or _acute(item, entry, client)
    else:
        condition = exercise_ruled_out(entry, client, side=item.side)
    missing = missing_equipment(entry.equipment, client.profile)
    return _words(condition, catalogue), missing and catalogue.texts.phrases[f"equipment.{missing}"]


def _acute(item: Item, variation: Variation, client: Client) -> str:
    """Return the acute back where it keeps a squat from the first stages, as it does on the ladder."""
    acute = MOMENTARY in variation.contraindications and has_code(client.codes, MOMENTARY)
    return MOMENTARY if acute and item.stage in FIRST_STAGES else ""


def exceeds(item: Item, *, client: Client, on: date, catalogue: Catalogue) -> str:
    """Return the condition whose limit of depth, effort or load an item exceeds, in words; "" when none is.

    A maximum is judged as of `on`.
    """
    cap = rpe_cap(client.codes, catalogue)
    if item.depth is not None and depth_index(item.depth) > squat_depth_cap(client.codes, catalogue):
        return _words("HR" if has_code(client.codes, "HR") else "KN", catalogue)
    if cap is not None and (item.rpe_max or 0) > cap:
        return _words(min(client.codes & GUARDED_RPE), catalogue)
    if _too_heavy(item, client, on, catalogue):
        return _words("FX", catalogue)
    return ""


def _too_heavy(item: Item, client: Client, on: date, catalogue: Catalogue) -> bool:
    """Return whether an item weighs more than fragile bones allow; what is no squat takes no number of its own."""
    variation = catalogue.variations.get(item.exercise)
    if item.load_kg is None:
        return False
    if variation is None:
        return has_code(client.codes, "FX")
    effort = Effort(stage=item.stage or "P1", reps=item.reps or 1, rpe=item.rpe_max or HARDEST)
    most = LD25.decide(load_case(variation, effort=effort, client=client, on=on, catalogue=catalogue))
    return most is not None and item.load_kg > most.kg


def _words(found: str, catalogue: Catalogue) -> str:
    return catalogue.texts.phrases.get(f"against.{found}", found) if found else ""
