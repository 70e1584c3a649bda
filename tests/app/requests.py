"""Requests made from the API's description: its examples, with the ids of things that exist in a world."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.openapi import METHODS
from tests.app.access import Access
from tests.app.kit import Json
from tests.app.world import Ids, World

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SAME_AS = {"id": "log_id", "replaces": "log_id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path, as described."""

    method: str
    path: str
    said: Json
    schemas: Mapping[str, Json]

    @property
    def id(self) -> str:
        """Return the operationId."""
        return str(self.said["operationId"])

    def parameters(self, place: str) -> list[Json]:
        """Return its parameters in the path, the query or the headers."""
        return [one for one in self.said.get("parameters", ()) if one["in"] == place]

    @property
    def path_ids(self) -> list[str]:
        """Return the names of ids in its path."""
        return [one["name"] for one in self.parameters("path") if is_id(one["schema"])]

    @property
    def query_ids(self) -> list[str]:
        """Return the names of ids in its query."""
        return [one["name"] for one in self.parameters("query") if is_id(one["schema"])]

    @property
    def content(self) -> Json:
        """Return what is said of its body; nothing when it takes none."""
        found: Json = self.said.get("requestBody", {}).get("content", {}).get("application/json", {})
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, ready to be sent."""

    method: str
    url: str
    query: Mapping[str, str]
    body: Json | None


def operations(document: Json) -> dict[str, Operation]:
    """Return every described operation by its id."""
    schemas = document["components"]["schemas"]
    found = [
        Operation(method=method, path=path, said=entry[method], schemas=schemas)
        for path, entry in document["paths"].items()
        for method in METHODS
        if method in entry
    ]
    return {operation.id: operation for operation in found}


def is_id(schema: Json) -> bool:
    """Tell whether a value is an id; null may be allowed beside it."""
    return any(one.get("format") == "uuid" for one in (schema, *schema.get("anyOf", ())))


def call(operation: Operation, access: Access, world: World, role: str, path: Ids, rest: Ids | None = None) -> Call:
    """Return a request with its path's ids from one set and all others from another."""
    rest = path if rest is None else rest
    body = _body(operation, access, world, role)
    return Call(
        method=operation.method,
        url=_url(operation, access, path),
        query=_with_ids(_query(operation), access, rest) | dict(access.query),
        body=None if body is None else _with_ids(body, access, rest),
    )


def _url(operation: Operation, access: Access, ids: Ids) -> str:
    url = operation.path
    for parameter in operation.parameters("path"):
        name = parameter["name"]
        value = _id(name, access, ids) if is_id(parameter["schema"]) or name in ids else _first(parameter["examples"])
        url = url.replace(f"{{{name}}}", str(value))
    return url


def _query(operation: Operation) -> dict[str, str]:
    """Return the first examples; one that is empty or null means that the parameter is left out."""
    given = {one["name"]: _first(one["examples"]) for one in operation.parameters("query")}
    return {name: _as_text(value) for name, value in given.items() if value not in (None, "")}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(operation: Operation, access: Access, world: World, role: str) -> Json | None:
    if access.body is not None:
        return access.body(world, role)
    if not operation.content:
        return None
    examples = operation.content["examples"]
    value: Json = examples[access.example]["value"] if access.example else _first(examples)
    return value


def _first(examples: Mapping[str, Any]) -> Any:
    return next(iter(examples.values()))["value"]


def _id(name: str, access: Access, ids: Ids) -> str:
    """Return the id or token a name stands for; a new name needs a thing in tests/app/world.py."""
    return ids[access.ids.get(name, _SAME_AS.get(name, name))]


def _with_ids(value: Any, access: Access, ids: Ids, name: str = "") -> Any:
    """Return a body in which the ids of the demo gym are those of a set."""
    if isinstance(value, dict):
        return {key: _with_ids(inner, access, ids, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_ids(inner, access, ids, name) for inner in value]
    return _id(name, access, ids) if isinstance(value, str) and _UUID.fullmatch(value) else value


def with_other_id(made: Call, operation: Operation, access: Access, ids: Ids) -> Iterator[tuple[str, Call]]:
    """Yield the request once for each id its query or body may hold, that one taken from another set."""
    for name in operation.query_ids:
        query = dict(made.query) | {name: _id(name, access, ids)}
        yield f"query/{name}", Call(method=made.method, url=made.url, query=query, body=made.body)
    if made.body is None:
        return
    for place, body in _bodies(made.body, operation.content["schema"], operation.schemas, access, ids):
        yield f"body/{place}", Call(method=made.method, url=made.url, query=made.query, body=body)


def _bodies(
    value: Any, schema: Json, schemas: Mapping[str, Json], access: Access, ids: Ids, name: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield copies of a value, each with one id changed or put in, and where."""
    schema = _resolved(schema, value, schemas)
    if is_id(schema):
        yield name, _id(name, access, ids)
    elif isinstance(value, dict):
        for key, inner in schema.get("properties", {}).items():
            if key in value or is_id(inner):
                for place, changed in _bodies(value.get(key), inner, schemas, access, ids, key):
                    yield (place if place == key else f"{key}/{place}"), value | {key: changed}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for place, changed in _bodies(inner, schema.get("items", {}), schemas, access, ids, name):
                yield place, [*value[:index], changed, *value[index + 1 :]]


def _resolved(schema: Json, value: Any, schemas: Mapping[str, Json]) -> Json:
    """Return the part of a schema that a value follows."""
    if "$ref" in schema:
        return _resolved(schemas[schema["$ref"].rsplit("/", 1)[1]], value, schemas)
    choices = [_resolved(one, value, schemas) for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return choices[0] if len(choices) == 1 else schema


def without_ids(text: str) -> str:
    """Return an answer without what must differ: ids, and the number of the request."""
    return _UUID.sub("…", re.sub(r'"request_id":"[^"]*"', '"request_id":""', text))
