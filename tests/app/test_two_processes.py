"""Two server processes on one database are one service: what one of them did, the other knows at once."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.testclient import TestClient

from tests.app.kit import CALM_MORNING, HIP, SAM, Api
from tests.conftest import settings_for
from tests.gym import PASSWORD, Account, Gym, make_gym
from tests.kept import built
from tests.support.quick import Quick
from tests.support.server_process import SQUATBACK, free_port, serving

AT = "https://gym.example"
NEW_PASSWORD = "another password for tests"


pytestmark = pytest.mark.postgresql_only


@dataclass(frozen=True, slots=True)
class Pair:
    """The process of the tests and one beside it, and who uses them."""

    here: TestClient
    there: httpx.Client
    gym: Gym

    def statuses(self, method: str, path: str, token: str, **more: Any) -> list[int]:
        """Return what both answer, the one beside first."""
        headers = {"Authorization": f"Bearer {token}"}
        return [each.request(method, path, headers=headers, **more).status_code for each in (self.there, self.here)]

    def sign_in(self, who: Account, password: str = PASSWORD) -> Mapping[str, str]:
        """Sign somebody in beside."""
        answer = self.there.post("/v1/auth/login", json={"email": who.email, "password": password})
        assert answer.status_code == 200, answer.text
        tokens: Mapping[str, str] = answer.json()
        return tokens


@pytest.fixture(scope="module")
def pair(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Pair]:
    """Start a second process on the database of the app under test."""
    folder, template = tmp_path_factory.mktemp("two"), request.getfixturevalue("migrated_postgresql")
    with ExitStack() as until_the_end:
        url = until_the_end.enter_context(request.getfixturevalue("postgresql").database(template=template))
        app = built(settings_for(url, public_url=AT))
        here = until_the_end.enter_context(Quick(app))
        gym = make_gym(here, app.state.database, app.state.hasher, datetime.now(UTC))
        port = free_port()
        cheap = {"SQUATBACK_ARGON2_MEMORY_KIB": "8", "SQUATBACK_ARGON2_ROUNDS": "1", "SQUATBACK_PUBLIC_URL": AT}
        command = [str(SQUATBACK), "serve", "--port", str(port)]
        server = until_the_end.enter_context(serving(folder, command, port, SQUATBACK_DATABASE_URL=url, **cheap))
        server.wait_until_ready()
        there = until_the_end.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)
        )
        yield Pair(here, there, gym)


def test_who_signs_out_on_one_is_signed_out_on_the_other(pair: Pair) -> None:
    """The access token, the refresh token, and the reads ahead of the router."""
    coach = Api(pair.here, pair.gym.coach)
    client = f"/v1/clients/{pair.gym.member.client_id}"
    assessed = coach.post(f"{client}/assessments", HIP)
    coach.post(f"{client}/blocks", {"assessment_id": assessed["id"]})
    tokens = pair.sign_in(pair.gym.member)
    for path in ("/v1/me", "/v1/me/week"):
        assert pair.statuses("GET", path, tokens["access_token"]) == [200, 200]
    pair.here.post("/v1/auth/logout", headers={"Authorization": f"Bearer {tokens['access_token']}"})

    for path in ("/v1/me", "/v1/me/week"):
        assert pair.statuses("GET", path, tokens["access_token"]) == [401, 401]
    renewed = pair.there.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert renewed.status_code == 401


def test_who_is_given_another_role_on_one_has_no_old_rights_on_the_other(pair: Pair) -> None:
    admin, who = Api(pair.here, pair.gym.foreign_admin), pair.gym.foreign_coach
    token = pair.sign_in(who)["access_token"]
    assert pair.statuses("GET", "/v1/webhooks", token) == [403, 403]
    admin.patch(f"/v1/people/{who.person_id}", {"role": "admin"})

    assert pair.statuses("GET", "/v1/webhooks", token) == [401, 401]
    assert pair.statuses("GET", "/v1/webhooks", pair.sign_in(who)["access_token"]) == [200, 200]


def test_who_is_disabled_on_one_is_shut_out_of_the_other(pair: Pair) -> None:
    who = pair.gym.other_member
    tokens = pair.sign_in(who)
    assert pair.statuses("GET", "/v1/me", tokens["access_token"]) == [200, 200]
    Api(pair.here, pair.gym.admin).patch(f"/v1/people/{who.person_id}", {"disabled": True})

    assert pair.statuses("GET", "/v1/me", tokens["access_token"]) == [401, 401]
    again = pair.there.post("/v1/auth/login", json={"email": who.email, "password": PASSWORD})
    assert again.status_code == 401


def test_a_new_password_on_one_ends_every_other_session_on_both(pair: Pair) -> None:
    who = pair.gym.admin
    others = pair.sign_in(who)["access_token"]
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    changed = pair.here.post("/v1/me/password", json=change, headers=who.headers)
    assert changed.status_code == 200

    assert pair.statuses("GET", "/v1/me", others) == [401, 401]
    assert pair.statuses("GET", "/v1/me", changed.json()["access_token"]) == [200, 200]
    assert pair.there.post("/v1/auth/login", json={"email": who.email, "password": PASSWORD}).status_code == 401
    pair.sign_in(who, NEW_PASSWORD)


def test_failed_sign_ins_count_together(pair: Pair) -> None:
    """Five failures are five, however they are spread."""
    body = {"email": "nobody@gym.example", "password": "wrong and long enough"}
    answers = [(pair.here, pair.there)[turn % 2].post("/v1/auth/login", json=body).status_code for turn in range(7)]

    assert answers == [401, 401, 401, 401, 401, 429, 429]


def test_a_repeated_request_is_answered_by_whichever_gets_it(pair: Pair) -> None:
    """One after the other, and both at once: one client is made, and the answers are the same."""
    body = SAM | {"display_name": "Once"}
    headers = pair.gym.coach.headers
    first = pair.here.post("/v1/clients", json=body, headers={**headers, "Idempotency-Key": "one"})
    second = pair.there.post("/v1/clients", json=body, headers={**headers, "Idempotency-Key": "one"})
    assert (first.status_code, second.status_code) == (201, 201), first.text
    assert second.json() == first.json()
    assert second.headers["Idempotency-Replayed"] == "true"

    with ThreadPoolExecutor(4) as crowd:
        asked = [
            crowd.submit(each.post, "/v1/clients", json=body, headers={**headers, "Idempotency-Key": "two"})
            for each in (pair.here, pair.there) * 2
        ]
        answers = [one.result() for one in asked]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1


def test_what_one_kept_of_a_client_is_never_taken_for_what_the_other_stored(pair: Pair) -> None:
    """Facts told by turns add up: revisions count on, and both read the same weeks, blocks and feeds."""
    coach = Api(pair.here, pair.gym.coach)
    client, block = coach.planned_client()
    link = coach.post(f"{client}/calendar-links", {})
    feed = httpx.URL(link["url"]).path
    feeds = [each.get(feed).text for each in (pair.here, pair.there)]
    assert feeds[0].count("BEGIN:VEVENT") == feeds[1].count("BEGIN:VEVENT") > 0
    headers = {"Authorization": f"Bearer {coach.token or pair.gym.coach.access_token}"}
    revisions = []
    for turn in range(4):
        each = (pair.here, pair.there)[turn % 2]
        morning = CALM_MORNING | {"id": str(uuid4())} if turn < 3 else {"red_flags": {"saddle_numbness": "yes"}}
        sent = each.post(f"{client}/check-ins", json=CALM_MORNING | morning, headers=headers)
        assert sent.status_code == 201, sent.text
        revisions.append(each.get(f"/v1/blocks/{block['id']}", headers=headers).json()["revision"])
    assert revisions == sorted(revisions)
    for path in (f"/v1/blocks/{block['id']}", f"/v1/blocks/{block['id']}/weeks/1", f"{client}/week", feed):
        here, there = (each.get(path, headers=headers) for each in (pair.here, pair.there))
        assert here.headers["ETag"] == there.headers["ETag"]
        assert here.text == there.text
    assert pair.here.get(feed).text != feeds[0]
    assert pair.there.get(f"{client}/week", headers=headers).json()["lock"] is not None
