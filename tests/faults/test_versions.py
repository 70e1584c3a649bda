"""A server and a database of different versions: nothing is served, nothing written, and why is said."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import cli
from app.db import open_database
from app.schema import WrongSchema
from tests.conftest import settings_for
from tests.support.log_book import LogBook
from tests.support.migrating import looking, revisions
from tests.support.serving import Serving, serving

_LATER_VERSION = "ffffffffffff"


def stamp(url: str, revision: str) -> None:
    """Say that a database has the schema of another version."""
    with looking(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        connection.commit()


def assert_refuses(server: Serving, signed: dict[str, str], reason: str) -> None:
    """Check that a server says why it does not serve, and does not."""
    server.wait_until(reason)
    for answer in (
        server.get("/v1/me", headers=signed),
        server.post("/v1/auth/login", {"email": "nobody@gym.example", "password": "does not matter"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) >= 1
    assert server.get("/livez").status_code == 200
    assert server.events("database")[-1]["standing"] == reason


def test_another_versions_schema_is_refused_until_it_is_right(
    log_book: LogBook, filled_url: str, tmp_path: Path
) -> None:
    """While it runs and when it starts: 503 with the reason, a log line, and served again once the schema is right."""
    with serving(tmp_path, filled_url) as server:
        server.wait_until("ready")
        signed = log_book.sign_in(server)
        week = f"{log_book.clients[0].path}/week"
        for revision, reason in ((_LATER_VERSION, "schema_newer"), (revisions()[1], "schema_older")):
            stamp(filled_url, revision)
            assert_refuses(server, signed, reason)
            assert server.get(week, headers=signed).status_code == 503
            stamp(filled_url, revisions()[0])
            assert server.wait_until("ready") >= 0
            assert server.get(week, headers=signed).status_code == 200
        stamp(filled_url, _LATER_VERSION)
        server.kill()
    with serving(tmp_path, filled_url) as server:
        assert_refuses(server, signed, "schema_newer")
        stamp(filled_url, revisions()[0])
        server.wait_until("ready")
        assert server.get("/v1/me", headers=signed).status_code == 200


@pytest.mark.parametrize("revision", [_LATER_VERSION, revisions()[1]], ids=["newer", "older"])
def test_nothing_is_written_to_another_versions_schema(database_url: str, revision: str) -> None:
    """A write looks for itself, in its own transaction: it does not wait for the next look at the schema."""
    database = open_database(settings_for(database_url))
    stamp(database_url, revision)
    with pytest.raises(WrongSchema), database.write() as session:
        session.execute(text("DELETE FROM login_attempts"))
    database.engine.dispose()


@pytest.mark.postgresql_only
def test_a_migration_waits_for_what_is_being_written_and_holds_off_what_comes(database_url: str) -> None:
    """Writers share a lock that a migration takes alone: none of them ever meets half of one."""
    database = open_database(settings_for(database_url))
    with looking(database_url) as other, database.write() as session:
        session.connection()
        taken = other.execute(text("SELECT pg_try_advisory_lock(7288226)")).scalar()
    assert taken is False
    with looking(database_url) as other:
        assert other.execute(text("SELECT pg_try_advisory_lock(7288226)")).scalar() is True
        with pytest.raises(WrongSchema), database.write() as session:
            session.connection()
        other.execute(text("SELECT pg_advisory_unlock(7288226)"))
    with database.write() as session:
        session.connection()
    database.engine.dispose()


def test_the_command_says_that_a_schema_is_newer(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`squatback migrate` of an old version changes nothing and exits with 2."""
    stamp(database_url, _LATER_VERSION)
    monkeypatch.setenv("SQUATBACK_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["migrate"])
    assert (done.exit_code, "newer" in done.output) == (2, True)
