"""Numbers of the red-flag screening; their values live in seeds/limits/screening.yaml."""

from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningLimits:
    """Ages that change the answer, and how long an answer stays good."""

    adult_age: int  # years; below it a professional looks first
    watch_age: int  # years; above it a new back pain is watched
    answer_valid_days: int  # days an answer counts when something is planned or unlocked
