"""What a population did under each policy: the figures of the lab.

Weeks are counted from the first assessment. People who leave count until then. A problem day
is a day on which training added two points of pain or more (flares of their own not counted).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.forecast.life import WEEK
from planner.forecast.survival import Seen, curve
from planner.forecast.trial import Outcome
from planner.words import LimitingFactor

SILENT_DAYS = 56
"""A stall must have been told within eight weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFigures:
    """One policy. Weeks are None where fewer people than that came back."""

    clients: int
    weeks_median: float | None
    weeks_low: float | None  # the fastest tenth is back
    weeks_high: float | None  # nine tenths are back
    never_back: float  # share not back at the end of those who stayed
    red_days_per_client: float
    flares_per_client: float
    step_backs_per_client: float
    silent_stalls: float | None  # share of clients, of policies that could have spoken
    flags: int
    flags_caught: float | None  # share, None without a flag
    retargeted: float
    weeks_ratio_oracle: float | None = None
    red_days_ratio_oracle: float | None = None
    red_days_ratio_linear: float | None = None
    seconds_per_client_year: float = 0.0
    back_by_week: tuple[float, ...] = ()
    by_limiter: Mapping[str, float | None] = field(default_factory=dict)  # median weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """How the first assessment was read, over clients with one limiter and with none."""

    limiter_accuracy: float
    none_mislabelled: float
    by_factor: Mapping[str, float]
    confusion: Mapping[str, Mapping[str, int]]  # true -> found -> clients, single limiters and none


def figures(outcomes: Sequence[Outcome], *, weeks: int, speaks: bool, seconds: float) -> PolicyFigures:
    """Return the figures of one policy; `speaks` = it can ask and notice (a planner)."""
    count = len(outcomes)
    back = curve(seen(outcomes))
    flags = [one for one in outcomes if one.flag]
    years = sum(one.days for one in outcomes) / 365
    return PolicyFigures(
        clients=count,
        weeks_median=in_weeks(back.quantile(0.5)),
        weeks_low=in_weeks(back.quantile(0.1)),
        weeks_high=in_weeks(back.quantile(0.9)),
        never_back=round(back.never, 3),
        red_days_per_client=round(sum(one.problem_days for one in outcomes) / count, 3),
        flares_per_client=round(sum(one.flares for one in outcomes) / count, 3),
        step_backs_per_client=round(sum(one.step_backs for one in outcomes) / count, 3),
        silent_stalls=round(sum(one.longest_silence > SILENT_DAYS for one in outcomes) / count, 4) if speaks else None,
        flags=len(flags),
        flags_caught=sum(one.flag_caught for one in flags) / len(flags) if flags else None,
        retargeted=round(sum(one.retargeted for one in outcomes) / count, 3),
        seconds_per_client_year=round(seconds / years, 4) if years else 0.0,
        back_by_week=tuple(round(back.back_by(WEEK * week), 3) for week in range(weeks + 1)),
        by_limiter={name: in_weeks(curve(seen(some)).quantile(0.5)) for name, some in by_limiter(outcomes).items()},
    )


def seen(outcomes: Iterable[Outcome]) -> list[Seen]:
    """Return when each person was back, or last seen without it."""
    return [
        Seen(one.days if one.returned_on is None else one.returned_on, one.returned_on is not None) for one in outcomes
    ]


def by_limiter(outcomes: Iterable[Outcome]) -> dict[LimitingFactor, list[Outcome]]:
    """Return the outcomes by what truly limited the person."""
    found: dict[LimitingFactor, list[Outcome]] = {}
    for one in outcomes:
        found.setdefault(one.limiter, []).append(one)
    return dict(sorted(found.items()))


def in_weeks(day: int | None) -> float | None:
    """Return a day as weeks with one decimal."""
    return None if day is None else round(day / WEEK, 1)


def findings(outcomes: Iterable[Outcome]) -> Findings:
    """Return how often what truly limited was found, of clients with one limiter or none."""
    table: dict[str, Counter[str]] = {}
    for one in outcomes:
        if not one.mixed:
            table.setdefault(one.limiter, Counter())[one.found or "none"] += 1
    limited = {true: found for true, found in table.items() if true != "none"}
    right = sum(found[true] for true, found in limited.items())
    free = table.get("none", Counter())
    return Findings(
        limiter_accuracy=_share(right, sum(found.total() for found in limited.values())),
        none_mislabelled=_share(free.total() - free["none"], free.total()),
        by_factor={true: _share(found[true], found.total()) for true, found in sorted(limited.items())},
        confusion={true: dict(sorted(found.items())) for true, found in sorted(table.items())},
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """Return ours divided by theirs, None where one is missing or theirs is nothing."""
    return round(ours / theirs, 3) if ours is not None and theirs else None
