"""What happens to a virtual client day by day whatever the plan: noise, flares, sleep, skipped days.

Drawn before any policy is tried, so that every policy meets the same days.
"""

from dataclasses import dataclass
from random import Random

from planner.forecast.traits import HabitTraits, ResponseTraits, Traits
from planner.limits.population import Population

WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeDay:
    """One day's luck. `chance` are even draws in [0, 1) that the day's events are decided by."""

    noise: float  # points of pain
    flare: float  # points of a flare that has nothing to do with the plan
    bad_sleep: bool
    goes: bool  # does the training planned for this day
    logs: bool  # and writes it down
    checks_in: bool
    judged: float  # how far efforts are misjudged, in standard deviations
    chance: tuple[float, ...]


CHANCES = 8


def draw_life(rng: Random, traits: Traits, days: int, population: Population) -> tuple[LifeDay, ...]:
    """Return the days of a life."""
    sleeps = [rng.random() < population.clients.bad_sleep_week for _ in range(days // WEEK + 1)]
    noises = _noises(rng, traits.response, days)
    flares = _flares(rng, traits.response, sleeps, days, population)
    return tuple(
        _day(rng, traits.habits, noise, flare, sleeps[day // WEEK])
        for day, (noise, flare) in enumerate(zip(noises, flares, strict=True))
    )


def _day(rng: Random, habits: HabitTraits, noise: float, flare: float, bad_sleep: bool) -> LifeDay:
    return LifeDay(
        noise=noise,
        flare=flare,
        bad_sleep=bad_sleep,
        goes=rng.random() < habits.adherence,
        logs=rng.random() >= habits.missed_logs,
        checks_in=rng.random() >= habits.missed_logs,
        judged=rng.gauss(0, 1),
        chance=tuple(rng.random() for _ in range(CHANCES)),
    )


def _noises(rng: Random, response: ResponseTraits, days: int) -> list[float]:
    """Return a series with the spread and the day-to-day correlation of this person's scores."""
    carry, sd = response.noise_carry, response.noise_sd
    fresh = sd * (1 - carry * carry) ** 0.5
    series = [rng.gauss(0, sd)]
    while len(series) < days:
        series.append(carry * series[-1] + rng.gauss(0, fresh))
    return series


def _flares(
    rng: Random, response: ResponseTraits, sleeps: list[bool], days: int, population: Population
) -> list[float]:
    """Return the points that flares add on each day; a bad week of sleep makes them likelier."""
    ranges = population.bodies.response
    shortest, longest = ranges.flare_length
    usual_length = (shortest + longest) / 2
    usual_factor = 1 + population.clients.bad_sleep_week * (ranges.flare_bad_sleep - 1)
    starts = response.flare_days / usual_length / usual_factor
    points = [0.0] * days
    for day in range(days):
        factor = ranges.flare_bad_sleep if sleeps[day // WEEK] else 1
        length, height = rng.randint(shortest, longest), rng.uniform(*ranges.flare_points)
        if points[day] == 0 and rng.random() < starts * factor:
            for later in range(day, min(day + length, days)):
                points[later] = height
    return points
