"""How long a block takes to build and to replan, told in units that hold on slow machines.

The unit is a calibration loop, 2.5 ms on the machine the figures come from.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import process_time
from typing import Any

from planner.catalogue import Catalogue
from planner.facts import Body
from planner.replan import Planned, build, replan
from tests.support.story import Story

ROUNDS = 15
REPLAN_ROUNDS = 5
LOOPS_OF_A_BLOCK = 3.5  # it takes about 2.4
LOOPS_OF_A_FACT_WITHOUT_CONSEQUENCES = 0.55  # about 0.35
LOOPS_OF_A_FACT_WITH_CONSEQUENCES = 2.1  # about 1.35: a new position, or the gate to heavier loads
LOOPS_OF_ANY_FACT = 3.0  # about 2.0: both versions of all weeks, early in the block


def fastest(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the processor seconds of the fastest round of some work."""
    times: list[float] = []
    for _ in range(rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def calibration() -> list[int]:
    """Do work of a fixed size, a few milliseconds on a usual machine."""
    return [number + 1 for number in range(100_000)]


@dataclass
class Clocked(Story):
    """A story that notes how long each fact takes to replan, and whether it changed a day ahead."""

    changing: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)

    def tell(self, body: Body, *args: Any, **how: Any) -> Planned:
        """Add a fact, replan, and do it again against the clock."""
        state, shown = self.state, dict(self.shown)
        planned = super().tell(body, *args, **how)
        fact = self.facts[-1]
        today = fact.received_on
        begun = {number: week for number, week in shown.items() if week.starts_on <= today}

        def again() -> Planned | None:
            return replan(self.request, state, fact, catalogue=self.catalogue, today=today, shown=begun)

        (self.changing if planned.replanned else self.idle).append(fastest(again, REPLAN_ROUNDS))
        return planned


def test_a_block_of_six_weeks_is_built_in_milliseconds(catalogue: Catalogue) -> None:
    """Building six weeks takes at most as long as three and a half loops of a hundred thousand steps."""
    story = Story.of(catalogue, "V1", check_rebuild=False, weeks=6)

    def plan() -> object:
        return build(story.request, story.facts, catalogue=catalogue, today=story.starts_on)

    assert fastest(plan) < LOOPS_OF_A_BLOCK * fastest(calibration)


def test_a_fact_is_replanned_in_milliseconds(catalogue: Catalogue) -> None:
    """Over five calm weeks a fact that changes no day ahead costs next to nothing, any other less than a block."""
    story = Clocked.of(catalogue, "V1", check_rebuild=False, weeks=6)
    for week in range(1, 6):
        story.calm_week(week)
    loop = fastest(calibration)

    assert median(story.idle) < LOOPS_OF_A_FACT_WITHOUT_CONSEQUENCES * loop
    assert median(story.changing) < LOOPS_OF_A_FACT_WITH_CONSEQUENCES * loop
    assert max(story.changing) < LOOPS_OF_ANY_FACT * loop


def test_most_facts_of_a_calm_life_change_no_day_ahead(catalogue: Catalogue) -> None:
    """Only squats and what they earn plan days anew: more facts leave every week as it was stored."""
    story = Clocked.of(catalogue, "V1", check_rebuild=False, weeks=6)
    for week in range(1, 6):
        story.calm_week(week)

    assert len(story.idle) > len(story.changing)
