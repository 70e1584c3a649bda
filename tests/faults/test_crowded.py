"""All connections taken, a file that is locked, a disk that is full: refused in time, and nothing half written."""

import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.support.crowd import median
from tests.support.log_book import Entry, LogBook, kept
from tests.support.migrating import looking
from tests.support.serving import PRODUCTION, Serving, serving

_WAIT_S = 0.5
_STATEMENT_S = 2.0
_ASKERS = 30


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold what every request needs: on PostgreSQL a table, on SQLite the turn to write."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    with looking(url) as other:
        other.execute(text("LOCK TABLE people IN ACCESS EXCLUSIVE MODE"))
        yield


@pytest.fixture
def server(filled_url: str, tmp_path: Path) -> Iterator[Serving]:
    """Run a server whose patience is short."""
    with serving(tmp_path, filled_url, pool_wait_s=_WAIT_S, statement_timeout_s=_STATEMENT_S) as running:
        running.wait_until("ready")
        yield running


def assert_unavailable(answer: httpx.Response) -> None:
    """Check that an answer says to come again."""
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"


@pytest.mark.postgresql_only
def test_when_all_connections_are_taken_others_are_refused_in_time(
    server: Serving, filled_url: str, log_book: LogBook
) -> None:
    """Thirty requests behind a locked table: those without a seat are refused after the wait; probes stay quick."""
    signed = log_book.sign_in(server)
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(httpx.get(f"{server.url}/v1/me", headers=signed, timeout=60, trust_env=False))

    with held(filled_url):
        askers = [threading.Thread(target=ask) for _ in range(_ASKERS)]
        for asker in askers:
            asker.start()
        live: list[float] = []
        while any(asker.is_alive() for asker in askers):
            live.append(server.get("/livez").elapsed.total_seconds())
            time.sleep(0.02)
        assert server.standing() == "ready"
    for answer in answers:
        assert_unavailable(answer)
    waits = sorted(answer.elapsed.total_seconds() for answer in answers)
    assert waits[_ASKERS // 2] < _WAIT_S + 1
    assert median(live) < 0.05
    assert server.get("/v1/me", headers=signed).status_code == 200


def check_in(server: Serving, signed: dict[str, str], entry: Entry) -> httpx.Response:
    """Send an entry under its key."""
    return server.post(entry.path, entry.body, headers=signed | {"Idempotency-Key": entry.key})


@pytest.mark.sqlite_only
def test_a_file_that_another_program_writes_to_is_read_all_the_same(
    server: Serving, filled_url: str, log_book: LogBook
) -> None:
    """Writes are refused after the statement's time, reads go on; then the same key is served."""
    signed, client = log_book.sign_in(server), log_book.clients[0]
    entry = next(client.entries(1))
    with held(filled_url):
        refused = check_in(server, signed, entry)
        assert_unavailable(refused)
        assert refused.elapsed.total_seconds() < _STATEMENT_S + 2
        assert server.get(f"{client.path}/week", headers=signed).status_code == 200
        assert server.standing() == "ready"
    assert kept(filled_url).keys == frozenset()
    assert check_in(server, signed, entry).status_code == 201
    assert kept(filled_url).keys == {entry.key}


@pytest.mark.sqlite_only
def test_a_full_disk_refuses_writes_and_keeps_what_was_written(
    server: Serving, filled_url: str, log_book: LogBook
) -> None:
    """No file may grow: writes are refused whole, reads go on; once there is room the same keys are served."""
    signed, client = log_book.sign_in(server), log_book.clients[0]
    entries = client.entries(1)
    first, *others = [next(entries) for _ in range(4)]
    assert check_in(server, signed, first).status_code == 201
    path = filled_url.removeprefix("sqlite:///")
    assert server.process.pid is not None
    full = Path(f"{path}-wal").stat().st_size
    unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
    for entry in others:
        assert_unavailable(check_in(server, signed, entry))
        assert server.get(f"{client.path}/week", headers=signed).status_code == 200
    assert kept(filled_url).keys == {first.key}
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
    for entry in others:
        assert check_in(server, signed, entry).status_code == 201
    assert kept(filled_url).keys == {entry.key for entry in (first, *others)}


@pytest.mark.sqlite_only
def test_a_file_that_cannot_be_made_leaves_the_server_live_and_unready(tmp_path: Path) -> None:
    """A path below a file: the server says so, again and again, and serves once the way is free."""
    (tmp_path / "taken").touch()
    url = f"sqlite:///{tmp_path / 'taken' / 'gym.db'}"
    with serving(tmp_path, url, **PRODUCTION) as server:
        server.wait_until("database_away")
        assert server.get("/livez").status_code == 200
        assert_unavailable(server.get("/v1/me"))
        (tmp_path / "taken").unlink()
        (tmp_path / "taken").mkdir()
        server.wait_until("ready")
        assert server.get("/v1/me").status_code == 401
