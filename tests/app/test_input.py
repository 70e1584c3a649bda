"""What the service refuses to read, whatever the route."""

import asyncio
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.asgi import Layer
from app.json_check import body_fault
from app.metrics import Metrics
from tests.conftest import settings_for
from tests.gym import Gym
from tests.kept import built
from tests.support.quick import Quick

_LOGIN = "/v1/auth/login"
_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "fault"),
    [
        (b'{"email": ', 400, "json_invalid"),
        (b"\xff\xfe{}", 400, "not_utf8"),
        ('{"email": "ä"}'.encode("utf-16"), 400, "not_utf8"),
        (b"\xef\xbb\xbf{}", 400, "json_invalid"),
        (b'{"email": NaN}', 400, "json_invalid"),
        (b'{"email": -Infinity}', 400, "json_invalid"),
        (b'{"email": 1e400}', 422, "finite_number"),
        (b'{"email": "a", "email": "b"}', 422, "duplicate_key"),
        (b'{"email": "\\u0000"}', 422, "unstorable_text"),
        (b'{"email": "\\ud800"}', 422, "unstorable_text"),
        (b'{"\\udfff": 1}', 422, "unstorable_text"),
        (b'{"email": ' + b"[" * 40 + b"]" * 40 + b"}", 422, "too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, 422, "too_deep"),
        (b'{"email": [' + b"1," * 500 + b"1]}", 422, "too_long"),
        (b'{"email": ' + b"9" * 5000 + b"}", 422, "finite_number"),
    ],
)
def test_unreadable_and_unsafe_bodies_are_refused(client: TestClient, body: bytes, status: int, fault: str) -> None:
    """Each is a problem that names the fault, and never a 500."""
    answer = client.post(_LOGIN, content=body, headers=_JSON)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, fault)


@pytest.mark.parametrize(
    ("body", "pointer", "fault"),
    [
        ({"email": "a@b.example"}, "/password", "missing"),
        ({"email": "a@b.example", "password": "x", "admin": True}, "/admin", "extra_forbidden"),
        ({"email": 3, "password": "x"}, "/email", "string_type"),
        ({"email": "no address", "password": "x"}, "/email", "string_pattern_mismatch"),
        ({"email": "a@b.example", "password": "x" * 257}, "/password", "too_long"),
        ([], "", "model_type"),
        ("text", "", "model_type"),
    ],
)
def test_the_problem_names_the_field(client: TestClient, body: object, pointer: str, fault: str) -> None:
    """A JSON pointer leads to each refused field."""
    answer = client.post(_LOGIN, json=body)
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert error["pointer"] == pointer
    assert error["code"] in {fault, "model_attributes_type"}


def test_refused_input_is_not_echoed(client: TestClient) -> None:
    """Neither a wrong value nor a password comes back."""
    answer = client.post(_LOGIN, json={"email": "it hurts at night", "password": ["hunter2 hunter2"]})
    assert answer.status_code == 422
    assert "hurts" not in answer.text
    assert "hunter2" not in answer.text


def test_an_unknown_field_name_is_cut_short(client: TestClient) -> None:
    """A huge field name does not come back whole."""
    answer = client.post(_LOGIN, json={"x" * 100_000: 1})
    assert answer.status_code == 422
    assert len(answer.content) < 2000


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_other_media_types_and_codings_are_415(client: TestClient, headers: dict[str, str]) -> None:
    """Only JSON in UTF-8, not compressed, is read."""
    answer = client.post(_LOGIN, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def _chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b" " * 1024


def test_a_body_over_the_limit_is_413_however_it_is_framed(client: TestClient) -> None:
    """Declared and streamed sizes are both counted."""
    declared = client.post(_LOGIN, content=b" " * (256 * 1024 + 1), headers=_JSON)
    streamed = client.post(_LOGIN, content=_chunks(300), headers=_JSON)
    assert {(answer.status_code, answer.json()["code"]) for answer in (declared, streamed)} == {(413, "body_too_large")}


def test_a_header_block_over_the_limit_is_431(client: TestClient) -> None:
    """Sixteen kilobytes of headers are enough."""
    answer = client.get("/livez", headers={"X-Long": "x" * 17_000})
    assert (answer.status_code, answer.json()["code"]) == (431, "headers_too_large")


@pytest.mark.parametrize("path", ["/v1/people/%00", "/v1/people/x?limit=%00"])
def test_nul_in_an_address_is_400(client: TestClient, gym: Gym, path: str) -> None:
    """A character no database stores does not reach one."""
    answer = client.get(path, headers=gym.coach.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


def test_who_is_asked_before_what(client: TestClient, gym: Gym) -> None:
    """A stranger learns 401 and a wrong role 403 before anything about the body, readable or not."""
    for body in (b"{", b"{}", b'{"a": 1, "a": 2}'):
        anonymous = client.post("/v1/invitations", content=body, headers=_JSON)
        member = client.post("/v1/invitations", content=body, headers=_JSON | gym.member.headers)
        assert (anonymous.status_code, member.status_code) == (401, 403)


def test_only_named_hosts_are_served(database_url: str) -> None:
    """A foreign Host is refused; health probes ask by address."""
    settings = settings_for(database_url, allowed_hosts=("gym.example",))
    with Quick(built(settings), base_url="http://gym.example") as client:
        assert client.get("/openapi.json").status_code == 200
        foreign = client.get("/openapi.json", headers={"Host": "evil.example"})
        assert (foreign.status_code, foreign.json()["code"]) == (400, "unknown_host")
        assert client.get("/livez", headers={"Host": "10.0.0.7"}).status_code == 200


def test_readable_json_has_no_fault() -> None:
    """Bodies at the limits pass: 32 levels, 500 items, any script."""
    assert body_fault(b"[" * 32 + b"]" * 32) is None
    assert body_fault(b"[" + b"1," * 499 + b"1]") is None
    assert body_fault('{"name": "Zoë 🏋"}'.encode()) is None


def test_a_body_that_does_not_arrive_is_408() -> None:
    """A sender who stops in the middle does not hold the connection."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    settings = settings_for("sqlite:///unused.db", body_deadline_s=0.05)
    scope = {"type": "http", "method": "POST", "path": _LOGIN, "headers": [], "query_string": b""}
    asyncio.run(Layer(app, settings=settings, metrics=Metrics())(scope, receive, send))
    assert sent[0]["status"] == 408
