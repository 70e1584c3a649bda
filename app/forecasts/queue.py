"""Runs forecasts beside the server: one at a time, each in a process of its own that can be ended at any moment.

A thread waits for the process and writes what came of it. What other servers need to know stands in the database;
if this one dies, its rows grow too old and the next who asks takes them over.
"""

import json
import logging
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from sqlalchemy.exc import SQLAlchemyError

from app.db import Database
from app.forecasts import store, worker
from app.forecasts.store import Run
from app.forecasts.worker import Failure, Job

LOG = logging.getLogger("squatback.forecasts")

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy threads, locks and connections of the server
Now = Callable[[], datetime]


class _Stopped(Exception):
    """The server is going away."""


class ForecastQueue:
    """The forecasts one server process still has to compute."""

    def __init__(self, database: Database, *, limit_s: float) -> None:
        self._database, self._limit_s = database, limit_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="forecast")
        self._stopped, self._stop = _SPAWN.Pipe(duplex=False)

    def put(self, run: Run, job: Job) -> None:
        """Compute a forecast when its turn comes."""
        self._thread.submit(self._work, run, job, _clock(run.asked_at))

    def close(self) -> None:
        """End the running process and let go of what waits."""
        self._stop.close()
        self._thread.shutdown()
        self._stopped.close()

    def _work(self, run: Run, job: Job, now: Now) -> None:
        try:
            self._work_through(run, job, now)
        except _Stopped:
            with self._database.write() as session:
                store.release(session, run)
        except SQLAlchemyError as error:  # its row will be too old one day, and taken over
            _report(run, worker.failure_of(error))

    def _work_through(self, run: Run, job: Job, now: Now) -> None:
        with self._database.write() as session:
            if not store.begin(session, run, at=now()):
                return
        result = self._result(job)
        with self._database.write() as session:
            if isinstance(result, bytes):
                store.finish(session, run, store.document(run, job.today.isoformat(), result), at=now())
            else:
                store.fail(session, run, at=now())
        if isinstance(result, Failure):
            _report(run, result)

    def _result(self, job: Job) -> bytes | Failure:
        """Return what the process answers; one that cannot start, dies or takes too long has failed."""
        if wait([self._stopped], timeout=0):
            raise _Stopped
        try:
            process, answers = _started(job)
        except Exception as error:
            return worker.failure_of(error)
        try:
            return self._answer(answers)
        except (EOFError, OSError) as error:
            return worker.failure_of(error)
        finally:
            process.kill()
            process.join()
            answers.close()

    def _answer(self, answers: Connection) -> bytes | Failure:
        ready = wait([answers, self._stopped], timeout=self._limit_s)
        if self._stopped in ready:
            raise _Stopped
        if not ready:
            return Failure(error="TimeoutError")
        result: bytes | Failure = answers.recv()
        return result


def _started(job: Job) -> tuple[SpawnProcess, Connection]:
    """Start the process; its end of the pipe is closed here, so that its death is noticed."""
    answers, theirs = _SPAWN.Pipe(duplex=False)
    with theirs:
        process = _SPAWN.Process(target=worker.answer, args=(theirs, worker.compute, job), daemon=True)
        process.start()
    return process, answers


def _clock(asked_at: datetime) -> Now:
    """Return the clock of whoever asked: what they count from is theirs, how much time passed is measured."""
    begun = time.monotonic()
    return lambda: asked_at + timedelta(seconds=time.monotonic() - begun)


def _report(run: Run, failure: Failure) -> None:
    told = {"event": "forecast_failed", "block_id": str(run.block_id), "revision": run.revision}
    LOG.error(json.dumps(told | asdict(failure)))
