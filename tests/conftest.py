"""The fixtures every test shares: a database of each kind, the app on it, a clock that tests turn."""

import gc
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import demo
from app.catalogue import load_catalogue
from app.collector import spare_what_stays
from app.db import migrate, open_database
from app.main import create_app
from app.passwords import Hasher
from app.settings import Settings
from planner.catalogue import Catalogue
from tests.databases import Databases, Files, Server
from tests.gym import Founded, Gym, found_gym
from tests.kept import KeptEngines, built
from tests.postgresql import running_server
from tests.support import profile as _profile  # noqa: F401 - loaded before any test module is, so that it holds for all
from tests.support.quick import Quick
from tests.support.served import served

DATABASES = ("sqlite", "postgresql")
REQUIRE_ALL = os.environ.get("SQUATBACK_REQUIRE_ALL") == "1"


# --- what is read at start stays ----------------------------------------------------------------------------------

gc.disable()  # nothing that is imported or collected is garbage: looking for it takes a quarter of that time


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Collect garbage as the server does, past what was read before the first test."""
    gc.enable()
    spare_what_stays()


# --- no test is left out silently ---------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Turn every skip into a failure where everything must run."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but SQUATBACK_REQUIRE_ALL=1"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what this machine could not test."""
    skipped = terminalreporter.stats.get("skipped", [])
    browsers = [report for report in skipped if "browser" in report.keywords]
    if browsers:
        terminalreporter.write_line(f"Chromium was not found: {len(browsers)} browser tests were skipped.", yellow=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium, or skip."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


# --- the planner --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Return the catalogue that the seeds make."""
    return load_catalogue()


# --- databases: migrated once, copied for each test ---------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever touches a database once on each, unless it is marked for one."""
    if "database_kind" not in metafunc.fixturenames:
        return
    kinds = [kind for kind in DATABASES if not metafunc.definition.get_closest_marker(f"{_other(kind)}_only")]
    metafunc.parametrize("database_kind", kinds, scope="session")


def _other(kind: str) -> str:
    return DATABASES[1 - DATABASES.index(kind)]


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one PostgreSQL for the whole session."""
    with running_server(tmp_path_factory.mktemp("pg")) as server:
        yield server


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return the folder of all SQLite databases."""
    return Files(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def migrated_sqlite(sqlite: Files) -> Path:
    """Migrate one SQLite file that tests copy."""
    return sqlite.path(_migrated(sqlite))


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: Server) -> str:
    """Migrate one PostgreSQL database that tests copy."""
    return _migrated(postgresql)


def _migrated(databases: Databases) -> str:
    name = f"migrated_{uuid4().hex}"
    databases.create(name)
    migrate(settings_for(databases.url(name)))
    return name


@pytest.fixture
def databases(database_kind: str, request: pytest.FixtureRequest) -> Databases:
    """Return where databases of the kind under test are made."""
    found: Databases = request.getfixturevalue(database_kind)
    return found


@pytest.fixture
def migrated(database_kind: str, request: pytest.FixtureRequest) -> str:
    """Return the name of the migrated database of this kind."""
    found: Path | str = request.getfixturevalue(f"migrated_{database_kind}")
    return found.parent.name if isinstance(found, Path) else found


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """Return the address of a database without tables."""
    with databases.database() as url:
        yield url


@pytest.fixture
def database_url(databases: Databases, present: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a fresh database with all tables: with the gym in it for who asks for `gym`, else empty."""
    founded = "gym" in request.fixturenames
    template = request.getfixturevalue("founded").template if founded else request.getfixturevalue("migrated")
    with databases.database(present, template=template) as url:
        yield url


@pytest.fixture(scope="session")
def present() -> str:
    """Return the name of every present test's database: an engine is kept for an address."""
    return f"present_{uuid4().hex}"


@pytest.fixture(scope="session")
def founded_at() -> dict[tuple[str, datetime], Founded]:
    """Keep the gym of each kind of database and each first instant of a test's clock."""
    return {}


@pytest.fixture
def founded(
    database_kind: str,
    databases: Databases,
    migrated: str,
    clock: "Clock",
    founded_at: dict[tuple[str, datetime], Founded],
) -> Founded:
    """Found the gym and sign everybody in, once for all tests that begin at this instant."""
    key = database_kind, clock.now
    if key not in founded_at:
        name = f"gym_{uuid4().hex}"
        databases.create(name, template=migrated)
        founded_at[key] = Founded(name, found_gym(settings_for(databases.url(name)), clock.now))
    return founded_at[key]


# --- the app ------------------------------------------------------------------------------------------------------


def settings_for(url: str, **changes: object) -> Settings:
    """Return settings for tests: the cheapest password hashes and forecasts, nothing from the developer's .env."""
    cheap = {"argon2_memory_kib": 8, "argon2_rounds": 1, "pool_wait_s": 1.0, "worker_threads": 4, "pool_size": 6}
    cheap |= {"forecast_runs": 2, "calls_per_minute": 10_000_000}
    return Settings(_env_file=None, database_url=url, **(cheap | changes))  # type: ignore[arg-type]


@dataclass(slots=True)
class Clock:
    """The present instant as the app sees it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 12, 0, tzinfo=UTC))

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still until a test moves it."""
    return Clock()


kept_settings = cache(settings_for)  # reading them takes 2 ms, and they cannot be changed


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Return the settings of the app under test."""
    return kept_settings(database_url)


@pytest.fixture(scope="session")
def kept_engines() -> KeptEngines:
    """Return the engines that apps under test use one after another."""
    return KeptEngines()


@pytest.fixture
def app(settings: Settings, clock: Clock) -> FastAPI:
    """Return the app under test, on the test's clock."""
    app = built(settings)
    app.state.clock = lambda: clock.now
    return app


@pytest.fixture
def client(app: FastAPI, kept_engines: KeptEngines) -> Iterator[TestClient]:
    """Return a client of the running app."""
    with ExitStack() as running:
        with kept_engines.lent():
            client = running.enter_context(Quick(app))
        yield client


@pytest.fixture
def gym(client: TestClient, founded: Founded) -> Gym:
    """Return two organizations with signed-in people, of the running app."""
    return founded.gym


@pytest.fixture(scope="session")
def demo_gym(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the demo gym into a file that modules copy."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(migrated_sqlite, path)
    settings = settings_for(f"sqlite:///{path}")
    database = open_database(settings)
    demo.load_if_empty(database, Hasher(settings), load_catalogue(), now=datetime.now(UTC))
    database.leave_no_traces()
    database.engine.dispose()
    return path


@pytest.fixture(scope="module")
def address(demo_gym: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo gym on a free port, with the real clock."""
    path = tmp_path_factory.mktemp("browser") / "demo.db"
    shutil.copyfile(demo_gym, path)
    with socket.socket() as listening, served(create_app(settings_for(f"sqlite:///{path}")), listening) as at:
        yield at
