"""How long a block takes to build and to replan, told in units that hold on slow machines.

The unit is a calibration loop, 2.5 ms on the machine the figures come from.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from time import process_time
from typing import Any

import pytest

from planner.catalogue import Catalogue
from planner.facts import Fact
from planner.replan import BlockRequest, Planned, build, replan
from planner.state import State
from tests.support.story import Story

ROUNDS = 15
LIVES = 4
LOOPS_OF_A_BLOCK = 3.0  # it takes about 2.0
# Replans of six weeks: `warm` goes on from the state of the plan before, `cold` from one that was stored and read.
# Medians of the facts that change no day ahead and of those that do, and the slowest of all.
LOOPS_WARM_IDLE, LOOPS_WARM_CHANGING = 0.35, 0.5  # about 0.2 and 0.3
LOOPS_COLD_IDLE, LOOPS_COLD_CHANGING = 0.45, 1.7  # about 0.3 and 1.1
LOOPS_OF_ANY_FACT = 2.2  # about 1.4: a cold plan of all earned weeks, early in the block


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


@dataclass(frozen=True)
class Lap:
    """The processor seconds of one fact's replan, and whether it changed a day ahead."""

    changed: bool
    warm: float
    cold: float


def live(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> list[Lap]:
    """Live five calm weeks of a block, every replan against the clock."""
    laps: list[Lap] = []

    def clocked(request: BlockRequest, state: State, fact: Fact, **how: Any) -> Planned | None:
        start = process_time()
        planned = replan(request, state, fact, **how)  # only the first one finds what the plan before has left
        warm = process_time() - start
        stored = replace(state, workbench=None)
        if planned is not None:
            laps.append(Lap(planned.replanned, warm, fastest(lambda: replan(request, stored, fact, **how), 2)))
        return planned

    monkeypatch.setattr("tests.support.story.replan", clocked)
    story = Story.of(catalogue, "V1", check_rebuild=False, weeks=6)
    for week in range(1, 6):
        story.calm_week(week)
    return laps


def fastest_laps(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> list[Lap]:
    """Return the fastest lap of each fact over several equal lives."""
    lives = [live(catalogue, monkeypatch) for _ in range(LIVES)]
    return [
        Lap(laps[0].changed, min(lap.warm for lap in laps), min(lap.cold for lap in laps))
        for laps in zip(*lives, strict=True)
    ]


def test_a_block_of_six_weeks_is_built_in_milliseconds(catalogue: Catalogue) -> None:
    """Building six weeks takes at most as long as three loops of a hundred thousand steps."""
    story = Story.of(catalogue, "V1", check_rebuild=False, weeks=6)

    def plan() -> object:
        return build(story.request, story.facts, catalogue=catalogue, today=story.starts_on)

    assert fastest(plan) < LOOPS_OF_A_BLOCK * fastest(calibration)


def test_a_fact_is_replanned_in_milliseconds(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that changes no day ahead costs little, any other little in memory and less than a block when read."""
    laps = fastest_laps(catalogue, monkeypatch)
    idle = [lap for lap in laps if not lap.changed]
    changing = [lap for lap in laps if lap.changed]
    loop = fastest(calibration)

    assert median(lap.warm for lap in idle) < LOOPS_WARM_IDLE * loop
    assert median(lap.warm for lap in changing) < LOOPS_WARM_CHANGING * loop
    assert median(lap.cold for lap in idle) < LOOPS_COLD_IDLE * loop
    assert median(lap.cold for lap in changing) < LOOPS_COLD_CHANGING * loop
    assert max(lap.cold for lap in laps) < LOOPS_OF_ANY_FACT * loop


def test_most_facts_of_a_calm_life_change_no_day_ahead(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only squats and what they earn plan days anew: more facts leave every week as it was stored."""
    laps = live(catalogue, monkeypatch)

    assert sum(lap.changed for lap in laps) < len(laps) / 2
