"""How much a week weighs when it is written down, so that it stays small enough to send.

A week is promised to be at most 25 KB of JSON. What a training session may add follows from
what the other sessions of the week already take; sizes are estimated a little high.
"""

from operator import attrgetter

from planner.decision import Reason
from planner.plan import Item

WEEK_BYTES = 24_800  # of 25 000: estimates are a little high, which leaves room for a lock and the week's own fields
SESSION_BYTES = 260  # a session without its items, with its reasons
_ITEM = 120  # names of the fields every item has, its id and punctuation
_FIELD = 22
_PHASE = 60
_REASON = 42
_FACT = 8
_optional = attrgetter(
    "reps",
    "hold_s",
    "breaths",
    "distance_m",
    "duration_s",
    "tempo",
    "rest_s",
    "rpe_max",
    "effort_percent",
    "load_kg",
    "depth",
    "box_height_cm",
    "load_position",
    "stage",
    "rung",
    "modifiers",
)


def item_bytes(item: Item) -> int:
    """Return about how many bytes an item takes as JSON."""
    optional = _optional(item)
    size = _ITEM + _FIELD * (len(optional) - optional.count(None))
    size += len(item.exercise) + len(item.name) + len(item.category) + len(item.cue)
    if item.load_text:
        size += _FIELD + len(item.load_text)
    if item.ramp:
        size += _FIELD + sum(map(len, item.ramp))
    if item.phases:
        size += _PHASE * len(item.phases)
    return size + sum(map(_reason_bytes, item.because))


def _reason_bytes(reason: Reason) -> int:
    facts = reason.facts
    return (
        _REASON + len(reason.text) + _FACT * len(facts) + sum(map(len, facts)) + sum(map(len, map(str, facts.values())))
    )
