"""Numbers of the coach's inbox: when something asks for attention; no plan follows from them."""

from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionLimits:
    """Days until a coach is told, and the problems at home after which a coach measures."""

    silent_days: int  # without a log or check-in while a block runs
    ending_days: int  # before a block's last day
    retest_late_days: int  # after the planned day a re-test is overdue
    home_problems: int  # problem responses after which a coach measures whoever measured themselves
