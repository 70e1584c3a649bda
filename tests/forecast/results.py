"""Results of the lab made by hand, to be judged and shown."""

from planner.forecast.lab import LabResult
from planner.forecast.summary import Findings, PolicyFigures


def figures(weeks: float | None, red_days: float, **changes: object) -> PolicyFigures:
    """Return figures of one policy."""
    known: dict[str, object] = {
        "clients": 50,
        "weeks_median": weeks,
        "weeks_low": 5.0,
        "weeks_high": None,
        "never_back": 0.3,
        "red_days_per_client": red_days,
        "flares_per_client": 0.5,
        "step_backs_per_client": 0.25,
        "silent_stalls": 0.0,
        "flags": 1,
        "flags_caught": 1.0,
        "retargeted": 0.1,
        "seconds_per_client_year": 7.654321,
        "back_by_week": (0.0, 0.2, 0.5, 0.7),
        "by_limiter": {"hip": weeks, "none": 3.0},
    }
    return PolicyFigures(**(known | changes))  # type: ignore[arg-type]


def result(**changes: object) -> LabResult:
    """Return a result that reaches every target, but for what is changed."""
    known: dict[str, object] = {
        "clients": 50,
        "weeks": 3,
        "seed": 8,
        "planner_version": "1.2.3",
        "catalogue_digest": "abc",
        "limiter_accuracy": 0.95,
        "none_mislabelled": 0.0,
        "flags_caught": 1.0,
        "weeks_median": 10.0,
        "weeks_ratio_oracle": 1.0,
        "red_days_per_client": 1.0,
        "red_days_ratio_oracle": 1.0,
        "red_days_ratio_linear": 0.2,
        "false_step_backs": 0.05,
        "silent_stalls": 0.0,
        "findings": Findings(
            limiter_accuracy=0.95,
            none_mislabelled=0.0,
            by_factor={"hip": 0.95},
            confusion={"hip": {"hip": 19, "none": 1}, "none": {"none": 5}},
        ),
        "policies": {"squatback": figures(10.0, 1.0), "oracle": figures(10.0, 1.0), "linear": figures(2.0, 5.0)},
    }
    return LabResult(**(known | changes))  # type: ignore[arg-type]
