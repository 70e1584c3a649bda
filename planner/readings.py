"""The joint readings of one assessment: worst sides, gaps, side differences, troubles.

A measure key is `<joint>_<motion>` as in seeds/norms/measures.yaml (`hip_flexion`,
`ankle_knee_to_wall`). Units are the measure's own. Missing is None, never "normal".
"""

from collections.abc import Mapping

from planner.decision import Reason
from planner.values import dataclass
from planner.words import LimitFelt, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Passive and active range of one motion on one side; `gap` is 0 within measurement noise."""

    passive: float | None
    active: float | None
    gap: float | None
    pinch: bool = False
    limit_felt: LimitFelt | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Everything measured in one assessment, by measure key and side.

    `error_factor` scales every measurement error: 1 in the clinic, more at home.
    `trouble` names readings not to be trusted, `missing` the tests not taken (for people),
    `notes` side differences and other things worth saying.
    """

    home: bool
    error_factor: float
    sides: Mapping[str, Mapping[Side, Reading]]
    trouble: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = ()

    def measured_as(self, other: "Readings") -> bool:
        """Return whether the same was measured, in whichever language it is told."""
        return (self.home, self.sides) == (other.home, other.sides)

    def worst_passive(self, measure: str) -> float | None:
        """Return the smaller passive range of both sides, None when not measured."""
        sides = self.sides.get(measure, {}).values()
        return min([reading.passive for reading in sides if reading.passive is not None], default=None)

    def worst_active(self, measure: str) -> float | None:
        """Return the smaller active range of both sides, None when not measured."""
        sides = self.sides.get(measure, {}).values()
        return min([reading.active for reading in sides if reading.active is not None], default=None)

    def largest_gap(self, measure: str) -> float | None:
        """Return the larger passive-to-active gap of both sides, None when not known."""
        sides = self.sides.get(measure, {}).values()
        return max([reading.gap for reading in sides if reading.gap is not None], default=None)

    def short_side(self, measure: str) -> tuple[Side, float] | None:
        """Return the side with less passive range and the difference, None without both sides."""
        sides = self.sides.get(measure, {})
        left, right = sides.get("left"), sides.get("right")
        if left is None or right is None or left.passive is None or right.passive is None:
            return None
        if left.method and right.method and left.method != right.method:
            return None  # different tools or positions are not compared
        difference = abs(left.passive - right.passive)
        return ("left" if left.passive < right.passive else "right", difference)

    def pinched(self, joint: str) -> bool:
        """Return whether any motion of a joint pinched in front when measured."""
        return any(
            reading.pinch or reading.limit_felt == "front_pinch"
            for measure, sides in self.sides.items()
            if measure.startswith(f"{joint}_")
            for reading in sides.values()
        )


def range_lost(before: Readings, after: Readings, smallest: Mapping[str, float]) -> bool:
    """Return whether a passive range really shrank: by its smallest real change (`smallest`, by measure) or more.

    Readings of another setting say nothing.
    """
    if before.home != after.home:
        return False
    pairs = ((before.worst_passive(one), after.worst_passive(one), limit) for one, limit in smallest.items())
    return any(
        was is not None and now is not None and was - now >= limit * after.error_factor for was, now, limit in pairs
    )
