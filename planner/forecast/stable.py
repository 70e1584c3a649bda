"""Stable clients: backs that scatter around the same level whatever they do, as in the false-alarm table."""

from dataclasses import replace
from random import Random
from typing import Final

from planner.catalogue import Catalogue
from planner.forecast.life import WEEK, draw_life
from planner.forecast.person import Person
from planner.forecast.planned import Planned
from planner.forecast.traits import Traits, draw_traits
from planner.forecast.trial import FIRST_DAY, Outcome, Trial

WEEKS: Final = 6
USUAL, NOISE_SD, CARRY, MISSED = 2.5, 1.2, 0.4, 0.25
"""Mean, scatter and day-to-day correlation of the scores, and the share of them nobody writes down."""


def stable(traits: Traits) -> Traits:
    """Return a client whose back neither answers training, nor flares, nor recovers."""
    response = replace(
        traits.response,
        usual=USUAL,
        points_per_unit=0.0,
        recovery_per_week=0.0,
        noise_sd=NOISE_SD,
        noise_carry=CARRY,
        flare_days=0.0,
    )
    habits = replace(
        traits.habits, adherence=1.0, missed_logs=MISSED, under_reports=False, drops_out_on=None, flag=None
    )
    return replace(traits, response=response, habits=habits)


def run_stable(seed: int, number: int, catalogue: Catalogue) -> Outcome:
    """Return what the planner does to a stable client in six weeks."""
    traits = stable(draw_traits(Random(f"{seed}/{number}/stable"), catalogue))
    life = draw_life(Random(f"{seed}/{number}/stable life"), traits, WEEK * WEEKS + 1, catalogue.population)
    person = Person(traits, life, catalogue, FIRST_DAY, seed + number)
    outcome = Outcome(policy="stable", limiter=traits.limiter, mixed=traits.second is not None)
    return Trial(person, Planned(catalogue), outcome, catalogue).begin().live(WEEK * WEEKS)
