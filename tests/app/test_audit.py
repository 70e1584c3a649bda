"""The audit trail: a row for every write, one a day for what others read, in a chain that nobody can edit."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app.audit_chain import NO_ORGANIZATION, Act, append
from app.audit_check import audit_heads, chain_faults
from app.audit_reads import ReadTrail
from app.audit_table import AuditEvent
from app.db import ANY_ORGANIZATION, Database
from tests.app.kit import CALM_MORNING, HIP, SAM, Api, Json, flags
from tests.conftest import Clock
from tests.gym import PASSWORD, Account, Gym, make_gym
from tests.support.quick import Quick


@pytest.fixture
def coach(client: TestClient, gym: Gym) -> Api:
    """Return the API as the coach uses it."""
    return Api(client, gym.coach)


@pytest.fixture
def database(client: TestClient, app: FastAPI) -> Database:
    """Return the database of the running app."""
    found: Database = app.state.database
    return found


def trail(client: TestClient, gym: Gym, **wanted: str) -> list[Json]:
    """Return the organization's trail as its admin reads it, oldest first."""
    return list(reversed(pages(Api(client, gym.admin), limit=100, **wanted)))


def pages(api: Api, **wanted: object) -> list[Json]:
    """Return a trail as somebody reads it, page by page."""
    found: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/v1/audit-events", params={**wanted, "cursor": cursor})
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def of_nobody(database: Database) -> list[AuditEvent]:
    """Return what is in no organization's trail."""
    with database.read() as session:
        statement = select(AuditEvent).where(AuditEvent.organization_id == NO_ORGANIZATION)
        return list(session.exec(statement.order_by(AuditEvent.number)))  # type: ignore[arg-type]


def faults(database: Database) -> list[str]:
    """Return what is wrong with any chain."""
    with database.engine.connect() as connection:
        return list(chain_faults(connection))


# --- writes -------------------------------------------------------------------------------------------------------


def test_every_write_has_one_row_with_who_what_and_when(client: TestClient, gym: Gym, coach: Api, clock: Clock) -> None:
    """Each names the person, the client, the thing and the request; reads by the client themselves have none."""
    answer = coach.send("POST", "/v1/clients", json=SAM)
    path, client_id = f"/v1/clients/{answer.json()['id']}", answer.json()["id"]
    clock.forward(minutes=1)
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    morning = coach.post(f"{path}/check-ins", CALM_MORNING)
    coach.patch(path, {"display_name": "Sam the second"})
    link = coach.post(f"{path}/page-links", None)
    coach.send("DELETE", f"{path}/page-links/{link['id']}")
    rows = trail(client, gym, client_id=client_id)

    said = [(row["event"], row["action"], row.get("object_id")) for row in rows]
    assert said[0][:2] == ("sensitive_create", "add_client")
    assert said[1:4] == [
        ("sensitive_create", "add_assessment", assessed["id"]),
        ("sensitive_create", "plan_block", block["id"]),
        ("sensitive_create", "add_check_in", morning["log"]["id"]),
    ]
    assert [one[1] for one in said[4:]] == ["change_client", "add_page_link", "revoke_page_link"]
    assert [one[2] for one in said[5:]] == [link["id"], link["id"]]
    assert {row["actor_id"] for row in rows} == {str(gym.coach.person_id)}
    assert rows[0]["request_id"] == answer.headers["X-Request-Id"]
    assert (rows[0]["at"], rows[1]["at"]) == ("2026-11-02T12:00:00Z", "2026-11-02T12:01:00Z")


def test_what_stores_nothing_has_no_row(client: TestClient, gym: Gym, coach: Api, database: Database) -> None:
    """Refusals, dry runs, what-if questions and repetitions under a key or an id leave none."""
    path, block = coach.planned_client()
    key, morning = {"Idempotency-Key": "once"}, CALM_MORNING | {"id": "01a216d9-0998-7f11-94fc-62b0ef23e698"}
    coach.post(f"{path}/check-ins", morning, headers=key)
    before = len(trail(client, gym, event="sensitive_create"))
    coach.post(f"{path}/check-ins", morning, headers=key)
    coach.post(f"{path}/check-ins", morning, 200)
    coach.post(f"{path}/check-ins", morning | {"hours_to_settle": 3}, 409)
    coach.post(f"{path}/check-ins", CALM_MORNING | {"pain": 3}, 422)
    hold = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}
    coach.post(f"/v1/blocks/{block['id']}/adjustments?dry_run=true", hold, 200)
    coach.post(
        f"/v1/blocks/{block['id']}/what-if", {"check_ins": [CALM_MORNING]}, 200, headers={"Idempotency-Key": "b"}
    )

    assert len(trail(client, gym, event="sensitive_create")) == before
    assert faults(database) == []


