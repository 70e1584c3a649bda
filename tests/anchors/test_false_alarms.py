"""How often noise alone raises an alarm, and how often a real change does: published and computed figures.

The figures of the false-alarm table are reproduced on 2,000 virtual clients each, within three
standard errors and two points for the settings the table leaves open. Those that fit it:

- The baseline is the *mean* of the logged mornings of two weeks, and so is the planner's. A median
  scatters more (standard deviation 0.61 points, not 0.51) and gives more false alarms: one week
  + 1.0: 47 %, + 1.5: 23 %, + 2.0: 9 %, two weeks + 1.0: 17 %. The planner's whole rule, one week
  + 2.0 or two weeks with a new quality flag, gives 7 % from a mean and 12 % from a median, and
  finds almost as many of the steps and creeps.
- The step comes with the third week of the block. From its first day one week + 2.0 finds 92 %,
  from the fourth week on 80 %; the table has 84 %.
- The creep starts with the block and rises day by day.
- The sessions are the scores of Mondays and Thursdays, none missed: 94 % where the table has
  92 %. With a tenth of them missed it is 91 %, with a quarter 87 %.
- "Two weeks in a row" is the rule without its quality flag: every week brings a word the week
  before did not have. With only what the scores themselves say (more irritated days) two weeks
  in a row give 2 % false alarms and find 50 % of the steps.

Whether a week needs one score or three changes the figures of + 2.0 by less than half a point.

Of single scores, the 12 % that differ by two points by chance are unrounded ones. Of whole scores
it is 19 % (13 % on two days in a row), which is why the session rule fails so often.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import sqrt
from random import Random
from statistics import NormalDist, fmean, median

import pytest

from planner.begin import begin
from planner.catalogue import Catalogue
from planner.exposure import escalating
from planner.facts import CheckIn, Fact, MorningPain
from planner.rules.response import ExposureCase, high_peak, normal
from planner.state import Morning, State
from tests.anchors.stable_back import BEFORE, MEAN, SD, WEEKS, Drift, Life, creep, live, stable, step
from tests.support.story import MONDAY, Story, moment

CLIENTS = 2000
MODEL = 0.02  # for settings the table does not print
NEVER = 11  # a rise no 0-10 scale has
SESSIONS = tuple(7 * week + day for week in range(WEEKS) for day in (0, 3))
ONE_WEEK = [(1.0, 0.44, 0.99, 1.00), (1.5, 0.19, 0.96, 0.98), (2.0, 0.06, 0.84, 0.90)]


def allowed(share: float) -> float:
    """Return how far a measured share may lie from a printed one."""
    return 3 * sqrt(share * (1 - share) / CLIENTS) + MODEL


def share(answers: Iterable[bool]) -> float:
    """Return the share of clients with a yes."""
    return fmean(answers)


@cache
def lives(drift: Drift = stable, mean: float = MEAN) -> tuple[Life, ...]:
    """Return the virtual clients; those of another drift have the same noise, day by day."""
    random = Random(1)
    return tuple(live(random, drift, mean) for _ in range(CLIENTS))


def session_scores(life: Life) -> list[int]:
    """Return the scores of twelve sessions, two a week."""
    return [life.scores[day] for day in SESSIONS]


def day(offset: int) -> date:
    """Return a day counted from the first of the block."""
    return MONDAY + timedelta(days=offset)


# --- what the planner is asked --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def story(catalogue: Catalogue) -> Story:
    """Return a client's story on the first day of a block."""
    return Story.of(catalogue, "V1", check_rebuild=False)


@pytest.fixture(scope="module")
def means() -> list[float]:
    """Return each client's mean morning of the two weeks before."""
    return [fmean(life.mornings(BEFORE)) for life in lives()]


@pytest.fixture(scope="module")
def medians() -> list[float]:
    """Return each client's median morning of the two weeks before."""
    return [median(life.mornings(BEFORE)) for life in lives()]


@pytest.fixture(scope="module")
def own_baselines(story: Story) -> list[float]:
    """Return the baseline the planner begins a block with, from the same mornings."""
    return [begin(story.request, [*check_ins(life), *story.facts], story.catalogue).baseline for life in lives()]


def check_ins(life: Life) -> list[Fact]:
    """Return the logged mornings of the two weeks before the block as facts."""
    return [check_in(day(offset), life.scores[offset]) for offset in life.logged if offset in BEFORE]


def check_in(on: date, score: int) -> Fact:
    """Return a morning as a fact, received when it happened."""
    at = moment(on, 7)
    body = CheckIn(back_pain=MorningPain(now=score, worst_24h=score))
    return Fact(id=f"morning-{on}", at=at, on=on, received_at=at, received_on=on, body=body)


