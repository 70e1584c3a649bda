"""Migrations that start together, are killed, go back and forth: the schema is right and every row is kept."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from alembic import command
from app.copying import copy_database
from app.db import migrate, open_database
from tests.conftest import settings_for
from tests.postgresql import Server
from tests.support.migrating import (
    assert_newest,
    counting,
    held,
    kept_of,
    migrate_together,
    migrate_until,
    revisions,
    run,
    shape,
)


@pytest.fixture
def full_url(empty_database_url: str, demo_gym: Path) -> str:
    """Return the address of a database with the demo gym, of this version."""
    migrate(settings_for(empty_database_url))
    one, other = open_database(settings_for(f"sqlite:///{demo_gym}")), open_database(settings_for(empty_database_url))
    copy_database(one.engine, other.engine)
    for database in (one, other):
        database.engine.dispose()
    return empty_database_url


@contextmanager
def copy_of(url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a copy of a database that nobody uses just now."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        copy = path.with_name("copy.db")
        copy.unlink(missing_ok=True)
        shutil.copyfile(path, copy)
        yield f"sqlite:///{copy}"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database(template=url.rsplit("/", 1)[1]) as copied:
        yield copied


# --- together -----------------------------------------------------------------------------------------------------


def start_together(url: str, request: pytest.FixtureRequest, *, processes: int, starts: int) -> None:
    """Let processes migrate at once, from nothing and from the oldest schema by turns; all of them must succeed."""
    oldest = revisions()[-1]
    for start in range(starts):
        with copy_of(url, request) as copy:
            settings = settings_for(copy)
            if start % 2:
                run(settings, command.upgrade, oldest)
            assert migrate_together(settings, processes) == [0] * processes
            assert_newest(settings)


def test_processes_that_start_together_migrate_once(empty_database_url: str, request: pytest.FixtureRequest) -> None:
    """Four processes on an empty database, and four on the oldest schema, all succeed."""
    _touch(empty_database_url)
    start_together(empty_database_url, request, processes=4, starts=2)


@pytest.mark.campaign
def test_eight_processes_start_together_twenty_times(empty_database_url: str, request: pytest.FixtureRequest) -> None:
    """Nobody fails, whoever is first."""
    _touch(empty_database_url)
    start_together(empty_database_url, request, processes=8, starts=20)


def _touch(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()


# --- killed -------------------------------------------------------------------------------------------------------


def kill_and_start_again(url: str, request: pytest.FixtureRequest, *, kills: int) -> None:
    """Kill the migration of the oldest schema with rows at points spread over its statements; start again each time."""
    run(settings_for(url), command.downgrade, revisions()[-1])
    before = held(url)
    with copy_of(url, request) as copy, counting() as seen:
        migrate(settings_for(copy))
    for point in range(kills):
        statement = 1 + (len(seen) - 1) * point // max(kills - 1, 1)
        with copy_of(url, request) as copy:
            assert migrate_until(settings_for(copy), statement) == -signal.SIGKILL, (statement, len(seen))
            migrate(settings_for(copy))
            assert_newest(settings_for(copy))
            then, now = kept_of(before, copy)
            assert then == now, statement


def test_a_killed_migration_is_finished_by_the_next_start(full_url: str, request: pytest.FixtureRequest) -> None:
    """At the first statement, in the middle and before the last commit: nothing is left half done, nothing is lost."""
    kill_and_start_again(full_url, request, kills=3)


@pytest.mark.campaign
def test_migrations_killed_at_twenty_points_are_finished(full_url: str, request: pytest.FixtureRequest) -> None:
    """The same at twenty points."""
    kill_and_start_again(full_url, request, kills=20)


# --- up and down --------------------------------------------------------------------------------------------------


def test_up_down_up_gives_the_same_schema(empty_database_url: str) -> None:
    """Every migration can be taken back and applied again: columns, keys, checks and indexes are the same."""
    settings = settings_for(empty_database_url)
    migrate(settings)
    first = shape(empty_database_url)
    run(settings, command.downgrade, "base")
    migrate(settings)

    assert shape(empty_database_url) == first
    assert_newest(settings)


def walk_down(url: str, request: pytest.FixtureRequest, *, to_the_newest: bool) -> None:
    """Take a full database back version by version; from each, migrate a copy on and compare the columns it had."""
    for newer, older in pairwise(revisions()):
        run(settings_for(url), command.downgrade, older)
        before = held(url)
        with copy_of(url, request) as copy:
            run(settings_for(copy), command.upgrade, "head" if to_the_newest else newer)
            then, now = kept_of(before, copy)
            assert then == now, older
        assert len(before["facts"][1]) > 20


@pytest.mark.sqlite_only
def test_each_migration_keeps_every_row(full_url: str, request: pytest.FixtureRequest) -> None:
    """The demo gym as each earlier version held it is the same after the next migration, column by column."""
    walk_down(full_url, request, to_the_newest=False)


@pytest.mark.campaign
def test_every_row_of_every_earlier_version_is_kept(full_url: str, request: pytest.FixtureRequest) -> None:
    """The same after all migrations that follow."""
    walk_down(full_url, request, to_the_newest=True)
