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
    "proxy_headers": False,
    "ws": "none",  # there are none, and uvicorn would log their paths, tokens included
}
"""How uvicorn runs, here and under what `make bench` compares with."""


def prepare(settings: Settings) -> bool:
    """Bring the schema up to date; a database that is away leaves the app alive and unready."""
    try:
        migrate(settings)
    except OperationalError:
        LOG.warning("The database cannot be reached: serving, but not ready, until it is back and migrated.")
        return False
    return True


def flags(settings: Settings) -> dict[str, Any]:
    """Return how uvicorn runs with these settings: who connects is whom a trusted proxy names, else who connects."""
    trusted = settings.trusted_proxies
    return FLAGS | ({"proxy_headers": True, "forwarded_allow_ips": list(trusted)} if trusted else {})


def run(settings: Settings, *, host: str, port: int, workers: int = 1) -> None:
    """Serve until told to stop; each worker builds its own app from the environment."""
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.run(
        "app.main:create_served_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        **flags(settings),
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
