"""Idempotency-Key: a repeated POST does its work once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text
from sqlmodel import SQLModel, select

from app.db import ANY_ORGANIZATION
from app.key_table import IdempotencyKey
from app.people import people_service
from app.sealed import seal, unseal
from app.settings import Settings
from app.tables import Invitation
from tests.app.access import OPERATIONS
from tests.app.kit import Api
from tests.app.requests import call, operations
from tests.app.world import make_world
from tests.conftest import Clock
from tests.gym import Account, Gym
from tests.kept import described
from tests.support.dying_worker import worker_for

_BOUND_S = 30


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


def test_a_number_is_the_same_with_and_without_a_fraction_of_nothing(client: TestClient, gym: Gym) -> None:
    """20 and 20.0 are one request, 20 and 20.5 are two."""
    path = f"{Api(client, gym.coach).new_client()}/session-logs"
    answers = []
    for load in ("20", "20.0", "2e1", "20.5"):
        content = f'{{"items": [{{"exercise": "goblet_squat", "sets": [{{"reps": 5, "load_kg": {load}}}]}}]}}'
        headers = gym.coach.headers | {"Idempotency-Key": "load", "Content-Type": "application/json"}
        answers.append(client.post(path, content=content, headers=headers))
    assert [one.status_code for one in answers] == [201, 201, 201, 422]
    assert answers[0].content == answers[1].content == answers[2].content


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


def test_a_worker_forgets_answers_past_their_time(
    client: TestClient, gym: Gym, clock: Clock, app: FastAPI, settings: Settings
) -> None:
    """Those that may still be asked for stay; those of another organization go as well."""
    for who in (gym.admin, gym.foreign_admin):
        assert _invite(client, who, "old", f"old@{who.person_id}.example").status_code == 201
    clock.forward(hours=72)
    tokens = client.post("/v1/auth/refresh", json={"refresh_token": gym.admin.refresh_token}).json()
    later = replace(gym.admin, access_token=tokens["access_token"])
    assert _invite(client, later, "new", "later@home.example").status_code == 201
    worker = worker_for(settings, lambda: clock.now)
    worker.tidy()
    worker.database.engine.dispose()
    with app.state.database.read() as session:
        kept = session.exec(select(IdempotencyKey.key), execution_options=ANY_ORGANIZATION).all()
    assert kept == ["new"]


def test_parallel_twins_do_the_work_once(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Each of eight sends at once is the answer, its replay, or told to try again."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _invite(client, gym.admin, "one"), range(8)))
    good = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in good}) == 1
    waiting = [answer for answer in answers if answer not in good]
    assert all((answer.status_code, answer.headers["Retry-After"]) == (409, "1") for answer in waiting)
    assert _count(app, gym.admin) == 1


@pytest.mark.postgresql_only
def test_a_twin_that_still_runs_is_told_when_to_come_again(
    client: TestClient, gym: Gym, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """409 with `Retry-After` at once; when the first has ended, its answer. (SQLite has one writer: the twin waits.)"""
    runs, may_end, invite = Event(), Event(), people_service.invite

    def slow(*given: Any, **named: Any) -> Any:
        runs.set()
        assert may_end.wait(_BOUND_S)
        return invite(*given, **named)

    monkeypatch.setattr(people_service, "invite", slow)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_invite, client, gym.admin, "one")
        assert runs.wait(_BOUND_S)
        twin = _invite(client, gym.admin, "one")
        may_end.set()
        first = running.result(_BOUND_S)

    assert (twin.status_code, twin.json()["code"], twin.headers["Retry-After"]) == (409, "request_in_progress", "1")
    assert (first.status_code, _invite(client, gym.admin, "one").content) == (201, first.content)
    assert _count(app, gym.admin) == 1


@pytest.mark.parametrize("key", ["x" * 256, "with space"])
def test_a_key_is_1_to_255_visible_characters(client: TestClient, gym: Gym, key: str) -> None:
    """Anything else is refused by name."""
    answer = _invite(client, gym.admin, key)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/Idempotency-Key")


# --- answers that hold a secret -----------------------------------------------------------------------------------


def _kept(app: FastAPI, who: Account) -> list[IdempotencyKey]:
    with app.state.database.read() as session:
        mine = IdempotencyKey.organization_id == who.organization_id
        return list(session.exec(select(IdempotencyKey).where(mine)))


def test_a_code_is_replayed_and_stored_nowhere(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Invitations and reset codes answer the same bytes again; the rows that make it so do not hold the code."""
    path = f"/v1/people/{gym.member.person_id}/password-reset"
    headers = gym.admin.headers | {"Idempotency-Key": "one"}
    invited, again = (_invite(client, gym.admin, "one") for _ in range(2))
    reset, reset_again = (client.post(path, headers=headers) for _ in range(2))

    assert (invited.content, reset.content) == (again.content, reset_again.content)
    assert reset_again.headers["Idempotency-Replayed"] == "true"
    kept = [row.body for row in _kept(app, gym.admin)]
    assert len(kept) == 2
    for answer in (invited, reset):
        assert not [body for body in kept if answer.json()["code"] in body or answer.json()["expires_at"] in body]
    joining = {"code": again.json()["code"], "display_name": "New", "password": "a fine password"}
    assert client.post("/v1/invitations/accept", json=joining).status_code == 201


