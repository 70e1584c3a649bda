"""Nothing that a person wrote, and nothing that opens anything, stands in a log line: every operation is driven."""

import io
import json
import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import planning
from app.log_lines import JsonLines
from tests.app.access import OPERATIONS, ROLES, UNDESCRIBED, Access
from tests.app.kit import Json
from tests.app.requests import Call, Operation, _resolved, call, operations
from tests.app.world import World, freeze, make_world
from tests.conftest import Clock, settings_for
from tests.gym import PASSWORD, make_gym
from tests.kept import built, described
from tests.support.quick import Quick

CANARY = "zk7canaryq"
_DESCRIBED = operations(described())
_WRITTEN_IN = {
    "accept_invitation", "add_assessment", "add_clearance", "add_client", "add_exercise", "add_session_log",
    "add_webhook", "adjust_block", "change_client", "change_me", "sync", "transfer_client",
}  # fmt: skip
"""Where people write what they like, as far as the examples reach it: a new one needs no line."""
_PLANS = ("/session-logs", "/clearances", "/blocks", "/sync", "/adjustments", "/assessments")
_FIXED = {"format", "enum", "const", "pattern"}


class Stage:
    """The running app with its log lines, as a server process writes them."""

    def __init__(self, app: FastAPI, http: TestClient, world: World) -> None:
        self.app, self.http, self.world = app, http, world
        self.written = io.StringIO()

    def send(self, made: Call, role: str, **more: Any) -> int:
        """Send a request whose key is a canary too; return the status."""
        headers = self.world.headers(role) | {"Idempotency-Key": CANARY}
        body = {} if made.body is None else {"json": made.body}
        return self.http.request(made.method, made.url, params=made.query, headers=headers, **(body | more)).status_code

    def lines(self) -> list[Json]:
        """Return what was logged since this was last asked; every line is JSON and tells nothing."""
        text = self.written.getvalue()
        self.written.seek(0)
        self.written.truncate()
        assert [secret for secret in self.secrets() if secret in text] == []
        return [json.loads(line) for line in text.splitlines()]

    def secrets(self) -> Iterator[str]:
        """Yield what must not be found: the canary, passwords, tokens, codes, addresses and names of people."""
        world, gym = self.world, self.world.gym
        yield from (CANARY, PASSWORD, world.invitation_code, world.reset_code)
        yield from (token for token in world.tokens.values() if token)
        yield from (value for name, value in world.mine.items() if "token" in name)
        for who in (gym.admin, gym.coach, gym.member, gym.other_member):
            yield from (who.email, who.access_token, who.refresh_token)