def morning(life: Life, offset: int, *, flagged: bool) -> Morning:
    """Return a morning of the block; flagged weeks are sharp and protective in turn, so new each week."""
    score, odd = life.scores[offset], offset // 7 % 2 == 1
    return Morning(on=day(offset), now=score, worst=score, sharp=flagged and not odd, protective=flagged and odd)


def with_limits(catalogue: Catalogue, **changes: float) -> Catalogue:
    """Return the catalogue with other limits of the response."""
    return replace(catalogue, limits=replace(catalogue.limits, response=replace(catalogue.limits.response, **changes)))


def alarmed(state: State, catalogue: Catalogue) -> bool:
    """Return whether the mornings escalate on the first day after any of the six weeks."""
    return any(escalating(state, MONDAY, day(7 * week), catalogue) for week in range(1, WEEKS + 1))


def alarms(
    state: State, baselines: list[float], catalogue: Catalogue, drift: Drift = stable, *, flagged: bool = False
) -> float:
    """Return the share of clients for whom the planner sees the mornings escalate within six weeks."""
    mornings = [
        tuple(morning(life, offset, flagged=flagged) for offset in life.logged if offset >= 0) for life in lives(drift)
    ]
    pairs = zip(baselines, mornings, strict=True)
    return share(alarmed(replace(state, baseline=known, mornings=told), catalogue) for known, told in pairs)


# --- the false-alarm table ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("drift", "printed"), [(stable, 0.92), (step, 0.98), (creep, 0.97)])
def test_one_session_two_above_the_one_before_is_mostly_noise(drift: Drift, printed: float) -> None:
    """A session two points above the one before: 92 % of stable clients have one, and 98 % of those who got worse."""
    risen = share(any(now >= before + 2 for before, now in pairwise(session_scores(life))) for life in lives(drift))

    assert risen == pytest.approx(printed, abs=allowed(printed))


@pytest.mark.parametrize(("rise", "false_alarm", "finds_step", "finds_creep"), ONE_WEEK)
def test_one_week_above_baseline(
    catalogue: Catalogue,
    story: Story,
    means: list[float],
    rise: float,
    false_alarm: float,
    finds_step: float,
    finds_creep: float,
) -> None:
    """One week's mean 1.0, 1.5 or 2.0 above baseline alarms 44, 19 or 6 % of stable clients and finds most changes."""
    rule = with_limits(catalogue, week_jump=rise, week_rise=NEVER)

    assert alarms(story.state, means, rule) == pytest.approx(false_alarm, abs=allowed(false_alarm))
    assert alarms(story.state, means, rule, step) == pytest.approx(finds_step, abs=allowed(finds_step))
    assert alarms(story.state, means, rule, creep) == pytest.approx(finds_creep, abs=allowed(finds_creep))


@pytest.mark.parametrize(("drift", "printed"), [(stable, 0.12), (step, 0.93), (creep, 0.94)])
def test_two_weeks_in_a_row_above_baseline(
    catalogue: Catalogue, story: Story, means: list[float], drift: Drift, printed: float
) -> None:
    """Two weeks in a row 1.0 above baseline alarm 12 % of stable clients, find 93 % of steps and 94 % of creeps."""
    rule = with_limits(catalogue, week_jump=NEVER, week_rise=1.0)

    assert alarms(story.state, means, rule, drift, flagged=True) == pytest.approx(printed, abs=allowed(printed))


def test_a_quality_flag_cuts_false_alarms_further(catalogue: Catalogue, story: Story, means: list[float]) -> None:
    """Two weeks in a row without a new word alarm less than half as many stable clients."""
    rule = with_limits(catalogue, week_jump=NEVER)

    flagged = alarms(story.state, means, rule, flagged=True)
    assert 0 < alarms(story.state, means, rule) < flagged / 2


def test_the_planners_rule_keeps_what_the_table_recommends(
    catalogue: Catalogue, story: Story, own_baselines: list[float]
) -> None:
    """With its own limits and baseline the planner alarms 7 % of stable clients and finds what one week + 2.0 finds."""
    assert alarms(story.state, own_baselines, catalogue) == pytest.approx(0.07, abs=allowed(0.07))
    assert alarms(story.state, own_baselines, catalogue, step) >= 0.84 - allowed(0.84)
    assert alarms(story.state, own_baselines, catalogue, creep) >= 0.90 - allowed(0.90)


