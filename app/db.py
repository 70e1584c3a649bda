"""The database: one synchronous engine for SQLite and PostgreSQL, sessions that read or write, migrations."""

import fcntl
import math
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from app import audit_chain
from app.audit_chain import Act
from app.audit_changes import forget_changes, has_changed, watch_changes
from app.schema import MIGRATION_LOCK, Standing, WrongSchema, require_schema, standing
from app.settings import Settings
from app.statements import pipelined, send
from app.tenancy import require_organization

_LATER_THAN_THE_SERVER_S = 1.0
"""How much longer than its statement timeout a server may stay silent: one that hangs keeps no timeout."""
_HAS_TURN, _USED_AT = "has_turn", "used_at"
_IDLE_S = 1.0
_READ_ONLY = {"sqlite_begin": "BEGIN", "postgresql_readonly": True}
ANY_ORGANIZATION = {"any_organization": True}
"""Execution options of the few statements that look a secret up before its organization is known."""

MigrationLock = Callable[[Engine], AbstractContextManager[None]]
"""Holds off other migrating processes while its block runs."""


class DbapiConnection(Protocol):
    """What the connection hooks use of a driver's connection."""

    isolation_level: str | None

    def execute(self, statement: str, /) -> object:
        """Run one statement."""

    def create_function(self, name: str, narg: int, func: Callable[..., object], /, *, deterministic: bool) -> None:
        """Let statements call a function."""


class _WritingSession(Session):
    """A session whose transactions write into the schema of this version only."""


@event.listens_for(_WritingSession, "after_begin")
def _write_in_this_schema(_: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested:
        require_schema(connection)


@dataclass(frozen=True, slots=True)
class Database:
    """The engine and its read-only twin, which share one pool."""

    engine: Engine
    reader: Engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session whose transaction is never committed."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, act: Act | None = None) -> Iterator[Session]:
        """Yield a session that is committed when the block ends well; its first statement may raise WrongSchema.

        If it changed anything, its last row says what was done: `act`; None for what the service does for itself.
        """
        with _WritingSession(self.engine, expire_on_commit=False) as session, session.begin():
            audit_chain.begin(session, act)
            yield session
            session.flush()
            if act is not None and has_changed(session.connection()):
                audit_chain.append(session, act)

    def leave_no_traces(self) -> None:
        """Write what was deleted over the copies in SQLite's log; others do this by themselves, in time."""
        if self.engine.dialect.name == "sqlite":
            with closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def open_database(settings: Settings) -> Database:
    """Build the engine; nothing connects yet, so a stopped database does not stop the start."""
    url = make_url(settings.database_url.get_secret_value())
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = _sqlite_engine(url, settings) if is_sqlite else _postgresql_engine(url, settings)
    event.listen(engine, "before_cursor_execute", require_organization)
    watch_changes(engine)
    return Database(engine=engine, reader=engine.execution_options(**_READ_ONLY))


def _sqlite_engine(url: URL, settings: Settings) -> Engine:
    _make_directory(url)
    engine = create_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.pool_wait_s,
        connect_args={"timeout": settings.statement_timeout_s},
        hide_parameters=True,
    )
    turn = _Turn(settings.statement_timeout_s)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", turn.begin)
    event.listen(engine, "checkin", turn.end)
    return engine


def _make_directory(url: URL) -> None:
    with suppress(OSError):  # the connection will say what is the matter, as often as it is asked for
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)


class _Turn:
    """SQLite has one writer: here its turn is waited for, where SQLite would sleep and look again."""

    def __init__(self, wait_s: float) -> None:
        self._lock, self._wait_s = Lock(), wait_s

    def begin(self, connection: Connection) -> None:
        """Begin a transaction: with its first statement it has the turn, if it may write."""
        if "sqlite_begin" not in connection.get_execution_options() and not connection.info.get(_HAS_TURN):
            if not self._lock.acquire(timeout=self._wait_s):
                raise DatabaseTimeout("No turn to write came in time.")
            connection.info[_HAS_TURN] = True
        _begin_sqlite(connection)

    def end(self, _: object, entry: ConnectionPoolEntry) -> None:
        """Hand the turn on when the connection is given back, whatever became of its transaction."""
        if entry.info.pop(_HAS_TURN, False):
            self._lock.release()


