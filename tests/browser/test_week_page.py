"""The week page as people meet it: on a phone, at a desk, without JavaScript, by keyboard, on paper."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.assessments.examples import ASSESSMENT
from app.clients.examples import CLIENT
from app.demo_ids import demo_id
from tests.browser.conftest import DESKTOP, PHONE, SCREENSHOTS, Visit
from tests.conftest import REQUIRE_ALL

pytestmark = pytest.mark.browser

MEMBER, COACH = ("member@demo.example", "demo-member-pass"), ("coach@demo.example", "demo-coach-pass")
SAM, MAX = demo_id("client/sam"), demo_id("client/max")
_AXE = Path(__file__).parents[2] / "tools" / "node_modules" / "axe-core" / "axe.min.js"


class Api:
    """The API beside the page, to see what the page really did."""

    def __init__(self, address: str, who: tuple[str, str]) -> None:
        self.http = httpx.Client(base_url=address)
        token = self.http.post("/v1/auth/login", json={"email": who[0], "password": who[1]}).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        """Read something."""
        answer = self.http.get(path)
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, body: object) -> Any:
        """Send something."""
        answer = self.http.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def coach(address: str) -> Iterator[Api]:
    """Return the API as the demo gym's coach uses it."""
    api = Api(address, COACH)
    yield api
    api.http.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Visit]:
    """Return a fresh page on a phone."""
    context = browser.new_context(viewport=PHONE)
    yield Visit(context.new_page())
    context.close()


def _signed_in(page: Page, address: str, who: tuple[str, str], path: str = "/week") -> None:
    page.goto(f"{address}{path}")
    page.get_by_label("E-mail").fill(who[0])
    page.get_by_label("Password").fill(who[1])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()


def _accessible(page: Page) -> None:
    """Check the page against axe-core's rules, WCAG 2.2 AA and its best practices."""
    if not _AXE.exists():
        assert not REQUIRE_ALL, "axe-core is not installed: see tools/package.json"
        return
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == []


def _open_all(page: Page) -> None:
    """Unfold everything on a page."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def _quiet(visit: Visit, address: str) -> None:
    """Check that nothing went wrong but the sign-in page's own 401."""
    visit.complaints = [text for text in visit.complaints if "401" not in text]
    visit.check(address)


# --- looks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "size", "scheme"), [("phone", PHONE, "light"), ("desktop", DESKTOP, "dark")])
def test_the_page_is_accessible_and_fits_the_screen(
    browser: Browser, address: str, name: str, size: Any, scheme: Any
) -> None:
    """Labels, contrast, structure: no finding of axe-core, signed out and in, with everything opened."""
    context = browser.new_context(viewport=size, color_scheme=scheme)
    visit = Visit(context.new_page())
    page = visit.page
    page.goto(f"{address}/week")
    _accessible(page)
    visit.shoot(f"week-{name}-{scheme}-1-sign-in")
    _signed_in(page, address, MEMBER)
    visit.shoot(f"week-{name}-{scheme}-2-top")
    visit.shoot(f"week-{name}-{scheme}-3-whole", whole=True)
    _open_all(page)
    _accessible(page)
    _quiet(visit, address)
    visit.shoot(f"week-{name}-{scheme}-4-opened", whole=True)
    context.close()


def test_the_picture_is_legible_on_a_small_phone(browser: Browser, address: str, coach: Api) -> None:
    """The file itself, 360 px wide, under its own strict policy: nothing is cut off and nothing is asked for."""
    context = browser.new_context(
        viewport={"width": 360, "height": 480},
        extra_http_headers={"Authorization": coach.http.headers["Authorization"]},
    )
    visit = Visit(context.new_page())
    for name in ("sam", "max"):
        visit.page.goto(f"{address}/v1/blocks/{demo_id(f'block/{name}')}/chart.svg")
        boxes = visit.page.evaluate(
            "[...document.querySelectorAll('text')].map((one) => [one.getBoundingClientRect().left,"
            " one.getBoundingClientRect().right, parseFloat(getComputedStyle(one).fontSize)])"
        )
        assert all(left >= -0.5 and right <= 360.5 for left, right, _ in boxes)
        assert all(size >= 9 for *_, size in boxes if size > 8)
        visit.shoot(f"chart-{name}")
    assert visit.complaints == []
    context.close()


@pytest.fixture(scope="module")
def busy(coach: Api) -> str:
    """Return a client who trains on six days a week, two hours each: as much as a week can hold."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat"]
    body = CLIENT["gym"]["value"] | {"display_name": "Busy", "training_days": days, "session_minutes": 120}  # type: ignore[operator]
    path = f"/v1/clients/{coach.post('/v1/clients', body)['id']}"
    assessed = coach.post(f"{path}/assessments", ASSESSMENT["hip"]["value"])
    coach.post(f"{path}/blocks", {"assessment_id": assessed["id"], "weeks": 8})
    return path.rsplit("/", 1)[1]


@pytest.mark.parametrize("who", ["sam", "tara", "busy"])
def test_a_week_prints_on_one_sheet(browser: Browser, address: str, busy: str, who: str) -> None:
    """Whatever the week holds, and with everything opened on the screen, it is one A4 page."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    _signed_in(page, address, COACH, f"/week?client={busy if who == 'busy' else demo_id(f'client/{who}')}")
    _open_all(page)
    sheet = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 726, "height": 1055})
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"week-print-{who}.png", full_page=True)
    context.close()


