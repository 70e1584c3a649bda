"""Apps that were built against an earlier description go on working: the API only grows."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.openapi import operations_of
from tests.kept import described
from tools.compatibility import broken_promises, read_baseline

Json = dict[str, Any]

_THING: Json = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 50},
        "kind": {"type": "string", "enum": ["squat", "hinge"]},
        "load_kg": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 600}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}, "maxItems": 5},
    },
}
_ANSWER: Json = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"enum": ["open", "done"], "type": "string"},
        "count": {"type": "integer"},
    },
}
_DOCUMENT: Json = {
    "paths": {
        "/things/{thing_id}": {
            "post": {
                "operationId": "add_thing",
                "parameters": [
                    {
                        "in": "path",
                        "name": "thing_id",
                        "required": True,
                        "schema": {"type": "string", "format": "uuid"},
                    },
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100, "default": 20}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                },
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}},
                    "404": {"content": {"application/problem+json": {"schema": {"type": "object"}}}},
                },
            }
        }
    },
    "components": {"schemas": {"Thing": _THING, "Answer": _ANSWER}},
}


def _operation(document: Json) -> Json:
    found: Json = document["paths"]["/things/{thing_id}"]["post"]
    return found


def _thing(document: Json) -> Json:
    found: Json = document["components"]["schemas"]["Thing"]
    return found


def _answer(document: Json) -> Json:
    found: Json = document["components"]["schemas"]["Answer"]
    return found


def _put(value: object, *path: str | int) -> Callable[[Json], None]:
    def change(at: Json) -> None:
        for part in path[:-1]:
            at = at[part]  # type: ignore[index]
        at[path[-1]] = value  # type: ignore[index]

    return change


def _drop(*path: str | int) -> Callable[[Json], None]:
    def change(at: Json) -> None:
        for part in path[:-1]:
            at = at[part]  # type: ignore[index]
        del at[path[-1]]  # type: ignore[arg-type]

    return change


_POST = "POST /things/{thing_id}"
_BREAKING: dict[str, tuple[Callable[[Json], Json], Callable[[Json], None]]] = {
    f"{_POST} is gone": (lambda document: document["paths"], _drop("/things/{thing_id}")),
    f"{_POST} its operationId was add_thing, is put_thing": (_operation, _put("put_thing", "operationId")),
    f"{_POST} asks for a sign-in now": (_operation, _put([{"HTTPBearer": []}], "security")),
    f"{_POST}: query parameter `limit` is gone": (_operation, _drop("parameters", 1)),
    f"{_POST}: query parameter `limit` is required now": (_operation, _put(True, "parameters", 1, "required")),
    f"{_POST}: query parameter `limit` its maximum was 100, is 50": (
        _operation,
        _put(50, "parameters", 1, "schema", "maximum"),
    ),
    f"{_POST}: query parameter `limit` its default was 20, is 10": (
        _operation,
        _put(10, "parameters", 1, "schema", "default"),
    ),
    f"{_POST}: body is required now": (_operation, _put(True, "requestBody", "required")),
    f"{_POST}: body is gone": (_operation, _drop("requestBody")),
    f"{_POST}: answer 404 is gone": (_operation, _drop("responses", "404")),
    "Thing field `kind` is gone": (_thing, _drop("properties", "kind")),
    "Thing field `kind` is required now": (_thing, _put(["name", "kind"], "required")),
    "Thing field `new` is required now": (
        _thing,
        lambda thing: thing.update(
            required=["name", "new"], properties=thing["properties"] | {"new": {"type": "string"}}
        ),
    ),
    "Thing.name its minLength was 1, is 2": (_thing, _put(2, "properties", "name", "minLength")),
    "Thing.name its pattern was None, is ^a": (_thing, _put("^a", "properties", "name", "pattern")),
    "Thing.name no longer takes string": (_thing, _put({"type": "integer"}, "properties", "name")),
    "Thing.kind no longer takes hinge": (_thing, _put(["squat"], "properties", "kind", "enum")),
    "Thing.kind its pattern was None, is ^[a-g]": (
        _thing,
        _put({"type": "string", "pattern": "^[a-g]"}, "properties", "kind"),
    ),
    "Thing.load_kg no longer takes null": (
        _thing,
        _put({"type": "number", "minimum": 0, "maximum": 600}, "properties", "load_kg"),
    ),
    "Thing.load_kg its maximum was 600, is 500": (
        _thing,
        _put(500, "properties", "load_kg", "anyOf", 0, "maximum"),
    ),
    "Thing.load_kg no longer takes number": (_thing, _put("integer", "properties", "load_kg", "anyOf", 0, "type")),
    "Thing.parts its maxItems was 5, is 4": (_thing, _put(4, "properties", "parts", "maxItems")),
    "Answer (answered) field `count` is gone": (_answer, _drop("properties", "count")),
    "Answer (answered) field `id` may be missing now": (_answer, _put([], "required")),
    "Answer (answered).id its format was uuid, is None": (_answer, _drop("properties", "id", "format")),
    "Answer (answered).state no longer says done": (
        _answer,
        _put(["open", "finished"], "properties", "state", "enum"),
    ),
    "Answer (answered).count may now be number": (_answer, _put("number", "properties", "count", "type")),
    "Answer (answered).count may now be null": (
        _answer,
        _put({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "properties", "count"),
    ),
}
_GROWING: dict[str, tuple[Callable[[Json], Json], Callable[[Json], None]]] = {
    "a path": (lambda document: document["paths"], _put({"get": {"operationId": "x"}}, "/more")),
    "a parameter": (
        _operation,
        lambda said: said["parameters"].append({"in": "query", "name": "more", "schema": {"type": "string"}}),
    ),
    "a field to send": (_thing, _put({"type": "string"}, "properties", "more")),
    "a word to send": (_thing, _put(["squat", "hinge", "carry"], "properties", "kind", "enum")),
    "any word that looks like one": (
        _thing,
        _put({"type": "string", "pattern": "^[a-z]+$", "maxLength": 20}, "properties", "kind"),
    ),
    "a wider limit": (_thing, _put(100, "properties", "name", "maxLength")),
    "a wider type": (_thing, _put({"type": ["string", "null"]}, "properties", "kind")),
    "a field in an answer": (_answer, _put({"type": "string"}, "properties", "more")),
    "a word in an answer": (_answer, _put(["open", "done", "paused"], "properties", "state", "enum")),
    "a field that is always there": (_answer, _put(["id", "count"], "required")),
    "a status": (_operation, _put({"description": "ready"}, "responses", "200")),
}


@pytest.mark.parametrize("told", _BREAKING)
def test_what_breaks_an_app_is_named(told: str) -> None:
    """One line says where and what."""
    part, change = _BREAKING[told]
    changed = deepcopy(_DOCUMENT)
    change(part(changed))

    assert broken_promises(_DOCUMENT, changed) == [told]


@pytest.mark.parametrize("added", _GROWING)
def test_what_is_added_passes(added: str) -> None:
    """More paths, parameters, fields and words break nobody who does not know of them."""
    part, change = _GROWING[added]
    changed = deepcopy(_DOCUMENT)
    change(part(changed))

    assert broken_promises(_DOCUMENT, changed) == []


def test_the_api_keeps_what_the_baseline_promises() -> None:
    """Nothing of openapi.baseline.json is gone or narrower; it moves with `make baseline` only."""
    present = json.loads(json.dumps(described()))

    assert broken_promises(read_baseline(), present) == []


def test_operation_ids_are_unique_and_those_of_the_baseline() -> None:
    """Generated clients keep the names of their functions."""
    present = described()
    ids = [operation["operationId"] for operation in operations_of(present)]

    assert len(ids) == len(set(ids))
    for path, entry in read_baseline()["paths"].items():
        for method, operation in entry.items():
            assert present["paths"][path][method]["operationId"] == operation["operationId"]
