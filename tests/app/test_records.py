"""A client's whole record: handed out in one piece, erased without a trace."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import make_url, text
from sqlmodel import SQLModel

from app.client_locks import lock_client
from app.client_tables import Erasure
from app.errors import NotFound
from app.openapi import operations_of
from app.tables import Client
from tests.app.kit import CALM_MORNING, HIP, Api, Json, as_prescribed, flags, pointers, sessions_of
from tests.app.test_copying import run
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


@pytest.fixture
def canary_everywhere(client: TestClient, gym: Gym, canary: str) -> str:
    """Return the path of that client, who has the word in every other field that takes any text too."""
    coach = Api(client, gym.coach)
    block = f"/v1/blocks/{coach.get(f'{canary}/blocks')['items'][0]['id']}"
    measured = [dict(HIP["measurements"][0], method=CANARY), *HIP["measurements"][1:]]
    coach.post(f"{canary}/assessments", HIP | {"measurements": measured}, headers=KEY)
    synced = {"id": str(uuid4()), "session_id": None, "items": [], "note": CANARY}
    assert coach.post(f"{canary}/sync", {"session_logs": [synced]}, 200)["results"][0]["status"] == "stored"
    coach.post(f"{block}/what-if", {"session_logs": [{"items": [], "note": CANARY}]}, 200, headers=KEY)
    session_id = sessions_of(coach.get(f"{block}/weeks/2"), "squat")[0]["id"]
    noted = {"kind": "note", "scope": "session", "session_id": session_id, "note": CANARY, "reason": CANARY}
    tag = {"If-Match": coach.send("GET", block).headers["ETag"]}
    coach.post(f"{block}/adjustments", noted, headers=tag | KEY)
    signed = {"Authorization": f"Bearer {_member_token(client)}"}
    assert client.patch("/v1/me", json={"display_name": f"{CANARY} again"}, headers=signed).status_code == 200
    return canary


COVERED = {
    "accept_invitation /display_name",
    "add_assessment /measurements[]/method",
    "add_clearance /cleared_by",
    "add_clearance /note",
    "add_client /display_name",
    "add_client /limits[]/note",
    "add_session_log /note",
    "adjust_block /note",
    "adjust_block /reason",
    "ask_what_if /session_logs[]/note",
    "change_client /display_name",
    "change_client /limits[]/note",
    "change_me /display_name",
    "sync /session_logs[]/note",
    "transfer_client /note",
}
"""Where people write what they like about a client or themselves: the canary is in all of them."""
NO_WORDS = {"/time_zone", "/confirm", "/cursor"}
OF_THE_ORGANIZATION = {"add_exercise", "add_webhook"}


def test_the_canary_is_wherever_words_about_a_client_are_taken(app: FastAPI) -> None:
    """A new field that takes any text fails here until the canary is put into it too."""
    taken = {
        f"{operation['operationId']} {place}"
        for operation in operations_of(app.openapi())
        if operation["operationId"] not in OF_THE_ORGANIZATION and "requestBody" in operation
        for place in text_places(app.openapi(), operation["requestBody"]["content"]["application/json"]["schema"])
        if place not in NO_WORDS and not place.endswith("/exercise")
    }

    assert taken == COVERED


def text_places(document: Json, schema: Json, place: str = "") -> Iterator[str]:
    """Yield where a body takes any text: strings without choices, pattern or format."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for way in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from text_places(document, way, place)
    if schema.get("type") == "string" and not {"enum", "format", "pattern", "const"} & schema.keys():
        yield place
    if "items" in schema:
        yield from text_places(document, schema["items"], f"{place}[]")
    for name, part in schema.get("properties", {}).items():
        yield from text_places(document, part, f"{place}/{name}")


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


def test_an_export_holds_everything_that_was_recorded(client: TestClient, gym: Gym, canary_everywhere: str) -> None:
    """Every version, fact, week, revision and hand-over is there, with the words as they were written."""
    coach = Api(client, gym.coach)
    export = coach.get(f"{canary_everywhere}/export")

    assert export["client"]["display_name"] == CANARY
    assert {name: len(found) for name, found in export.items() if isinstance(found, list)} == {
        "sign_ins": 1,
        "invitations": 1,
        "transfers": 1,
        "private_links": 2,
        "profile_versions": 2,
        "screenings": 1,
        "assessments": 2,
        "clearances": 1,
        "adjustments": 1,
        "session_logs": 2,
        "check_ins": 1,
        "blocks": 1,
        "delivery_times": 1,
        "mail_subscriptions": 1,
        "deliveries": export["blocks"][0]["revision"],
    }
    assert export["delivery_times"][0]["weekday"] == "sun"
    assert export["mail_subscriptions"][0]["enabled"] is True
    assert [log["body"]["note"] for log in export["session_logs"]] == [CANARY] * 2
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


