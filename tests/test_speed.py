"""How long a block takes to build, told in units that hold on slow machines."""

from collections.abc import Callable
from time import process_time

from planner.catalogue import Catalogue
from planner.replan import build
from tests.support.story import Story

ROUNDS = 15
MOST_LOOPS = 12.0
"""Calibration loops a block may take; it takes about four to five."""


def fastest(work: Callable[[], object]) -> float:
    """Return the processor seconds of the fastest round of some work."""
    times: list[float] = []
    for _ in range(ROUNDS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def calibration() -> list[int]:
    """Do work of a fixed size, a few milliseconds on a usual machine."""
    return [number + 1 for number in range(100_000)]


def test_a_block_of_six_weeks_is_built_in_milliseconds(catalogue: Catalogue) -> None:
    """Building six weeks takes at most as long as twelve loops of a hundred thousand steps."""
    story = Story.of(catalogue, "V1", check_rebuild=False, weeks=6)

    def plan() -> object:
        return build(story.request, story.facts, catalogue=catalogue, today=story.starts_on)

    assert fastest(plan) < MOST_LOOPS * fastest(calibration)