@pytest.mark.parametrize(("rise", "printed"), [row[:2] for row in ONE_WEEK])
def test_the_planners_baseline_is_that_of_the_table(
    catalogue: Catalogue, story: Story, own_baselines: list[float], rise: float, printed: float
) -> None:
    """From the baseline the planner begins a block with, one week gives the table's false alarms."""
    rule = with_limits(catalogue, week_jump=rise, week_rise=NEVER)

    assert alarms(story.state, own_baselines, rule) == pytest.approx(printed, abs=allowed(printed))


def test_a_baseline_from_the_median_would_cost_false_alarms(
    catalogue: Catalogue, story: Story, own_baselines: list[float], medians: list[float]
) -> None:
    """From the median the same rule alarms 12 % of stable clients and finds hardly more: four points at most."""
    by_mean, by_median = (alarms(story.state, known, catalogue) for known in (own_baselines, medians))

    assert by_median == pytest.approx(0.12, abs=allowed(0.12))
    assert by_median - by_mean >= 0.03
    for drift in (step, creep):
        missed = alarms(story.state, medians, catalogue, drift) - alarms(story.state, own_baselines, catalogue, drift)
        assert missed <= 0.04


# --- single scores --------------------------------------------------------------------------------------------


def test_two_scores_differ_by_two_by_chance() -> None:
    """Of two unrounded scores of a stable back the second is two points higher by chance in 12 %."""
    difference = NormalDist(0, SD * sqrt(2))

    assert 1 - difference.cdf(2) == pytest.approx(0.12, abs=0.005)


def test_whole_scores_differ_by_two_more_often(catalogue: Catalogue) -> None:
    """Rounded to whole scores, a rise the planner counts comes by chance in 19 %: any difference from 1.5 may do."""
    limits = catalogue.limits.response
    pairs = [(life.scores[on], life.scores[on + 21]) for life in lives() for on in (-14, 0, 14)]

    cases = (ExposureCase(limits=limits, baseline=before, morning=after) for before, after in pairs)
    risen = share(case.mornings_rise >= limits.red_rise for case in cases)
    assert risen == pytest.approx(0.19, abs=allowed(0.19))


@pytest.mark.parametrize(("mean", "printed"), [(3.5, 0.42), (2.5, 0.07)])
def test_a_stable_back_reaches_six(catalogue: Catalogue, mean: float, printed: float) -> None:
    """A stable client logs a high peak at least once in twelve sessions: 42 % at a mean of 3.5, 7 % at 2.5."""
    reached = share(any(map(is_high, sessions(life, catalogue, mean))) for life in lives(mean=mean))

    assert reached == pytest.approx(printed, abs=allowed(printed))


def test_most_who_reach_six_have_no_problem(catalogue: Catalogue) -> None:
    """Of the stable clients who reach six fewer than one in three has a problem: it takes a bad morning or a repeat."""
    reached = [cases for life in lives(mean=3.5) if any(map(is_high, cases := sessions(life, catalogue, 3.5)))]

    assert share(any(map(high_peak, cases)) for cases in reached) < 1 / 3


def sessions(life: Life, catalogue: Catalogue, mean: float) -> list[ExposureCase]:
    """Return twelve sessions with the mornings after them, each knowing of high peaks in the two before."""
    limits = catalogue.limits.response
    cases: list[ExposureCase] = []
    for on in SESSIONS:
        high = sum(map(is_high, cases[-2:]))
        case = ExposureCase(limits=limits, baseline=mean, during=life.scores[on], morning=life.scores[on + 1])
        cases.append(replace(case, high_peaks_before=high))
    return cases


def is_high(case: ExposureCase) -> bool:
    """Return whether a session had a high peak."""
    return case.peak >= case.limits.high_peak


@pytest.mark.parametrize(("rise", "printed"), [(0, 0.25), (1, 0.64)])
def test_normal_is_relative_to_the_baseline(catalogue: Catalogue, rise: int, printed: float) -> None:
    """Two normal sessions in a row come to 25 % of stable clients under a fixed "at most 2", 64 % at baseline + 1."""
    limits = with_limits(catalogue, green_rise=rise).limits.response
    pairs = [session_scores(life)[:2] for life in lives()]

    both = share(all(is_normal(ExposureCase(limits=limits, baseline=MEAN, during=one)) for one in two) for two in pairs)
    assert both == pytest.approx(printed, abs=allowed(printed))


def is_normal(case: ExposureCase) -> bool:
    """Return whether a session is normal once its morning was calm and it settled at once."""
    return normal(replace(case, morning=0, settled_h=0)) is not None
