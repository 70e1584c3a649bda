"""What the planner costs by itself, without server and database, in processor time on one core."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import ceil
from statistics import median
from time import process_time
from typing import Any, Final

import pytest

from app.catalogue import load_catalogue
from app.collector import spare_what_stays
from bench.limits import Figure, at_most, fresh_ms
from planner.catalogue import Catalogue
from planner.facts import Fact
from planner.fold import fold
from planner.replan import BlockRequest, Planned, build, replan
from planner.state import State
from tests.support.next_block import next_block
from tests.support.story import Story

WEEKS: Final = 6
BUILT: Final = ("V1", "V2", "V3", "V4", "V7")
YEARS: Final = 3
_BUILD_MS, _REPLAN_MS, _FOLD_MS, _IMPORT_MS, _CATALOGUE_MS = 5, 1.5, 40, 150, 300
_GROWTH: Final = 1.2
_LIVES: Final = 4
_WEEKS_A_YEAR: Final = 52


@dataclass(frozen=True, slots=True)
class Lap:
    """The processor seconds of one replan."""

    fact: str
    seconds: float


def figures(*, rounds: int) -> list[Figure]:
    """Measure all of it; `rounds` of every figure, of which the fastest counts."""
    starts = [
        at_most("import of the planner, ms", fresh_ms("", "import planner.replan"), _IMPORT_MS),
        at_most(
            "load of the catalogue, ms",
            fresh_ms("import app.catalogue", "app.catalogue.load_catalogue()"),
            _CATALOGUE_MS,
        ),
    ]
    catalogue = load_catalogue()
    spare_what_stays()  # as the server does
    return [*starts, *_builds(catalogue, rounds), *_replans(catalogue), *_history(catalogue, rounds)]


def _builds(catalogue: Catalogue, rounds: int) -> Iterator[Figure]:
    for name in BUILT:
        story = Story.of(catalogue, name, check_rebuild=False, weeks=WEEKS)
        milliseconds = fastest_ms(_building(story), rounds * 20)
        yield at_most(f"build of {WEEKS} weeks, {name}, ms", milliseconds, _BUILD_MS)


def _building(story: Story) -> Callable[[], object]:
    return lambda: build(story.request, story.facts, catalogue=story.catalogue, today=story.starts_on)


def _replans(catalogue: Catalogue) -> Iterator[Figure]:
    """Yield the slowest replan of five calm weeks, each fact at its fastest of a few equal lives."""
    laps = fastest_laps([_clocked(Story.of(catalogue, "V1", check_rebuild=False, weeks=WEEKS), range(1, WEEKS))
                         for _ in range(_LIVES)])  # fmt: skip
    yield at_most("replan, slowest of five calm weeks, ms", max(laps) * 1000, _REPLAN_MS)
    yield at_most("replan, median of five calm weeks, ms", median(laps) * 1000, _REPLAN_MS)


def _history(catalogue: Catalogue, rounds: int) -> Iterator[Figure]:
    """Yield what history costs: a year folded, each block at its fastest, and the same first week of logs without any
    and with three years."""
    first = Story.of(catalogue, "V1", check_rebuild=False, weeks=WEEKS)
    young = fastest_laps([_clocked(first.copy(), [1]) for _ in range(_LIVES)])
    later, lived = first, []
    for _ in range(YEARS * _WEEKS_A_YEAR // WEEKS):
        for week in range(1, WEEKS + 1):
            later.calm_week(week)
        lived.append(_own_facts(later))
        later = next_block(later, later.starts_on + timedelta(weeks=WEEKS), weeks=WEEKS)
    old = fastest_laps([_clocked(later.copy(), [1]) for _ in range(_LIVES)])
    _check_rebuilt(later)
    year = lived[-ceil(_WEEKS_A_YEAR / WEEKS) :]
    count = sum(len(facts) for _, facts in year)
    milliseconds = sum(fastest_ms(partial(fold, request, facts, catalogue), rounds * 3) for request, facts in year)
    yield at_most(f"fold of a year of logs ({len(year)} blocks, {count} facts), ms", milliseconds, _FOLD_MS)
    yield at_most(f"replan after {YEARS} years / in the first week, times", sum(old) / sum(young), _GROWTH)


def _own_facts(story: Story) -> tuple[BlockRequest, list[Fact]]:
    """Return a block's request and the facts it is folded from: who the client is, and what its days were told."""
    who = [fact for fact in story.facts[:3] if fact.on < story.starts_on]
    return story.request, who + [fact for fact in story.facts if fact.on >= story.starts_on]


def _check_rebuilt(story: Story) -> None:
    """Check that all facts together still give the block that was planned fact by fact."""
    lived = story.copy()
    lived.calm_week(1)
    rebuilt = build(
        lived.request,
        lived.facts,
        catalogue=lived.catalogue,
        today=lived.facts[-1].received_on,
        shown={number: week for number, week in lived.shown.items() if week.starts_on <= lived.facts[-1].received_on},
    )
    if rebuilt.state != lived.state:
        raise RuntimeError("a rebuild from all facts differs from what was planned fact by fact")


def _clocked(story: Story, weeks: Iterable[int]) -> list[Lap]:
    """Live some calm weeks, every replan against the clock; the first asked finds what the plan before has left."""
    laps: list[Lap] = []

    def clocked(request: BlockRequest, state: State, fact: Fact, **how: Any) -> Planned | None:
        start = process_time()
        planned = replan(request, state, fact, **how)
        laps.append(Lap(fact.id, process_time() - start))
        return planned

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.support.story.replan", clocked)
        for week in weeks:
            story.calm_week(week)
    return laps


def fastest_laps(lives: list[list[Lap]]) -> list[float]:
    """Return the seconds of each fact's fastest replan over several equal lives."""
    return [min(lap.seconds for lap in laps) for laps in zip(*lives, strict=True)]


def fastest_ms(work: Callable[[], object], rounds: int) -> float:
    """Return the processor time of the fastest round of some work, in milliseconds."""
    times: list[float] = []
    for _ in range(rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times) * 1000
