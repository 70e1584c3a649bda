"""When a client's weeks are due: on the chosen weekday, at the chosen hour of their clock.

The week that is told is the one which most of the seven days from then on belong to: somebody who chooses Sunday gets
the week that begins on Monday. Each week of a block so has one day, and each day one instant: an hour that a clock
skips is the same moment an hour later on it, of an hour that comes twice the first counts.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, get_args

from sqlmodel import Session

from app import tables
from app.block_days import first_day, last_day, week_number
from app.delivery_table import WeekSchedule
from app.local_time import local_day, zone
from planner.words import Weekday

_WEEKDAYS: Final = get_args(Weekday)
_MOST_OF_A_WEEK: Final = timedelta(days=3)
_WEEK: Final = 7


def due_day(first: date, weekday: str) -> date:
    """Return the one day of a weekday from which most of seven days belong to the week that begins on `first`."""
    earliest = first - _MOST_OF_A_WEEK
    return earliest + timedelta(days=(_WEEKDAYS.index(weekday) - earliest.weekday()) % _WEEK)


def due_instant(day: date, hour: int, time_zone: str) -> datetime:
    """Return the instant of an hour of a day in a zone."""
    return datetime.combine(day, time(hour), tzinfo=zone(time_zone)).astimezone(UTC)


def schedule_of(session: Session, client: tables.Client) -> WeekSchedule:
    """Return when a client's weeks are due, with the usual weekday and hour until some are chosen."""
    found = session.get(WeekSchedule, (client.organization_id, client.id))
    return found or WeekSchedule(organization_id=client.organization_id, client_id=client.id)


def begin_schedule(session: Session, client: tables.Client, block: tables.Block, *, now: datetime) -> None:
    """Let the weeks of a new block be told, from the one that holds today on."""
    schedule = schedule_of(session, client)
    schedule.block_id = block.id
    schedule.week_number = week_number(block, local_day(now, client.time_zone)) or 1
    _set_due(schedule, client, block, now=now)
    session.add(schedule)


def end_schedule(session: Session, client: tables.Client) -> None:
    """Tell no more weeks: the block is finished."""
    schedule = schedule_of(session, client)
    schedule.block_id = schedule.due_at = None
    session.add(schedule)


def reschedule(session: Session, client: tables.Client, schedule: WeekSchedule, *, now: datetime) -> None:
    """Work out anew when the next week is due, after another weekday, hour or time zone; at once if that has passed."""
    if schedule.block_id is not None:
        block = session.get_one(tables.Block, (client.organization_id, schedule.block_id))
        _set_due(schedule, client, block, now=now)
    session.add(schedule)


def next_week(schedule: WeekSchedule, client: tables.Client, block: tables.Block, *, now: datetime) -> int | None:
    """Move a schedule past the week that is due now, and return its number; None when none is due after all.

    Weeks that are over are not told any more: nobody was there to send them.
    """
    today = local_day(now, client.time_zone)
    schedule.week_number = max(schedule.week_number, week_number(block, today) or 1)
    over = today > last_day(block) or schedule.week_number > block.weeks
    due = None if over else _due(schedule, client, block)
    if due is None or due > now:
        schedule.due_at = due
        return None
    told = schedule.week_number
    schedule.week_number += 1
    schedule.due_at = _due(schedule, client, block) if schedule.week_number <= block.weeks else None
    return told


def _set_due(schedule: WeekSchedule, client: tables.Client, block: tables.Block, *, now: datetime) -> None:
    over = schedule.week_number > block.weeks
    schedule.due_at = None if over else max(_due(schedule, client, block), now)


def _due(schedule: WeekSchedule, client: tables.Client, block: tables.Block) -> datetime:
    day = due_day(first_day(block, schedule.week_number), schedule.weekday)
    return due_instant(day, schedule.hour, client.time_zone)
