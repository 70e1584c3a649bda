"""Which day holds what: squat days, joint days, deload weeks, re-test weeks and days.

Date arithmetic only; a block week runs seven days from the block's first day, and the
client's training days repeat weekly, so every gap is counted around the week.
"""

from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations

from planner.catalogue import Catalogue
from planner.facts import Profile
from planner.position import PlanContext
from planner.words import Weekday

WEEK = 7
_NUMBER_OF: dict[Weekday, int] = {
    "mon": 0,
    "tue": 1,
    "wed": 2,
    "thu": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
}


@lru_cache(maxsize=512)
def training_weekdays(training_days: tuple[Weekday, ...]) -> tuple[int, ...]:
    """Return the training days as weekday numbers, Monday 0, in order and once each."""
    return tuple(sorted({_NUMBER_OF[day] for day in training_days}))


def squat_weekdays(training_days: tuple[Weekday, ...], catalogue: Catalogue) -> tuple[int, ...]:
    """Return the weekdays (Monday 0) of squat days: as far apart as the training days allow.

    One day when no two are far enough apart; ties go to the earlier days.
    """
    block = catalogue.doses.block
    return _spread(training_days, block.squat_days_per_week, block.squat_day_gap)


@lru_cache(maxsize=512)
def _spread(training_days: tuple[Weekday, ...], most: int, gap: int) -> tuple[int, ...]:
    days = training_weekdays(training_days)
    for count in range(min(most, len(days)), 1, -1):
        best = max(combinations(days, count), key=_smallest_gap)  # the first of equals: the earliest
        if _smallest_gap(best) >= gap:
            return best
    return days[:1]


def _smallest_gap(days: tuple[int, ...]) -> int:
    """Return the smallest distance in days between neighbours, counted around the week."""
    following = (*days[1:], days[0] + WEEK)
    return min(after - before for before, after in zip(days, following, strict=True))


def joint_weekdays(training_days: tuple[Weekday, ...], catalogue: Catalogue) -> tuple[int, ...]:
    """Return the weekdays of training days without squats."""
    squats = squat_weekdays(training_days, catalogue)
    return tuple(day for day in training_weekdays(training_days) if day not in squats)


def is_training_day(profile: Profile, on: date) -> bool:
    """Return whether the client trains on this day."""
    return on.weekday() in training_weekdays(profile.training_days)


def is_squat_day(profile: Profile, on: date, catalogue: Catalogue) -> bool:
    """Return whether this day holds a squat session."""
    return on.weekday() in squat_weekdays(profile.training_days, catalogue)


def next_squat_day(profile: Profile, after: date, catalogue: Catalogue) -> date:
    """Return the first squat day after a day; a week later when the client has no training day."""
    squats = squat_weekdays(profile.training_days, catalogue)
    return after + timedelta(days=_days_until(squats, after.weekday()))


@lru_cache(maxsize=512)
def _days_until(weekdays: tuple[int, ...], after: int) -> int:
    """Return the days from a weekday to the next of some weekdays, a week when there are none."""
    return min([(day - after - 1) % WEEK + 1 for day in weekdays], default=WEEK)


def planned_training_days(profile: Profile, start: date, end: date) -> int:
    """Return how many training days lie from one day to another, both counted."""
    days = (end - start).days + 1
    if days <= 0:
        return 0
    weekdays = training_weekdays(profile.training_days)
    whole_weeks, rest = divmod(days, WEEK)
    return whole_weeks * len(weekdays) + _days_among(weekdays, start.weekday(), rest)


@lru_cache(maxsize=512)
def _days_among(weekdays: tuple[int, ...], first: int, days: int) -> int:
    """Return how many of so many days, from a weekday on, are among some weekdays."""
    return sum((first + offset) % WEEK in weekdays for offset in range(days))


def deload_weeks(weeks: int, age: int, high_stress: bool, catalogue: Catalogue) -> frozenset[int]:
    """Return the week numbers with less work: every fourth, every third for older clients.

    High stress adds every third week and takes none away: telling of stress never makes a week harder.
    """
    block = catalogue.doses.block
    cycle = block.short_cycle_weeks if age >= block.short_cycle_from_age else block.cycle_weeks
    planned = range(cycle, weeks + 1, cycle)
    added = range(block.short_cycle_weeks, weeks + 1, block.short_cycle_weeks) if high_stress else ()
    return frozenset((*planned, *added))


def retest_weeks(weeks: int, catalogue: Catalogue) -> tuple[int, ...]:
    """Return the week numbers with a re-test: a quick one, a full one, and one at the end."""
    block = catalogue.doses.block
    return _weeks_up_to(weeks, block.quick_retest_week, block.full_retest_week)


@lru_cache(maxsize=512)
def _weeks_up_to(last: int, *planned: int) -> tuple[int, ...]:
    """Return the last week of a block and those planned before it, in order and once each."""
    return tuple(sorted({last, *[week for week in planned if week <= last]}))


def week_of(context: PlanContext, on: date) -> int:
    """Return the number of the block week that holds a day, the first being 1."""
    return (on - context.starts_on).days // WEEK + 1


def week_start(context: PlanContext, week: int) -> date:
    """Return the first day of a block week."""
    return context.starts_on + timedelta(days=(week - 1) * WEEK)


def retest_day(context: PlanContext, week: int) -> date:
    """Return the day a week's re-test is on: its first training day without squats, else its first day."""
    first = week_start(context, week)
    joint = joint_weekdays(context.client.profile.training_days, context.catalogue)
    return first + timedelta(days=min([(day - first.weekday()) % WEEK for day in joint], default=0))
