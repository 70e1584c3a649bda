"""Who may open the pages: every page x every role, by token and by cookie, and what belongs to others is missing."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app import tables
from app.main import create_app
from app.pages import clients
from app.pages.cookie import NAME, SAID
from app.secrets import new_secret
from tests.app.access import PAGES
from tests.app.kit import HIP, Api, sessions_of
from tests.app.pages import Browser, forms_of, text_of
from tests.conftest import Clock, settings_for
from tests.gym import PASSWORD, Account, Gym, make_gym
from tests.kept import built
from tests.support.quick import Quick

ON_ONE = pytest.mark.sqlite_only
"""For tests of what both databases do alike; the others of this file send the same statements to both."""

ROLES = {
    "anonymous": 401,
    "disabled": 401,
    "member": 200,
    "other_member": 404,
    "coach": 200,
    "admin": 200,
    "foreign_coach": 404,
    "foreign_admin": 404,
}


def _planned(client: TestClient, gym: Gym) -> tuple[str, str]:
    """Plan a block for the member; return their id and that of a session of today."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    return str(gym.member.client_id), sessions_of(coach.week(block, 1))[0]["id"]


def _disabled(gym: Gym, app: FastAPI) -> None:
    """Take the other member's access away."""
    with app.state.database.write() as session:
        person = session.exec(
            select(tables.Person).where(
                tables.Person.organization_id == gym.other_member.organization_id,
                tables.Person.id == gym.other_member.person_id,
            )
        ).one()
        person.disabled_at = datetime(2026, 11, 2, tzinfo=UTC)


def test_each_role_may_do_on_the_pages_what_it_may_do_through_the_api(
    client: TestClient, gym: Gym, app: FastAPI
) -> None:
    """401 shows the sign-in form, what is not one's own is missing, the client and their coaches read and log."""
    client_id, session_id = _planned(client, gym)
    wrong = []
    for role, expected in ROLES.items():
        if role == "disabled":
            continue
        who: Account | None = getattr(gym, role, None)
        browser = Browser(client, who.headers if who else {})
        page = client.get(f"/week?client={client_id}", headers=browser.headers)
        wrong += [f"week as {role}: {page.status_code}"] if page.status_code != expected else []
        for ending, fields in (
            ("session", {"session": session_id}),
            ("check-in", {"now": "1"}),
            ("safety", {"how": "none"}),
        ):
            answer = client.post(
                f"/week/{ending}", data={"client": client_id} | fields, headers=browser.headers, follow_redirects=False
            )
            status = 200 if answer.status_code == 303 else answer.status_code
            wrong += [f"{ending} as {role}: {answer.status_code}"] if status != expected else []
    _disabled(gym, app)
    for method, address in (("GET", "/week"), ("POST", "/week/check-in"), ("POST", "/week/sign-out")):
        gone = client.request(method, address, headers=gym.other_member.headers)
        wrong += [f"{address} as disabled: {gone.status_code}"] if gone.status_code != 401 else []
    assert wrong == []


def test_every_page_is_named_in_the_table() -> None:
    app = create_app(settings_for("sqlite:///unused.db"))
    routes = [
        one for router in app.routes for one in getattr(getattr(router, "original_router", router), "routes", [router])
    ]
    paths = {route.path for route in routes}
    assert {path for path in paths if path.startswith(("/week", "/pages"))} == PAGES


@ON_ONE
def test_what_others_own_looks_like_nothing_at_all(client: TestClient, gym: Gym) -> None:
    client_id, _ = _planned(client, gym)
    foreign = Browser(client, gym.foreign_coach.headers)
    theirs = foreign.open(f"/week?client={client_id}", 404).text
    assert theirs == foreign.open("/week?client=00000000-0000-4000-8000-000000000000", 404).text
    assert theirs == foreign.open("/week?client=nonsense", 404).text
    assert theirs == foreign.open("/week/no-such-token", 404).text


@ON_ONE
def test_coaches_choose_among_their_own_clients(client: TestClient, gym: Gym) -> None:
    page = Browser(client, gym.coach.headers).open()
    assert f"/week?client={gym.member.client_id}" in page.text
    assert f"/week?client={gym.member.client_id}" not in Browser(client, gym.foreign_coach.headers).open().text


