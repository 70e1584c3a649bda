"""The rules of a time zone for some years, for calendar programs that do not know the zone (RFC 5545, 3.6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from app.local_time import zone

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Clock:
    """How clocks of a zone go at an instant."""

    offset: timedelta
    name: str
    daylight: bool


@lru_cache(maxsize=64)
def zone_rules(time_zone: str, first: int, last: int) -> Timezone:
    """Return the VTIMEZONE of a zone from the beginning of one year to the beginning of another.

    Clocks that go alike are one rule: each onset is a local time of the clock that ends with it.
    """
    where, begins, ends = zone(time_zone), datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    start = _clock(where, begins)
    onsets: dict[tuple[timedelta, _Clock], list[datetime]] = {(start.offset, start): [begins]}
    for at in _changes(where, begins, ends):
        rule = (_clock(where, at - _SECOND).offset, _clock(where, at))
        onsets.setdefault(rule, []).append(at)
    rules = Timezone()
    rules.add("TZID", time_zone)
    for (before, clock), instants in onsets.items():
        rules.add_component(_rule(before, clock, [(at + before).replace(tzinfo=None) for at in instants]))
    return rules


def _rule(before: timedelta, clock: _Clock, onsets: list[datetime]) -> TimezoneStandard | TimezoneDaylight:
    rule = TimezoneDaylight() if clock.daylight else TimezoneStandard()
    rule.add("DTSTART", onsets[0])
    rule.add("RDATE", onsets)  # the first one again, which changes nothing: some readers count only these
    rule.add("TZOFFSETFROM", before)
    rule.add("TZOFFSETTO", clock.offset)
    rule.add("TZNAME", clock.name)
    return rule


def _changes(where: tzinfo, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Yield the instants at which clocks change: a change may last a few weeks only, none comes twice a day."""
    day = begins
    while day < ends:
        if _clock(where, day) != _clock(where, day + _DAY):
            yield _first_after(where, day, day + _DAY)
        day += _DAY


def _first_after(where: tzinfo, before: datetime, after: datetime) -> datetime:
    """Return the first second at which clocks no longer go as `before`."""
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if _clock(where, middle) == _clock(where, before):
            before = middle
        else:
            after = middle
    return after


def _clock(where: tzinfo, at: datetime) -> _Clock:
    local = at.astimezone(where)
    offset = local.utcoffset()
    assert offset is not None
    return _Clock(offset, local.tzname() or "", bool(local.dst()))
