"""The promises of the engine, on both databases."""

import asyncio
from contextlib import ExitStack, suppress

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import TimeoutError as DatabaseTimeout

from alembic import command
from app.connections import NoAnswer, open_connections
from app.db import migration_connection, open_database
from app.migrations import alembic_config
from tests.conftest import settings_for


def test_tables_and_migrations_agree(database_url: str) -> None:
    """Alembic finds nothing left to generate."""
    with migration_connection(settings_for(database_url)) as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.check(config)


_PRAGMAS = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")


@pytest.mark.sqlite_only
def test_every_pooled_connection_is_durable_and_checks_references(database_url: str) -> None:
    """All connections of the pool at once write ahead, sync fully, enforce foreign keys and wait for the writer."""
    settings = settings_for(database_url)
    database = open_database(settings)
    with ExitStack() as all_open:
        pool = [all_open.enter_context(database.engine.connect()) for _ in range(settings.pool_size)]
        found = [[one.exec_driver_sql(f"PRAGMA {name}").scalar() for name in _PRAGMAS] for one in pool[:1]]
        raw = [one.connection.dbapi_connection for one in pool]
        found += [[one.execute(f"PRAGMA {name}").fetchone()[0] for name in _PRAGMAS] for one in raw if one is not None]
    assert found == [["wal", 2, 1, 5000]] * (settings.pool_size + 1)
    database.engine.dispose()


@pytest.mark.sqlite_only
def test_connections_beside_the_pool_sync_fully_and_never_write(database_url: str) -> None:
    """Those of the hot reads and of the schema watch: whichever is last to close writes the log back."""
    connections = open_connections(settings_for(database_url), places=1, limit_s=1)

    async def read() -> list[int]:
        names = ("synchronous", "query_only")
        found = [(await connections.fetch(f"PRAGMA {name}", ()))[0][0] for name in names]
        await connections.close()
        return found

    assert asyncio.run(read()) == [2, 1]


@pytest.mark.postgresql_only
def test_a_connection_beside_the_pool_that_was_cut_is_replaced(database_url: str) -> None:
    """Cut while nobody uses it, the next statement opens another; whatever is lost is told as no answer."""
    database = open_database(settings_for(database_url))
    connections = open_connections(settings_for(database_url), places=1, limit_s=1)

    async def pids() -> list[int]:
        ((first,),) = await connections.fetch("SELECT pg_backend_pid()", ())
        with database.engine.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": first})
        with suppress(NoAnswer):
            await connections.fetch("SELECT 1", ())  # the loop has not heard of it yet
        ((second,),) = await connections.fetch("SELECT pg_backend_pid()", ())
        await connections.close()
        return [first, second]

    first, second = asyncio.run(pids())
    database.engine.dispose()
    assert first != second


def test_a_reading_session_never_commits(database_url: str) -> None:
    """What a reading session does is gone afterwards, if the database allows it at all."""
    database = open_database(settings_for(database_url))
    with database.read() as session:
        assert session.connection().execute(text("SELECT count(*) FROM login_attempts")).scalar() == 0
    database.engine.dispose()


@pytest.mark.sqlite_only
def test_a_session_that_asks_nothing_holds_no_writer_up(database_url: str) -> None:
    """The one writer's turn begins with the first statement and ends with the transaction, well or not."""
    database = open_database(settings_for(database_url).model_copy(update={"statement_timeout_s": 0.05}))
    with database.write(), database.write() as session:
        session.connection()
        with pytest.raises(DatabaseTimeout), database.write() as other:
            other.connection()
    with suppress(ZeroDivisionError), database.write() as session:
        session.connection()
        raise ZeroDivisionError
    with database.read() as reader, database.write() as session:
        reader.connection()
        session.connection()
    database.engine.dispose()


@pytest.mark.postgresql_only
def test_a_connection_that_rested_is_asked_after_and_one_in_use_is_not(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that was started again costs nobody a request, and nobody pays for a question on every request."""
    database, asked = open_database(settings_for(database_url)), list[object]()
    ask = database.engine.dialect.do_ping
    monkeypatch.setattr(database.engine.dialect, "do_ping", lambda connection: asked.append(1) or ask(connection))
    for _ in range(3):
        with database.read() as session:
            session.connection().execute(text("SELECT 1"))
    assert asked == []

    monkeypatch.setattr("app.db._IDLE_S", 0.0)
    with database.read() as session:
        own = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
    assert asked == [1]

    killer = create_engine(database.engine.url)
    with killer.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
    killer.dispose()
    with database.read() as session:
        assert session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one() != own
    database.engine.dispose()
