"""Limits of the response rules (SY): colours of an exposure, and escalation over weeks."""

from planner.seeded import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLimits:
    """Pain in points of the 0-10 scale, times in hours, windows in exposures, days or scores."""

    baseline_cap: int  # the assessment's usual pain counts up to here
    baseline_days: int  # mornings of these days before the block make the baseline ...
    baseline_mornings: int  # ... when there are at least this many
    high_peak: int
    red_rise: int  # next morning above baseline
    lingers_h: int
    quality_peak: int  # sharp or protective counts from this peak
    repeat_window: int  # exposures looked at for repeats
    repeats: int
    settle_h: int
    irritated_floor: int
    irritated_rise: int
    same_spot_run: int
    green_peak: int
    green_peak_cap: int
    green_rise: int
    pending_h: int
    attribution_h: int  # a check-in counts for an exposure up to this many hours after it
    week_scores: int  # scores a week needs
    week_rise: float  # two weeks in a row with a new quality flag
    week_jump: float  # one week alone
    more_frequent: int  # more irritated days than the week before