def test_a_batch_has_a_row_for_each_item(client: TestClient, gym: Gym, coach: Api) -> None:
    """Each item is stored in a transaction of its own, and told of in it; the flags of one that is refused too."""
    path, _ = coach.planned_client()
    good = {"check_ins": [CALM_MORNING | {"id": str(UUID(int=number))} for number in (1, 2)]}
    flagged = {"id": str(UUID(int=3)), "red_flags": {"numbness": "yes"}, "back_pain": {"now": 99}}
    coach.post(f"{path}/sync", {"cursor": None, "check_ins": [*good["check_ins"], flagged]}, 200)
    rows = trail(client, gym, client_id=path.rsplit("/", 1)[1], event="sensitive_create")

    assert [row["action"] for row in rows[-3:]] == ["add_screening", "add_check_in", "add_check_in"]
    assert len({row["request_id"] for row in rows[-3:]}) == 1


def test_what_comes_through_a_private_link_names_the_link(client: TestClient, gym: Gym, coach: Api) -> None:
    """Nobody knows who held it, so no person is named."""
    path, _ = coach.planned_client()
    link = coach.post(f"{path}/page-links", None)
    told = client.post(f"/week/{link['token']}/safety", data={"flag": "numbness"}, follow_redirects=False)
    assert told.status_code == 303

    last = trail(client, gym, client_id=path.rsplit("/", 1)[1])[-1]
    assert (last["actor_kind"], last["actor_id"], last["action"]) == ("link", link["id"], "answer_safety")


def test_a_write_and_its_row_are_kept_together_or_not_at_all(gym: Gym, database: Database, clock: Clock) -> None:
    """A transaction that fails after its row was written leaves neither."""
    before = trail_length(database, gym.coach.organization_id)
    with pytest.raises(pytest.fail.Exception, match="away"):
        _write_and_fail(database, _act(gym.coach, clock))

    assert trail_length(database, gym.coach.organization_id) == before
    assert faults(database) == []


def _write_and_fail(database: Database, act: Act) -> None:
    with database.write() as session:
        append(session, act)
        pytest.fail("away")


def _act(who: Account, clock: Clock) -> Act:
    act = Act(action="test", event="sensitive_create", at=clock.now)
    act.by(who.organization_id, who.person_id)
    return act


def trail_length(database: Database, organization_id: UUID) -> int:
    """Return how many rows the head of a chain counts."""
    with database.engine.connect() as connection:
        return audit_heads(connection).get(organization_id, (0, ""))[0]


def test_many_writers_make_one_chain(gym: Gym, database: Database, clock: Clock) -> None:
    """Whoever writes at the same time, numbers have no gap and every link holds."""
    before = trail_length(database, gym.coach.organization_id)

    def write(_: int) -> None:
        with database.write() as session:
            append(session, _act(gym.coach, clock))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(40)))

    assert trail_length(database, gym.coach.organization_id) == before + 40
    assert faults(database) == []


# --- signing in ---------------------------------------------------------------------------------------------------


