"""One's own sign-ins: which there are, and the end of those one does not want any more."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from app.audit_table import AuditEvent
from app.main import create_app
from app.people import tokens
from app.people.devices import Device, device_of
from app.people.schemas import Tokens
from app.settings import Settings
from app.sign_in_tables import SignIn
from tests.app.kit import Api, Json, every
from tests.app.pages import Browser, forms_of, text_of
from tests.app.twins import beside_a_twin
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, Gym

ON_ONE = pytest.mark.sqlite_only
_OWN = "/v1/me/sign-ins"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"
_LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def _signed_in(client: TestClient, who: Account, user_agent: str = "") -> Json:
    credentials = {"email": who.email, "password": PASSWORD}
    answer: Json = client.post("/v1/auth/login", json=credentials, headers={"User-Agent": user_agent}).json()
    return answer


def _bearer(pair: Json) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access_token']}"}


def _listed(client: TestClient, headers: dict[str, str]) -> list[Json]:
    items: list[Json] = client.get(_OWN, headers=headers).json()["items"]
    return items


def _end(client: TestClient, headers: dict[str, str], password: str = PASSWORD, **body: object) -> Response:
    return client.post(f"{_OWN}/end", headers=headers, json={"current_password": password} | body)


def _opens(client: TestClient, pair: Json) -> bool:
    return client.get("/v1/me", headers=_bearer(pair)).status_code == 200


def _renews(client: TestClient, pair: Json) -> bool:
    return client.post("/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]}).status_code == 200


# --- which there are ----------------------------------------------------------------------------------------------


def test_people_see_where_they_are_signed_in(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Each sign-in once, newest first, with what it was made with, when, and which one asks; nobody else's."""
    clock.forward(minutes=1)
    phone, laptop = _signed_in(client, gym.member, _PHONE), _signed_in(client, gym.member, _LAPTOP)
    made = clock.now
    clock.forward(minutes=14)
    renewed = client.post("/v1/auth/refresh", json={"refresh_token": laptop["refresh_token"]}).json()
    listed = _listed(client, _bearer(renewed))

    assert [(one.get("app"), one.get("system"), one["present"]) for one in listed[:2]] in (
        [("Safari", "iPhone", False), ("Firefox", "Linux", True)],
        [("Firefox", "Linux", True), ("Safari", "iPhone", False)],
    )
    assert len(listed) == 3
    [mine] = [one for one in listed if one["present"]]
    assert (mine["made_at"], mine["last_used_at"]) == (_instant(made), _instant(clock.now))
    assert _opens(client, phone)


