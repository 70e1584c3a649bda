"""Backups taken while people log: each is the database at one instant, whole, and restores to the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.copy_commands import backup, restore
from app.copying import Summary, summaries
from app.db import open_database
from tests.conftest import settings_for
from tests.postgresql import Server
from tests.support.log_book import LogBook, kept
from tests.support.serving import serving
from tests.support.writers import make_writers, writing

BACKUPS = 50
"""Of each database: a hundred in a campaign."""


def content(url: str) -> dict[str, Summary]:
    """Return what every table of a database holds."""
    database = open_database(settings_for(url))
    try:
        with database.engine.connect() as connection:
            return summaries(connection)
    finally:
        database.engine.dispose()


@pytest.mark.campaign
def test_a_hundred_backups_under_load_restore_to_what_they_were(
    filled_url: str,
    log_book: LogBook,
    postgresql: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """Into SQLite and PostgreSQL by turns: equal to the backup, every log with its plan, none fewer than before."""
    writers, before = make_writers(log_book, seed=3), 0
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, filled_url) as server:
        server.wait_until("ready")
        for number in range(BACKUPS):
            file = tmp_path / f"kept-{number}.db"
            with writing(writers, server, log_book.sign_in(server)):
                monkeypatch.setenv("SQUATBACK_DATABASE_URL", filled_url)
                assert backup(file) == 0
            if number % 2:
                with postgresql.database() as url:
                    logs = _restored(file, url, monkeypatch)
            else:
                logs = _restored(file, f"sqlite:///{tmp_path / f'again-{number}.db'}", monkeypatch)
            assert logs >= before
            before = logs
        assert server.terminate() == 0
    rest = tmp_path / "rest.db"
    monkeypatch.setenv("SQUATBACK_DATABASE_URL", filled_url)
    assert backup(rest) == 0
    assert content(f"sqlite:///{rest}") == content(filled_url)
    record_property("logs", before)


def _restored(file: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Restore a backup, compare, and return how many logs it holds."""
    monkeypatch.setenv("SQUATBACK_DATABASE_URL", url)
    assert restore(file) == 0
    assert content(url) == content(f"sqlite:///{file}")
    return len(kept(url).facts)
