"""How likely what was measured and written down is, for one virtual client or another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import erf, exp, log, sqrt
from random import Random
from typing import TypeVar

from planner.forecast.traits import JointTraits
from planner.readings import Readings

Candidate = TypeVar("Candidate")

LONG_RUN = 0.5
"""Mornings follow each other: each says half as much as an independent one."""

DISTURBED, RISE, RISE_SD = 0.1, 2.5, 1.6
"""Share of mornings raised by a flare or yesterday's session, and by how much."""

GRID = 50
TINY = 1e-12


def pick(rng: Random, candidates: Sequence[Candidate], fits: Callable[[Candidate], float]) -> Candidate:
    """Return a candidate, each as likely as its fit (a log likelihood) says."""
    logs = [fits(one) for one in candidates]
    best = max(logs)
    return rng.choices(candidates, weights=[exp(one - best) for one in logs])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointSeen:
    """What an assessment read of one measure: worse side, better side, active range of both."""

    passive: tuple[float, ...]
    active: tuple[float, ...]
    error: float


def joint_seen(readings: Readings, measure: str, error: float) -> JointSeen | None:
    """Return what was read of a measure, None when it was not."""
    sides = readings.sides.get(measure, {}).values()
    passive = tuple(sorted(one.passive for one in sides if one.passive is not None))
    active = tuple(sorted(one.active for one in sides if one.active is not None))
    return JointSeen(passive=passive, active=active, error=error * readings.error_factor) if passive else None


def joint_fit(seen: JointSeen, joint: JointTraits) -> float:
    """Return how well a joint explains what was read of it."""
    sides = (joint.passive, joint.passive + joint.other_side)
    fit = sum(_off(read, true, seen.error) for read, true in zip(seen.passive, sides, strict=False))
    return fit + sum(_off(read, true - joint.gap, seen.error) for read, true in zip(seen.active, sides, strict=False))


def _off(read: float, true: float, error: float) -> float:
    return -(((read - true) / error) ** 2) / 2


def scores_fit(counts: Mapping[tuple[int, int], int], levels: Sequence[float], scatter: float) -> float:
    """Return how well usual pain by week and its scatter explain morning scores, counted by week and score."""
    return LONG_RUN * sum(
        times * log(_score_chance(score, levels[week], scatter)) for (week, score), times in counts.items()
    )


def _score_chance(score: int, level: float, scatter: float) -> float:
    calm = _between(score, level, scatter)
    raised = _between(score, level + RISE, RISE_SD)
    return max(TINY, (1 - DISTURBED) * calm + DISTURBED * raised)


def _between(score: int, mean: float, spread: float) -> float:
    """Return the chance that a whole score is written down; below 0 nobody can go."""
    below = 0.0 if score == 0 else _below(score - 0.5, mean, spread)
    return _below(score + 0.5, mean, spread) - below


def _below(value: float, mean: float, spread: float) -> float:
    return (1 + erf((value - mean) / spread / sqrt(2))) / 2


def attendance(rng: Random, shapes: tuple[float, float], done: int, planned: int, logged: float) -> float:
    """Return the share of planned sessions somebody does, of which only a part is written down.

    `shapes` = what is usual before anything is known (a beta distribution); `logged` = share of
    done sessions that are written down.
    """
    before, after = shapes
    grid = [(place + 0.5) / GRID for place in range(GRID)]
    missed = max(0, planned - done)

    def fit(share: float) -> float:
        told = share * logged
        return (before - 1) * log(share) + (after - 1) * log(1 - share) + done * log(told) + missed * log(1 - told)

    return pick(rng, grid, fit) + rng.uniform(-0.5, 0.5) / GRID
