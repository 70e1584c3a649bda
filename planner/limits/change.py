"""Numbers that tell a real change between two assessments from noise."""

from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLimits:
    """What makes a change real where it is not as large as the smallest real change of its measure."""

    repeated_share: float  # of the smallest real change, reached the same way by two re-tests in a row
    least_gap_change: float  # degrees: no smaller change of a passive-to-active gap is real
