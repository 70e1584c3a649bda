"""Virtual mornings: a back that stays as it is, jumps or creeps, told in noisy whole scores.

Day 0 is the first of the block. Scores vary around the true mean with a standard deviation of
1.2 points and a correlation of 0.4 from one day to the next; a quarter of the mornings are
not logged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from random import Random

MEAN = 2.5
SD = 1.2
AUTOCORRELATION = 0.4
MISSING = 0.25
WEEKS = 6
BEFORE = range(-14, 0)
BLOCK = range(7 * WEEKS)
Drift = Callable[[int], float]


def stable(day: int) -> float:
    """Return how far the true mean has moved: not at all."""
    return 0


def step(day: int) -> float:
    """Return two points from the third week on."""
    return 2 if day >= 14 else 0


def creep(day: int) -> float:
    """Return half a point more for each week of the block, day by day."""
    return max(day, 0) / 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The back's score (0-10) of each day, and the days whose morning was logged."""

    scores: dict[int, int]
    logged: tuple[int, ...]

    def mornings(self, days: range) -> list[int]:
        """Return the logged scores of some days."""
        return [self.scores[day] for day in self.logged if day in days]


def live(random: Random, drift: Drift = stable, mean: float = MEAN) -> Life:
    """Return a client's two weeks before the block and six weeks of it."""
    scores = {}
    noise = random.gauss(0, SD)
    for day in (*BEFORE, *BLOCK):
        scores[day] = min(max(round(mean + drift(day) + noise), 0), 10)
        noise = AUTOCORRELATION * noise + random.gauss(0, SD * sqrt(1 - AUTOCORRELATION**2))
    return Life(scores=scores, logged=tuple(day for day in scores if random.random() >= MISSING))
