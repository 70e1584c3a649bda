"""A client's whole record: handed out in one piece, erased without a trace."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import SQLModel

from app.client_tables import Erasure
from tests.app.kit import CALM_MORNING, Api, Json, as_prescribed, flags, pointers, sessions_of
from tests.app.world import make_world
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.loaded import loaded_in

CANARY = "Zaunkönigin"
KEY = {"Idempotency-Key": "once"}


@pytest.fixture
def canary(client: TestClient, gym: Gym) -> str:
    """Return the path of a client whose name and notes are one rare word, in everything that takes words."""
    coach = Api(client, gym.coach)
    told = {"url": "https://hooks.example/all", "events": ["block.changed"]}
    Api(client, gym.admin).post("/v1/webhooks", told)
    path, block = coach.planned_client()
    limits = [{"code": "knee_pain", "side": "left", "note": CANARY}]
    coach.patch(path, {"display_name": CANARY, "limits": limits})
    coach.post(f"{path}/screenings", {"red_flags": flags()}, headers=KEY)
    coach.post(f"{path}/clearances", {"cleared_by": CANARY, "note": CANARY}, headers=KEY)
    session = sessions_of(coach.week(block, 1), "squat")[0]
    coach.post(f"{path}/session-logs", as_prescribed(session, note=CANARY), headers=KEY)
    coach.post(f"{path}/check-ins", CALM_MORNING, headers=KEY)
    coach.post(f"{path}/transfer", {"coach_id": str(gym.admin.person_id), "note": CANARY}, 200, headers=KEY)
    for kind in ("calendar", "page"):
        coach.post(f"{path}/{kind}-links", None, headers=KEY)
    code = coach.post("/v1/invitations", _invited(path), headers=KEY)["code"]
    joining = {"code": code, "display_name": CANARY, "password": "a fine password"}
    assert client.post("/v1/invitations/accept", json=joining).status_code == 201
    weekly = {"email": True, "weekday": "sun", "hour": 18}
    signed = {"Authorization": f"Bearer {_member_token(client)}"}
    assert client.put("/v1/me/delivery", json=weekly, headers=signed).status_code == 200
    return path


def _invited(path: str) -> Json:
    return {"email": f"{CANARY}@home.example", "role": "member", "client_id": path.rsplit("/", 1)[1]}


def _member_token(client: TestClient) -> str:
    login = {"email": f"{CANARY}@home.example", "password": "a fine password"}
    token: str = client.post("/v1/auth/login", json=login).json()["access_token"]
    return token


def _rows(app: FastAPI) -> Iterator[str]:
    """Yield every row of the database as text."""
    with app.state.database.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            statement = text(f'SELECT * FROM "{table.name}"').execution_options(any_organization=True)
            yield from (f"{table.name}: {tuple(row)}" for row in connection.execute(statement))


def test_an_export_holds_everything_that_was_recorded(client: TestClient, gym: Gym, canary: str) -> None:
    """Every version, fact, week, revision and hand-over is there, with the words as they were written."""
    coach = Api(client, gym.coach)
    export = coach.get(f"{canary}/export")

    assert export["client"]["display_name"] == CANARY
    assert {name: len(found) for name, found in export.items() if isinstance(found, list)} == {
        "sign_ins": 1,
        "invitations": 1,
        "transfers": 1,
        "private_links": 2,
        "profile_versions": 2,
        "screenings": 1,
        "assessments": 1,
        "clearances": 1,
        "adjustments": 0,
        "session_logs": 1,
        "check_ins": 1,
        "blocks": 1,
        "delivery_times": 1,
        "mail_subscriptions": 1,
        "deliveries": export["blocks"][0]["revision"],
    }
    assert export["delivery_times"][0]["weekday"] == "sun"
    assert export["mail_subscriptions"][0]["enabled"] is True
    assert export["session_logs"][0]["body"]["note"] == CANARY
    assert export["assessments"][0]["answer"]["findings"]["limiting_factor"] == "hip"
    block = export["blocks"][0]
    assert {week["week_number"] for week in block["planned_weeks"]} == set(range(1, block["weeks"] + 1))
    assert [revision["revision"] for revision in block["revisions"]] == list(range(1, block["revision"] + 1))
    decided = coach.get(f"/v1/blocks/{block['id']}/decisions")["items"]
    exported = [decision["id"] for revision in block["revisions"] for decision in revision["decisions"]]
    assert sorted(exported) == sorted(decision["id"] for decision in decided)


def test_an_export_tells_what_is_held_back_from_the_plan_as_it_stands(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """Every version is in it; those with loads are no part of the plan while a lock holds."""
    coach = Api(client, gym.coach)
    path, _ = coach.planned_client()
    clock.forward(hours=1)
    coach.post(f"{path}/screenings", {"red_flags": flags(tingling="yes")})
    (block,) = coach.get(f"{path}/export")["blocks"]
    loaded = {week["is_current"] for week in block["planned_weeks"] if loaded_in(week["body"])}

    assert loaded == {False}
    assert {week["week_number"] for week in block["planned_weeks"] if week["is_current"]} == {1, 2, 3, 4, 5, 6}


def test_members_take_their_own_record(client: TestClient, gym: Gym, canary: str) -> None:
    """The client reads the same as the coach; nothing in it is a secret of signing in."""
    signed = {"Authorization": f"Bearer {_member_token(client)}"}
    mine = client.get(f"{canary}/export", headers=signed)

    assert mine.status_code == 200
    assert mine.json() == Api(client, gym.coach).get(f"{canary}/export")
    assert "hash" not in mine.text


def test_an_export_names_nobody_else(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Of other clients and of staff there is neither name nor address nor thing."""
    world = make_world(client, gym, clock)
    exported = Api(client, gym.coach).send("GET", f"/v1/clients/{world.mine['client_id']}/export").text
    others = set(world.neighbours.values()) | set(world.foreign.values()) - {world.mine["coach_id"]}

    assert [thing for thing in others - {str(gym.coach.person_id)} if thing in exported] == []
    assert gym.coach.email not in exported
    assert gym.other_member.email not in exported


