"""What browser tests share: one Chromium, and pages that keep their complaints."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update"]
# Swagger UI takes the underscores of an operation id in the address for an old way to write spaces.
_HARMLESS = "Deprecated: escaping deep link"


@pytest.fixture(scope="module")  # while it runs, no other test of this process can run a loop of its own
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium once for the tests of a module."""
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