@pytest.fixture(scope="module")
def stage(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a world that no request changes, and everything that is logged while it is asked."""
    path = tmp_path_factory.mktemp("canary") / "canary.db"
    shutil.copyfile(migrated_sqlite, path)
    clock, app = Clock(), built(settings_for(f"sqlite:///{path}"))
    app.state.clock = lambda: clock.now
    with Quick(app, raise_server_exceptions=False) as http:
        world = make_world(http, make_gym(http, app.state.database, app.state.hasher, clock.now), clock)
        freeze(app)
        made = Stage(app, http, world)
        handler = logging.StreamHandler(made.written)
        handler.setFormatter(JsonLines())
        handler.addFilter(lambda record: record.name != "httpx2")  # the tests' own client
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        yield made
        root.removeHandler(handler)
        root.setLevel(level)


def cases() -> Iterator[tuple[Operation, Access]]:
    """Yield every operation that takes a body, with each way to call it."""
    for name, access in OPERATIONS.items():
        operation = _DESCRIBED[name.partition("/")[0]]
        if operation.content:
            yield operation, access


def usual(stage: Stage, operation: Operation, access: Access) -> tuple[str, Call]:
    """Return somebody who may call an operation, and the call."""
    role = next((one for one in ("coach", "admin", "member", *ROLES) if access.expected(one) == 200), "anonymous")
    return role, call(operation, access, stage.world, role, stage.world.mine)


def with_a_text(value: Any, schema: Json, schemas: Mapping[str, Json]) -> Iterator[Any]:
    """Yield copies of a value, each with the canary in one field that takes free text, left out in the value or not."""
    schema = _resolved(schema, value, schemas)
    if _takes_text(schema):
        yield CANARY
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for changed in with_a_text(inner, schema.get("items", {}), schemas):
                yield [*value[:index], changed, *value[index + 1 :]]
    elif isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value or _takes_text(_resolved(inner, "", schemas)):
                yield from (value | {name: changed} for changed in with_a_text(value.get(name, ""), inner, schemas))


def _takes_text(schema: Json) -> bool:
    return schema.get("type") == "string" and _FIXED.isdisjoint(schema)


def everywhere(value: Any) -> Any:
    """Return a value with the canary in place of every text."""
    if isinstance(value, dict):
        return {key: everywhere(inner) for key, inner in value.items()} | {CANARY: CANARY}
    if isinstance(value, list):
        return [*map(everywhere, value), CANARY]
    return CANARY if isinstance(value, str) else value


@contextmanager
def everything_fails(app: FastAPI) -> Iterator[None]:
    """Let every request end with an error whose text quotes what somebody wrote."""
    before = app.state.clock

    def fail() -> None:
        raise ValueError(f"{CANARY} in {PASSWORD}")

    app.state.clock = fail
    yield
    app.state.clock = before


def test_free_text_is_taken_and_not_logged(stage: Stage) -> None:
    """Most operations take the canary where people write what they like; each leaves a line, and none quotes it."""
    taken = set()
    for operation, access in cases():
        role, made = usual(stage, operation, access)
        for body in islice(with_a_text(made.body, operation.content["schema"], operation.schemas), 4):
            if stage.send(replace(made, body=body), role) < 300:
                taken.add(operation.id)
    lines = stage.lines()

    assert taken >= _WRITTEN_IN
    assert len([line for line in lines if line["event"] == "request"]) >= len(list(cases()))
    assert all(line["request_id"] and line["at"] and line["level"] for line in lines)


def test_what_is_refused_is_not_logged(stage: Stage) -> None:
    """Bodies with the canary as value, key and list item everywhere, bodies that are no JSON, queries and paths."""
    statuses = set()
    for operation, access in cases():
        role, made = usual(stage, operation, access)
        statuses.add(stage.send(replace(made, body=everywhere(made.body)), role))
        raw = {"content": f'{{"notes": "{CANARY}', "headers": {"Content-Type": "application/json"}}
        statuses.add(stage.http.request(made.method, made.url, **raw).status_code)  # type: ignore[arg-type]
        statuses.add(stage.send(replace(made, query={"q": CANARY, "cursor": CANARY}), role))
    for path in (f"/{CANARY}", f"/v1/clients/{CANARY}", f"/week/{CANARY}", f"/v1/calendars/{CANARY}.ics"):
        statuses.add(stage.http.get(path, headers={"Authorization": f"Bearer {CANARY}"}).status_code)
    lines = stage.lines()

    assert {400, 401, 404, 422} <= statuses
    assert 500 not in statuses
    assert lines


def test_a_planner_that_fails_is_logged_without_what_it_failed_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is kept and training held; the line names kind and place of the error, and the request."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {CANARY}")

    for name in ("replan", "build", "_upgraded"):
        monkeypatch.setattr(planning, name, fail)
    for operation, access in cases():
        if operation.path.endswith(_PLANS):
            role, made = usual(stage, operation, access)
            for body in islice(with_a_text(made.body, operation.content["schema"], operation.schemas), 1):
                stage.send(replace(made, body=body), role)
    failures = [line for line in stage.lines() if line.get("error") == "RuntimeError"]

    assert len(failures) >= 3
    assert any(line["event"] != "request" for line in failures)
    assert all(line["request_id"] for line in failures)


def test_counters_are_labelled_by_route_templates_alone(stage: Stage) -> None:
    """Neither ids nor what was asked for become labels, however many different paths are tried."""
    for path in (f"/{CANARY}", f"/week/{CANARY}", f"/v1/clients/{stage.world.mine['client_id']}"):
        stage.http.request(CANARY, path)
        stage.http.get(path)
    text = stage.http.get("/metrics").text
    templates = {route.path for route in stage.app.routes if hasattr(route, "path")}
    templates |= {operation.path for operation in _DESCRIBED.values()}

    assert set(re.findall(r'route="([^"]*)"', text)) <= templates | UNDESCRIBED | {"unmatched"}
    assert set(re.findall(r'(\w+)="', text)) == {"method", "route", "status", "le"}
    assert CANARY.upper() not in text
    assert [secret for secret in stage.secrets() if secret in text] == []
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


def test_a_bug_is_logged_without_its_text(stage: Stage) -> None:
    """Where every request crashes, each line names kind and lines of code, and nothing else."""
    with everything_fails(stage.app):
        for operation, access in cases():
            role, made = usual(stage, operation, access)
            stage.send(made, role)
    crashes = [line for line in stage.lines() if line.get("error") == "ValueError"]

    assert len(crashes) > len(list(cases())) / 2
    assert all(line["status"] == 500 and line["frames"] and line["level"] == "error" for line in crashes)
