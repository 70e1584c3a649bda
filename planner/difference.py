"""What differs between two versions of a block, in rows a coach can read.

Only what a reader has to know is told: the exercise and its dose, a session that moved, came or
went, what a week is for, a lock. Names, cues, warm-up sets, minutes and reasons follow from those.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from planner.decision import Reason, Value
from planner.plan import Item, PlannedSession, Week
from planner.words import BlockStatus, LimitingFactor, ScreeningStatus, Side, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs.

    `week` and `date` are None for the block itself, `session` is "" for a whole week, `item` is
    "" for a whole session. None in `before` or `after` means: was not there, or does not apply.
    `because` are the sentences the later version has that the earlier had not (all of them when
    none is new), `rules` the rules that say them.
    """

    week: int | None
    date: date | None
    session: str = ""
    item: str = ""
    side: Side | None = None
    field: str
    before: Value
    after: Value
    because: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a block stands, apart from its weeks. `rung` and `ladder` are steps in words."""

    status: BlockStatus
    lock: ScreeningStatus | None
    lock_text: str | None
    limiting_factor: LimitingFactor
    rung: str
    ladder: str


@dataclass(frozen=True, slots=True)
class _Placed:
    """A session and where it stands."""

    week: int
    on: date
    session: PlannedSession


_LOCKING = ("status", "lock")
_BLOCK_FIELDS = ("status", "lock", "limiting_factor", "rung", "ladder")
_ITEM_FIELDS = (
    "exercise",
    "sets",
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
    "load_text",
    "phases",
    "depth",
    "modifiers",
    "box_height_cm",
)
_TOLD_BY = {"load_text": "load_kg", "box_height_cm": "depth", "focus": "stage"}
"""A field that follows from another is told only when it changed alone."""

Whole = TypeVar("Whole")
Pair = tuple[Whole | None, Whole | None]
Reasons = tuple[Reason, ...]


def difference(
    before: Mapping[int, Week], after: Mapping[int, Week], *, from_day: date | None = None
) -> tuple[Change, ...]:
    """Return what differs between two versions of some weeks, by week, day, session and item.

    Sessions and items are the same by id; then a session of the same kind on that day or in that
    week, an item of the same exercise and side. A squat in the place of another is one row. Days
    before `from_day` are left out.
    """
    first = from_day or date.min
    rows = [row for number in sorted({*before, *after}) for row in _week(before.get(number), after.get(number), first)]
    both = before.keys() & after.keys()
    pairs = _paired(_sessions(before, both, first), _sessions(after, both, first), _SESSION_KEYS)
    rows += [row for earlier, later in pairs for row in _session(earlier, later)]
    return tuple(sorted(rows, key=lambda row: (row.week or 0, row.date or date.min)))


def standing_difference(before: Standing, after: Standing) -> tuple[Change, ...]:
    """Return what differs in where a block stands, as rows of no week and no day."""
    locked = () if after.lock_text is None else (after.lock_text,)
    return tuple(
        Change(
            week=None,
            date=None,
            field=name,
            before=earlier,
            after=later,
            because=locked if name in _LOCKING else (),
        )
        for name in _BLOCK_FIELDS
        if (earlier := getattr(before, name)) != (later := getattr(after, name))
    )


def step_in_words(stage: Stage, name: str, depth: str, modifiers: Iterable[str]) -> str:
    """Return a rung as it is told: stage, squat, depth and what makes it easier."""
    return ", ".join([f"{stage} {name}", *(part.replace("_", " ") for part in (depth, *modifiers))])


# --- weeks --------------------------------------------------------------------------------------------------------


def _week(before: Week | None, after: Week | None, first: date) -> Iterator[Change]:
    """Yield what differs in what a week is for and whether it may be trained; not what it holds."""
    week = after or before
    assert week is not None
    if week.ends_on < first:
        return
    if before is None or after is None:
        yield _week_row(week, "week", None if before is None else before.focus, None if after is None else after.focus)
        return
    old, new = _week_values(before), _week_values(after)
    for name in _changed(old, new):
        yield _week_row(week, name, old[name], new[name])


def _week_values(week: Week) -> dict[str, Value]:
    return {
        "status": week.status,
        "lock": None if week.lock is None else week.lock.urgency,
        "projected": week.projected,
        "stage": week.stage,
        "focus": week.focus,
        "deload": week.deload,
    }


def _week_row(week: Week, name: str, before: Value, after: Value) -> Change:
    locked = () if week.lock is None else (week.lock.text,)
    return Change(
        week=week.week_number,
        date=None,
        field=name,
        before=before,
        after=after,
        because=locked if name in _LOCKING else (),
    )


# --- sessions -----------------------------------------------------------------------------------------------------


def _sessions(weeks: Mapping[int, Week], numbers: Iterable[int], first: date) -> list[_Placed]:
    return [
        _Placed(number, day.date, session)
        for number in sorted(numbers)
        for day in weeks[number].days
        if day.date >= first
        for session in day.sessions
    ]


_SESSION_KEYS: Sequence[Callable[[_Placed], Hashable]] = (
    lambda placed: placed.session.id,
    lambda placed: (placed.on, placed.session.kind),
    lambda placed: (placed.week, placed.session.kind),
    lambda placed: placed.on,
)


def _session(before: _Placed | None, after: _Placed | None) -> Iterator[Change]:
    """Yield what differs in a session; of one that came, went or became another kind only that."""
    here = after or before
    assert here is not None
    old = None if before is None else before.session
    new = None if after is None else after.session
    if before is None or old is None or new is None or old.kind != new.kind:
        earlier, later = (None if one is None else one.title for one in (old, new))
        yield _session_row(here, old, new, "session", earlier, later)
        return
    if before.on != here.on:
        yield _session_row(here, old, new, "date", before.on.isoformat(), here.on.isoformat())
    if old.status != new.status:
        yield _session_row(here, old, new, "status", old.status, new.status)
    if bool(old.items) != bool(new.items):
        yield _session_row(here, old, new, "exercises", len(old.items), len(new.items))
    elif old.items != new.items:
        for pair in _paired(old.items, new.items, _ITEM_KEYS):
            yield from _item(here, *pair)


def _session_row(
    here: _Placed, old: PlannedSession | None, new: PlannedSession | None, name: str, before: Value, after: Value
) -> Change:
    reasons = _news(old.because if old else (), new.because if new else ())
    return _row(here, name, before, after, reasons)


def _row(here: _Placed, name: str, before: Value, after: Value, reasons: Reasons, item: Item | None = None) -> Change:
    return Change(
        week=here.week,
        date=here.on,
        session=here.session.title,
        item="" if item is None else item.name,
        side=None if item is None else item.side,
        field=name,
        before=before,
        after=after,
        because=tuple(dict.fromkeys(reason.text for reason in reasons)),
        rules=tuple(dict.fromkeys(reason.rule for reason in reasons)),
    )


# --- items --------------------------------------------------------------------------------------------------------


_ITEM_KEYS: Sequence[Callable[[Item], Hashable]] = (
    lambda item: item.id,
    lambda item: (item.exercise, item.side),
    lambda item: (item.category, item.side),
)


def _item(here: _Placed, before: Item | None, after: Item | None) -> Iterator[Change]:
    """Yield what differs in an exercise; of one that came or went only that."""
    item = after or before
    assert item is not None
    reasons = _news(before.because if before else (), after.because if after else ())
    if before is None or after is None:
        earlier, later = (None if one is None else one.exercise for one in (before, after))
        yield _row(here, "exercise", earlier, later, reasons, item)
        return
    old, new = _item_values(before), _item_values(after)
    for name in _changed(old, new):
        yield _row(here, name, old[name], new[name], reasons, item)


def _item_values(item: Item) -> dict[str, Value]:
    values: dict[str, Value] = {name: getattr(item, name) for name in _ITEM_FIELDS}
    if item.phases is not None:
        values["phases"] = " + ".join(f"{phase.name} {phase.seconds} s" for phase in item.phases)
    if item.modifiers is not None:
        values["modifiers"] = ", ".join(item.modifiers)
    return values


# --- what all of them share ---------------------------------------------------------------------------------------


def _changed(before: Mapping[str, Value], after: Mapping[str, Value]) -> list[str]:
    """Return the fields to tell: those that differ, unless another row already says so."""
    names = {name for name in before if before[name] != after[name]}
    return [name for name in before if name in names and _TOLD_BY.get(name) not in names]


def _news(before: Reasons, after: Reasons) -> Reasons:
    """Return the reasons that are new, all of them when none is."""
    return tuple([reason for reason in after if reason not in before]) or after


def _paired(
    before: Iterable[Whole], after: Iterable[Whole], keys: Iterable[Callable[[Whole], Hashable]]
) -> list[Pair[Whole]]:
    """Return what belongs together by the first key that both share, in the order of `after`, then what is gone."""
    old, new = dict(enumerate(before)), list(after)
    partners: dict[int, Whole] = {}
    for key in keys:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for place, one in reversed(old.items()):
            waiting[key(one)].append(place)
        for place, one in enumerate(new):
            if place not in partners and (found := waiting.get(key(one))):
                partners[place] = old.pop(found.pop())
    return [*((partners.get(place), one) for place, one in enumerate(new)), *((one, None) for one in old.values())]
