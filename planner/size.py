"""How much a week weighs when it is written down, so that it stays small enough to send.

A week is promised to be at most 25 KB of JSON. What a training session may add follows from
what the other sessions of the week already take; sizes are estimated a little high.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from planner.decision import Reason
from planner.plan import Item
from planner.wording import Wording

WEEK_BYTES = 25_400  # of 25 000: estimates lie at least five percent above what is written, in any language
SESSION_BYTES = 270  # a session without its items, with its reasons
_ITEM = 116  # names of the fields every item has, its id and punctuation
_FIELD = 22
_LOAD_TEXT = 56
_WARM_UP_SET = 16
_PHASE = 60
_REASON = 38
_FACT = 5
_NAME = 30  # a word among the facts, such as the name of a measure
_OTHER_CUE = 160  # one that is not the exercise's own: what a re-test measures
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """How many bytes words take, in whichever language they take the most."""

    names: Mapping[str, int]  # exercise or squat -> its name
    cues: Mapping[str, int]
    rules: Mapping[str, int]  # rule id -> its longest sentence


def widths_of(wordings: Iterable[Wording]) -> Widths:
    """Return the widths that hold in every language, so that all languages get the same plan."""
    names: dict[str, int] = {}
    cues: dict[str, int] = {}
    rules: dict[str, int] = {}
    for wording in wordings:
        for key, entry in (*wording.exercises.items(), *wording.variations.items()):
            names[key] = max(names.get(key, 0), _bytes(entry.name))
            cues[key] = max(cues.get(key, 0), _bytes(entry.cue))
        for rule, cases in wording.texts.rules.items():
            rules[rule] = max(rules.get(rule, 0), *map(_bytes, cases.values()))
    return Widths(names=names, cues=cues, rules=rules)


def _bytes(text: str) -> int:
    return len(text.encode())


def item_bytes(item: Item, own_cue: str, widths: Widths) -> int:
    """Return about how many bytes an item takes as JSON, in any language; `own_cue` = that of its exercise."""
    optional = _optional(item)
    size = _ITEM + _FIELD * (len(optional) - optional.count(None))
    size += len(item.exercise) + widths.names[item.exercise] + len(item.category)
    size += widths.cues[item.exercise] if item.cue == own_cue else _OTHER_CUE
    if item.load_text:
        size += _FIELD + _LOAD_TEXT
    if item.ramp:
        size += _FIELD + _WARM_UP_SET * len(item.ramp)
    if item.phases:
        size += _PHASE * len(item.phases)
    for reason in item.because:
        size += _reason_bytes(reason, widths)
    return size


def _reason_bytes(reason: Reason, widths: Widths) -> int:
    size = _REASON + widths.rules[reason.rule]
    for name, value in reason.facts.items():
        size += _FACT + len(name) + (_NAME if isinstance(value, str) else len(str(value)))
    return size
