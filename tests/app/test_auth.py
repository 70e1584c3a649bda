"""Signing in and out, and the renewal of tokens."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from app.settings import Settings
from app.tables import AccessToken, LoginAttempt, RefreshToken
from tests.app.kit import HIP, Api
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, Gym
from tests.kept import built
from tests.support.quick import Quick


def _login(client: TestClient, email: str, password: str = PASSWORD) -> Response:
    return client.post("/v1/auth/login", json={"email": email, "password": password})


def _refresh(client: TestClient, token: str) -> Response:
    return client.post("/v1/auth/refresh", json={"refresh_token": token})


def _status(client: TestClient, token: str) -> int:
    return client.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_login_answers_a_bearer_pair(client: TestClient, gym: Gym) -> None:
    """The right password answers tokens that open /v1/me."""
    answer = _login(client, "Coach@Home.Example")
    assert answer.status_code == 200
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 900)
    me = client.get("/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert (me["email"], me["role"]) == ("coach@home.example", "coach")


def test_a_member_finds_their_client_in_me(client: TestClient, gym: Gym) -> None:
    """A member is linked to one client; a coach to none."""
    assert client.get("/v1/me", headers=gym.member.headers).json()["client_id"] == str(gym.member.client_id)
    assert client.get("/v1/me", headers=gym.coach.headers).json()["client_id"] is None


def test_tokens_are_stored_as_hashes_only(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Neither kind of token is in the database as it was handed out."""
    with app.state.database.read() as session:
        access = session.exec(select(AccessToken.token_hash)).all()
        refresh = session.exec(select(RefreshToken.token_hash)).all()
    assert gym.coach.access_token not in access
    assert gym.coach.refresh_token not in refresh
    assert all(len(stored) == 64 for stored in (*access, *refresh))


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer", "Bearer wrong", "bearer \x7f", "Token x"])
def test_anything_but_a_good_bearer_token_is_401(client: TestClient, gym: Gym, header: str | None) -> None:
    """A missing, foreign or malformed token is answered alike, with a challenge."""
    answer = client.get("/v1/me", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_access_token_ends_after_fifteen_minutes(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The last second works, the next does not."""
    clock.forward(minutes=14, seconds=59)
    assert _status(client, gym.coach.access_token) == 200
    clock.forward(seconds=1)
    assert _status(client, gym.coach.access_token) == 401


def test_logout_ends_the_sign_in_at_once(client: TestClient, gym: Gym) -> None:
    """Neither token of the sign-in works after it, those of another sign-in do."""
    other = _login(client, gym.coach.email).json()["access_token"]
    assert client.post("/v1/auth/logout", headers=gym.coach.headers).status_code == 204
    assert _status(client, gym.coach.access_token) == 401
    assert _refresh(client, gym.coach.refresh_token).status_code == 401
    assert _status(client, other) == 200


@pytest.mark.sqlite_only
def test_each_secret_opens_what_it_was_made_for_and_nothing_else(client: TestClient, gym: Gym) -> None:
    """Tokens are random texts with no content to forge; one of another kind is no access token, nor back."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    access, refresh = gym.coach.access_token, gym.coach.refresh_token
    links = [coach.post(f"{path}/{kind}-links", None)["token"] for kind in ("page", "calendar")]
    code = coach.post(f"/v1/people/{gym.member.person_id}/password-reset", None, 200)["code"]

    assert all(len(secret) == 43 and "." not in secret for secret in (access, refresh, code, *links))
    assert {_status(client, secret) for secret in (refresh, code, *links)} == {401}
    assert {_refresh(client, secret).status_code for secret in (access, code, *links)} == {401}
    assert {client.get(f"/week/{secret}").status_code for secret in (access, refresh, code, links[1])} == {404}
    assert client.get(f"/v1/calendars/{access}.ics").status_code == 404
    assert _status(client, access) == 200


ENDINGS: dict[str, Callable[[TestClient, Gym], Response]] = {
    "logout": lambda client, gym: client.post("/v1/auth/logout", headers=gym.member.headers),
    "password": lambda client, gym: _change(client, gym.member, PASSWORD, "another good one"),
    "disabled": lambda client, gym: _patched(client, gym, gym.member, disabled=True),
    "reset": lambda client, gym: client.post(
        "/v1/auth/password-resets", json={"code": _reset_code(client, gym), "new_password": "another good one"}
    ),
}


def _patched(client: TestClient, gym: Gym, whom: Account, **change: object) -> Response:
    return client.patch(f"/v1/people/{whom.person_id}", headers=gym.admin.headers, json=change)


def _reset_code(client: TestClient, gym: Gym) -> str:
    path = f"/v1/people/{gym.member.person_id}/password-reset"
    code: str = client.post(path, headers=gym.admin.headers).json()["code"]
    return code


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_sign_in_that_ends_ends_in_every_process_at_once(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock, ending: str
) -> None:
    """Another app on the same database, which knew the token a moment ago, refuses it on every way it reads."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    block = coach.post(f"{path}/blocks", {"assessment_id": coach.post(f"{path}/assessments", HIP)["id"]})
    reads = (
        "/v1/me",
        "/v1/me/week",
        f"{path}/week",
        f"/v1/blocks/{block['id']}",
        "/v1/me/week?date=2026-11-02",
        "/week",
    )
    twin = built(settings)
    twin.state.clock = lambda: clock.now
    with Quick(twin) as other:

        def statuses() -> set[int]:
            return {other.get(read, headers=gym.member.headers).status_code for read in reads}

        assert statuses() == {200}
        assert ENDINGS[ending](client, gym).is_success
        assert statuses() == {401}
        assert _refresh(other, gym.member.refresh_token).status_code == 401


def test_a_role_that_changes_changes_in_every_process_at_once(
    client: TestClient, gym: Gym, settings: Settings, clock: Clock
) -> None:
    """What an admin could do a moment ago needs a new sign-in, which then is a coach's."""
    assert _patched(client, gym, gym.coach, role="admin").is_success
    promoted = _login(client, gym.coach.email).json()["access_token"]
    twin = built(settings)
    twin.state.clock = lambda: clock.now
    with Quick(twin) as other:
        headers = {"Authorization": f"Bearer {promoted}"}
        assert other.get("/v1/webhooks", headers=headers).status_code == 200
        assert _patched(client, gym, gym.coach, role="coach").is_success
        assert other.get("/v1/webhooks", headers=headers).status_code == 401
        again = _login(other, gym.coach.email).json()["access_token"]
        assert other.get("/v1/webhooks", headers={"Authorization": f"Bearer {again}"}).status_code == 403


# --- renewal ------------------------------------------------------------------------------------------------------


def test_a_refresh_token_answers_the_next_pair(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Each renewal is good for one more, and the access token it answers works."""
    token = gym.coach.refresh_token
    for _ in range(3):
        clock.forward(minutes=15)
        pair = _refresh(client, token).json()
        assert _status(client, pair["access_token"]) == 200
        token = pair["refresh_token"]


def test_reuse_after_the_grace_ends_the_family(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A refresh token sent again later revokes everything of that sign-in."""
    pair = _refresh(client, gym.coach.refresh_token).json()
    clock.forward(seconds=11)
    assert _refresh(client, gym.coach.refresh_token).json()["code"] == "invalid_refresh_token"
    assert _status(client, pair["access_token"]) == 401
    assert _refresh(client, pair["refresh_token"]).status_code == 401


def test_a_lost_answer_may_be_asked_for_again(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Within ten seconds the immediate predecessor answers again while its successor is unused."""
    _refresh(client, gym.coach.refresh_token)
    clock.forward(seconds=10)
    again = _refresh(client, gym.coach.refresh_token)
    assert again.status_code == 200
    assert _refresh(client, again.json()["refresh_token"]).status_code == 200


def test_the_grace_ends_when_the_successor_is_used(client: TestClient, gym: Gym) -> None:
    """An older generation never passes, however soon."""
    first = _refresh(client, gym.coach.refresh_token).json()
    second = _refresh(client, first["refresh_token"]).json()
    assert _refresh(client, gym.coach.refresh_token).status_code == 401
    assert _status(client, second["access_token"]) == 401


def test_the_replaced_successor_is_no_second_branch(client: TestClient, gym: Gym) -> None:
    """After a repeated renewal the first answer's token ends the family instead of renewing."""
    lost = _refresh(client, gym.coach.refresh_token).json()
    kept = _refresh(client, gym.coach.refresh_token).json()
    assert _refresh(client, lost["refresh_token"]).status_code == 401
    assert _status(client, kept["access_token"]) == 401


def test_a_refresh_token_ends_idle_and_in_the_end(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Fourteen idle days end it; thirty days end it however busy it was."""
    token = gym.coach.refresh_token
    for _ in range(3):
        clock.forward(days=9, hours=23)
        answer = _refresh(client, token)
        assert answer.status_code == 200
        token = answer.json()["refresh_token"]
    clock.forward(days=1)
    assert _refresh(client, token).status_code == 401
    assert _refresh(client, gym.member.refresh_token).status_code == 401


def test_two_renewals_at_once_leave_one_chain(client: TestClient, gym: Gym) -> None:
    """Parallel renewals with one token leave exactly one unused refresh token that works."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _refresh(client, gym.coach.refresh_token), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 4


# --- throttle -----------------------------------------------------------------------------------------------------


def test_five_failures_answer_401_then_429(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The sixth try waits out the five minutes, whether the password is right or wrong."""
    assert [_login(client, gym.coach.email, "wrong").status_code for _ in range(5)] == [401] * 5
    assert _login(client, gym.coach.email, "wrong").status_code == 429
    refused = _login(client, gym.coach.email)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    clock.forward(seconds=int(refused.headers["Retry-After"]))
    assert _login(client, gym.coach.email).status_code == 200


def test_other_accounts_are_not_locked_out(client: TestClient, gym: Gym) -> None:
    """Failures count for their account."""
    for _ in range(6):
        _login(client, gym.coach.email, "wrong")
    assert _login(client, gym.member.email).status_code == 200


def test_an_address_that_tries_many_accounts_waits(client: TestClient, gym: Gym) -> None:
    """Thirty failures from one address stop it for every account."""
    for number in range(30):
        assert _login(client, f"nobody{number}@home.example", "wrong").status_code == 401
    assert _login(client, "nobody99@home.example", "wrong").status_code == 429


def test_a_good_login_starts_the_count_again(client: TestClient, gym: Gym) -> None:
    """Four typing mistakes a session never add up."""
    for _ in range(3):
        assert [_login(client, gym.coach.email, "wrong").status_code for _ in range(4)] == [401] * 4
        assert _login(client, gym.coach.email).status_code == 200


def test_parallel_guesses_do_not_pass_the_limit(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Of twenty wrong guesses at once five are answered 401, the rest 429."""
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: _login(client, gym.coach.email, "wrong").status_code, range(20)))
    assert sorted(statuses) == [401] * 5 + [429] * 15
    with app.state.database.read() as session:
        assert len(session.exec(select(LoginAttempt)).all()) == 10


def _without_id(answer: Response) -> tuple[object, ...]:
    body = answer.json()
    body.pop("request_id")
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, body, headers


def test_known_unknown_and_disabled_accounts_look_alike(client: TestClient, gym: Gym) -> None:
    """A refusal does not tell whether the account exists."""
    path = f"/v1/people/{gym.other_member.person_id}"
    assert client.patch(path, headers=gym.coach.headers, json={"disabled": True}).status_code == 200
    known = _without_id(_login(client, gym.coach.email, "wrong"))
    assert known == _without_id(_login(client, "nobody@home.example", "wrong"))
    assert known == _without_id(_login(client, gym.other_member.email))


# --- passwords ----------------------------------------------------------------------------------------------------


def _change(client: TestClient, who: Account, current: str, new: str) -> Response:
    body = {"current_password": current, "new_password": new}
    return client.post("/v1/me/password", headers=who.headers, json=body)


def test_a_new_password_ends_every_other_session(client: TestClient, gym: Gym) -> None:
    """Old tokens and the old password stop, the answered pair goes on."""
    pair = _change(client, gym.coach, PASSWORD, "another good one").json()
    assert _status(client, gym.coach.access_token) == 401
    assert _refresh(client, gym.coach.refresh_token).status_code == 401
    assert _status(client, pair["access_token"]) == 200
    assert _login(client, gym.coach.email).status_code == 401
    assert _login(client, gym.coach.email, "another good one").status_code == 200


def test_a_new_password_needs_the_present_one(client: TestClient, gym: Gym) -> None:
    """A stolen access token alone cannot take the account over, and guesses are counted."""
    assert [_change(client, gym.coach, "wrong", "another good one").status_code for _ in range(6)] == [401] * 5 + [429]
    assert _status(client, gym.coach.access_token) == 200


@pytest.mark.parametrize("new", ["seven77", "x" * 129])
def test_a_new_password_has_eight_to_128_characters(client: TestClient, gym: Gym, new: str) -> None:
    """Too short and too long are refused without being echoed."""
    answer = _change(client, gym.coach, PASSWORD, new)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/new_password")
    assert new not in answer.text