def test_an_erased_client_leaves_no_row(client: TestClient, app: FastAPI, gym: Gym, canary: str) -> None:
    """Neither a word nor an id of theirs is in any table; one id that stands for nobody is kept with who erased."""
    coach = Api(client, gym.coach)
    client_id = canary.rsplit("/", 1)[1]
    block_id = coach.get(f"{canary}/blocks")["items"][0]["id"]
    coach.post(f"{canary}/erasure", {"confirm": CANARY}, 204)

    signs = [sign.lower().replace("-", "") for sign in (CANARY, block_id, client_id)]
    told = [row for row in _rows(app) if any(sign in row.lower().replace("-", "") for sign in signs)]
    assert len(told) == 1
    assert told[0].startswith("erasures: ")
    with app.state.database.read() as session:
        kept = session.get_one(Erasure, (gym.coach.organization_id, UUID(client_id)))
        assert kept.author_id == gym.coach.person_id


@pytest.mark.sqlite_only
def test_an_erased_client_leaves_no_bytes(
    client: TestClient, app: FastAPI, gym: Gym, canary: str, database_url: str
) -> None:
    """The file and its log do not hold the word any more, not even in deleted pages."""
    path = Path(database_url.removeprefix("sqlite:///"))
    files = (path, path.with_name(f"{path.name}-wal"))
    assert any(CANARY.encode() in file.read_bytes() for file in files)
    assert any(CANARY.lower().encode() in file.read_bytes() for file in files)
    Api(client, gym.coach).post(f"{canary}/erasure", {"confirm": CANARY}, 204)

    left = b"".join(file.read_bytes() for file in files if file.exists())
    assert CANARY.lower() not in left.decode("utf-8", "ignore").lower()


def test_nothing_opens_for_somebody_erased(client: TestClient, gym: Gym, canary: str) -> None:
    """Their sign-in ends at once, and whoever asks again finds what was never there."""
    signed = {"Authorization": f"Bearer {_member_token(client)}"}
    coach = Api(client, gym.coach)
    coach.post(f"{canary}/erasure", {"confirm": CANARY}, 204)

    assert client.get("/v1/me", headers=signed).status_code == 401
    login = {"email": f"{CANARY}@home.example", "password": "a fine password"}
    assert client.post("/v1/auth/login", json=login).status_code == 401
    assert coach.post(f"{canary}/erasure", {"confirm": CANARY}, 404)["code"] == "not_found"
    assert coach.send("POST", f"{canary}/check-ins", json=CALM_MORNING, headers=KEY).status_code == 404


def test_others_stay_as_they_were(client: TestClient, app: FastAPI, gym: Gym, clock: Clock) -> None:
    """Erasing one client changes no row of anybody else's."""
    world = make_world(client, gym, clock)
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{world.neighbours['client_id']}"
    before = [coach.get(f"{path}/export"), Api(client, gym.admin).get("/v1/people")["items"]]
    name = coach.get(f"/v1/clients/{world.mine['client_id']}")["display_name"]
    coach.post(f"/v1/clients/{world.mine['client_id']}/erasure", {"confirm": name}, 204)
    after = [coach.get(f"{path}/export"), Api(client, gym.admin).get("/v1/people")["items"]]

    assert after[0] == before[0]
    assert after[1] == [person for person in before[1] if person["id"] != str(gym.member.person_id)]


@pytest.mark.parametrize("word", ["zaunkönigin", "Zaunkönig", CANARY + "s"])
def test_another_name_erases_nobody(client: TestClient, gym: Gym, canary: str, word: str) -> None:
    """The name has to be exactly the client's."""
    coach = Api(client, gym.coach)
    refused = coach.post(f"{canary}/erasure", {"confirm": word}, 422)

    assert pointers(refused) == {"/confirm"}
    assert word not in str(refused)
    assert coach.get(canary)["display_name"] == CANARY


def test_an_erasure_is_answered_again_without_anything_of_the_person(
    client: TestClient, app: FastAPI, gym: Gym, canary: str, clock: Clock
) -> None:
    """With the same key for 72 hours; to whoever erased alone; no key row and no hash of the name is kept."""
    coach, admin = Api(client, gym.coach), Api(client, gym.admin)
    body = {"confirm": CANARY}
    first = coach.send("POST", f"{canary}/erasure", json=body, headers=KEY)
    again = coach.send("POST", f"{canary}/erasure", json=body, headers=KEY)

    assert (first.status_code, again.status_code, again.content) == (204, 204, b"")
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    other = coach.send("POST", f"{canary}/erasure", json=body, headers={"Idempotency-Key": "another"})
    others = admin.send("POST", f"{canary}/erasure", json=body, headers=KEY)
    assert (other.status_code, others.status_code) == (404, 404)
    client_id = canary.rsplit("/", 1)[1].replace("-", "")
    told = [row for row in _rows(app) if client_id in row.replace("-", "")]
    assert [row.split(":")[0] for row in told] == ["erasures"]
    clock.forward(hours=72)
    assert coach.send("POST", f"{canary}/erasure", json=body, headers=KEY).status_code == 404
