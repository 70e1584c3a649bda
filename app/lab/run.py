"""Runs the lab on all processors; what is run and what it means is the planner's."""

import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from time import process_time

from app.catalogue import load_catalogue
from planner import PLANNER_VERSION
from planner.catalogue import Catalogue
from planner.forecast.lab import POLICIES, LabResult, Lived, Task, lab_result, live, tasks

CHUNK = 8
"""Clients handed to a process at once."""

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


def run_lab(
    clients: int,
    weeks: int,
    seed: int,
    *,
    policies: Sequence[str] = POLICIES,
    progress: Progress = lambda _done, _all: None,
    processes: int | None = None,
) -> LabResult:
    """Return the figures of a population under the policies; the seed alone decides them."""
    planned = tasks(clients, weeks, seed, policies)
    lived: list[Lived] = []
    for one in lives(planned, processes or os.cpu_count() or 1):
        lived.append(one)
        progress(len(lived), len(planned))
    return lab_result(lived, weeks=weeks, seed=seed, version=PLANNER_VERSION, catalogue=load_catalogue())


def lives(planned: Sequence[Task], processes: int, catalogue: Catalogue | None = None) -> Iterator[Lived]:
    """Yield what became of each task, in the order of the tasks; another catalogue tries other numbers."""
    if processes == 1:
        _take(catalogue)
        yield from map(_lived, planned)
        return
    with get_context("fork").Pool(processes, initializer=_take, initargs=(catalogue,)) as pool:
        yield from pool.imap(_lived, planned, chunksize=CHUNK)


_CATALOGUE: list[Catalogue] = []
"""The catalogue of this process; set once when it starts."""


def _take(catalogue: Catalogue | None) -> None:
    _CATALOGUE[:] = [catalogue or load_catalogue()]


def _lived(task: Task) -> Lived:
    start = process_time()
    outcome = live(task, _CATALOGUE[0])
    return Lived(task.arm, outcome, process_time() - start)
