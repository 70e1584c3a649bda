"""Every field a request may have is bounded, as the API description says and the service does."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.json_check import MAX_ITEMS
from tests.app.kit import CALM_MORNING, SAM, Api
from tests.gym import Gym

_LARGEST = 2**31
_JSON = {"Content-Type": "application/json"}


def _schemas(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema that requests are held against, and where it stands."""
    whole = app.openapi()
    waiting: list[tuple[str, Any]] = []
    for path, operations in whole["paths"].items():
        for method, operation in operations.items():
            waiting.append((f"{method} {path}", operation.get("requestBody", {}).get("content", {})))
            waiting.extend((f"{method} {path} {one['name']}", one["schema"]) for one in operation.get("parameters", ()))
    seen: set[str] = set()
    while waiting:
        where, part = waiting.pop()
        if isinstance(part, list):
            waiting.extend((where, one) for one in part)
        elif isinstance(part, dict):
            name = part.get("$ref", "")
            if name and name not in seen:
                seen.add(name)
                waiting.append((name, whole["components"]["schemas"][name.rpartition("/")[2]]))
            if isinstance(part.get("type"), str):
                yield where, part
            waiting.extend((f"{where}/{key}", one) for key, one in part.items() if key not in ("example", "examples"))


def _is_bounded(schema: dict[str, Any]) -> bool:
    match schema["type"]:
        case "string":
            return bool({"maxLength", "enum", "const", "format", "pattern"} & set(schema))
        case "array":
            return schema.get("maxItems", MAX_ITEMS + 1) <= MAX_ITEMS or "uniqueItems" in schema
        case "integer":
            least = schema.get("minimum", schema.get("exclusiveMinimum", -_LARGEST - 1))
            most = schema.get("maximum", schema.get("exclusiveMaximum", _LARGEST))
            return bool("enum" in schema or "const" in schema or (least >= -_LARGEST and most < _LARGEST))
        case "number":
            return bool({"minimum", "exclusiveMinimum"} & set(schema) and {"maximum", "exclusiveMaximum"} & set(schema))
        case "object":
            return schema.get("additionalProperties") is False or "propertyNames" in schema or "maxProperties" in schema
    return schema["type"] in {"boolean", "null"}


@pytest.mark.sqlite_only
def test_every_string_number_list_and_object_of_a_request_is_bounded(app: FastAPI) -> None:
    """Text by length, numbers by both ends, whole ones within 32 bits, lists within 500, objects to what is named."""
    found = list(_schemas(app))
    assert len(found) > 300
    assert [(where, schema) for where, schema in found if not _is_bounded(schema)] == []


@pytest.mark.parametrize(
    "name", ["Zo\u0065\u0308", "Zo\u00eb", "\u2126hm", "\U0001f3cb" * 200], ids=["nfd", "nfc", "ohm", "long"]
)
def test_text_is_kept_as_it_was_sent(client: TestClient, gym: Gym, name: str) -> None:
    """Composed stays composed and decomposed decomposed; a length is counted in characters, not in bytes."""
    api = Api(client, gym.coach)
    made = api.post("/v1/clients", SAM | {"display_name": name})
    assert api.get(f"/v1/clients/{made['id']}")["display_name"] == name


@pytest.mark.parametrize("at", ["1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_instants_lie_between_1900_and_2200(client: TestClient, gym: Gym, at: str) -> None:
    """What lies outside is refused by its name, before anybody calculates with it."""
    path = f"/v1/clients/{gym.member.client_id}/check-ins"
    answer = client.post(path, json=CALM_MORNING | {"at": at}, headers=gym.coach.headers)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/at")


@pytest.mark.parametrize("day", ["1899-12-31", "2201-01-01", "9999-12-31"])
def test_days_lie_between_1900_and_2200(client: TestClient, gym: Gym, day: str) -> None:
    """In a query as in a body."""
    asked = client.get(f"/v1/clients/{gym.member.client_id}/week?date={day}", headers=gym.coach.headers)
    sent = client.post("/v1/clients", json=SAM | {"preferred_squat": _squat_on(day)}, headers=gym.coach.headers)
    assert (asked.status_code, sent.status_code) == (422, 422)
    assert sent.json()["errors"][0]["pointer"] == "/preferred_squat/last_heavy_on"


def _squat_on(day: str) -> dict[str, object]:
    squat = SAM["preferred_squat"]
    assert isinstance(squat, dict)
    return squat | {"last_heavy_on": day}


@pytest.mark.parametrize(
    ("size", "status"),
    [(256 * 1024 + 1, 200), (1024 * 1024, 200), (1024 * 1024 + 1, 413)],
    ids=["more", "full", "over"],
)
@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
def test_a_batch_may_have_a_mebibyte(client: TestClient, gym: Gym, size: int, status: int, *, is_chunked: bool) -> None:
    """Four times what other bodies may have, counted the same way."""
    body = b'{"check_ins": []}'.ljust(size)
    content = iter([body[:1000], body[1000:]]) if is_chunked else body
    path = f"/v1/clients/{gym.member.client_id}/sync"
    assert client.post(path, content=content, headers=gym.member.headers | _JSON).status_code == status


@pytest.mark.parametrize("path", ["/v1/clients?limit=1&limit=2", "/v1/clients?limit=1&%6cimit=1", "/v1/me?x=&x="])
def test_a_parameter_given_twice_is_refused(client: TestClient, gym: Gym, path: str) -> None:
    """Two readers of one address may take different ones of the two; so no reader here takes either."""
    answer = client.get(path, headers=gym.coach.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


@pytest.mark.parametrize(("query", "name"), [("?client_id=", "client_id"), ("?event=&client_id=", "event")])
def test_an_empty_parameter_is_refused_by_its_name(client: TestClient, gym: Gym, query: str, name: str) -> None:
    """As its description says: an empty id is no id, and a parameter that is not meant is not sent."""
    answer = client.get(f"/v1/audit-events{query}", headers=gym.admin.headers)
    assert answer.status_code == 422
    assert f"/query/{name}" in [error["pointer"] for error in answer.json()["errors"]]


def test_an_empty_key_is_refused_by_its_name(client: TestClient, gym: Gym) -> None:
    """A phone that lost its key must not believe that it sent one."""
    answer = client.post("/v1/clients", json=SAM, headers=gym.coach.headers | {"Idempotency-Key": ""})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/Idempotency-Key")


def test_more_tags_than_described_are_refused_by_every_read(client: TestClient, gym: Gym) -> None:
    """Those of weeks and blocks, which take another way, included."""
    for path in ("/v1/me/week", f"/v1/clients/{gym.member.client_id}/week", "/v1/library/words"):
        answer = client.get(path, headers=gym.member.headers | {"If-None-Match": "x" * 1001})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "string_too_long"), path
