"""The docs page as people meet it: sign in, send an example, read a week, on a desk and on a phone."""

import pytest
from playwright.sync_api import APIRequestContext, Locator, Page, expect
from pyotp import TOTP

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


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


ADMIN = {"email": "admin@demo.example", "password": "demo-admin-pass"}
_FACTOR = "/v1/me/second-factor"


def test_who_has_a_second_factor_types_a_code_beside_the_password(visit: Visit, address: str) -> None:
    """Without one the bar says what is missing; with one it signs in."""
    page, api = visit.page, visit.page.request
    codes = _set_up(api, address)
    try:
        page.goto(f"{address}/docs")
        page.get_by_role("textbox", name="E-mail").fill(ADMIN["email"])
        page.get_by_role("textbox", name="Password").fill(ADMIN["password"])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_text("The code of your second factor is needed").wait_for()
        page.get_by_role("textbox", name="Code").fill(codes[0])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_text(f"Signed in as {ADMIN['email']}").wait_for()
    finally:
        signed = api.post(f"{address}/v1/auth/login", data=ADMIN | {"code": codes[1]}).json()
        proof = {"current_password": ADMIN["password"], "code": codes[2]}
        gone = api.post(f"{address}{_FACTOR}/removal", data=proof, headers=_bearer(signed["access_token"]))
        assert gone.ok


def _set_up(api: APIRequestContext, address: str) -> list[str]:
    """Let the admin set up a second factor; return their recovery codes."""
    headers = _bearer(api.post(f"{address}/v1/auth/login", data=ADMIN).json()["access_token"])
    begun = api.post(f"{address}{_FACTOR}", data={"current_password": ADMIN["password"]}, headers=headers).json()
    code = {"code": TOTP(begun["secret"]).now()}
    codes: list[str] = api.post(f"{address}{_FACTOR}/confirmation", data=code, headers=headers).json()["recovery_codes"]
    return codes


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
