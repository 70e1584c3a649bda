"""Every error is a problem of the closed list, and tells nothing that was sent."""

import json
import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import CODE_OF, CODE_OF_STATUS, PROBLEMS, Refusal
from app.problems import SCHEMA, json_pointer
from tests.conftest import settings_for
from tests.gym import Gym
from tests.kept import built
from tests.support.quick import Quick

_SECRET_TEXT = "my knee hurts since Tuesday"


def _check_problem(answer: Response, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(SCHEMA["required"]) <= set(body)
    assert body["type"] == f"/problems/{code}"
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert _SECRET_TEXT not in answer.text


@pytest.fixture
def bare(app: FastAPI) -> Iterator[TestClient]:
    """Return a client of the app with one more route, which fails as a test wants."""

    @app.get("/fail")
    def fail() -> None:
        raise app.state.failure

    with Quick(app) as started:
        yield started


def _all_refusals(root: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [found for child in root.__subclasses__() for found in (child, *_all_refusals(child))]


def test_the_table_names_every_refusal() -> None:
    """Each class has one code, and each code of the table is in the closed list."""
    assert set(_all_refusals()) == {error for error in CODE_OF if issubclass(error, Refusal)}
    assert {*CODE_OF.values(), *CODE_OF_STATUS.values()} <= set(PROBLEMS)


@pytest.mark.parametrize("refusal", sorted(_all_refusals(), key=lambda error: error.__name__))
@pytest.mark.sqlite_only
def test_every_refusal_is_answered_by_the_table(bare: TestClient, app: FastAPI, refusal: type[Refusal]) -> None:
    """A raised refusal becomes its problem, with the headers its kind promises."""
    app.state.failure = refusal()
    answer = bare.get("/fail")
    kind = PROBLEMS[CODE_OF[refusal]]
    _check_problem(answer, kind.status, CODE_OF[refusal])
    assert ("Retry-After" in answer.headers) == (kind.retry_after_s is not None)
    assert ("WWW-Authenticate" in answer.headers) == (kind.status == 401)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.sqlite_only
def test_a_database_outage_is_503(bare: TestClient, app: FastAPI, error: type[OperationalError]) -> None:
    """A database that is away answers 503 with Retry-After, and nothing of the statement."""
    app.state.failure = error(_SECRET_TEXT, None, Exception(_SECRET_TEXT))
    answer = bare.get("/fail")
    _check_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.sqlite_only
def test_a_full_pool_is_503(bare: TestClient, app: FastAPI) -> None:
    """Waiting too long for a connection is an outage, not a bug."""
    app.state.failure = PoolTimeout()
    _check_problem(bare.get("/fail"), 503, "unavailable")


@pytest.mark.sqlite_only
def test_a_lost_race_asks_for_a_retry_and_a_broken_rule_is_a_bug(bare: TestClient, app: FastAPI) -> None:
    """Two equal inserts are 409 with Retry-After; any other broken constraint is 500."""
    app.state.failure = IntegrityError("", None, Exception("UNIQUE constraint failed: x"))
    _check_problem(bare.get("/fail"), 409, "request_in_progress")
    app.state.failure = IntegrityError("", None, Exception("CHECK constraint failed: x"))
    _check_problem(bare.get("/fail"), 500, "internal_error")


@pytest.mark.sqlite_only
def test_a_bug_is_logged_without_its_text(bare: TestClient, app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    """A 500 names its request id; the log names class and lines, never the message."""
    app.state.failure = ValueError(_SECRET_TEXT)
    with caplog.at_level(logging.INFO, logger="squatback.requests"):
        answer = bare.get("/fail", headers={"X-Request-ID": "given-by-the-proxy"})
    _check_problem(answer, 500, "internal_error")
    line = json.loads(caplog.records[-1].message)
    assert (line["error"], line["request_id"], line["route"]) == ("ValueError", "given-by-the-proxy", "/fail")
    assert any("fail" in frame for frame in line["frames"])
    assert _SECRET_TEXT not in caplog.text


def test_an_unknown_path_and_a_trailing_slash_are_404(client: TestClient) -> None:
    """A trailing slash is another path, and no redirect."""
    for path in ("/nope", "/v1/me/", "/livez/"):
        _check_problem(client.get(path, follow_redirects=False), 404, "not_found")


def test_a_wrong_method_names_every_method_of_the_path(client: TestClient) -> None:
    """The Allow header covers all routes of a path."""
    answer = client.delete("/v1/me")
    _check_problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, PATCH"


def test_a_stopped_database_answers_503_and_recovers(app: FastAPI, gym: Gym, client: TestClient) -> None:
    """Reads and writes answer 503 while the database is away, and work again without a restart."""
    database = app.state.database
    pool = database.engine.pool
    held = [pool.connect() for _ in range(pool.size())]
    try:
        _check_problem(client.get("/v1/me", headers=gym.coach.headers), 503, "unavailable")
        assert client.get("/livez").status_code == 200
    finally:
        for connection in held:
            connection.close()
    assert client.get("/v1/me", headers=gym.coach.headers).status_code == 200


def test_an_unreachable_database_is_503_everywhere() -> None:
    """The app starts without its database: live, not ready, 503 where it would be needed."""
    from_nowhere = settings_for("postgresql://nobody@127.0.0.1:1/none")

    with Quick(built(from_nowhere)) as client:
        assert client.get("/livez").status_code == 200
        _check_problem(client.get("/readyz"), 503, "unavailable")
        answer = client.post("/v1/auth/login", json={"email": "a@b.example", "password": "x"})
        _check_problem(answer, 503, "unavailable")


def test_pointers_are_escaped_and_short() -> None:
    """A field name that a client chose cannot break the pointer or fill the answer."""
    assert json_pointer(("a/b", "c~d", 0)) == "/a~1b/c~0d/0"
    assert len(json_pointer(("x" * 10_000,))) == 65
    assert json_pointer(("\ud800",)) == "/?"
