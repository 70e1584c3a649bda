"""The docs page as people meet it: sign in, send an example, read a week, on a desk and on a phone."""

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
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from app import demo
from app.catalogue import load_catalogue
from app.db import open_database
from app.main import create_app
from app.passwords import Hasher
from tests.conftest import settings_for

pytestmark = pytest.mark.browser

SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update"]
_BOUND_S = 20
# Swagger UI takes the underscores of an operation id in the address for an old way to write spaces.
_HARMLESS = "Deprecated: escaping deep link"


@pytest.fixture(scope="module")
def address(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo gym on a free port, with the real clock."""
    path = tmp_path_factory.mktemp("browser") / "demo.db"
    shutil.copyfile(migrated_sqlite, path)
    settings = settings_for(f"sqlite:///{path}")
    database = open_database(settings)
    demo.load_if_empty(database, Hasher(settings), load_catalogue(), now=datetime.now(UTC))
    database.engine.dispose()
    with socket.socket() as listening, _served(create_app(settings), listening) as served:
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


@pytest.fixture(scope="module")
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

    def shoot(self, name: str) -> None:
        """Keep a picture of what the screen shows."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Return a fresh page of a desktop's or a phone's size."""
    context = browser.new_context(viewport=request.param)
    yield Visit(context.new_page())
    context.close()


def _sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_role("textbox", name="E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text(f"Signed in as {email}").wait_for()


def _opened(page: Page, tag: str, operation: str) -> Locator:
    """Open an operation and return it."""
    found = page.locator(f"#operations-{tag}-{operation}")
    found.locator(".opblock-summary-control").first.click()
    found.get_by_role("button", name="Execute").wait_for()
    return found


def _executed(operation: Locator) -> Locator:
    """Execute an operation as it stands and return its answer."""
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response").first
    answer.wait_for()
    return answer


def test_a_coach_signs_in_sends_an_example_and_reads_a_week(
    visit: Visit, address: str, request: pytest.FixtureRequest
) -> None:
    """The form authorizes, the first assessment answers 201 as it stands, the week of today is there."""
    page, size = visit.page, request.node.callspec.id
    page.goto(f"{address}/docs")
    page.get_by_text("/v1/auth/login").first.wait_for()
    visit.shoot(f"{size}-1-signed-out")
    expect(page.locator(".btn.authorize.unlocked")).to_be_visible()
    _sign_in(page, "coach@demo.example", "demo-coach-pass")
    expect(page.locator(".btn.authorize.locked")).to_be_visible()
    expect(page.locator(".authorization__btn .unlocked")).to_have_count(0)
    visit.shoot(f"{size}-2-signed-in")

    assess = _opened(page, "Assess", "add_assessment")
    assess.scroll_into_view_if_needed()
    visit.shoot(f"{size}-3-opened")
    answer = _executed(assess)
    expect(answer.locator(".response-col_status")).to_contain_text("201")
    expect(answer).to_contain_text("limiting_factor")
    answer.scroll_into_view_if_needed()
    visit.shoot(f"{size}-4-answer")

    week = _executed(_opened(page, "Week", "get_client_week"))
    expect(week.locator(".response-col_status")).to_contain_text("200")
    expect(week).to_contain_text("Squat session")
    week.scroll_into_view_if_needed()
    visit.shoot(f"{size}-5-week")
    visit.check(address)


def test_a_member_reads_their_own_week(visit: Visit, address: str) -> None:
    """The same page serves a member: their week is there, the coach's list is refused, nothing breaks."""
    page = visit.page
    page.goto(f"{address}/docs")
    _sign_in(page, "member@demo.example", "demo-member-pass")
    week = _executed(_opened(page, "Week", "get_my_week"))
    expect(week.locator(".response-col_status")).to_contain_text("200")
    visit.check(address)


def _chosen(operation: Locator, parameter: str, value: str) -> None:
    """Choose the value of a yes-or-no parameter."""
    operation.locator(f'tr[data-param-name="{parameter}"] select').last.select_option(value)


def test_a_coach_plans_tries_a_change_keeps_it_and_asks_what_if(
    visit: Visit, address: str, request: pytest.FixtureRequest
) -> None:
    """Assess, build, dry run, adjust and what-if, each with its example; the page fills in the tag by itself."""
    page, size = visit.page, request.node.callspec.id
    page.goto(f"{address}/docs")
    _sign_in(page, "coach@demo.example", "demo-coach-pass")
    expect(_executed(_opened(page, "Assess", "add_assessment")).locator(".response-col_status")).to_contain_text("201")
    build = _opened(page, "Block", "plan_block")
    _chosen(build, "finish_current", "true")
    built = _executed(build)
    expect(built.locator(".response-col_status")).to_contain_text("201")
    expect(built).to_contain_text("ladder")
    expect(_executed(_opened(page, "Block", "get_block")).locator(".response-col_status")).to_contain_text("200")

    adjust = _opened(page, "Adjust", "adjust_block")
    _chosen(adjust, "dry_run", "true")
    tried = _executed(adjust)
    expect(tried.locator(".response-col_status")).to_contain_text("200")
    expect(tried).to_contain_text("difference")
    tried.scroll_into_view_if_needed()
    visit.shoot(f"{size}-6-dry-run")
    _chosen(adjust, "dry_run", "false")
    adjust.get_by_role("button", name="Execute").click()
    expect(adjust.locator(".live-responses-table .response .response-col_status").first).to_contain_text("201")
    expect(adjust.locator(".request-url, .curl").first).to_contain_text("adjustments")
    visit.shoot(f"{size}-7-adjusted")

    asked = _executed(_opened(page, "Adjust", "ask_what_if"))
    expect(asked.locator(".response-col_status")).to_contain_text("200")
    expect(asked).to_contain_text("decisions")
    asked.scroll_into_view_if_needed()
    visit.shoot(f"{size}-8-what-if")
    visit.check(address)
