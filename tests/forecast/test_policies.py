"""Policies meet the same people and the same days."""

from dataclasses import replace

import pytest

from planner.catalogue import Catalogue
from planner.forecast.lab import POLICIES, Task, live
from planner.forecast.life import WEEK
from planner.forecast.person import Person
from planner.forecast.trial import FIRST_DAY, Outcome, Trial, draw_person, policy_of
from planner.forecast.vary import changed_all

WEEKS = 6


def _trial(name: str, number: int, catalogue: Catalogue) -> Trial:
    traits, life = draw_person(4, number, WEEK * WEEKS, catalogue)
    traits = replace(traits, habits=replace(traits.habits, drops_out_on=None, flag=None))
    outcome = Outcome(policy=name, limiter=traits.limiter, mixed=False)
    return Trial(Person(traits, life, catalogue, FIRST_DAY, 4), policy_of(name, catalogue), outcome, catalogue).begin()


@pytest.mark.parametrize("number", range(4))
def test_backs_recover_by_themselves_under_every_policy(catalogue: Catalogue, number: int) -> None:
    """After six weeks the usual pain is the same whatever was trained."""
    usual = set()
    for name in POLICIES:
        trial = _trial(name, number, catalogue)
        trial.live(WEEK * WEEKS)
        response = trial.person.traits.response
        assert trial.person.body.usual_now() < response.usual
        usual.add(trial.person.body.usual_now())
    assert len(usual) == 1


def test_policies_meet_the_same_people(catalogue: Catalogue) -> None:
    """Limiter and day of leaving of a numbered client do not depend on the policy."""
    for number in range(8):
        lived = [live(Task(name, 4, number, 8), catalogue) for name in POLICIES]
        assert len({(one.limiter, one.mixed, one.left_on, one.days) for one in lived}) == 1


def test_days_do_not_depend_on_how_many_are_lived_before(catalogue: Catalogue) -> None:
    """The same number gives the same person and the same life, whoever was drawn before."""
    again = draw_person(4, 7, 70, catalogue)
    draw_person(4, 8, 70, catalogue)
    assert draw_person(4, 7, 70, catalogue) == again
    assert draw_person(5, 7, 70, catalogue) != again


def test_the_numbers_of_the_rules_change_nobodys_luck(catalogue: Catalogue) -> None:
    """A varied number leaves people and days as they are (common random numbers)."""
    other = changed_all(catalogue, {"limits/response.red_rise": 3})
    assert other is not None
    assert draw_person(4, 7, 70, other) == draw_person(4, 7, 70, catalogue)
