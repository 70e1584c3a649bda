"""What a forecast answers: a simulation of stated assumptions, not a prediction about a person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekShare:
    """Share of the runs (0-1) that are back at the preferred squat by the end of a block week."""

    week: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """When the runs are back at the preferred squat: weeks from the block's start, middle 80 %.

    None where fewer runs than that come back before `Forecast.last_week`.
    """

    median: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """What would change the week of return: one thing done differently, and the return it gives."""

    id: str  # full_adherence | one_day_more
    text: str
    back: Return


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Virtual clients with this client's findings and logs, run on through the same planner.

    `seed` and `runs` make it repeatable. `step_back_chance` = share of the runs (0-1) that step
    back at least once before they are back at the preferred squat.
    """

    runs: int
    seed: int
    last_week: int  # the last week looked at, counted from the block's start
    back: Return
    back_share: float
    by_week: tuple[WeekShare, ...]
    step_back_chance: float
    levers: tuple[Lever, ...]
    assumptions: tuple[str, ...]
    text: str
