"""Draws from the ranges of seeds/population/."""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

from planner.limits.population import Range

Choice = TypeVar("Choice")


def draw_between(rng: Random, limits: Range) -> float:
    """Return a number drawn evenly from a range."""
    return rng.uniform(*limits)


def draw_one(rng: Random, shares: Mapping[Choice, float]) -> Choice:
    """Return a key drawn by its share."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]