# --- use ----------------------------------------------------------------------------------------------------------


def test_a_member_tells_the_morning_in_two_taps_and_ticks_a_session_off(phone: Visit, address: str, coach: Api) -> None:
    page = phone.page
    _signed_in(page, address, MEMBER)
    morning = page.get_by_role("region", name="How is your back this morning?")
    morning.get_by_role("radio", name="3").first.click()
    morning.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("This morning you said 3 of 10.")).to_be_visible()
    assert coach.get(f"/v1/clients/{SAM}/check-ins")["items"][0]["back_pain"] == {"now": 3, "worst_24h": 3}

    squat = page.locator("article.session.squat")
    squat.get_by_role("group", name="Back during the session").get_by_role("radio", name="1", exact=True).click()
    squat.get_by_role("group", name="Back after the session").get_by_role("radio", name="2", exact=True).click()
    squat.get_by_role("button", name="Done as planned").click()
    expect(page.get_by_role("status")).to_have_text("Saved. Well done.")
    expect(page.locator("article.session.squat .status")).to_have_text("done")
    phone.shoot("week-phone-5-logged")
    log = coach.get(f"/v1/clients/{SAM}/session-logs")["items"][0]
    assert (log["back_pain"]["during"], log["back_pain"]["after"]) == (1, 2)
    assert all(item["sets"] or item["exercise"] is None for item in log["items"])
    _quiet(phone, address)


def test_clocks_run_and_ticks_survive_a_reload(phone: Visit, address: str) -> None:
    """What JavaScript adds; the page asks for nothing more because of it."""
    page = phone.page
    _signed_in(page, address, MEMBER)
    _open_all(page)  # a session that was logged is folded away
    clock = page.locator(".timer").first
    clock.click()
    expect(clock).to_have_text(re.compile(r"■ \d:\d\d"))
    box = page.locator(".daily_cars input[name=done]").first
    box.check()
    page.reload()
    expect(page.locator(".daily_cars input[name=done]").first).to_be_checked()
    _quiet(phone, address)


def test_everything_works_without_javascript_and_by_keyboard_alone(browser: Browser, address: str, coach: Api) -> None:
    """Sign in, answer the morning, tick one exercise, sign out: no mouse, no script."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/week")
    for typed in (COACH[0], COACH[1]):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Clients")).to_be_visible()
    page.goto(f"{address}/week?client={MAX}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to today")).to_be_focused()

    page.locator("input[name=now]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=now][value='2']")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved. Thank you.")
    assert coach.get(f"/v1/clients/{MAX}/check-ins")["items"][0]["back_pain"]["now"] == 2

    first = page.locator("input[name=done]").first
    ticked = first.get_attribute("value")
    first.focus()
    page.keyboard.press("Space")
    page.locator("form.log").first.get_by_role("button", name="Only what I ticked").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved. Well done.")
    (log, *_) = coach.get(f"/v1/clients/{MAX}/session-logs")["items"]
    assert [item["item_id"] for item in log["items"] if not item["skipped"]] == [ticked]
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    context.close()


def test_a_private_link_opens_without_a_sign_in_and_is_dead_after_it_is_revoked(
    phone: Visit, address: str, coach: Api
) -> None:
    made = coach.post(f"/v1/clients/{SAM}/page-links", {})
    page = phone.page
    page.goto(made["url"])
    expect(page.get_by_role("heading", level=1, name="Your week")).to_be_visible()
    page.locator("article.session.daily_cars").get_by_role("button", name="Done as planned").click()
    expect(page.get_by_role("status")).to_have_text("Saved. Well done.")
    assert page.url.startswith(made["url"])
    assert coach.http.delete(f"/v1/clients/{SAM}/page-links/{made['id']}").is_success
    page.reload()
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    phone.shoot("week-phone-6-revoked")


def test_a_red_flag_given_on_the_page_stops_loaded_training(phone: Visit, address: str, coach: Api) -> None:
    page = phone.page
    _signed_in(page, address, COACH, f"/week?client={MAX}")
    expect(page.locator(".load").first).to_be_visible()
    page.get_by_text("Numbness, tingling, pain down a leg").click()
    page.get_by_text("has lost strength").click()
    phone.shoot("week-phone-7-safety")
    page.get_by_role("button", name="Yes, what I ticked").click()
    expect(page.get_by_role("heading", name="No loaded training for now")).to_be_visible()
    expect(page.locator(".load")).to_have_count(0)
    block = coach.get(f"/v1/blocks/{demo_id('block/max')}")
    assert block["status"] == "locked"
    expect(page.get_by_text(block["lock"]["text"])).to_be_visible()
    phone.shoot("week-phone-8-stopped", whole=True)
    _accessible(page)
    _quiet(phone, address)
