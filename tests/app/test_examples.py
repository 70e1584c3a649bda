"""Every example of the API's description executes as it stands in the demo gym."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import demo
from app.demo_ids import MEMBER, demo_id
from tests.conftest import settings_for
from tests.kept import KeptEngines, built, described
from tests.support.quick import Quick

NOW = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
SIGN_IN = {"email": "coach@demo.example", "password": "demo-coach-pass"}
AS_MEMBER = {"email": "member@demo.example", "password": "demo-member-pass"}
AS_ADMIN = {"email": "admin@demo.example", "password": "demo-admin-pass"}
WEBHOOK = f"/v1/webhooks/{demo_id('webhook')}"
RESET = f"/v1/people/{MEMBER}/second-factor-reset"
OTHER_ROLES = {"/v1/me/week": AS_MEMBER, "/v1/me/delivery": AS_MEMBER} | dict.fromkeys(
    ("/v1/invitations", "/v1/audit-events", "/v1/webhooks", WEBHOOK, f"{WEBHOOK}/secret", RESET), AS_ADMIN
)
METHODS = ("get", "post", "put", "patch", "delete")
# Their examples need a code or token that is handed out once.
ONE_TIME = (
    *("/v1/auth/refresh", "/v1/auth/password-resets", "/v1/invitations/accept"),
    *(f"/v1/me/second-factor/{what}" for what in ("confirmation", "recovery-codes", "removal")),
)
PROGRAMMERS_WORDS = (
    "api", "array", "argument", "body", "boolean", "bytes", "cursor", "endpoint", "entity", "enum", "etag", "fetch",
    "hash", "header", "http", "id", "idempotent", "instance", "integer", "json", "key", "null", "object", "parameter",
    "patch", "payload", "query", "record id", "resource", "response", "schema", "string", "token", "tuple", "upsert",
    "uri", "url", "uuid",
)  # fmt: skip
OF_FEATURES = ("Clients", "Screen", "Assess", "Block", "Week", "Log", "Delivery", "Coach", "Library")

Described = dict[str, Any]
FreshGym = Callable[[], AbstractContextManager[TestClient]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The file of the demo gym, and the headers of its people by e-mail: signed in once, on the day of loading."""

    path: Path
    signed: Mapping[str, dict[str, str]]

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers of whoever an address is for."""
        return self.signed[OTHER_ROLES.get(url, SIGN_IN)["email"]]


@pytest.fixture(name="described", scope="module")
def _described() -> Described:
    """Return the API's description."""
    return described()


