"""The present instant, local days and time zones: the one place where instants become days in a client's zone."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_NOON = time(12)


def utc_now() -> datetime:
    """Return the present instant: the clock of every app and worker, unless it is given another."""
    return datetime.now(UTC)


@lru_cache(maxsize=1)
def time_zone_names() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name."""
    return ZoneInfo(name)


def local_day(instant: datetime, time_zone: str) -> date:
    """Return the calendar day an instant falls on in a zone."""
    return instant.astimezone(zone(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the instant a day begins in a zone."""
    return datetime.combine(day, time.min, tzinfo=zone(time_zone)).astimezone(UTC)


def instant_of_day(day: date, time_zone: str, *, now: datetime) -> datetime:
    """Return the instant that stands for a day: now for today, else noon of that day."""
    if day == local_day(now, time_zone):
        return now
    return datetime.combine(day, _NOON, tzinfo=zone(time_zone)).astimezone(UTC)
