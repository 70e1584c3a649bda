"""Which of several faults is told: the order of refusals, on a request that has them all and loses one after the other.

What needs no database comes first, so that a large or unreadable request costs nothing while the database is away. A
key is looked up before what is sent is judged and a tag held against the present one: a change sent again answers what
the first one answered, though the tag it was based on is stale by then.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.settings import Settings
from tests.app.kit import HIP, Api
from tests.conftest import settings_for
from tests.gym import PASSWORD, Gym

HOLD = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Return settings under which only one host is served and few bytes are read."""
    return settings_for(database_url, allowed_hosts=("testserver",), body_limit_bytes=4096, pool_wait_s=0.05)


def test_of_several_faults_the_first_of_the_order_is_told(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Host, coding, size, database, who, whose, what one may, the key, what is sent, the tag: each before the next."""
    coach, member = Api(client, gym.coach), Api(client, gym.member)
    blocks = [_planned(coach, gym.member.client_id), _planned(Api(client, gym.foreign_coach), None)]
    (mine, tag), (foreign, _) = blocks
    key = {"Idempotency-Key": "used"}
    coach.post(f"/v1/blocks/{mine}/adjustments?dry_run=true", HOLD, 200, headers=key | {"If-Match": tag})
    taken = {"Authorization": f"Bearer {gym.coach.access_token}"}
    wrong: dict[str, str] = {"Host": "evil.example", "Content-Encoding": "gzip"} | key

    def sent(block: str, body: bytes, headers: Mapping[str, str], path: str = "adjustments") -> Response:
        given = {"Content-Type": "application/json"} | dict(headers)
        return client.post(f"/v1/blocks/{block}/{path}", content=body, headers=given)

    large, broken, unfit, good = b"{" + b" " * 5000, b"{", b"{}", json.dumps(HOLD).encode()
    unsigned, signed, free = key, key | taken, taken
    rows: list[tuple[int, str, Response]] = [
        (400, "unknown_host", sent(foreign, large, wrong)),
        (415, "unsupported_media_type", sent(foreign, large, {"Content-Encoding": "gzip"} | key)),
        (413, "body_too_large", sent(foreign, large, unsigned)),
    ]
    with _away(app):
        rows.append((503, "unavailable", sent(foreign, broken, {"Authorization": "Bearer wrong"} | key)))
    rows += [
        (401, "unauthenticated", sent(foreign, broken, {"Authorization": "Bearer wrong"} | key)),
        (404, "not_found", sent(foreign, broken, signed)),
        (404, "not_found", sent(foreign, broken, member.who.headers | key, "what-if")),
        (403, "forbidden", sent(mine, broken, member.who.headers | key, "what-if")),
        (422, "key_reused", sent(mine, broken, signed)),
        (400, "malformed_request", sent(mine, broken, free)),
        (422, "invalid_input", sent(mine, unfit, free)),
        (428, "if_match_required", sent(mine, good, free)),
        (412, "stale_etag", sent(mine, good, free | {"If-Match": '"stale"'})),
    ]
    assert coach.send("DELETE", f"/v1/clients/{gym.member.client_id}").status_code == 204
    rows += [
        (409, "conflict", sent(mine, good, free | {"If-Match": tag})),
    ]
    assert [(row[2].status_code, row[2].json()["code"]) for row in rows] == [row[:2] for row in rows]
    for status, _, answer in rows:
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
        assert ("Retry-After" in answer.headers) == (status == 503)
        assert answer.headers["Content-Type"] == "application/problem+json"


def _planned(staff: Api, client_id: object) -> tuple[str, str]:
    """Plan a block; return its id and tag."""
    client = staff.new_client() if client_id is None else f"/v1/clients/{client_id}"
    assessed = staff.post(f"{client}/assessments", HIP)
    block: dict[str, Any] = staff.post(f"{client}/blocks", {"assessment_id": assessed["id"]})
    return block["id"], staff.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]


@contextmanager
def _away(app: FastAPI) -> Iterator[None]:
    """Let no connection to the database be had."""
    pool = app.state.database.engine.pool
    held = [pool.connect() for _ in range(pool.size())]
    try:
        yield
    finally:
        for connection in held:
            connection.close()


def test_a_throttled_account_waits_whether_the_password_is_right_or_wrong(client: TestClient, gym: Gym) -> None:
    """What cannot be read is told before, who it is not; and 429 says when to come again."""

    def login(**body: object) -> Response:
        return client.post("/v1/auth/login", json={"email": gym.coach.email} | body)

    assert [login(password="wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    assert [login(password=PASSWORD).status_code, login().status_code] == [429, 422]
    assert "Retry-After" in login(password=PASSWORD).headers


def test_of_two_kinds_of_409_the_one_that_passes_says_when(client: TestClient, gym: Gym) -> None:
    """A client that repeats blindly can tell: what is running has Retry-After, what is final has not."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    assert coach.send("DELETE", path).status_code == 204
    final = coach.send("POST", f"{path}/check-ins", json={"back_pain": {"now": 1, "worst_24h": 1}})

    assert (final.status_code, "Retry-After" in final.headers) == (409, False)