def _postgresql_engine(url: URL, settings: Settings) -> Engine:
    bounded = import_module("app.bounded")  # its driver takes nine MiB, and SQLite needs none of it
    engine = create_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.pool_wait_s,
        connect_args=postgresql_options(settings),
        hide_parameters=True,
    )

    def connect(_dialect: object, _entry: object, given: Sequence[Any], options: Mapping[str, Any]) -> object:
        connection = bounded.BoundedConnection.connect(*given, **options)
        connection.prepare_threshold = None  # it lets go of all that is prepared, of app.libpq too, at each rollback
        connection.limit_s = settings.statement_timeout_s + _LATER_THAN_THE_SERVER_S
        return connection

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkout", partial(_ask_after, engine.dialect))
    event.listen(engine, "checkin", _note_use)
    pipelined(engine)
    return engine


def _ask_after(dialect: Dialect, connection: Any, entry: ConnectionPoolEntry, _: object) -> None:
    """Find out whether a connection that nobody used for a moment still leads anywhere; one in use says so itself."""
    if time.monotonic() - entry.info.get(_USED_AT, math.inf) < _IDLE_S:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _note_use(_: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_USED_AT] = time.monotonic()


def postgresql_options(settings: Settings) -> dict[str, Any]:
    """Return what psycopg opens every connection to PostgreSQL with."""
    told = server_settings(settings).items()
    return {"connect_timeout": 2, "options": " ".join(f"-c {name}={value}" for name, value in told)}


def server_settings(settings: Settings) -> dict[str, str]:
    """Return what a session of PostgreSQL is told when it begins."""
    timeout_ms = str(int(settings.statement_timeout_s * 1000))
    return {"statement_timeout": timeout_ms, "lock_timeout": timeout_ms, "timezone": "UTC"}


_CACHE: Final = "cache_size=-500"
"""KiB of pages that a connection keeps: what another one writes makes them worthless, and the system keeps the file."""


def _prepare_sqlite(connection: DbapiConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late: see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", _CACHE):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("chained", 2, audit_chain.chained, deterministic=True)


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once, so that a transaction never fails half-way to get it."""
    send(connection, connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))


@contextmanager
def nothing_kept(session: Session) -> Iterator[None]:
    """Undo whatever is written inside: what is tried goes the way of what is kept, up to the last step."""
    before = has_changed(session.connection())
    with session.begin_nested() as tried:
        yield
        tried.rollback()
    session.expire_all()  # what plain statements wrote is known to the objects too
    forget_changes(session.connection(), before=before)


# --- migrations -----------------------------------------------------------------------------------------------


def migrate(settings: Settings) -> None:
    """Bring the schema to the newest revision; several processes may call this at once.

    Who finds it there already disturbs nobody. Raises WrongSchema when it is one that only a later version knows.
    """
    with _migration_engine(settings) as (engine, lock):
        with engine.connect().execution_options(sqlite_begin="BEGIN") as connection:
            if standing(connection) is Standing.READY:
                return
        with _locked(engine, lock) as connection:
            if standing(connection) is Standing.NEWER:
                raise WrongSchema("The schema is newer than this version of squatback.")
            connection.rollback()  # each migration has a transaction of its own
            import_module("app.migrations").upgrade(connection)


@contextmanager
def migration_connection(settings: Settings) -> Iterator[Connection]:
    """Yield the only connection that may migrate now: the lock comes first, then the look at the schema."""
    with _migration_engine(settings) as (engine, lock), _locked(engine, lock) as connection:
        yield connection


@contextmanager
def _locked(engine: Engine, lock: MigrationLock) -> Iterator[Connection]:
    with lock(engine), engine.connect() as connection:
        yield connection


@contextmanager
def _migration_engine(settings: Settings) -> Iterator[tuple[Engine, MigrationLock]]:
    url = make_url(settings.database_url.get_secret_value())
    is_sqlite = url.get_backend_name() == "sqlite"
    patience = {"timeout": 30} if is_sqlite else {"connect_timeout": 5}
    engine = create_engine(url, connect_args=patience, hide_parameters=True)
    if is_sqlite:
        _make_directory(url)
        event.listen(engine, "connect", _prepare_sqlite_migration)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        yield engine, _sqlite_lock if is_sqlite else _postgresql_lock
    finally:
        engine.dispose()


def _prepare_sqlite_migration(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # real transactions around DDL: a killed migration leaves nothing behind


@contextmanager
def _postgresql_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})


@contextmanager
def _sqlite_lock(engine: Engine) -> Iterator[None]:
    with Path(f"{engine.url.database}.migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
