"""When a client's week is due: one instant for each week, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from app.delivery_table import WeekSchedule
from app.week_schedule import due_day, due_instant, next_week
from tests.support.outbox import block_of

MONDAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("weekday", "day"),
    [
        ("fri", date(2026, 10, 30)),
        ("sat", date(2026, 10, 31)),
        ("sun", date(2026, 11, 1)),
        ("mon", date(2026, 11, 2)),
        ("thu", date(2026, 11, 5)),
    ],
)
def test_a_week_is_told_on_the_day_from_which_most_of_seven_days_are_its(weekday: str, day: date) -> None:
    """Sunday brings the week that begins on Monday; Thursday still the one that runs."""
    assert due_day(MONDAY, weekday) == day


@pytest.mark.parametrize("first", [MONDAY + timedelta(days=shift) for shift in range(7)])
def test_each_week_of_a_block_has_one_day_of_each_weekday(first: date) -> None:
    """Weeks that follow each other are told seven days apart, whichever weekday a block begins on."""
    for weekday in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        days = [due_day(first + timedelta(days=7 * number), weekday) for number in range(6)]
        assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=7)}


@pytest.mark.parametrize(
    ("day", "zone", "hour", "instant"),
    [
        # Lisbon's clocks go from 01:00 to 02:00 on 2027-03-28, and from 02:00 back to 01:00 on 2026-10-25.
        (date(2027, 3, 28), "Europe/Lisbon", 1, datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2027, 3, 28), "Europe/Lisbon", 2, datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Lisbon", 1, datetime(2026, 10, 25, 0, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Lisbon", 2, datetime(2026, 10, 25, 2, tzinfo=UTC)),
        # Santiago skips midnight itself; Kiritimati is ahead of everybody.
        (date(2026, 9, 6), "America/Santiago", 0, datetime(2026, 9, 6, 4, tzinfo=UTC)),
        (date(2026, 11, 2), "Pacific/Kiritimati", 6, datetime(2026, 11, 1, 16, tzinfo=UTC)),
    ],
)
def test_an_hour_that_is_missing_or_comes_twice_is_one_instant(
    day: date, zone: str, hour: int, instant: datetime
) -> None:
    """A skipped hour is the moment an hour later on the clock, of a repeated one the first counts."""
    assert due_instant(day, hour, zone) == instant


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/Chicago", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3])
def test_nothing_is_told_twice_or_left_out_across_a_change_of_the_clocks(zone: str, hour: int) -> None:
    """A worker that looks every ten minutes through the change tells each week exactly once."""
    client, told = _Client(zone), []
    block = block_of(uuid4(), uuid4(), uuid4())
    block.starts_on, block.weeks = date(2026, 9, 28), 8
    schedule = WeekSchedule(organization_id=block.organization_id, client_id=block.client_id, weekday="sun", hour=hour)
    now = datetime(2026, 9, 26, tzinfo=UTC)
    schedule.due_at = now
    while now < datetime(2026, 11, 30, tzinfo=UTC):
        if schedule.due_at is not None and schedule.due_at <= now:
            told += [(number, now)] if (number := next_week(schedule, client, block, now=now)) else []
        now += timedelta(minutes=10)

    assert [number for number, _ in told] == list(range(1, 9))
    assert schedule.due_at is None


def test_weeks_that_passed_while_nobody_worked_are_not_told_any_more() -> None:
    """After two weeks of silence the week that runs is told, and then the next."""
    block = block_of(uuid4(), uuid4(), uuid4())
    block.weeks = 4
    schedule = WeekSchedule(organization_id=block.organization_id, client_id=block.client_id)
    late = datetime(2026, 11, 18, 9, tzinfo=UTC)

    assert next_week(schedule, _Client("UTC"), block, now=late) == 3
    assert schedule.due_at == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert next_week(schedule, _Client("UTC"), block, now=datetime(2026, 12, 1, tzinfo=UTC)) is None
    assert schedule.due_at is None


class _Client:
    """A client as far as clocks go."""

    def __init__(self, time_zone: str) -> None:
        self.time_zone = time_zone
