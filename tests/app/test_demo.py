"""The demo gym: fixed ids, dates relative to the day it is loaded, everybody in the state that is promised."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import func, select

from app import demo, tables
from app.demo_ids import BLOCK_AGE_DAYS, ORGANIZATION, demo_id
from app.logs.examples import SESSION_LOG
from tests.app.kit import Json, sessions_of
from tests.app.twins import beside_a_twin
from tests.conftest import Clock

PEOPLE = {
    "coach": ("coach@demo.example", "demo-coach-pass"),
    "admin": ("admin@demo.example", "demo-admin-pass"),
    "member": ("member@demo.example", "demo-member-pass"),
}


def _load(app: FastAPI, now: datetime) -> bool:
    state = app.state
    return demo.load_if_empty(state.database, state.hasher, state.catalogue, now=now)


def _sign_in(client: TestClient, name: str) -> dict[str, str]:
    email, password = PEOPLE[name]
    tokens = client.post("/v1/auth/login", json={"email": email, "password": password}).json()
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def _read(client: TestClient, who: dict[str, str], path: str) -> Json:
    answer = client.get(path, headers=who)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_it_loads_once(client: TestClient, app: FastAPI, clock: Clock) -> None:
    """Into an empty database only; everybody can sign in."""
    assert (_load(app, clock.now), _load(app, clock.now)) == (True, False)
    for name in PEOPLE:
        assert _read(client, _sign_in(client, name), "/v1/me")["role"] == name


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_the_member_is_in_the_middle_of_a_calm_block(client: TestClient, app: FastAPI, clock: Clock, hour: int) -> None:
    """An assessment, a running block, three weeks of history, no lock, and a squat session today."""
    clock.now = datetime(2026, 11, 18, hour, 30, tzinfo=UTC)
    _load(app, clock.now)
    who = _sign_in(client, "member")
    own = f"/v1/clients/{_read(client, who, '/v1/me')['client_id']}"
    week = _read(client, who, "/v1/me/week")
    block = _read(client, who, f"/v1/blocks/{week['block_id']}")
    logged = _read(client, who, f"{own}/session-logs?limit=100")["items"]
    today = SESSION_LOG["calm"]["value"]["session_id"]  # type: ignore[index]

    assert own.endswith(str(demo_id("client/sam")))
    assert (block["id"], block["status"], block["lock"]) == (str(demo_id("block/sam")), "active", None)
    assert len(_read(client, who, f"{own}/assessments")["items"]) == 2
    assert week["week_number"] == BLOCK_AGE_DAYS // 7 + 1
    assert len(logged) >= 8
    assert today in {session["id"] for session in sessions_of(week, "squat")}
    assert block["ladder"][block["current_rung"]]["index"] > 0


def test_the_members_assessments_can_be_compared(client: TestClient, app: FastAPI, clock: Clock) -> None:
    """Something got really better, something is noise, a factor is resolved; the next block keeps its step."""
    _load(app, clock.now)
    who = _sign_in(client, "coach")
    path = f"/v1/assessments/{demo_id('assessment/sam')}/comparison?baseline={demo_id('assessment/sam/first')}"
    found = _read(client, who, path)
    proposed = found["next_block"]
    made = client.post(proposed["request"]["path"], json=proposed["request"]["body"], headers=who).json()

    assert {measure["verdict"] for measure in found["measures"]} == {"better", "noise", "not_comparable"}
    assert {one["factor"]: one["status"] for one in found["factors"]}["ankle"] == "resolved"
    assert (proposed["entrance"], proposed["because"]["rule"]) == ("kept", "RT31")
    assert made["ladder"][made["current_rung"]] == proposed["start"]


def test_the_gym_shows_every_finding(client: TestClient, app: FastAPI, clock: Clock) -> None:
    """One client for each limiting factor and one without; one block is locked, one client has flared."""
    _load(app, clock.now)
    who = _sign_in(client, "coach")
    found = {}
    for entry in _read(client, who, "/v1/clients")["items"]:
        assessment = _read(client, who, f"/v1/clients/{entry['id']}/assessments")["items"][0]
        found[entry["display_name"]] = assessment["findings"]["limiting_factor"]
    blocks = {name: _read(client, who, f"/v1/blocks/{demo_id(f'block/{name}')}") for name in ("max", "tara", "vic")}

    assert found == {
        "Sam": "hip",
        "Ana": "ankle",
        "Max": "load_ownership",
        "Tara": "trunk",
        "Vic": "none",
        "Leo": "load_ownership",
    }
    assert {name: block["status"] for name, block in blocks.items()} == {
        "max": "active",
        "tara": "locked",
        "vic": "active",
    }
    decided = _read(client, who, f"/v1/blocks/{demo_id('block/max')}/decisions")["items"]
    assert "step_back" in {decision["verdict"] for decision in decided}


def test_the_coachs_inbox_has_something_to_do(client: TestClient, app: FastAPI, clock: Clock) -> None:
    """Held back first, then the flare, then re-tests, the member's among them; every link can be read."""
    _load(app, clock.now)
    who = _sign_in(client, "coach")
    rows = _read(client, who, "/v1/coach/inbox")["items"]
    found = [(row["client_name"], row["kind"]) for row in rows]

    assert found[:3] == [("Tara", "unanswered"), ("Max", "problem"), ("Sam", "retest")]
    for row in rows:
        _read(client, who, row["link"])


def test_it_can_be_renewed(client: TestClient, app: FastAPI, clock: Clock) -> None:
    """Whatever was changed is gone, dates are those of the new day, ids are the same; other gyms stay, a twin too."""
    _load(app, clock.now)
    with app.state.database.write() as session:
        session.add(tables.Organization(name="Another", created_at=clock.now))
    who = _sign_in(client, "coach")
    client.delete(f"/v1/clients/{demo_id('client/leo')}", headers=who)
    clock.forward(days=40)
    with beside_a_twin(app.state.database.engine, ORGANIZATION):
        demo.renew(app.state.database, app.state.hasher, app.state.catalogue, now=clock.now)
    renewed = _sign_in(client, "coach")

    assert client.get("/v1/me", headers=who).status_code == 401
    assert _read(client, renewed, f"/v1/clients/{demo_id('client/leo')}")["archived"] is False
    assert _read(client, renewed, f"/v1/clients/{demo_id('client/sam')}/week")["week_number"] == 4
    assert [one["id"] for one in _read(client, renewed, "/v1/deliveries")["items"]] == [str(demo_id("delivery"))]
    with app.state.database.read() as session:
        names = session.exec(select(tables.Organization.id)).all()
        counted = select(func.count()).select_from(tables.Block).where(tables.Block.organization_id == ORGANIZATION)
        assert (len(names), session.exec(counted).one()) == (3, 4)
