"""Web apps of other origins: none may call, but for those on an exact list."""

from collections.abc import Iterator, Mapping

import pytest
from fastapi.testclient import TestClient

from app.settings import Settings
from tests.kept import built
from tests.support.quick import Quick

APP, STRANGER = "https://app.gym.example", "https://app.gym.example.evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
MARKS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Credentials")

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def listed(settings: Settings) -> Iterator[TestClient]:
    """Return a client of an app that lets one origin in, and takes bodies of a kilobyte."""
    with Quick(built(settings.model_copy(update={"cors_origins": (APP,), "body_limit_bytes": 1024}))) as http:
        yield http


def marks(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in MARKS if name in headers}


def test_without_a_list_nobody_is_let_in(client: TestClient) -> None:
    """A preflight is a method like any other that a path does not take, and no answer is marked."""
    asked = client.options("/v1/auth/login", headers={"Origin": APP, **PREFLIGHT})

    assert (asked.status_code, asked.json()["code"], marks(asked.headers)) == (405, "method_not_allowed", {})
    assert marks(client.get("/livez", headers={"Origin": APP}).headers) == {}


def test_a_preflight_of_a_listed_origin_is_answered(listed: TestClient) -> None:
    """It names the origin itself and what may be sent, and no cookies."""
    wanted = "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id"
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        asked = listed.options(
            "/v1/clients",
            headers={"Origin": APP, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": wanted},
        )
        assert asked.status_code == 200
        assert asked.headers["Access-Control-Allow-Origin"] == APP
        assert method in asked.headers["Access-Control-Allow-Methods"].split(", ")
        assert "Access-Control-Allow-Credentials" not in asked.headers
        assert "Origin" in asked.headers["Vary"]
        assert asked.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": STRANGER},
        {"Origin": "null"},
        {"Origin": APP.upper()},
        {"Origin": "http://app.gym.example"},
        {"Origin": f"{APP}:8443"},
        {"Origin": APP, "Access-Control-Request-Method": "TRACE"},
        {"Origin": APP, "Access-Control-Request-Headers": "x-anything"},
    ],
)
def test_a_preflight_that_is_not_allowed_is_refused_like_any_other(listed: TestClient, headers: dict[str, str]) -> None:
    """A problem, as every error is; a stranger's origin is not repeated."""
    asked = listed.options("/v1/clients", headers=PREFLIGHT | headers)

    assert (asked.status_code, asked.json()["code"]) == (405, "method_not_allowed")
    assert marks(asked.headers).get("Access-Control-Allow-Origin", APP) == APP
    assert headers["Origin"] == APP or not marks(asked.headers)


def test_answers_and_refusals_can_be_read_by_a_listed_origin(listed: TestClient) -> None:
    """Those of the layer before the app too: an app has to know that a body was too large, or when to come again."""
    sign_in = {"email": "nobody@gym.example", "password": "wrong and long enough"}
    for status, body in ((401, sign_in), (413, sign_in | {"more": "x" * 2000})):
        answer = listed.post("/v1/auth/login", json=body, headers={"Origin": APP})
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == APP
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Location", "Retry-After", "X-Request-ID", "Idempotency-Replayed"} <= set(exposed)


def test_others_are_answered_without_a_mark_and_caches_keep_answers_apart(listed: TestClient) -> None:
    """A browser then hides the answer from the page that asked."""
    for headers in ({"Origin": STRANGER}, {}):
        answer = listed.get("/v1/me", headers=headers)
        assert (answer.status_code, marks(answer.headers)) == (401, {})
        assert "Origin" in answer.headers["Vary"]
