"""How well the forecast foretells virtual clients whose true return is known.

A client trains for some weeks under the planner, is forecast from what was written down, and
lives on. The interval must hold the true week of return as often as it promises. A week is a
lump, and so is "not back by the last week": an interval of whole weeks promises a little more
than 80 %, and one that is open to the right up to 90 %. `Coverage.even` therefore counts every
lump by the share of it that lies in the middle 80 % (the probability integral transform), which
is 80 % for a right forecast whatever the lumps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.catalogue import Catalogue
from planner.forecast.answer import Forecast
from planner.forecast.forecast import HIGH, LOW, WEEKS_AHEAD, forecast
from planner.forecast.life import WEEK
from planner.forecast.person import Person
from planner.forecast.planned import Planned
from planner.forecast.traits import Traits
from planner.forecast.trial import FIRST_DAY, SEEDS_APART, Outcome, Trial, draw_person

EARLIEST, LATEST = 2, 5
"""Weeks of training before a forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """One client: the forecast after some weeks, and the true block week of return.

    None = after the last week looked at, for the truth as for the bounds. `below` and `up_to`
    are the shares of the runs back before and by the end of the true week.
    """

    number: int
    weeks_in: int
    low: int | None
    median: int | None
    high: int | None
    promised: float  # share of the runs within the interval
    true: int | None
    below: float
    up_to: float

    @property
    def held(self) -> bool:
        """Return whether the interval holds the true week."""
        return week_or_later(self.low) <= week_or_later(self.true) <= week_or_later(self.high)

    @property
    def even(self) -> float:
        """Return the share of the true week's lump that lies in the middle 80 % of the runs."""
        if self.up_to <= self.below:
            return float(LOW <= self.below <= HIGH)
        return max(0.0, min(self.up_to, HIGH) - max(self.below, LOW)) / (self.up_to - self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How a set of forecasts did, as shares of the clients."""

    clients: int
    held: float  # the interval held the true week
    promised: float  # the share of the runs within the intervals, on average
    even: float  # should be 80 %
    early: float  # back before the interval
    late: float  # back after it
    by_median: float  # back by the end of the median week


def week_or_later(week: int | None) -> float:
    """Return a week as a number that compares: after the last week comes last."""
    return float("inf") if week is None else week


def undisturbed(traits: Traits) -> Traits:
    """Return a client who neither leaves, nor gets a red flag, nor tells less than is true."""
    habits = replace(traits.habits, drops_out_on=None, flag=None, under_reports=False, over_deepens=False)
    return replace(traits, habits=habits)


def foretell(seed: int, number: int, runs: int, catalogue: Catalogue) -> Foretold | None:
    """Return the forecast of a numbered client and what became of them; None when back before it.

    Clients are forecast after two to five weeks of training, by their number.
    """
    weeks_in = EARLIEST + number % (LATEST - EARLIEST + 1)
    trial = _begun(seed, number, weeks_in, catalogue)
    outcome = trial.live(WEEK * weeks_in)
    policy = trial.policy
    assert isinstance(policy, Planned)
    if outcome.returned_on is not None or policy.stopped():
        return None
    today = trial.person.date
    told = forecast(
        policy.running, policy.state, catalogue=catalogue, today=today, seed=seed + number, runs=runs, levers=False
    )
    started = (policy.running.starts_on - FIRST_DAY).days
    outcome = trial.live(WEEK * WEEKS_AHEAD, until_back=True)
    true = None if outcome.returned_on is None else (outcome.returned_on - started) // WEEK + 1
    return _foretold(number, weeks_in, told, true)


def _begun(seed: int, number: int, weeks_in: int, catalogue: Catalogue) -> Trial:
    drawn, life = draw_person(seed, number, WEEK * (weeks_in + WEEKS_AHEAD), catalogue)
    traits = undisturbed(drawn)
    person = Person(traits, life, catalogue, FIRST_DAY, seed * SEEDS_APART + number)
    outcome = Outcome(policy="squatback", limiter=traits.limiter, mixed=traits.second is not None)
    return Trial(person, Planned(catalogue), outcome, catalogue).begin()


def _foretold(number: int, weeks_in: int, told: Forecast, true: int | None) -> Foretold:
    back = told.back
    return Foretold(
        number=number,
        weeks_in=weeks_in,
        low=back.low,
        median=back.median,
        high=back.high,
        promised=_share_by(told, back.high) - _share_before(told, back.low),
        true=true,
        below=_share_before(told, true),
        up_to=_share_by(told, true),
    )


def _share_by(told: Forecast, week: int | None) -> float:
    """Return the share of the runs back by the end of a week; all of them, once "later" counts as a week."""
    return 1.0 if week is None else max((one.share for one in told.by_week if one.week <= week), default=0.0)


def _share_before(told: Forecast, week: int | None) -> float:
    return told.back_share if week is None else _share_by(told, week - 1)


def coverage(foretold: Iterable[Foretold]) -> Coverage:
    """Return how often intervals held, and what they promised."""
    listed = list(foretold)
    count = len(listed)
    return Coverage(
        clients=count,
        held=sum(one.held for one in listed) / count,
        promised=sum(one.promised for one in listed) / count,
        even=sum(one.even for one in listed) / count,
        early=sum(week_or_later(one.true) < week_or_later(one.low) for one in listed) / count,
        late=sum(week_or_later(one.true) > week_or_later(one.high) for one in listed) / count,
        by_median=sum(week_or_later(one.true) <= week_or_later(one.median) for one in listed) / count,
    )
