"""Runs a worker: as a process of its own, or beside a server on a developer's machine."""

import fcntl
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine

from app.db import Database, open_database
from app.delivery.faults import AWAY, LOG, report_fault
from app.delivery.mailer import open_mailer
from app.delivery.signing import signing_keys
from app.delivery.worker import Worker
from app.schema import schema_is_current
from app.settings import Settings

_LOCAL_URL = "http://127.0.0.1:8000"


class CannotDeliver(Exception):
    """Why no worker can run here, for the operator."""


def deliver(settings: Settings, *, once: bool, stopping: Event | None = None) -> int:
    """Send what is due until a signal comes, or once; return how many messages were tried."""
    stopping = stopping or Event()
    with open_worker(settings) as worker:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        for warning in missing(settings):
            LOG.warning(warning)
        if once:
            return worker.deliver(stopping)
        worker.run(stopping, every_s=settings.deliver_every_s)
        return 0


@contextmanager
def delivering_beside(settings: Settings, *, public_url: str) -> Iterator[None]:
    """Let a worker run in a thread while the block runs, as soon and as long as nothing stands in its way."""
    stopping = Event()
    thread = Thread(target=_keep_delivering, args=(settings, public_url, stopping), name="delivery", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=30)


def _keep_delivering(settings: Settings, public_url: str, stopping: Event) -> None:
    """Run a worker, and another one whenever that could not start or ended; the same reason is logged once."""
    told = ""
    while not stopping.is_set():
        try:
            with open_worker(settings, public_url=public_url) as worker:
                told = ""
                worker.run(stopping, every_s=settings.deliver_every_s)
        except CannotDeliver as error:
            if str(error) != told:
                told = str(error)
                LOG.warning(json.dumps({"event": "delivery_not_started", "reason": told}))
        except Exception as error:
            report_fault("delivery_ended", error)
        stopping.wait(settings.deliver_every_s)


def missing(settings: Settings) -> Iterator[str]:
    """Yield what is not sent for want of a setting."""
    if open_mailer(settings) is None:
        yield "SQUATBACK_SMTP_HOST is not set: e-mails wait until it is."


@contextmanager
def open_worker(settings: Settings, *, public_url: str = _LOCAL_URL) -> Iterator[Worker]:
    """Yield a worker; CannotDeliver says what stands in its way."""
    if settings.environment == "production" and settings.public_url is None:
        raise CannotDeliver("SQUATBACK_PUBLIC_URL is not set: messages would lead nowhere.")
    database = open_database(settings)
    try:
        with _only_worker(database.engine):
            _check_schema(database)
            yield Worker(
                database=database,
                mailer=open_mailer(settings),
                mail_from=settings.smtp_from,
                webhook_keys=signing_keys(settings),
                public_url=str(settings.public_url or public_url).rstrip("/"),
                local=settings.environment == "local",
            )
    finally:
        database.engine.dispose()


def _check_schema(database: Database) -> None:
    try:
        with database.reader.connect() as connection:
            current = schema_is_current(connection)
    except AWAY:
        raise CannotDeliver("The database cannot be reached.") from None
    if not current:
        raise CannotDeliver("The schema is not this version's: run `squatback migrate` first.")


@contextmanager
def _only_worker(engine: Engine) -> Iterator[None]:
    """Hold the lock that lets one worker at a time deliver from an SQLite file; PostgreSQL takes any number."""
    if engine.dialect.name != "sqlite":
        yield
        return
    with Path(f"{engine.url.database}.deliver.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotDeliver("Another worker delivers from this SQLite file; PostgreSQL takes any number.") from None
        yield
