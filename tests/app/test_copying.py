"""Backup, restore, transfer: a database copied whole, proven equal, into nothing but an empty one."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import cli
from app.copying import CannotCopy, Summary, copy_database, summaries
from app.db import open_database
from tests.app.kit import CALM_MORNING, Api
from tests.conftest import Clock, settings_for
from tests.databases import Server
from tests.gym import make_gym
from tests.kept import built
from tests.support.quick import Quick


def held(url: str) -> dict[str, Summary]:
    """Return what a database holds."""
    database = open_database(settings_for(url))
    try:
        with database.engine.connect() as connection:
            return summaries(connection)
    finally:
        database.engine.dispose()


@pytest.fixture
def empty_url(postgresql: Server) -> Iterator[str]:
    """Return the address of an empty PostgreSQL."""
    with postgresql.database() as url:
        yield url


@pytest.fixture
def full_url(demo_gym: Path, tmp_path: Path) -> str:
    """Return the address of a SQLite file with the demo gym."""
    path = tmp_path / "full.db"
    shutil.copyfile(demo_gym, path)
    return f"sqlite:///{path}"


def run(monkeypatch: pytest.MonkeyPatch, url: str, *arguments: object) -> tuple[int, str]:
    """Run a command on a database; return its exit code and what it said."""
    monkeypatch.setenv("SQUATBACK_DATABASE_URL", url)
    monkeypatch.chdir(Path(__file__).parent)  # no .env of a developer
    done = CliRunner().invoke(cli, [str(one) for one in arguments])
    return done.exit_code, done.output


def test_a_file_moves_to_postgresql_and_back(
    monkeypatch: pytest.MonkeyPatch, full_url: str, empty_url: str, tmp_path: Path
) -> None:
    """Transfer, backup of PostgreSQL, restore into a new file: all rows the same at every stop, and served."""
    whole = held(full_url)
    assert run(monkeypatch, empty_url, "transfer", full_url.removeprefix("sqlite:///"))[0] == 0
    assert held(empty_url) == whole
    verified = run(monkeypatch, empty_url, "verify")  # what SQLite stored is built again from what PostgreSQL holds
    assert (verified[0], "4 blocks built again" in verified[1], whole["audit_heads"].rows) == (0, True, 1)
    kept, again = tmp_path / "kept.db", f"sqlite:///{tmp_path / 'again.db'}"
    assert run(monkeypatch, empty_url, "backup", kept)[0] == 0
    assert sorted(path.name for path in tmp_path.glob("kept*")) == ["kept.db"]
    assert run(monkeypatch, again, "restore", kept)[0] == 0
    assert held(again) == whole
    assert whole["facts"].rows > 20
    with Quick(built(settings_for(empty_url))) as http:
        signed = http.post("/v1/auth/login", json={"email": "member@demo.example", "password": "demo-member-pass"})
        week = http.get("/v1/me/week", headers={"Authorization": f"Bearer {signed.json()['access_token']}"})
    assert week.status_code == 200


def test_nothing_is_copied_over_anything(monkeypatch: pytest.MonkeyPatch, full_url: str, tmp_path: Path) -> None:
    """A database with rows and a file that exists are refused and untouched."""
    before, file = held(full_url), tmp_path / "kept.db"
    assert run(monkeypatch, full_url, "backup", file)[0] == 0
    code, said = run(monkeypatch, full_url, "restore", file)
    assert (code, "not empty" in said, held(full_url)) == (2, True, before)
    code, said = run(monkeypatch, full_url, "backup", file)
    assert (code, "never overwrites" in said) == (2, True)
    code, said = run(monkeypatch, full_url, "transfer", file)
    assert (code, "must name the PostgreSQL" in said) == (2, True)


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
def test_what_is_no_backup_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes) -> None:
    """Garbage never becomes a database; a missing file says so."""
    file, url = tmp_path / "bad.db", f"sqlite:///{tmp_path / 'new.db'}"
    assert run(monkeypatch, url, "restore", file)[0] == 2
    file.write_bytes(content)
    code, said = run(monkeypatch, url, "restore", file)
    if content:
        assert (code, "cannot be read" in said) == (2, True)
    else:  # an empty file is an empty database
        assert code == 0


def test_a_copy_that_differs_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, full_url: str, migrated_sqlite: Path, tmp_path: Path
) -> None:
    """Whatever spoils a row on its way, the target stays empty."""
    target = tmp_path / "target.db"
    shutil.copyfile(migrated_sqlite, target)
    one, other = (open_database(settings_for(url)) for url in (full_url, f"sqlite:///{target}"))
    with other.engine.begin() as connection:
        connection.execute(
            text("CREATE TRIGGER spoil AFTER INSERT ON clients BEGIN UPDATE clients SET version = 99; END")
        )
    with pytest.raises(CannotCopy, match="clients"):
        copy_database(one.engine, other.engine)
    for database in (one, other):
        database.engine.dispose()
    assert {name: found.rows for name, found in held(f"sqlite:///{target}").items() if found.rows} == {}


def test_a_backup_under_load_is_the_database_at_one_instant(
    monkeypatch: pytest.MonkeyPatch, database_url: str, clock: Clock, tmp_path: Path
) -> None:
    """While check-ins come in every copy is whole: each check-in with its revision, and it can be restored."""
    app = built(settings_for(database_url))
    app.state.clock = lambda: clock.now
    stop = threading.Event()
    with Quick(app) as http:
        coach = Api(http, make_gym(http, app.state.database, app.state.hasher, clock.now).coach)
        path, _ = coach.planned_client()

        def write() -> None:
            while not stop.is_set():
                clock.forward(seconds=1)
                coach.post(f"{path}/check-ins", CALM_MORNING)

        writer = threading.Thread(target=write)
        writer.start()
        files = [tmp_path / f"kept-{number}.db" for number in range(3)]
        try:
            codes = [run(monkeypatch, database_url, "backup", file)[0] for file in files]
        finally:
            stop.set()
            writer.join()
    assert codes == [0, 0, 0]
    counts = [_check_ins_and_revisions(file) for file in files]
    assert all(check_ins == revisions for check_ins, revisions in counts)
    assert counts == sorted(counts)
    assert run(monkeypatch, f"sqlite:///{tmp_path / 'again.db'}", "restore", files[-1])[0] == 0


def _check_ins_and_revisions(file: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(file)) as connection:
        (check_ins,) = connection.execute("SELECT count(*) FROM facts WHERE kind = 'check_in'").fetchone()
        changes = "SELECT count(*) FROM client_changes WHERE kind = 'check_in'"
        return check_ins, connection.execute(changes).fetchone()[0]