def test_sign_ins_and_their_failures_are_told(client: TestClient, gym: Gym, database: Database, clock: Clock) -> None:
    """Good ones, wrong passwords up to the limit, renewals, a token that came twice, a new password, the end."""
    email = gym.coach.email
    for _ in range(6):
        client.post("/v1/auth/login", json={"email": email, "password": "wrong password"})
    clock.forward(minutes=6)
    tokens = client.post("/v1/auth/login", json={"email": email, "password": PASSWORD}).json()
    renewed = client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
    clock.forward(minutes=1)
    reused = client.post("/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert (reused.status_code, "access_token" in renewed) == (401, True)
    rows = [row for row in trail(client, gym) if row["event"].startswith("authn")]

    told = [row["event"] for row in rows if str(gym.coach.person_id) in (row["actor_id"], row["object_id"])]
    assert told == [
        "authn_login_success",
        *["authn_login_fail"] * 5,
        "authn_login_success",
        "authn_token_created",
        "authn_token_reuse",
    ]
    assert [row["actor_id"] for row in rows if row["event"] == "authn_token_reuse"] == [None]
    assert of_nobody(database) == []


def test_an_unknown_address_is_told_in_nobodys_trail(client: TestClient, gym: Gym, database: Database) -> None:
    """The same is done for it as for a known one; what was typed is nowhere."""
    client.post("/v1/auth/login", json={"email": "zaunkoenig@nobody.example", "password": "wrong password"})

    (row,) = of_nobody(database)
    assert (row.event, row.action, row.object_id) == ("authn_login_fail", "login", None)
    with database.engine.connect() as connection:
        everything = connection.execute(text("SELECT * FROM audit_events"), execution_options=ANY_ORGANIZATION).all()
    assert "zaunkoenig" not in str(everything)


def test_a_refused_function_is_told_once_a_day(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """A member who tries what only coaches may do."""
    member = Api(client, gym.member)
    for _ in range(3):
        member.get("/v1/clients", 403)
    app.state.read_trail.write()

    rows = trail(client, gym, event="authz_fail")
    assert [(row["action"], row["actor_id"]) for row in rows] == [("list_clients", str(gym.member.person_id))]


# --- reads --------------------------------------------------------------------------------------------------------


def test_reads_by_others_are_told_once_for_each_reader_kind_and_day(
    client: TestClient, gym: Gym, coach: Api, app: FastAPI, clock: Clock
) -> None:
    """Weeks and blocks that are served ahead of the router too; what clients read of themselves is not told."""
    path, block = coach.planned_client()
    client_id = path.rsplit("/", 1)[1]
    reads = (f"{path}/week", f"/v1/blocks/{block['id']}", f"{path}/session-logs", f"{path}/week?date=2026-11-04")
    for reader in (coach, coach, Api(client, gym.admin)):
        for read in reads:
            reader.get(read)
    Api(client, gym.member).get(f"/v1/clients/{gym.member.client_id}")
    app.state.read_trail.write()
    today = trail(client, gym, event="sensitive_read")

    def kinds(person: Account) -> list[str]:
        return [row["action"] for row in today if row["actor_id"] == str(person.person_id) and row["client_id"]]

    assert sorted(kinds(gym.coach)) == sorted(kinds(gym.admin)) == ["get_block", "get_client_week", "list_session_logs"]
    assert {row["client_id"] for row in today} == {client_id}
    assert kinds(gym.member) == []
    clock.forward(days=1)
    coach.get(f"{path}/week")
    app.state.read_trail.write()
    assert len(trail(client, gym, event="sensitive_read", client_id=client_id)) == 7


def test_two_processes_tell_a_read_once(gym: Gym, database: Database, clock: Clock) -> None:
    """Each keeps in mind what it wrote; what the other wrote is found under the lock of the chain."""
    trails = [ReadTrail(database) for _ in range(2)]
    for one in trails * 2:
        act = _act(gym.coach, clock)
        act.event, act.day, act.client_id = "sensitive_read", clock.now.date(), gym.member.client_id
        one.note(act)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(ReadTrail.write, trails))
    for one in trails:
        one.write()

    with database.read() as session:
        assert len(_read_rows(session, gym)) == 1
    assert faults(database) == []


def _read_rows(session: Session, gym: Gym) -> list[AuditEvent]:
    statement = select(AuditEvent).where(
        AuditEvent.organization_id == gym.coach.organization_id, AuditEvent.event == "sensitive_read"
    )
    return list(session.exec(statement))


def test_reads_wait_while_the_database_is_away(
    gym: Gym, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be written now is written the next time."""
    waiting = ReadTrail(database)
    act = _act(gym.coach, clock)
    act.event, act.day = "sensitive_read", clock.now.date()
    waiting.note(act)
    with monkeypatch.context() as away:
        away.setattr("app.audit_chain.hold", _away)
        waiting.write()
    waiting.write()

    with database.read() as session:
        assert len(_read_rows(session, gym)) == 1


def _away(*_: object) -> None:
    raise DBAPIError("INSERT", {}, Exception("away"))


def test_the_end_of_a_process_writes_what_it_kept(app: FastAPI, clock: Clock, database_url: str) -> None:
    """A read of the last seconds is there when the server has stopped."""
    with Quick(app) as http:
        gym = make_gym(http, app.state.database, app.state.hasher, clock.now)
        Api(http, gym.coach).get(f"/v1/clients/{gym.member.client_id}")
    with app.state.database.read() as session:
        assert [row.action for row in _read_rows(session, gym)] == ["get_client"]
    app.state.database.engine.dispose()


def test_an_export_is_told_at_once(client: TestClient, gym: Gym, coach: Api) -> None:
    """Each time, whoever takes it, before it is handed out."""
    path = f"/v1/clients/{gym.member.client_id}"
    for reader in (coach, coach, Api(client, gym.member)):
        reader.get(f"{path}/export")

    rows = [row for row in trail(client, gym, event="sensitive_read") if row["action"] == "export_client"]
    who = [str(gym.coach.person_id)] * 2 + [str(gym.member.person_id)]
    assert [(row["actor_id"], row["client_id"]) for row in rows] == [
        (person, str(gym.member.client_id)) for person in who
    ]


# --- reading the trail --------------------------------------------------------------------------------------------


def test_admins_read_their_own_trail_page_by_page(client: TestClient, gym: Gym, coach: Api) -> None:
    """Newest first, without a gap; another organization's is another one."""
    coach.new_client()
    rows = trail(client, gym)

    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert pages(Api(client, gym.admin), limit=2) == list(reversed(rows))
    foreign = pages(Api(client, gym.foreign_admin))
    assert not {row["hash"] for row in foreign} & {row["hash"] for row in rows}
    coach.get("/v1/audit-events", 403)


def test_a_cursor_belongs_to_its_filters(client: TestClient, gym: Gym) -> None:
    """With another filter, or made up, it is refused."""
    admin = Api(client, gym.admin)
    cursor = admin.get("/v1/audit-events", params={"limit": 1})["next_cursor"]

    for asked in ({"cursor": cursor, "event": "authz_fail"}, {"cursor": "made-up"}):
        assert admin.get("/v1/audit-events", 400, params=asked)["code"] == "invalid_cursor"
    assert admin.get("/v1/audit-events", 422, params={"event": "gossip"})["code"] == "invalid_input"


# --- nobody edits it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", ["UPDATE audit_events SET action = 'nothing' WHERE organization_id = organization_id", "DELETE"]
)
def test_the_database_takes_new_rows_only(gym: Gym, database: Database, change: str) -> None:
    """Whatever a program tries, a row is never changed nor deleted."""
    statement = "DELETE FROM audit_events WHERE organization_id = organization_id" if change == "DELETE" else change
    with pytest.raises(DBAPIError, match="takes new rows only"), database.write() as session:
        session.connection().execute(text(statement))


_ROW = "organization_id = :organization AND number"
_SWAPPED = "CASE number WHEN 2 THEN 3 ELSE 2 END"
TAMPERED = {
    f"UPDATE audit_events SET action = 'list_clients' WHERE {_ROW} = 3": "row 3 is not what was written",
    f"UPDATE audit_events SET at = '2026-11-02 12:00:00.000001' WHERE {_ROW} = 2": "row 2 is not what was written",
    f"UPDATE audit_events SET actor_id = organization_id WHERE {_ROW} = 2": "row 2 is not what was written",
    f"UPDATE audit_events SET hash = 'x' WHERE {_ROW} = 4": "row 4 is not what was written",
    f"UPDATE audit_events SET hash = (SELECT e.hash FROM audit_events AS e WHERE e.organization_id = :organization AND "
    f"e.number = {_SWAPPED.replace('number', 'audit_events.number')}) WHERE {_ROW} IN (2, 3)": (
        "row 2 is not what was written"
    ),
    f"DELETE FROM audit_events WHERE {_ROW} = 2": "row 2 is missing",
    f"DELETE FROM audit_events WHERE {_ROW} IN (2, 3)": "rows 2 to 3 are missing",
    f"DELETE FROM audit_events WHERE {_ROW} = (SELECT number FROM audit_heads WHERE organization_id = :organization)": (
        "its head says"
    ),
    "UPDATE audit_heads SET hash = 'x' WHERE organization_id = :organization": "its head is not that of row",
    "DELETE FROM audit_heads WHERE organization_id = :organization": "its head says 0 rows",
}


def test_any_row_that_is_edited_removed_or_moved_is_found_and_named(gym: Gym, database: Database) -> None:
    """Also by somebody who took the triggers away first."""
    wrong = []
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        owner = gym.admin.organization_id
        for statement, fault in TAMPERED.items():
            _take_triggers_away(connection)
            prepared = text(statement).bindparams(organization=owner.hex if sqlite else owner)
            assert connection.execute(prepared, execution_options=ANY_ORGANIZATION).rowcount > 0
            found = list(chain_faults(connection))
            wrong += [] if f"{owner}: {fault}" in str(found) else [(statement, found)]
            connection.rollback()

    assert wrong == []
    assert faults(database) == []


def _take_triggers_away(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit_events DISABLE TRIGGER ALL"))
        return
    for change in ("update", "delete"):
        connection.execute(text(f"DROP TRIGGER audit_events_no_{change}"))


def test_a_trail_holds_names_of_operations_and_ids_only(client: TestClient, gym: Gym, coach: Api) -> None:
    """Nothing that was written, measured or signed in with stands in it."""
    path, _ = coach.planned_client()
    coach.post(f"{path}/screenings", {"red_flags": flags()})
    rows = json.dumps(trail(client, gym))

    for word in ("Sam", "numbness", PASSWORD, gym.coach.email, gym.coach.access_token, "hip"):
        assert word not in rows
