"""Migrations in processes of their own, step by step and up to a kill, and what a database holds before and after."""

import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, select
from sqlalchemy.engine import make_url

from alembic import command
from app.db import migrate, migration_connection
from app.migrations import alembic_config
from app.settings import Settings
from tests.support.forked import FORKSERVER

_BOUND_S = 120


def revisions() -> list[str]:
    """Return every revision, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


def run(settings: Settings, step: Callable[..., None], *arguments: str) -> None:
    """Run one of Alembic's commands on a database."""
    config = alembic_config()
    with migration_connection(settings) as connection:
        config.attributes["connection"] = connection
        step(config, *arguments)


def assert_newest(settings: Settings) -> None:
    """Check that the schema is the newest, and exactly what the tables say."""
    run(settings, command.check)


# --- processes ----------------------------------------------------------------------------------------------------


def migrate_together(settings: Settings, processes: int) -> list[int | None]:
    """Let several processes migrate at once; return how they ended."""
    gate = FORKSERVER.Event()
    started = [FORKSERVER.Process(target=_migrate_behind, args=(gate, settings)) for _ in range(processes)]
    for process in started:
        process.start()
    gate.set()
    for process in started:
        process.join(_BOUND_S)
    return [process.exitcode for process in started]


def _migrate_behind(gate: Any, settings: Settings) -> None:
    gate.wait()
    migrate(settings)


def migrate_until(settings: Settings, statement: int) -> int | None:
    """Let a process migrate and kill it before that statement; return how it ended."""
    process = FORKSERVER.Process(target=_migrate_and_die, args=(settings, statement))
    process.start()
    process.join(_BOUND_S)
    return process.exitcode


def _migrate_and_die(settings: Settings, statement: int) -> None:
    with counting() as counted:

        def die(*_: object) -> None:
            if len(counted) == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        for moment in ("before_cursor_execute", "commit"):
            event.listen(Engine, moment, die)
        migrate(settings)


@contextmanager
def counting() -> Iterator[list[str]]:
    """Yield a list of all statements and commits that are sent while the block runs."""
    seen: list[str] = []

    def note_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    def note_commit(_connection: object) -> None:
        seen.append("COMMIT")

    event.listen(Engine, "before_cursor_execute", note_statement)
    event.listen(Engine, "commit", note_commit)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note_statement)
        event.remove(Engine, "commit", note_commit)


# --- what a database holds ----------------------------------------------------------------------------------------

Held = dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]
"""The columns of each table that has rows, and all values as text."""


@contextmanager
def looking(url: str) -> Iterator[Connection]:
    """Yield a connection without the app's hooks."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def held(url: str, columns: Mapping[str, Collection[str]] | None = None) -> Held:
    """Return what the tables hold: all columns there are, or some of those that were asked for."""
    found: Held = {}
    with looking(url) as connection:
        known = MetaData()
        known.reflect(connection)
        for table in known.sorted_tables:
            if table.name == "alembic_version" or (columns is not None and table.name not in columns):
                continue
            names = [column.name for column in table.c if columns is None or column.name in columns[table.name]]
            rows = connection.execute(select(*(table.c[name] for name in names)))
            values = sorted(tuple(map(repr, row)) for row in rows)
            if values:
                found[table.name] = (tuple(names), values)
    return found


def kept_of(before: Held, url: str) -> tuple[Held, Held]:
    """Return what was held before and is held now, of the columns that there still are."""
    now = held(url, {name: columns for name, (columns, _) in before.items()})
    common: Held = {}
    for name, (columns, rows) in before.items():
        still = now.get(name, ((), []))[0]
        places = [columns.index(column) for column in still]
        common[name] = (still, sorted(tuple(row[place] for place in places) for row in rows))
    return common, now


def shape(url: str) -> dict[str, object]:
    """Return columns, keys, checks and indexes of every table, in an order that does not matter."""
    with looking(url) as connection:
        found = inspect(connection)
        return {
            name: {
                "columns": _plain(found.get_columns(name)),
                "key": found.get_pk_constraint(name),
                "foreign": _plain(found.get_foreign_keys(name)),
                "unique": _plain(found.get_unique_constraints(name)),
                "checks": _plain(found.get_check_constraints(name)),
                "indexes": _plain(found.get_indexes(name)),
            }
            for name in found.get_table_names()
        }


def _plain(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(str(sorted((name, _text(value)) for name, value in part.items())) for part in parts)


def _text(value: Any) -> str:
    return str(sorted((name, str(one)) for name, one in value.items())) if isinstance(value, dict) else str(value)
