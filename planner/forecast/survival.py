"""When people are back, of whom some left early or were not back at the end (Kaplan and Meier).

Times are days; a time is known (`back`) or the last day on which somebody was seen not to be
back yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """One person: the day of return, or the last day seen without it."""

    day: int
    back: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Share of people not yet back after each day on which somebody returned."""

    steps: tuple[tuple[int, float], ...]

    def quantile(self, share: float) -> int | None:
        """Return the first day by which that share of people is back, None when it never is."""
        return next((day for day, left in self.steps if 1 - left >= share - 1e-9), None)

    @property
    def never(self) -> float:
        """Return the share of people not back at the end."""
        return self.steps[-1][1] if self.steps else 1.0

    def back_by(self, day: int) -> float:
        """Return the share of people back by the end of a day."""
        left = [share for when, share in self.steps if when <= day]
        return 1 - left[-1] if left else 0.0


def curve(people: Iterable[Seen]) -> Curve:
    """Return the share not yet back over time; who left counts until then."""
    listed: Sequence[Seen] = sorted(people, key=lambda one: (one.day, not one.back))
    left, at_risk = 1.0, len(listed)
    steps: list[tuple[int, float]] = []
    for one in listed:
        if one.back:
            left *= 1 - 1 / at_risk
            if steps and steps[-1][0] == one.day:
                steps.pop()
            steps.append((one.day, left))
        at_risk -= 1
    return Curve(tuple(steps))
