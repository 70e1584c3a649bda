"""What a calendar was told of each session, worked out from the rows that readers of a block have seen.

Rows of weeks are never deleted and every revision says which were shown, so the history of a session can be read
at any time: nothing is written when a calendar is fetched, and whoever fetches rarely still gets rising numbers.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from app.dose_words import Dose
from app.revisions import Place
from planner.words import SessionKind

EVERY_DAY: Final = (date.min, date.max)
NO_DAY: Final = (date.max, date.min)
_DONE: Final = frozenset({"done", "partly"})
_CIRCLES: Final = "daily_cars"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Dose):
    """One exercise as a calendar names it."""

    name: str
    side: str
    load_text: str | None
    box_height_cm: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A session as a calendar shows it.

    `waits_min` is how long after the client's hour it begins, for sessions of a day follow each other; `circles_min`
    are the minutes of joint circles that belong to the same day, 0 without. Circles on a day of their own have no hour.
    """

    on: date
    kind: SessionKind
    minutes: int
    waits_min: int
    circles_min: int
    ahead: bool
    items: tuple[Item, ...]

    @property
    def has_hour(self) -> bool:
        """Tell whether it begins at an hour; daily circles fit anywhere in a day."""
        return self.kind != _CIRCLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A session's entry: what was last shown of it, whether it still stands, and since which moment that is so."""

    id: str
    plan: Plan
    cancelled: bool
    stamp: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What readers of a block saw from an instant on: a row of each week.

    `stamp` never falls from one moment to the next. Entries of the days `anew`, first and last, count as changed,
    whatever was shown of them before. From the day `ended_on`, sessions that are still open are off; from `taken_on`
    they are another block's.
    """

    stamp: int
    since: datetime
    weeks: Mapping[int, Place]
    anew: tuple[date, date] = NO_DAY
    ended_on: date = date.max
    taken_on: date = date.max

    def renews(self, on: date) -> bool:
        """Tell whether an entry of a day counts as changed."""
        first, last = self.anew
        return first <= on <= last

    def holds(self, on: date) -> bool:
        """Tell whether an open session of a day is still this block's to plan."""
        return on < min(self.ended_on, self.taken_on)


def appointments(moments: Iterable[Moment], body_of: Callable[[int, Place], str]) -> list[Appointment]:
    """Return every session that was ever shown, as it stands after the last moment; `body_of` gives a row's JSON.

    One that is shown no more, wherever it went, stays as cancelled.
    """
    told: dict[str, Appointment] = {}
    read: dict[tuple[int, Place, date, date], dict[str, Plan]] = {}
    for moment in moments:
        shown: dict[str, Plan] = {}
        for number, place in moment.weeks.items():
            key = (number, place, moment.ended_on, moment.taken_on)
            if key not in read:
                read[key] = dict(_plans(json.loads(body_of(number, place)), moment))
            shown |= read[key]
        for each, plan in shown.items():
            before = told.get(each)
            if before is None or before.cancelled or before.plan != plan or moment.renews(plan.on):
                told[each] = Appointment(id=each, plan=plan, cancelled=False, stamp=moment.stamp, since=moment.since)
        for each in told.keys() - shown.keys():
            before = told[each]
            if not before.cancelled or moment.renews(before.plan.on):
                told[each] = replace(before, cancelled=True, stamp=moment.stamp, since=moment.since)
    return sorted(told.values(), key=lambda one: (one.plan.on, one.plan.waits_min, one.id))


def _plans(week: Mapping[str, Any], moment: Moment) -> Iterator[tuple[str, Plan]]:
    """Yield the sessions of a week that have an entry: one for each, circles only where the day has nothing else."""
    for day in week["days"]:
        on = date.fromisoformat(day["date"])
        standing = [one for one in day["sessions"] if _stands(one, open_ones=moment.holds(on))]
        circles = [one for one in standing if one["kind"] == _CIRCLES]
        others = [one for one in standing if one["kind"] != _CIRCLES]
        waits = 0
        for place, one in enumerate(others or circles):
            extra = sum(circle["minutes"] for circle in circles) if others and place == 0 else 0
            plan = _plan(one, on=on, waits_min=waits, circles_min=extra, ahead=week["projected"])
            waits += plan.minutes
            yield one["id"], plan


def _stands(session: Mapping[str, Any], *, open_ones: bool) -> bool:
    """Tell whether a session was done, or is to be done: withheld, skipped and emptied ones are neither."""
    if session["status"] in _DONE:
        return True
    return open_ones and session["status"] == "planned" and bool(session["items"])


def _plan(session: Mapping[str, Any], *, on: date, waits_min: int, circles_min: int, ahead: bool) -> Plan:
    return Plan(
        on=on,
        kind=session["kind"],
        minutes=session["minutes"],
        waits_min=waits_min,
        circles_min=circles_min,
        ahead=ahead,
        items=tuple(_item(item, ahead=ahead) for item in session["items"]),
    )


def _item(item: Mapping[str, Any], *, ahead: bool) -> Item:
    """Return an item; what is lifted in a week ahead is not earned yet, and a calendar may be days old."""
    told = {name: item.get(name) for name in ("name", "side", "load_text", "box_height_cm")}
    return Item.of(item, **(told | ({"load_text": None} if ahead else {})))
