"""The second factor on the pages: set up, used and taken away without a script."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.settings import Settings
from tests.app.kit import Api
from tests.app.pages import Browser, forms_of, text_of
from tests.app.second_factors import code_at, give_factor
from tests.app.test_second_factor import beside
from tests.conftest import Clock
from tests.gym import PASSWORD, Gym

pytestmark = pytest.mark.sqlite_only


def _secret_on(page: Response) -> str:
    [shown] = re.findall(r'<p class="code">([A-Z2-7 ]+)</p>', page.text)
    secret: str = shown.replace(" ", "")
    assert f"otpauth://totp/squatback:member%40home.example?secret={secret}" in page.text
    return secret


def test_a_code_is_asked_for_on_the_sign_in_page(client: TestClient, gym: Gym, app: FastAPI, clock: Clock) -> None:
    """Without one the form comes again, open where it is filled in; nothing that was typed comes back with it."""
    give_factor(app.state.database, app.state.settings, gym.member, clock.now)
    browser = Browser(client)
    assert "<details>" in browser.open("/week", 401).text
    filled = [("email", gym.member.email), ("password", PASSWORD)]
    asked = browser.post("/week/sign-in", filled, 401)
    assert "The code is missing, wrong, or was used before." in text_of(asked)
    assert "<details open>" in asked.text
    assert PASSWORD not in asked.text
    signed_in = browser.post("/week/sign-in", [*filled, ("code", code_at(clock.now))])
    assert "No plan covers this day" in browser.follow(signed_in).text


def test_a_member_sets_up_a_second_factor_and_takes_it_away(client: TestClient, gym: Gym, clock: Clock) -> None:
    """From the page of sign-ins: password, secret, code, recovery codes; the browser stays signed in."""
    browser = Browser(client)
    browser.sign_in(gym.member)
    assert 'href="/week/second-factor"' in browser.open("/week/sign-ins").text
    [form] = forms_of(browser.open("/week/second-factor"), "/change")
    wrong = browser.send(form, 401, password="wrong", how="new")
    assert "The password is wrong." in text_of(wrong)

    shown = browser.send(form, 200, password=PASSWORD, how="new")
    secret = _secret_on(shown)
    [confirming] = forms_of(shown, "/second-factor")
    mistyped = browser.send(confirming, 422, code="000000")
    assert secret not in mistyped.text
    [again] = forms_of(mistyped, "/second-factor")
    codes = browser.send(again, 200, code=code_at(clock.now, secret=secret))
    listed = re.findall(r'<li class="code">([A-Z2-7-]+)</li>', codes.text)
    assert len(listed) == 10
    assert browser.open("/week")
    assert browser.post("/week/sign-in", [("email", gym.member.email), ("password", PASSWORD)], 401)

    [form] = forms_of(browser.open("/week/second-factor"), "/change")
    browser.send(form, 401, password=PASSWORD, how="remove")
    browser.send(form, password=PASSWORD, how="remove", code=listed[0])
    assert browser.post("/week/sign-in", [("email", gym.member.email), ("password", PASSWORD)])


def test_where_a_factor_is_demanded_the_sign_in_page_sets_it_up(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock
) -> None:
    """The right password leads to the secret instead of the week, and its code to both; in the member's language."""
    Api(client, gym.coach).patch(f"/v1/clients/{gym.member.client_id}", {"locale": "de-DE"})
    with beside(settings, clock, second_factor="everybody") as strict:
        browser = Browser(strict)
        shown = browser.post("/week/sign-in", [("email", gym.member.email), ("password", PASSWORD)], 200)
        assert "set-cookie" not in shown.headers
        assert '<html lang="de">' in shown.text
        browser.open("/week", 401)
        [confirming] = forms_of(shown, "/second-factor")
        browser.send(confirming, 200, code=code_at(clock.now, secret=_secret_on(shown)))
        assert browser.open("/week")
        browser.send(confirming, 401, code=code_at(clock.now))
        [form] = forms_of(browser.open("/week/second-factor"), "/change")
        browser.send(form, 409, password=PASSWORD, how="remove", code="000000")


def test_a_form_that_changes_a_factor_needs_the_secret_of_its_own(client: TestClient, gym: Gym) -> None:
    browser = Browser(client)
    browser.sign_in(gym.member)
    browser.post("/week/second-factor/change", [("password", PASSWORD), ("how", "new")], 403)
    assert browser.post("/week/second-factor", [("token", "x" * 43), ("code", "000000")], 401)
    assert browser.post("/week/second-factor", [("code", "000000")], 422)
