"""Which day of a week holds what."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import load_catalogue
from planner.catalogue import Catalogue
from planner.schedule import (
    deload_weeks,
    is_squat_day,
    is_training_day,
    joint_weekdays,
    next_squat_day,
    planned_training_days,
    retest_day,
    retest_weeks,
    squat_weekdays,
    week_of,
    week_start,
)
from planner.words import Weekday
from tests.planner.laddering import table
from tests.planner.planning import EVERY_DAY, MONDAY, client, context

Given = Mapping[str, Any]
ASK: dict[str, Callable[[Given, Catalogue], list[int]]] = {
    "squat_days": lambda given, catalogue: list(squat_weekdays(tuple(given["days"]), catalogue)),
    "deloads": lambda given, catalogue: sorted(
        deload_weeks(given["weeks"], given["age"], given.get("stress", False), catalogue)
    ),
    "retests": lambda given, catalogue: list(retest_weeks(given["weeks"], catalogue)),
}
CATALOGUE = load_catalogue()
DAYS = st.sets(st.sampled_from(EVERY_DAY)).map(lambda days: tuple(sorted(days)))
DATES = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    cases = table("schedule")
    return [case["name"] for case in cases if ASK[case["ask"]](case["given"], catalogue) != case["expect"]]


def test_days_and_weeks_are_where_the_cases_say(catalogue: Catalogue) -> None:
    """Squat days, lighter weeks and re-tests answer as their cases say."""
    assert check_cases(catalogue) == []


@given(days=DAYS)
def test_squat_days_are_training_days_and_48_hours_apart(days: tuple[Weekday, ...]) -> None:
    """Around the week too, two squat days have at least a day between them."""
    squats = squat_weekdays(days, CATALOGUE)

    assert set(squats) | set(joint_weekdays(days, CATALOGUE)) == {EVERY_DAY.index(day) for day in days}
    assert all((b - a) % 7 >= 2 for a in squats for b in squats if a != b)
    assert bool(squats) == bool(days)


@given(days=DAYS, on=DATES)
def test_the_next_squat_day_is_the_first_one_after(days: tuple[Weekday, ...], on: date) -> None:
    """Counting day by day finds the same day."""
    profile = client(CATALOGUE, days=days).profile
    following = next_squat_day(profile, on, CATALOGUE)
    ahead = [on + timedelta(days=step) for step in range(1, 8)]

    assert following == next((day for day in ahead if is_squat_day(profile, day, CATALOGUE)), ahead[-1])


@given(days=DAYS, start=DATES, length=st.integers(-3, 70))
def test_training_days_are_counted_with_both_ends(days: tuple[Weekday, ...], start: date, length: int) -> None:
    """Counting day by day gives the same number; a span that ends before it starts holds none."""
    profile = client(CATALOGUE, days=days).profile
    end = start + timedelta(days=length)
    counted = sum(is_training_day(profile, start + timedelta(days=step)) for step in range(length + 1))

    assert planned_training_days(profile, start, end) == counted


@pytest.mark.parametrize(
    ("days", "offset"),
    [(("mon", "wed", "fri"), 2), (("mon", "thu"), 0), (("tue",), 0), (("sat", "sun"), 6)],
)
def test_a_retest_avoids_squat_days(days: tuple[Weekday, ...], offset: int, catalogue: Catalogue) -> None:
    """It is on the week's first training day without squats, else on the week's first day."""
    where = context(client(catalogue, days=days), catalogue)

    assert retest_day(where, 2) == MONDAY + timedelta(days=7 + offset)


def test_weeks_are_counted_from_the_block_s_first_day(catalogue: Catalogue) -> None:
    """A block week runs seven days from any weekday."""
    where = replace(context(client(catalogue), catalogue), starts_on=date(2026, 11, 5))

    assert week_of(where, date(2026, 11, 5)) == week_of(where, date(2026, 11, 11)) == 1
    assert week_of(where, date(2026, 11, 12)) == 2
    assert week_start(where, 2) == date(2026, 11, 12)
