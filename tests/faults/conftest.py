"""Databases that may be stopped and servers that may be killed: each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import settings_for
from tests.support.cluster import Cluster, running_cluster
from tests.support.log_book import LogBook, make_log_book


@pytest.fixture(scope="session")
def log_book(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> LogBook:
    """Return clients in the middle of their blocks and what they have to log."""
    return make_log_book(migrated_sqlite, tmp_path_factory.mktemp("book") / "book.db")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Run a PostgreSQL that nobody else uses."""
    with running_cluster() as running:
        yield running


@pytest.fixture
def filled_url(empty_database_url: str, log_book: LogBook) -> str:
    """Return the address of a database with the clients of the book."""
    log_book.copy_to(settings_for(empty_database_url))
    return empty_database_url


Figures = dict[str, object]


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """Return where a campaign notes what it measured; it is said when the test is over."""
    noted: Figures = {}
    yield noted
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        request.config.get_terminal_writer().line(f"\n{request.node.name}: {noted}")
