"""What browser tests share: the demo gym served on a free port, one Chromium, pages that keep their complaints."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from app import demo
from app.catalogue import load_catalogue
from app.db import open_database
from app.main import create_app
from app.passwords import Hasher
from tests.conftest import settings_for

SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update"]
_BOUND_S = 20
# Swagger UI takes the underscores of an operation id in the address for an old way to write spaces.
_HARMLESS = "Deprecated: escaping deep link"


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
    with socket.socket() as listening, _served(create_app(settings_for(f"sqlite:///{path}")), listening) as served:
        yield served


@contextmanager
def _served(app: FastAPI, listening: socket.socket) -> Iterator[str]:
    """Serve an app on a free port for as long as the context lasts."""
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _BOUND_S
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_BOUND_S)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium once."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield started
        started.close()


@dataclass
class Visit:
    """A page and everything it complained about or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.page
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on("request", lambda request: self.asked.append(request.url))

    def check(self, address: str) -> None:
        """Check that the console stayed quiet and that only this server was asked."""
        assert [text for text in self.complaints if not text.startswith(_HARMLESS)] == []
        assert [url for url in self.asked if not url.startswith((f"{address}/", "data:"))] == []
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"the page is {width} px wider than the screen"

    def shoot(self, name: str, *, whole: bool = False) -> None:
        """Keep a picture of what the screen shows, or of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Return a fresh page of a desktop's or a phone's size."""
    context = browser.new_context(viewport=request.param)
    yield Visit(context.new_page())
    context.close()