def _instant(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", "Z")


def test_what_has_ended_is_not_listed(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Signed out, unused for fourteen days, or ended with a new password."""
    clock.forward(days=7)
    out, _, used = (_signed_in(client, gym.coach) for _ in range(3))
    client.post("/v1/auth/logout", headers=_bearer(out))
    assert len(_listed(client, _bearer(used))) == 3
    clock.forward(days=7)
    pair = client.post("/v1/auth/refresh", json={"refresh_token": used["refresh_token"]}).json()
    assert len(_listed(client, _bearer(pair))) == 2
    changed = {"current_password": PASSWORD, "new_password": "four words are plenty"}
    fresh = client.post("/v1/me/password", json=changed, headers=_bearer(pair)).json()
    assert len(_listed(client, _bearer(fresh))) == 1


@ON_ONE
def test_a_list_of_sign_ins_comes_in_pages(client: TestClient, gym: Gym, clock: Clock) -> None:
    """However many were made at one instant; a cursor of somebody else is refused."""
    for _ in range(4):
        _signed_in(client, gym.coach)
    clock.forward(seconds=1)
    _signed_in(client, gym.coach)
    coach = Api(client, gym.coach)
    first = coach.get(f"{_OWN}?limit=2")
    rest = coach.get(f"{_OWN}?limit=100&cursor={first['next_cursor']}")

    assert len({one["id"] for one in first["items"] + rest["items"]}) == 6
    assert [*first["items"], *rest["items"]] == every(coach, _OWN)
    Api(client, gym.admin).get(f"{_OWN}?cursor={first['next_cursor']}", 400)


@ON_ONE
@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (_PHONE, ("Safari", "iPhone")),
        (_LAPTOP, ("Firefox", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("GymApp/3.1 (iPhone; iOS 18)", ("GymApp", "iPhone")),
        ("okhttp/5.1", ("okhttp", "")),
        ("Mozilla/5.0", ("", "")),
        ("<script>alert(1)</script>", ("", "")),
        ("x" * 300, ("x" * 40, "")),
        ("", ("", "")),
    ],
)
def test_of_what_somebody_signs_in_with_a_few_known_words_are_kept(user_agent: str, device: tuple[str, str]) -> None:
    """A browser, an app's name, a system: nothing else that was sent."""
    assert device_of(user_agent) == Device(*device)


# --- their end ----------------------------------------------------------------------------------------------------


def test_a_sign_in_that_is_ended_by_its_owner_ends_in_every_process_at_once(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock, app: FastAPI
) -> None:
    """Neither of its tokens works on another app that knew them a moment ago; the others go on, and it is on record."""
    lost, kept = _signed_in(client, gym.member), _signed_in(client, gym.member)
    [lost_id] = [one["id"] for one in _listed(client, _bearer(lost)) if one["present"]]
    built = create_app(settings)
    built.state.clock = lambda: clock.now
    with TestClient(built) as other:
        assert _opens(other, lost)
        assert _end(client, _bearer(kept), sign_in_id=lost_id).status_code == 204
        assert not _opens(other, lost)
        assert not _renews(other, lost)
        assert _opens(other, kept)
    assert _end(client, _bearer(kept), sign_in_id=lost_id).status_code == 404
    with app.state.database.read() as session:
        mine = AuditEvent.organization_id == gym.member.organization_id
        told = session.exec(select(AuditEvent).where(mine, AuditEvent.action == "end_sign_ins")).one()
    assert (told.event, told.actor_id, str(told.object_id)) == ("authn_token_revoked", gym.member.person_id, lost_id)


def test_all_others_end_together_and_nobody_elses_do(client: TestClient, gym: Gym) -> None:
    """Without naming one, all end but the one that asks."""
    others = [_signed_in(client, gym.member) for _ in range(2)]
    neighbour, asking = _signed_in(client, gym.other_member), _signed_in(client, gym.member)
    assert _end(client, _bearer(asking)).status_code == 204

    assert [_opens(client, one) for one in (*others, asking, neighbour)] == [False, False, True, True]
    assert [one["present"] for one in _listed(client, _bearer(asking))] == [True]


@ON_ONE
def test_ending_a_sign_in_takes_the_password(client: TestClient, gym: Gym) -> None:
    """Who holds a token alone cannot sign its owner out; guesses are counted."""
    other = _signed_in(client, gym.member)
    answers = [_end(client, gym.member.headers, "wrong") for _ in range(6)]

    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert _opens(client, other)


@ON_ONE
def test_the_sign_in_of_somebody_else_is_missing(client: TestClient, gym: Gym) -> None:
    """Of a colleague, like one that nobody has; it goes on."""
    [theirs] = [one["id"] for one in _listed(client, gym.other_member.headers)]

    assert _end(client, gym.member.headers, sign_in_id=theirs).status_code == 404
    assert _end(client, gym.member.headers, sign_in_id=str(uuid4())).status_code == 404
    assert client.get("/v1/me", headers=gym.other_member.headers).status_code == 200


@ON_ONE
def test_the_same_sign_in_of_a_twin_is_neither_seen_nor_ended(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Beside an organization with the same ids people see their own once, and end nothing of the other."""
    asking = _signed_in(client, gym.member)
    with beside_a_twin(app.state.database.engine, gym.member.organization_id):
        assert len(_listed(client, _bearer(asking))) == 2
        renewed = client.post("/v1/auth/refresh", json={"refresh_token": asking["refresh_token"]}).json()
        assert _end(client, _bearer(renewed)).status_code == 204
        assert _end(client, _bearer(renewed), sign_in_id=_listed(client, _bearer(renewed))[0]["id"]).status_code == 204
        changed = {"current_password": PASSWORD, "new_password": "four words are plenty"}
        again = _signed_in(client, gym.member)
        assert client.post("/v1/me/password", json=changed, headers=_bearer(again)).status_code == 200


def test_a_renewal_on_its_way_does_not_outlive_the_end(
    client: TestClient, gym: Gym, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-in that is ended while it is being renewed: the tokens of that renewal are worth nothing."""
    database, family = app.state.database, _family_of(app, gym.member)
    renewing, usual = threading.Event(), tokens._replace  # to stand still in the middle

    def slowly(*given: Any, **more: Any) -> Tokens:
        renewing.set()
        time.sleep(0.3)
        return usual(*given, **more)

    def end() -> None:
        assert renewing.wait(20)
        with database.write() as session:
            tokens.end_family(session, gym.member.organization_id, family, now=app.state.clock())

    monkeypatch.setattr(tokens, "_replace", slowly)
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(end)
        renewed = client.post("/v1/auth/refresh", json={"refresh_token": gym.member.refresh_token}).json()
        ended.result()

    assert not _opens(client, renewed)
    assert not _renews(client, renewed)


def _family_of(app: FastAPI, who: Account) -> UUID:
    mine = (SignIn.organization_id == who.organization_id, SignIn.person_id == who.person_id)
    with app.state.database.read() as session:
        family: UUID = session.exec(select(SignIn.id).where(*mine)).one()
    return family


# --- the page -----------------------------------------------------------------------------------------------------


@ON_ONE
def test_a_page_shows_ones_sign_ins_and_ends_them(client: TestClient, gym: Gym) -> None:
    """The cookie of a page is one of them; whoever knows the password ends another, or all others."""
    phone, tablet = (_signed_in(client, gym.member, one) for one in (_PHONE, _LAPTOP))
    browser = Browser(client)
    week = browser.follow(browser.sign_in(gym.member))
    assert 'href="/week/sign-ins"' in week.text
    page = browser.open("/week/sign-ins")
    assert all(told in text_of(page) for told in ("Safari on iPhone", "Firefox on Linux", "this one", "Nov 2, 2026"))

    [form] = forms_of(page, "/sign-ins")
    [phone_id] = re.findall(r"Safari on iPhone.*?value=\"([0-9a-f-]{36})\"", page.text, re.DOTALL)
    wrong = browser.send(form, 401, password="wrong", sign_in=phone_id)
    assert "The password is wrong." in text_of(wrong)
    assert _opens(client, phone)
    ended = browser.follow(browser.send(form, password=PASSWORD, sign_in=phone_id))
    assert "Ended." in text_of(ended)
    assert "Ended." not in text_of(browser.open("/week/sign-ins"))
    assert [_opens(client, one) for one in (phone, tablet)] == [False, True]
    browser.send(form, password=PASSWORD)
    assert not _opens(client, tablet)
    assert browser.open("/week")


@ON_ONE
def test_a_form_that_ends_sign_ins_needs_the_secret_of_its_own(client: TestClient, gym: Gym) -> None:
    """A password that is filled in by itself is not sent on by another site."""
    other = _signed_in(client, gym.member)
    browser = Browser(client)
    browser.sign_in(gym.member)
    browser.post("/week/sign-ins", [("password", PASSWORD)], 403)

    assert _opens(client, other)