def test_more_clients_than_fit_a_page_are_on_the_next_ones(
    client: TestClient, gym: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, by name, also those who share one."""
    coach = Api(client, gym.coach)
    for name in ("Zoë", "Same", "Same", "Same", "adam"):
        coach.new_client(display_name=name)
    everybody = re.findall(r"client=([0-9a-f-]{36})", Browser(client, gym.coach.headers).open().text)
    monkeypatch.setattr(clients, "_MOST", 2)
    found, address = list[str](), "/week"
    while address:
        page = Browser(client, gym.coach.headers).open(address).text
        found += re.findall(r"client=([0-9a-f-]{36})", page)
        address = next(iter(re.findall(r'href="(/week\?cursor=[^"]+)"', page)), "")
    assert found == everybody
    assert len(found) == len(set(found)) == 7
    assert "That did not work" in Browser(client, gym.coach.headers).open("/week?cursor=x", 400).text


# --- the sign-in of the pages -------------------------------------------------------------------------------------


@ON_ONE
def test_a_member_signs_in_reads_and_signs_out(client: TestClient, gym: Gym) -> None:
    browser = Browser(client)
    assert forms_of(browser.open("/week", 401), "sign-in")
    answer = browser.sign_in(gym.member)
    cookie = answer.headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/week" in cookie
    assert "Secure" not in cookie  # a local server has no certificate
    page = browser.follow(answer)
    assert "No plan covers this day" in page.text

    held = client.cookies[NAME]
    browser.send(forms_of(page, "sign-out")[0])
    browser.open("/week", 401)
    client.cookies.set(NAME, held, path="/week")
    browser.open("/week", 401)  # what the cookie held is worth nothing any more


@ON_ONE
def test_the_cookie_travels_encrypted_outside_a_local_server(database_url: str, clock: Clock) -> None:
    settings = settings_for(
        database_url,
        environment="production",
        allowed_hosts=("testserver",),
        webhook_key=new_secret(),
        factor_key=new_secret(),
    )
    with Quick(built(settings)) as http:
        gym = make_gym(http, http.app.state.database, http.app.state.hasher, datetime.now(UTC))  # type: ignore[attr-defined]
        signed_in = Browser(http).sign_in(gym.member).headers["set-cookie"]
        assert signed_in.startswith(f"__Secure-{NAME}=")
        assert "; Secure" in signed_in


@ON_ONE
def test_a_wrong_password_says_so_and_too_many_have_to_wait(client: TestClient, gym: Gym) -> None:
    browser = Browser(client)
    wrong = [("email", gym.member.email), ("password", "wrong")]
    for _ in range(5):
        page = browser.post("/week/sign-in", wrong, 401)
        assert "address or password is wrong" in page.text
    late = browser.post("/week/sign-in", wrong, 429)
    assert "Retry-After" in late.headers
    assert browser.post("/week/sign-in", [("email", "nobody"), ("password", "")], 401)


@ON_ONE
def test_a_sign_in_that_asks_for_nonsense_signs_nobody_in(client: TestClient, gym: Gym) -> None:
    credentials = [("email", gym.coach.email), ("password", PASSWORD), ("client", "nonsense")]
    assert "set-cookie" not in Browser(client).post("/week/sign-in", credentials, 404).headers


@ON_ONE
def test_a_coach_who_signs_in_comes_to_the_client_they_wanted(client: TestClient, gym: Gym) -> None:
    browser = Browser(client)
    wanted = f"/week?client={gym.member.client_id}"
    (form,) = forms_of(browser.open(wanted, 401), "sign-in")
    credentials = {"email": gym.coach.email, "password": PASSWORD}
    assert browser.send(form, **credentials).headers["location"] == wanted


def test_a_sign_in_is_renewed_silently_for_as_long_as_it_lives(client: TestClient, gym: Gym, clock: Clock) -> None:
    browser = Browser(client)
    browser.sign_in(gym.member)
    first = client.cookies[NAME]
    page = browser.open()
    assert "set-cookie" not in page.headers
    clock.forward(minutes=16)
    late = browser.send(forms_of(page, "check-in")[0], now="1")  # a form that was open all the time still counts

    assert client.cookies[NAME] != first
    assert "Saved. Thank you." in browser.follow(late).text
    clock.forward(days=15)
    browser.open("/week", 401)
    assert NAME not in client.cookies


@pytest.mark.parametrize("kept", range(3))
def test_tabs_that_renew_at_once_stay_signed_in_whichever_answer_comes_last(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, kept: int
) -> None:
    """Three requests with one cookie: each is answered, and the browser keeps the cookie that arrived last."""
    Browser(client).sign_in(gym.member)
    held = client.cookies[NAME]
    clock.forward(minutes=16)

    def opened(value: str) -> tuple[int, str]:
        answer = TestClient(app).get("/week", headers={"Cookie": f"{NAME}={value}"})
        return answer.status_code, answer.cookies.get(NAME, "")

    with ThreadPoolExecutor(3) as tabs:
        answers = list(tabs.map(opened, [held] * 3))
    assert {status for status, _ in answers} == {200}
    for _ in range(3):
        clock.forward(minutes=20)
        status, renewed = opened(answers[kept][1])
        assert status == 200
        answers[kept] = (status, renewed)
    left = answers[kept - 1][1]
    assert opened(left)[0] == 401  # nobody has that one but a thief, so it ends the sign-in
    clock.forward(minutes=20)
    assert opened(answers[kept][1])[0] == 401


@ON_ONE
def test_a_stolen_cookie_that_was_renewed_elsewhere_ends_the_sign_in(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    browser = Browser(client)
    browser.sign_in(gym.member)
    stolen = client.cookies[NAME]
    clock.forward(minutes=16)
    browser.open()
    client.cookies.clear()
    client.cookies.set(NAME, stolen, path="/week")
    clock.forward(minutes=1)
    browser.open("/week", 401)


@ON_ONE
def test_a_cookie_that_is_not_ours_is_none(client: TestClient, gym: Gym) -> None:
    for value in ("x", "a.b", "a.b.c", "a..c", "a.b.c.d", "ä.b.c", "." * 500):
        answer = client.get("/week", headers={"Cookie": f"{NAME}={value}".encode()})
        assert answer.status_code == 401, value


# --- forms of others ----------------------------------------------------------------------------------------------


STRANGE: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
)


@ON_ONE
def test_a_form_of_another_site_does_nothing(client: TestClient, gym: Gym) -> None:
    browser = Browser(client)
    browser.sign_in(gym.member)
    (form,) = forms_of(browser.open(), "check-in")
    for headers in STRANGE:
        browser.headers = headers
        assert "open for too long" in browser.send(form, 403, now="9").text
        browser.post("/week/sign-in", [("email", gym.coach.email), ("password", PASSWORD)], 403)
    assert Api(client, gym.coach).get(f"/v1/clients/{gym.member.client_id}/check-ins")["items"] == []


@ON_ONE
def test_a_form_without_the_secret_of_its_sign_in_does_nothing(client: TestClient, gym: Gym) -> None:
    browser = Browser(client)
    browser.sign_in(gym.other_member)
    (theirs,) = forms_of(browser.open(), "check-in")
    browser.sign_in(gym.member)  # in the same browser
    browser.send(theirs, 403, now="9")
    browser.post("/week/check-in", [("now", "9")], 403)
    browser.post("/week/sign-out", [], 403)
    browser.headers = {"Authorization": "Basic eDp5"}  # not what signs in: the cookie does
    browser.post("/week/check-in", [("now", "9")], 403)
    assert Api(client, gym.coach).get(f"/v1/clients/{gym.member.client_id}/check-ins")["items"] == []


# --- private links ------------------------------------------------------------------------------------------------


def test_a_private_link_opens_one_week_until_it_is_revoked(client: TestClient, gym: Gym) -> None:
    client_id, _ = _planned(client, gym)
    coach = Api(client, gym.coach)
    made = coach.post(f"/v1/clients/{client_id}/page-links", {})
    stranger = Browser(client)
    address = made["url"].removeprefix("http://testserver")
    page = stranger.open(address)

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "sign-out" not in page.text
    assert {form.action for form in forms_of(page, "")} == {
        f"{address}/{one}" for one in ("session", "check-in", "safety")
    }
    stranger.send(forms_of(page, "check-in")[0], now="2")
    stranger.send(forms_of(page, "session")[0])
    (told,) = coach.get(f"/v1/clients/{client_id}/check-ins")["items"]
    assert told["back_pain"] == {"now": 2, "worst_24h": 2}
    assert len(coach.get(f"/v1/clients/{client_id}/session-logs")["items"]) == 1
    stranger.open("/week", 401)  # it opens nothing else

    assert coach.send("DELETE", f"/v1/clients/{client_id}/page-links/{made['id']}").status_code == 204
    missing = stranger.open("/week/no-such-token", 404).text
    assert stranger.open(address, 404).text == missing
    stranger.send(forms_of(page, "check-in")[0], 404, now="9")


@ON_ONE
@pytest.mark.parametrize("maker", ["coach", "member"])
def test_what_is_told_through_a_private_link_is_told_in_the_name_of_who_made_it(
    client: TestClient, gym: Gym, app: FastAPI, maker: str
) -> None:
    client_id, _ = _planned(client, gym)
    account: Account = getattr(gym, maker)
    made = Api(client, account).post(f"/v1/clients/{client_id}/page-links", {})
    stranger = Browser(client)
    stranger.send(forms_of(stranger.open(f"/week/{made['token']}"), "check-in")[0], now="2")
    with app.state.database.read() as session:
        authors = session.exec(
            select(tables.Fact.author_id).where(
                tables.Fact.organization_id == gym.member.organization_id, tables.Fact.kind == "check_in"
            )
        ).all()
    assert authors == [account.person_id]


def test_through_a_private_link_warning_signs_are_told_and_never_denied(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """Whoever holds it may stop training; what waits for an answer waits for the member or a coach."""
    coach, path = Api(client, gym.coach), f"/v1/clients/{gym.member.client_id}"
    assessed = coach.post(f"{path}/assessments", HIP | {"red_flags": {}})
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    made = coach.post(f"{path}/page-links", None)
    stranger = Browser(client)
    page = stranger.open(f"/week/{made['token']}")
    assert "None of these" not in page.text
    (form,) = forms_of(page, "safety")
    denied = stranger.follow(stranger.send(form, how="none"))
    assert "nobody can say that none is true" in denied.text
    assert coach.get(f"{path}/screenings")["items"] == []
    assert coach.get(f"/v1/blocks/{block['id']}")["lock"]["urgency"] == "incomplete"

    clock.forward(minutes=1)
    Browser(client, gym.member.headers).post("/week/safety", [("how", "none")])
    assert coach.get(f"/v1/blocks/{block['id']}")["lock"] is None
    clock.forward(minutes=1)
    stranger.send(form, how="yes", flag="tingling")
    assert coach.get(f"/v1/blocks/{block['id']}")["lock"]["urgency"] == "refer"


@ON_ONE
def test_through_a_private_link_pain_that_was_told_never_becomes_less(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """Whoever holds it may say that it hurts more; that it hurt less is said by the member or a coach."""
    client_id, _ = _planned(client, gym)
    coach, path = Api(client, gym.coach), f"/v1/clients/{client_id}"
    made = coach.post(f"{path}/page-links", None)
    stranger, member = Browser(client), Browser(client, gym.member.headers)

    def told(kind: str) -> list[tuple[int, ...]]:
        pains = [one["back_pain"] for one in coach.get(f"{path}/{kind}")["items"]]
        return [tuple(score for score in pain.values() if score is not None) for pain in pains]

    for kind, ending, scores in (
        ("check-ins", "check-in", ("now", "worst")),
        ("session-logs", "session", ("during", "after")),
    ):
        (form, *_) = forms_of(stranger.open(f"/week/{made['token']}"), ending)
        stranger.send(form, **dict.fromkeys(scores, "6"))
        for browser, base, score, said in (
            (stranger, f"/week/{made['token']}", "2", "make pain less"),
            (stranger, f"/week/{made['token']}", "7", "Saved"),
            (member, "/week", "2", "Saved"),
        ):
            clock.forward(minutes=1)
            before = told(kind)
            (form, *_) = forms_of(browser.open(base), ending)
            assert said in browser.follow(browser.send(form, **dict.fromkeys(scores, score))).text
            assert (told(kind) == before) == (said != "Saved")
        assert told(kind)[0] == (2, 2)


@ON_ONE
def test_whatever_a_private_link_answers_tells_no_page_where_it_was(client: TestClient, gym: Gym) -> None:
    made = Api(client, gym.coach).post(f"/v1/clients/{gym.member.client_id}/page-links", {})
    base, stranger = f"/week/{made['token']}", Browser(client)
    answers = [
        stranger.open(f"{base}?date=nonsense", 404),
        stranger.post(f"{base}/session", [("date", "x")], 422),
        stranger.post(f"{base}/session", [("session", "x")], 404),
        stranger.open("/week/no-such-token", 404),
    ]
    stranger.headers = {"Origin": "https://evil.example"}
    answers.append(stranger.post(f"{base}/check-in", [("now", "1")], 403))
    assert {answer.headers["Referrer-Policy"] for answer in answers} == {"no-referrer"}
    stranger.headers = {
        "Origin": "null"
    }  # as browsers send it from such a page, without more where nothing is encrypted
    stranger.post(f"{base}/check-in", [("now", "1")])


@ON_ONE
def test_addresses_say_nothing_about_health(client: TestClient, gym: Gym) -> None:
    """What came of a form is said once, from a cookie of a minute, and nobody can make a page say that all is well."""
    made = Api(client, gym.coach).post(f"/v1/clients/{gym.member.client_id}/page-links", {})
    _planned(client, gym)
    for browser, base in (
        (Browser(client, gym.member.headers), "/week"),
        (Browser(client), f"/week/{made['token']}"),
    ):
        told = browser.send(forms_of(browser.open(base), "check-in")[0], now="2")
        assert told.headers["location"] == base
        assert all(part in told.headers["set-cookie"] for part in ("HttpOnly", "Max-Age=60", "Path=/week"))
        assert "Saved. Thank you." in browser.follow(told).text
        assert "Saved. Thank you." not in browser.open(base).text
        assert "Saved" not in browser.open(f"{base}?said=safe").text

    member = Browser(client, gym.member.headers)
    assert "No warning sign" in member.follow(member.post("/week/safety", [("how", "none")])).text
    member.post("/week/safety", [("how", "yes"), ("flag", "numbness")])
    for value in ("safe", "<b>"):
        client.cookies.clear()
        client.cookies.set(SAID, value, path="/week")
        assert 'class="said' not in member.open().text


@ON_ONE
def test_a_link_to_the_calendar_opens_no_page(client: TestClient, gym: Gym) -> None:
    made = Api(client, gym.coach).post(f"/v1/clients/{gym.member.client_id}/calendar-links", {})
    Browser(client).open(f"/week/{made['token']}", 404)


# --- what pages tell a browser ------------------------------------------------------------------------------------


@ON_ONE
def test_pages_ask_nobody_else_and_hold_no_scripts_or_styles_of_their_own(client: TestClient, gym: Gym) -> None:
    _planned(client, gym)
    page = Browser(client, gym.member.headers).open()
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
    assert "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["X-Frame-Options"] == "DENY"
    for forbidden in ("<style", " style=", "<script>", " onclick", "http://", "https://", "javascript:"):
        assert forbidden not in page.text


@ON_ONE
def test_files_of_the_pages_are_read_once_and_there_are_no_others(client: TestClient, gym: Gym) -> None:
    page = Browser(client, gym.member.headers).open()
    names = [part.split('"')[0] for part in page.text.split('"/pages/')[1:]]
    assert len(names) == 3
    for name in names:
        assert "immutable" in client.get(f"/pages/{name}").headers["Cache-Control"]
    for name in ("site.py", "..%2fsite.py", "week.html"):
        assert client.get(f"/pages/{name}").status_code == 404


@ON_ONE
def test_before_sign_in_the_browsers_language_counts_and_nonsense_does_not(client: TestClient, gym: Gym) -> None:
    for asked in ("en-GB,en;q=0.9", "xx", "", "*", "a" * 5000, "en;q=;;,,-,_"):
        answer = client.get("/week", headers={"Accept-Language": asked})
        assert (answer.status_code, 'lang="en"' in answer.text) == (401, True)


@ON_ONE
def test_an_unreadable_form_is_refused_on_a_page(client: TestClient, gym: Gym) -> None:
    browser = Browser(client, gym.member.headers)
    for pairs in ([("now", "11")], [("now", "-1")], [("now", "1"), ("word", "angry")]):
        assert "That did not work" in text_of(browser.post("/week/check-in", pairs, 422))
    many = [(f"field{number}", "1") for number in range(300)]
    browser.post("/week/check-in", many, 422)
    browser.post("/week/check-in", [("id", "no id"), ("now", "1")], 404)
