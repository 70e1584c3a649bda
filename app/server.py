"""Runs the app under uvicorn: one JSON log line a request, a bounded goodbye, and unreadiness as soon as it begins."""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

import uvicorn
from sqlalchemy.exc import OperationalError

from app.db import migrate
from app.settings import Settings

LOG = logging.getLogger("squatback.server")

_GOODBYE_S = 20
FLAGS: Final[dict[str, Any]] = {
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": _GOODBYE_S,
    "timeout_keep_alive": 30,
}
"""How uvicorn runs, here and under what `make bench` compares with."""


def start_logging() -> None:
    """Write log lines to standard output; request lines are JSON already."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    # What no line tells is not gathered for each one (Python's logging HOWTO, "Optimization").
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    logging._srcfile = None  # noqa: SLF001
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it would speak at every readiness check


def prepare(settings: Settings) -> bool:
    """Bring the schema up to date; a database that is away leaves the app alive and unready."""
    try:
        migrate(settings)
    except OperationalError:
        LOG.warning("The database cannot be reached: serving, but not ready, until it is back and migrated.")
        return False
    return True


def run(*, host: str, port: int, workers: int = 1) -> None:
    """Serve until told to stop; each worker builds its own app from the environment."""
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.run(
        "app.main:create_served_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        **FLAGS,
    )


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End with success: the server sends itself the signal again once every request is answered."""
    sys.exit(0)


@contextmanager
def noticing_shutdown(notice: Callable[[], None]) -> Iterator[None]:
    """Call `notice` when the process is asked to stop, then do what would have been done anyway."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)

    def handle(number: int, frame: FrameType | None) -> None:
        notice()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
