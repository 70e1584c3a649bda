"""Virtual clients that could be this client follow what is known of them."""

from dataclasses import replace
from random import Random
from statistics import mean

import pytest

from planner.catalogue import Catalogue
from planner.forecast.conditioned import trained, usual_in
from planner.forecast.evidence import attendance, pick
from planner.forecast.suspects import suspected
from planner.forecast.traits import JointTraits, draw_traits
from planner.plan import Finding

JOINT = JointTraits(passive=100.0, gap=30.0, other_side=2.0, gain=8.0, gap_closing=2.0, gap_closes_by=0.75)


def test_what_is_gained_is_no_longer_to_gain(catalogue: Catalogue) -> None:
    """After a half-life of training half the gain is in the range, and range plus rest stays the same."""
    weeks = catalogue.population.bodies.trained_range.half_life_weeks
    later = trained(JOINT, 3 * weeks, catalogue)
    assert later.passive == pytest.approx(104)
    assert later.passive + later.gain == pytest.approx(108)


def test_a_gap_closes_no_further_for_being_looked_at_later(catalogue: Catalogue) -> None:
    """Wherever a gap is looked at, the same part of it never closes."""
    for sessions in (0, 6, 300):
        later = trained(JOINT, sessions, catalogue)
        assert later.gap * (1 - later.gap_closes_by) == pytest.approx(30 * 0.25)


def test_the_likelier_is_picked_more_often() -> None:
    """A candidate three times as likely is picked three times as often."""
    rng = Random("pick")
    picked = [pick(rng, (0.0, 1.0986), lambda one: one) for _ in range(2000)]
    assert mean(one > 0 for one in picked) == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize(("done", "planned", "low", "high"), [(0, 0, 0.6, 0.73), (3, 30, 0.1, 0.4), (24, 30, 0.8, 1.0)])
def test_attendance_follows_the_logs(done: int, planned: int, low: float, high: float) -> None:
    """Without logs attendance is what is usual; with many it is theirs, made up for what is not written down."""
    rng = Random("attendance")
    assert low <= mean(attendance(rng, (6, 3), done, planned, 0.8) for _ in range(300)) <= high


def test_usual_pain_recovers_half_as_fast_later(catalogue: Catalogue) -> None:
    """Six weeks at the whole pace, then half of it."""
    response = replace(draw_traits(Random("usual"), catalogue).response, usual=5.0, recovery_per_week=0.2)
    assert usual_in(response, 6, 6) == pytest.approx(3.8)
    assert usual_in(response, 12, 6) == pytest.approx(3.2)


def test_a_sure_finding_is_mostly_believed(catalogue: Catalogue) -> None:
    """Nine in ten virtual clients have the limiter that was found; an unsure finding is more often wrong altogether."""

    def believed(finding: Finding) -> float:
        rng = Random("believed")
        return mean(suspected(rng, finding, catalogue).limiter == finding.limiting_factor for _ in range(1000))

    def beside(finding: Finding) -> float:
        rng = Random("beside")
        found = (suspected(rng, finding, catalogue) for _ in range(1000))
        return mean(finding.limiting_factor not in {one.limiter, one.second} for one in found)

    sure = Finding(
        limiting_factor="ankle",
        subtype=None,
        second_factor=None,
        confidence="high",
        scores={},
        counted=(),
        evidence=(),
        missing=(),
        advice=(),
    )
    unsure = replace(sure, confidence="low")
    assert believed(sure) == pytest.approx(0.89, abs=0.04)
    assert believed(unsure) < believed(sure)
    assert beside(unsure) > beside(sure) + 0.03