@pytest.fixture(scope="module")
def loaded(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Load the demo gym into a file that each example copies."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(migrated_sqlite, path)
    app = built(settings_for(f"sqlite:///{path}"))
    app.state.clock = lambda: NOW
    with Quick(app) as client:
        state = app.state
        assert demo.load_if_empty(state.database, state.hasher, state.catalogue, now=NOW)
        return Loaded(path, {who["email"]: _signed_in(client, who) for who in (SIGN_IN, AS_MEMBER, AS_ADMIN)})


def _signed_in(client: TestClient, credentials: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.post('/v1/auth/login', json=credentials).json()['access_token']}"}


@pytest.fixture
def fresh_gym(loaded: Loaded, tmp_path: Path, kept_engines: KeptEngines) -> FreshGym:
    """Return what gives a client of the app on a fresh copy of the demo gym, on the day it was loaded."""
    path = tmp_path / "copy.db"

    @contextmanager
    def running() -> Iterator[TestClient]:
        shutil.copyfile(loaded.path, path)
        app = built(settings_for(f"sqlite:///{path}"))
        app.state.clock = lambda: NOW
        with kept_engines.lent(), Quick(app) as client:
            yield client
        path.unlink()

    return running


def _operations(described: Described) -> Iterator[tuple[str, str, Described]]:
    for path, entry in described["paths"].items():
        for method in METHODS:
            if method in entry:
                yield method, path, entry[method]


def _values(examples: Described | None) -> list[object]:
    """Return the values; one without is how something is left out, and the docs page sends nothing for it."""
    return [example["value"] for example in (examples or {}).values()]


def _requests(described: Described) -> Iterator[tuple[str, str, str, dict[str, object], object]]:
    """Yield every operation with one set of parameters and each of its bodies: method, path, address, query, body.

    Where the first example of a parameter has no value, the parameter is left out.
    """
    for method, path, operation in _operations(described):
        if path in ONE_TIME or path.startswith(("/livez", "/readyz", "/metrics", "/docs")):
            continue
        url, query = path, {}
        for parameter in operation.get("parameters", ()):
            given = _values(parameter.get("examples"))
            if parameter["in"] == "path" and given:
                url = url.replace(f"{{{parameter['name']}}}", str(given[0]))
            elif parameter["in"] == "query" and given and given[0] is not None:
                query[parameter["name"]] = given[0]
        if "{" in url:
            continue
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for body in _values(content.get("examples")) or [None]:
            yield method, path, url, query, body


def test_every_example_executes(described: Described, fresh_gym: FreshGym, loaded: Loaded) -> None:
    """Each one alone, on the gym as it was loaded, answers 2xx; reads change nothing and share one."""
    sends = list(_requests(described))
    alone = [[entry for entry in sends if entry[0] == "get"], *([entry] for entry in sends if entry[0] != "get")]
    refused = []
    for entries in alone:
        with fresh_gym() as client:
            for method, _path, url, query, body in entries:
                more = {} if body is None else {"json": body}
                answer = client.request(method, url, params=query, headers=loaded.headers(url), **more)  # type: ignore[arg-type]
                if answer.status_code >= 300:
                    refused.append((method, url, body, answer.status_code, answer.text))
    assert not refused


def test_examples_execute_one_after_the_other(described: Described, fresh_gym: FreshGym, loaded: Loaded) -> None:
    """Logs, screenings, assessments and clearances leave each other executable, and may be sent twice."""
    recording = ("screenings", "clearances", "assessments", "session-logs", "check-ins")
    sends = [entry for entry in _requests(described) if entry[0] == "post" and entry[2].endswith(recording)]
    with fresh_gym() as client:
        statuses = {
            client.post(url, json=body, headers=loaded.headers(url)).status_code for _, _, url, _, body in sends * 2
        }
    assert statuses == {201}


def test_every_body_and_parameter_has_an_example(described: Described) -> None:
    """Nothing is left to what a form would invent."""
    bare = []
    for method, path, operation in _operations(described):
        for parameter in operation.get("parameters", ()):
            bare += [] if parameter.get("examples") else [(method, path, parameter["name"])]
        body = operation.get("requestBody")
        if body and not body["content"]["application/json"].get("examples"):
            bare.append((method, path, "body"))
    assert not bare


def test_every_header_example_may_be_sent(described: Described, fresh_gym: FreshGym, loaded: Loaded) -> None:
    """Each one of each operation is understood."""
    refused = []
    with fresh_gym() as client:
        in_turn = sorted(_requests(described), key=lambda one: one[2] == RESET)  # last: it ends the member's sign-in
        for method, path, url, query, body in in_turn:
            for parameter in described["paths"][path][method].get("parameters", ()):
                for value in _values(parameter.get("examples")) if parameter["in"] == "header" else ():
                    told = {} if value is None else {parameter["name"]: str(value)}
                    headers = loaded.headers(url) | told
                    answer = client.request(method, url, params=query, headers=headers, json=body)
                    read = answer.status_code not in (400, 401, 422, 500) or "key_reused" in answer.text
                    refused += [] if read else [(url, value, answer.text)]
    assert not refused


def test_every_operation_says_what_it_does(described: Described) -> None:
    """One tag of the working order, a sentence and the problems it may answer."""
    tags = [tag["name"] for tag in described["tags"]]
    used = {tag for _, _, operation in _operations(described) for tag in operation["tags"]}
    assert used == set(tags)
    for method, path, operation in _operations(described):
        assert len(operation["tags"]) == 1, (method, path)
        assert operation["description"], (method, path)
        assert {"401", "404", "422"} <= set(operation["responses"]), (method, path)


def test_the_list_of_operations_reads_like_a_coach_speaks(described: Described) -> None:
    """Summaries and names of examples are short phrases that begin with a capital and hold no word of programmers."""
    said = [tag["description"] for tag in described["tags"]]
    for _, _, operation in _operations(described):
        said += [] if operation["tags"] == ["Health"] else [operation["summary"]]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for holder in (content, *operation.get("parameters", ())):
            said += [example["summary"] for example in holder.get("examples", {}).values()]

    assert [text for text in said if not (text[:1].isupper() and 2 <= len(text) <= 100)] == []
    assert [text for text in said if re.search(rf"\b({'|'.join(PROGRAMMERS_WORDS)})s?\b|[`{{}}_]", text.lower())] == []


def test_good_answers_are_described(described: Described) -> None:
    """Every 200 and 201 of the features names its schema."""
    for method, path, operation in _operations(described):
        if not set(operation.get("tags", ())) & set(OF_FEATURES):
            continue
        for status in {"200", "201"} & set(operation["responses"]):
            ((media_type, content),) = operation["responses"][status]["content"].items()
            assert media_type != "application/json" or "$ref" in content["schema"], (method, path, status)
