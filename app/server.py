"""Runs the app under uvicorn: one JSON log line a request, a bounded goodbye, and unreadiness as soon as it begins."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

import uvicorn
from sqlalchemy.exc import OperationalError

from app.bad_settings import BadSettings
from app.db import migrate
from app.schema import WrongSchema
from app.settings import Settings

LOG = logging.getLogger("squatback.server")

_GOODBYE_S = 20
_AGAIN_S = 1.0
_WORKER_START_S = 60
"""A worker answers its supervisor once it has read its code: on a busy machine that takes longer than 5 s."""
FLAGS: Final[dict[str, Any]] = {
    "access_log": False,
    "log_config": None,
    "http": "app.patient_protocol:PatientProtocol",
    "server_header": False,
    "timeout_graceful_shutdown": _GOODBYE_S,
    "timeout_keep_alive": 30,
    "proxy_headers": False,
    "ws": "none",  # there are none, and uvicorn would log their paths, tokens included
}
"""How uvicorn runs, here and under what `make bench` compares with."""


def prepare(settings: Settings) -> bool:
    """Bring the schema up to date; False when that cannot be done now: the app lives, unready, until it is right."""
    try:
        migrate(settings)
    except WrongSchema as error:
        _say_unready(str(error))
        return False
    except (OperationalError, OSError):
        _say_unready("The database cannot be reached.")
        return False
    return True


def _say_unready(why: str) -> None:
    LOG.warning("%s Serving, but not ready, until that has changed.", why)


def prepare_in_time(settings: Settings, then: Callable[[], None]) -> None:
    """Bring the schema up to date, now or as soon as the database is back, and do what comes after it."""
    if prepare(settings):
        then()
        return

    def keep_trying() -> None:
        while not _prepared_quietly(settings):
            time.sleep(_AGAIN_S)
        try:
            then()
        except BadSettings as refused:
            for fault in refused.faults:
                LOG.critical(fault)
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=keep_trying, name="prepare", daemon=True).start()


def _prepared_quietly(settings: Settings) -> bool:
    try:
        migrate(settings)
    except (WrongSchema, OperationalError, OSError):
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
        timeout_worker_healthcheck=_WORKER_START_S,
        **flags(settings),
    )


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End with success: the server sends itself the signal again once every request is answered."""
    sys.exit(0)


@contextmanager
def noticing_shutdown(notice: Callable[[], None], *, linger_s: float) -> Iterator[None]:
    """Call `notice` when the process is asked to stop, then do what would have been done anyway.

    That comes `linger_s` seconds later, or when asked again: whoever sends requests here needs time to notice.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    lingering: list[threading.Timer] = []

    def handle(number: int, frame: FrameType | None) -> None:
        notice()
        if not callable(before):
            return
        if linger_s and not lingering:
            lingering.append(threading.Timer(linger_s, before, (number, frame)))
            lingering[0].start()
        else:
            before(number, frame)

    signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        for timer in lingering:
            timer.cancel()
