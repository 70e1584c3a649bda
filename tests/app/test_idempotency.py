"""Idempotency-Key: a repeated POST does its work once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from app.tables import Invitation
from tests.conftest import Clock
from tests.gym import Account, Gym


def _invite(client: TestClient, who: Account, key: str, email: str = "new@home.example") -> Response:
    headers = who.headers | {"Idempotency-Key": key}
    return client.post("/v1/invitations", headers=headers, json={"email": email, "role": "coach"})


def _count(app: FastAPI, who: Account) -> int:
    with app.state.database.read() as session:
        return len(session.exec(select(Invitation).where(Invitation.organization_id == who.organization_id)).all())


def test_a_repeated_request_answers_the_same_bytes(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """The replay is marked, byte-identical, and nothing happens twice."""
    first, again = (_invite(client, gym.admin, "one") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert _count(app, gym.admin) == 1


def test_a_key_of_another_request_is_refused(client: TestClient, gym: Gym) -> None:
    """The same key with another body is 422."""
    _invite(client, gym.admin, "one")
    answer = _invite(client, gym.admin, "one", "other@home.example")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_keys_belong_to_one_person(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """A role that may not do it is refused before the key is looked at, and learns nothing."""
    _invite(client, gym.admin, "one")
    assert _invite(client, gym.coach, "one").status_code == 403
    assert _invite(client, gym.member, "one").status_code == 403


def test_refusals_are_not_stored(client: TestClient, gym: Gym) -> None:
    """After a 422 the corrected request may use the same key."""
    assert _invite(client, gym.admin, "one", "no address").status_code == 422
    assert _invite(client, gym.admin, "one").status_code == 201


def test_a_key_is_kept_for_72_hours(client: TestClient, gym: Gym, clock: Clock, app: FastAPI) -> None:
    """After that it is a new request."""
    _invite(client, gym.admin, "one")
    clock.forward(hours=72)
    tokens = client.post("/v1/auth/refresh", json={"refresh_token": gym.admin.refresh_token}).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Idempotency-Key": "one"}
    body = {"email": "new@home.example", "role": "coach"}
    answer = client.post("/v1/invitations", headers=headers, json=body)
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)
    assert _count(app, gym.admin) == 2


def test_parallel_twins_do_the_work_once(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Each of eight sends at once is the answer, its replay, or told to try again."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _invite(client, gym.admin, "one"), range(8)))
    good = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in good}) == 1
    waiting = [answer for answer in answers if answer not in good]
    assert all((answer.status_code, answer.headers["Retry-After"]) == (409, "1") for answer in waiting)
    assert _count(app, gym.admin) == 1


@pytest.mark.parametrize("key", ["x" * 256, "with space"])
def test_a_key_is_1_to_255_visible_characters(client: TestClient, gym: Gym, key: str) -> None:
    """Anything else is refused by name."""
    answer = _invite(client, gym.admin, key)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/Idempotency-Key")