def test_a_code_is_read_again_by_the_sign_in_that_asked_alone(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Another sign-in of the same person learns that it was done and where, and nothing is done twice."""
    first = _invite(client, gym.admin, "one")
    tokens = client.post("/v1/auth/refresh", json={"refresh_token": gym.admin.refresh_token}).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Idempotency-Key": "one"}
    answer = client.post("/v1/invitations", headers=headers, json={"email": "new@home.example", "role": "coach"})

    assert (answer.status_code, answer.json()["code"], "Retry-After" in answer.headers) == (409, "answer_gone", False)
    assert answer.headers["Location"] == first.headers["Location"]
    assert first.json()["code"] not in answer.text
    assert _count(app, gym.admin) == 1


def test_what_is_sealed_is_opened_by_its_token_alone() -> None:
    """Any text comes back whole; another token, or one changed byte, opens nothing."""
    for said in ("", "x", '{"code":"ü"}' * 100):
        sealed = seal(said, "a token")
        assert unseal(sealed, "a token") == said
        assert unseal(sealed, "another") is None
        assert seal(said, "a token") != sealed
    damaged = sealed[:-9] + ("A" if sealed[-9] != "A" else "B") + sealed[-8:]
    assert unseal(damaged, "a token") is None


# --- every POST ---------------------------------------------------------------------------------------------------

TAKES_NO_KEY = {
    "login": "a sign-in of its own each time; tokens are kept nowhere",
    "refresh": "the refresh token is the key: the one before is taken again for some seconds",
    "logout": "the second time nobody is signed in",
    "change_password": "the second time the old password is wrong; tokens are kept nowhere",
    "reset_password": "the code is used up, and whoever sends it is not signed in",
    "start_second_factor": "a new secret each time; secrets are answered nowhere else",
    "confirm_second_factor": "the code is used up; codes and tokens are kept nowhere",
    "renew_recovery_codes": "the code is used up; recovery codes are kept nowhere",
    "remove_second_factor": "the code is used up; tokens are kept nowhere",
    "end_sign_ins": "what has ended stays ended",
    "accept_invitation": "the code is used up, and whoever sends it is not signed in",
    "sync": "its items have ids of their own; kept, it would answer old changes",
}
"""Operations that take no Idempotency-Key, and why."""

_OPERATIONS = operations(described())
_POSTS = {name: one for name, one in _OPERATIONS.items() if one.method == "post"}


def test_every_post_takes_a_key_or_says_why_not() -> None:
    """What the API's description says; a new POST without a key fails here."""
    keyless = {
        name
        for name, one in _POSTS.items()
        if "Idempotency-Key" not in [parameter["name"] for parameter in one.parameters("header")]
    }
    assert keyless == set(TAKES_NO_KEY)


def test_every_post_answers_the_same_when_it_is_sent_again(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock
) -> None:
    """With one key twice, each does its work once and replays its answer to the byte; what ends a block comes last."""
    world = make_world(client, gym, clock)
    last = ("plan_block", "erase_client")
    names = [*sorted(set(_POSTS) - {*TAKES_NO_KEY, *last}), *last]
    wrong = []
    for name in names:
        access = OPERATIONS[name]
        made = call(_POSTS[name], access, world, "admin", world.own("admin"))
        headers = world.headers("admin") | {"Idempotency-Key": f"key-of-{name}"}
        more = {} if made.body is None else {"json": made.body}
        first, rows = client.post(made.url, params=made.query, headers=headers, **more), _rows(app)
        again = client.post(made.url, params=made.query, headers=headers, **more)
        same = (again.status_code, again.content, again.headers.get("location"))
        if not first.is_success or same != (first.status_code, first.content, first.headers.get("location")):
            wrong.append((name, first.status_code, first.text[:200], again.status_code, again.text[:200]))
        if again.headers.get("Idempotency-Replayed") != "true" or _rows(app) != rows:
            wrong.append((name, "was not replayed"))
    assert wrong == []


def _rows(app: FastAPI) -> dict[str, int]:
    """Return how many rows every table has; the trail's reads, written every few seconds, are not counted."""
    with app.state.database.engine.connect() as connection:
        return {
            table.name: connection.execute(
                text(f'SELECT count(*) FROM "{table.name}"{_WRITES_ONLY.get(table.name, "")}').execution_options(
                    any_organization=True
                )
            ).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        }


_WRITES_ONLY = {"audit_events": " WHERE day IS NULL"}
"""A replayed answer is read once more, and the trail says so."""
