"""What runs in a process of its own: one forecast. It has no database and is told nothing but its job."""

import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.forecast.answer import Forecast
from planner.forecast.forecast import forecast
from planner.state import State
from planner.wire import dump_forecast

Compute = Callable[["Job"], Forecast]
"""Makes the forecast of a job."""

_POLITE = 5  # of two that want the processor, the server goes first


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything a forecast is computed from."""

    request: BlockRequest
    state: State
    catalogue: Catalogue
    today: date
    seed: int
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The kind of an error and its line of code; its text may hold what somebody wrote about themselves."""

    error: str
    at: str = ""


def compute(job: Job) -> Forecast:
    """Return the forecast of a job."""
    return forecast(job.request, job.state, catalogue=job.catalogue, today=job.today, seed=job.seed, runs=job.runs)


def answer(pipe: Connection, make: Compute, job: Job) -> None:
    """Send the forecast as JSON, or what went wrong. An interrupt is for the server, which ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_POLITE)
    try:
        pipe.send(dump_forecast(make(job)))
    except Exception as error:  # whatever went wrong is told, and no text of it
        pipe.send(failure_of(error))


def failure_of(error: Exception) -> Failure:
    """Return what may be told of an error."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno} {where.name}"
    return Failure(error=type(error).__qualname__, at=at)
