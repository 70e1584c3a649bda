"""How long items take, and which of them fit the minutes of a session.

Seconds are worked out from what the item says (sets, repetitions by tempo, holds, breaths,
phases, rests, both sides) plus the change-over to the next item.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from math import ceil
from operator import attrgetter

from planner.catalogue import Catalogue, Exercise, Variation
from planner.identity import item_name
from planner.limits.doses import Pace
from planner.plan import Item
from planner.size import Widths, item_bytes
from planner.words import Category

MINUTE = 60
PASSIVE = "passive"
"""Name of the long passive phase, which is done once a side, not in every round."""

UNLOADED_PACE: frozenset[Category] = frozenset({"cars", "mobility"})
"""Circles and mobility are timed at the quick end of their repetition, strength in its middle."""

Stamp = tuple[bytes, tuple[object, ...]]
"""What names an item among those of its session, and all of the item after its id."""

Ceiling = Callable[[str, int], int | None]
"""Most seconds a role may take, given the seconds of what limits the squat; None = no ceiling."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """An item that may go into sessions, and where it stands in them.

    `place` is the order in a session, `role` whose share of the end-range time it takes
    ("" = nobody's). What an item takes is worked out once, so it does not change any more
    when the first session is fitted.
    """

    item: Item
    source: Exercise | Variation
    place: int
    role: str = ""
    required: bool = False  # left out of no session, however short
    extra_s: int = 0  # time the item itself does not show: measuring in a re-test
    wanted_sets: int = 0  # sets before the minutes took some; 0 = untouched
    _seconds: int | None = field(default=None, init=False, repr=False, compare=False)
    _bytes: int | None = field(default=None, init=False, repr=False, compare=False)
    _takes: tuple[int, int] | None = field(default=None, init=False, repr=False, compare=False)
    _stamp: Stamp | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def grows(self) -> bool:
        """Return whether another step of the end-range work has another item in its place."""
        return isinstance(self.source, Exercise) and self.source.grows

    def bytes(self, widths: Widths) -> int:
        """Return about how much the item takes as JSON."""
        if self._bytes is None:
            self._bytes = item_bytes(self.item, self.source.cue, widths)
        return self._bytes

    def seconds(self, pace: Pace) -> int:
        """Return how long the item takes."""
        if self._seconds is None:
            self._seconds = _item_seconds(self.item, self.source, pace) + self.extra_s
        return self._seconds

    def takes(self, pace: Pace, widths: Widths) -> tuple[int, int]:
        """Return the seconds and bytes it takes."""
        if self._takes is None:
            self._takes = (self.seconds(pace), self.bytes(widths))
        return self._takes

    def stamp(self) -> Stamp:
        """Return the stamp of the item in a session that holds it once."""
        if self._stamp is None:
            self._stamp = (item_name(self.item.exercise, self.item.side, 0), _after_id(self.item))
        return self._stamp


_after_id = attrgetter(*[field.name for field in fields(Item)][1:])
_session_order = attrgetter("place")


def item_seconds(item: Item, source: Exercise | Variation, catalogue: Catalogue) -> int:
    """Return the seconds an item takes, change-over included."""
    return _item_seconds(item, source, catalogue.doses.block.pace)


def _item_seconds(item: Item, source: Exercise | Variation, pace: Pace) -> int:
    sides = 2 if _one_side_at_a_time(source) and item.side == "both" else 1
    rests = (item.rest_s or 0) * (item.sets - 1)
    ramp = len(item.ramp or ()) * pace.ramp_set_s
    work = _phases_seconds(item) if item.phases else item.sets * _set_seconds(item, source, pace)
    return ceil(work * sides + rests + ramp + pace.change_over_s)


def _one_side_at_a_time(source: Exercise | Variation) -> bool:
    return source.single_leg if isinstance(source, Variation) else source.sides == "each"


def _phases_seconds(item: Item) -> int:
    once = sum([phase.seconds for phase in item.phases or () if phase.name == PASSIVE])
    each_round = sum([phase.seconds for phase in item.phases or () if phase.name != PASSIVE])
    return once + each_round * item.sets


def _set_seconds(item: Item, source: Exercise | Variation, pace: Pace) -> float:
    """Return the seconds of one set on one side."""
    if item.duration_s is not None:
        return item.duration_s
    if item.distance_m is not None:
        return item.distance_m / pace.walking_m_per_s
    if item.hold_s is not None:
        return item.hold_s * (item.reps or 1)
    ways = 2 if isinstance(source, Exercise) and source.dose.both_ways else 1
    return (item.reps or item.breaths or 1) * ways * _rep_seconds(item, source, pace)


def _rep_seconds(item: Item, source: Exercise | Variation, pace: Pace) -> float:
    if item.tempo:
        return tempo_seconds(item.tempo)
    if isinstance(source, Exercise) and source.dose.rep_s is not None:
        low, high = source.dose.rep_s
        return low if source.category in UNLOADED_PACE else (low + high) / 2
    return pace.free_rep_s


def tempo_seconds(tempo: str) -> int:
    """Return the seconds of one repetition of a tempo, down-pause-up."""
    return sum(map(int, tempo.split("-")))


def minutes_of(seconds: float) -> int:
    """Return whole minutes, rounded up."""
    return ceil(seconds / MINUTE)


def fit(
    drafts: Iterable[Draft],
    *,
    budget_s: int,
    room_b: int | None,
    widths: Widths,
    ceiling: Ceiling | None,
    limiting: frozenset[str],
    pace: Pace,
) -> tuple[list[Draft], int]:
    """Return the drafts that fit the budget, in session order, and their seconds.

    `drafts` come most important first, and go in as long as they can be written in `room_b`
    bytes; what is too long loses sets, down to one, and is left out when even that is too
    long, unless it is required. `limiting` are the roles of what limits the squat.
    """
    taken: list[Draft] = []
    used = held = 0
    spent: dict[str, int] = {}
    for draft in drafts:
        seconds, size = draft.takes(pace, widths)
        if room_b is not None and held + size > room_b and not draft.required:
            continue
        room, role = budget_s - used, draft.role
        if ceiling is not None and role and role not in limiting:
            share = ceiling(role, sum([spent.get(one, 0) for one in limiting]))
            room = room if share is None else min(room, share - spent.get(role, 0))
        fitted = draft
        if seconds > room:
            shorter = _shortened(draft, room, pace)
            if shorter is None:
                continue
            seconds, fitted = shorter.seconds(pace), shorter
        used += seconds
        held += size
        spent[role] = spent.get(role, 0) + seconds
        taken.append(fitted)
    return sorted(taken, key=_session_order), used


def _shortened(draft: Draft, room: int, pace: Pace) -> Draft | None:
    """Return a draft that is too long with as many sets as the room allows, None when not even one fits."""
    for sets in range(draft.item.sets - 1, 0, -1):
        item = replace(draft.item, sets=sets)
        shorter = replace(draft, item=item, wanted_sets=draft.item.sets)
        if shorter.seconds(pace) <= room or (sets == 1 and draft.required):
            return shorter
    return draft if draft.required else None