def test_an_erased_client_leaves_no_row(client: TestClient, app: FastAPI, gym: Gym, canary_everywhere: str) -> None:
    """No word of theirs is in any table; ids that stand for nobody are kept with who erased, and in the audit trail."""
    coach = Api(client, gym.coach)
    client_id = canary_everywhere.rsplit("/", 1)[1]
    block_id = coach.get(f"{canary_everywhere}/blocks")["items"][0]["id"]
    coach.post(f"{canary_everywhere}/erasure", {"confirm": CANARY}, 204)

    signs = [sign.lower().replace("-", "") for sign in (CANARY, block_id, client_id)]
    told = [row for row in _rows(app) if any(sign in row.lower().replace("-", "") for sign in signs)]
    assert sorted({row.split(":")[0] for row in told}) == ["audit_events", "erasures"]
    assert not [row for row in told if CANARY.lower() in row.lower()]
    assert len([row for row in told if row.startswith("erasures: ")]) == 1
    with app.state.database.read() as session:
        kept = session.get_one(Erasure, (gym.coach.organization_id, UUID(client_id)))
        assert kept.author_id == gym.coach.person_id


@pytest.mark.sqlite_only
def test_an_erased_client_leaves_no_bytes(
    client: TestClient,
    gym: Gym,
    canary_everywhere: str,
    database_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither the file and its log, not even in deleted pages, nor a backup or the log lines hold the word any more."""
    path = Path(database_url.removeprefix("sqlite:///"))
    files = (path, path.with_name(f"{path.name}-wal"))
    before, after = tmp_path / "before.db", tmp_path / "after.db"
    assert run(monkeypatch, database_url, "backup", before)[0] == 0
    assert _told_in(*files)
    assert _told_in(before)
    Api(client, gym.coach).post(f"{canary_everywhere}/erasure", {"confirm": CANARY}, 204)
    assert run(monkeypatch, database_url, "backup", after)[0] == 0

    assert not _told_in(*(file for file in files if file.exists()))
    assert not _told_in(after)
    assert _SIGN not in caplog.text.lower()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
    assert not _told_in(path)


_SIGN = "zaunk"  # what the word looks like however its umlaut is written


def _told_in(*files: Path) -> bool:
    return any(_SIGN in file.read_bytes().decode("latin-1").lower() for file in files)


@pytest.mark.postgresql_only
def test_an_erased_client_leaves_no_bytes_in_postgresql(
    client: TestClient,
    gym: Gym,
    canary_everywhere: str,
    database_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once `VACUUM FULL` has written the tables anew; a backup and the log lines do not hold the word at once."""
    assert _files_that_tell(database_url)
    Api(client, gym.coach).post(f"{canary_everywhere}/erasure", {"confirm": CANARY}, 204)
    after = tmp_path / "after.db"
    assert run(monkeypatch, database_url, "backup", after)[0] == 0

    assert not _told_in(after)
    assert _SIGN not in caplog.text.lower()
    assert _files_that_tell(database_url, first="VACUUM FULL") == []


def _files_that_tell(url: str, *, first: str = "CHECKPOINT") -> list[str]:
    """Return the relations whose file holds the word, in whatever row, dead or alive."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(first.encode())
        connection.execute("CHECKPOINT")
        found = connection.execute(
            "SELECT relname, pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
            "WHERE relkind IN ('r', 'i', 't') AND relfilenode <> 0 AND relnamespace <> 'pg_catalog'::regnamespace"
        )
        return [name for name, content in found if _SIGN in content.decode("latin-1").lower()]


def test_nothing_opens_for_somebody_erased(client: TestClient, gym: Gym, canary: str) -> None:
    """Their sign-in ends at once, nobody else's; whoever asks again finds what was never there."""
    signed = {"Authorization": f"Bearer {_member_token(client)}"}
    coach = Api(client, gym.coach)
    coach.post(f"{canary}/erasure", {"confirm": CANARY}, 204)

    assert client.get("/v1/me", headers=signed).status_code == 401
    assert client.get("/v1/me", headers=gym.other_member.headers).status_code == 200
    login = {"email": f"{CANARY}@home.example", "password": "a fine password"}
    assert client.post("/v1/auth/login", json=login).status_code == 401
    assert coach.post(f"{canary}/erasure", {"confirm": CANARY}, 404)["code"] == "not_found"
    assert coach.send("POST", f"{canary}/check-ins", json=CALM_MORNING, headers=KEY).status_code == 404


def test_who_waited_while_a_client_was_erased_writes_nothing_of_them(
    client: TestClient, app: FastAPI, gym: Gym, canary: str
) -> None:
    """Whoever had read the client before finds nobody to lock."""
    with app.state.database.read() as session:
        found = session.get_one(Client, (gym.coach.organization_id, UUID(canary.rsplit("/", 1)[1])))
    Api(client, gym.coach).post(f"{canary}/erasure", {"confirm": CANARY}, 204)
    with app.state.database.write() as session, pytest.raises(NotFound):
        lock_client(session, found)


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
    assert sorted({row.split(":")[0] for row in told}) == ["audit_events", "erasures"]
    clock.forward(hours=72)
    assert coach.send("POST", f"{canary}/erasure", json=body, headers=KEY).status_code == 404
