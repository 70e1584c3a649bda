"""Which numbers of the rules matter: the same virtual clients under slightly other numbers.

Clients, days and luck are the same in every run (common random numbers), so that a difference
comes from the numbers alone, small samples or not. Fewer than half of the clients may be back
at the end; the mean week of return, counted up to the last week, is there all the same and is
what effects are judged by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

from planner.catalogue import Catalogue, Number
from planner.forecast.lab import OURS, Lived, Task, lab_result, live, tasks
from planner.forecast.summary import findings
from planner.forecast.vary import singles, varied

ASSESSED: Final = 4
"""Clients that are only assessed, for each one that lives on."""

FACTORS: Final = (0.8, 1.2)
MOVED: Final = 0.05
"""A figure moved: by 5 % of its value, or by five points of a share."""

RED_DAYS_MOVED: Final = 0.05
"""Red days per client that count as moved: they are so few that a share of them says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What squatback alone does to the clients."""

    weeks_median: float | None
    weeks_mean: float  # not back by the last week counts as the last week
    red_days: float
    limiter_accuracy: float
    none_mislabelled: float
    false_step_backs: float
    silent_stalls: float


JUDGED: Final = tuple(one.name for one in fields(Measured) if one.name != "weeks_median")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """Some numbers moved together by a factor; `measured` None = refused: nothing can be planned with them."""

    name: str
    keys: tuple[str, ...]
    factor: float
    measured: Measured | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is tried: a name, the numbers moved, and by how much."""

    name: str
    numbers: tuple[Number, ...]
    factor: float


def measure(clients: int, weeks: int, seed: int, catalogue: Catalogue) -> Measured:
    """Return what squatback does to a population; findings are counted over more clients, only assessed."""
    planned = tasks(clients, weeks, seed, (OURS,))
    lived = [Lived(task.arm, live(task, catalogue), 0.0) for task in planned]
    result = lab_result(lived, weeks=weeks, seed=seed, version="", catalogue=catalogue)
    found = findings(live(Task(OURS, seed, number, 0), catalogue) for number in range(ASSESSED * clients))
    back = result.policies[OURS].back_by_week
    return Measured(
        weeks_median=result.weeks_median,
        weeks_mean=round(sum(1 - share for share in back[:-1]), 2),
        red_days=result.red_days_per_client,
        limiter_accuracy=found.limiter_accuracy,
        none_mislabelled=found.none_mislabelled,
        false_step_backs=result.false_step_backs or 0.0,
        silent_stalls=result.silent_stalls,
    )


def tried(plan: Plan, clients: int, weeks: int, seed: int, catalogue: Catalogue) -> Variation:
    """Return what moved numbers lead to."""
    other = varied(catalogue, plan.numbers, plan.factor)
    keys = tuple(one.key for one in plan.numbers)
    try:
        found = None if other is None else measure(clients, weeks, seed, other)
    except Exception:  # whatever the planner cannot plan with is refused
        found = None
    return Variation(name=plan.name, keys=keys, factor=plan.factor, measured=found)


def plans(groups: Mapping[str, tuple[Number, ...]]) -> list[Plan]:
    """Return every group moved down and up."""
    return [Plan(name=name, numbers=numbers, factor=by) for name, numbers in groups.items() for by in FACTORS]


def splits(variations: Iterable[Variation], base: Measured, numbers: Mapping[str, Number]) -> list[Plan]:
    """Return the single numbers of the groups that moved a figure, in the direction they moved it."""
    found: list[Plan] = []
    for one in variations:
        if len(one.keys) > 1 and (one.measured is None or moved(one.measured, base)):
            parts = singles(numbers[key] for key in one.keys)
            found += [Plan(name=name, numbers=part, factor=one.factor) for name, part in parts]
    return found


def effects(measured: Measured, base: Measured) -> dict[str, float]:
    """Return how far each figure moved; 1 is what counts as moved."""
    return {name: _moved_by(name, getattr(measured, name), getattr(base, name)) for name in JUDGED}


def _moved_by(name: str, now: float, before: float) -> float:
    scale = {"weeks_mean": MOVED * before, "red_days": max(RED_DAYS_MOVED, MOVED * before)}.get(name, MOVED)
    return (now - before) / scale if scale else 0.0


def moved(measured: Measured, base: Measured) -> bool:
    """Return whether any figure moved."""
    return size(measured, base) > 1


def size(measured: Measured, base: Measured) -> float:
    """Return the largest effect."""
    return max(abs(one) for one in effects(measured, base).values())


__all__ = ["Measured", "Plan", "Variation", "effects", "measure", "moved", "plans", "size", "splits", "tried"]
