"""Stand-ins for the simulation, as a process of its own finds them by name: quick, wrong, dead, endless."""

import os
import time
from typing import NoReturn

from app.forecasts.worker import Job
from planner.forecast.answer import Forecast, Lever, Return, WeekShare


def quick(job: Job) -> Forecast:
    """Answer at once, from everything a job carries."""
    start = job.today.toordinal() - job.request.starts_on.toordinal()
    return Forecast(
        runs=job.runs,
        seed=job.seed,
        last_week=job.request.weeks * 2,
        back=Return(median=7, low=5, high=None),
        back_share=0.75,
        by_week=(WeekShare(week=5, share=0.1), WeekShare(week=7, share=0.5)),
        step_back_chance=0.25,
        levers=(Lever(id="full_adherence", text="Every session done", back=Return(median=6, low=5, high=9)),),
        assumptions=("Four of five sessions are done.",),
        text=f"Day {start}, {job.state.progress.position.rung}, {job.catalogue.digest}",
    )


def wrong(job: Job) -> NoReturn:
    """Fail with words that must not be logged."""
    raise ValueError("it hurts at night")


def dead(job: Job) -> NoReturn:
    """Die without a word, as a process does that runs out of memory."""
    os._exit(9)


def endless(job: Job) -> NoReturn:
    """Keep the processor busy until somebody ends it."""
    until = time.monotonic() + 60  # a test that forgets it leaves nothing behind
    while time.monotonic() < until:
        pass
    raise AssertionError
