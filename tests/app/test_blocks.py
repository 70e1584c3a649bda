"""Blocks and weeks: planned, projected and earned, read with tags, one unfinished at a time."""

import json
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import func, select

from app import planning, tables
from tests.app.kit import CALM_MORNING, HIP, HOME, Api, as_prescribed, flags, pointers, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

_GOES_ON = ("ladder", "current_rung", "up_criteria")


def _count(app: FastAPI, gym: Gym, table: type[tables.Block | tables.BlockWeek]) -> int:
    with app.state.database.read() as session:
        statement = select(func.count()).select_from(table)
        return session.exec(statement.where(table.organization_id == gym.coach.organization_id)).one()


def test_a_block_says_what_it_is_about(client: TestClient, gym: Gym) -> None:
    """Finding, ladder, criteria, re-tests and texts are there; the last rung is the preferred squat."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()

    assert (block["status"], block["lock"], block["revision"], block["weeks"]) == ("active", None, 1, 6)
    assert block["starts_on"] == "2026-11-02"
    assert block["limiting_factor"] == "hip"
    assert block["ladder"][-1]["variation"] == "low_bar_back_squat"
    assert block["ladder"][block["current_rung"]]["status"] == "current"
    assert all(block[name] for name in ("up_criteria", "stop_rules", "retests", "teaching", "trained"))
    assert api.get(f"/v1/blocks/{block['id']}") == block
    assert [entry["id"] for entry in api.get(f"{path}/blocks")["items"]] == [block["id"]]


def test_ladder_and_decisions_can_be_read_alone(client: TestClient, gym: Gym) -> None:
    """The ladder is that of the block; a new block has decided nothing yet."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    ladder = api.get(f"/v1/blocks/{block['id']}/ladder")
    assert (ladder["rungs"], ladder["current_rung"]) == (block["ladder"], block["current_rung"])
    assert api.get(f"/v1/blocks/{block['id']}/decisions") == {"items": [], "next_cursor": None}


def test_weeks_ahead_are_projected_until_they_begin(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Silence never raises a load: the week that was projected harder is served as earned from its first day."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    assert api.week(block, 1)["projected"] is False
    ahead = api.week(block, 3)
    clock.forward(days=14)
    begun = api.week(block, 3)

    assert (ahead["projected"], begun["projected"]) == (True, False)
    assert ahead["stage"] > begun["stage"] == "P2"
    assert (begun["starts_on"], begun["ends_on"]) == ("2026-11-16", "2026-11-22")


def test_the_week_of_a_date(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Without a date it is today's; outside any block it is 404 with its own code."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()

    assert api.get(f"{path}/week") == api.week(block, 1)
    assert api.get(f"{path}/week", params={"date": "2026-11-15"}) == api.week(block, 2)
    for outside in ("2026-11-01", "2026-12-14"):
        assert api.get(f"{path}/week", 404, params={"date": outside})["code"] == "no_block"
    assert api.get(f"/v1/blocks/{block['id']}/weeks/7", 404)["code"] == "not_found"


def test_a_member_reads_their_own_week(client: TestClient, gym: Gym) -> None:
    """From a home assessment they plan the block themselves; nobody else's is visible."""
    own, member = f"/v1/clients/{gym.member.client_id}", Api(client, gym.member)
    assert member.get("/v1/me/week", 404)["code"] == "no_block"
    clinic = Api(client, gym.coach).post(f"{own}/assessments", HIP)
    assert member.post(f"{own}/blocks", {"assessment_id": clinic["id"]}, 403)["code"] == "forbidden"
    home = member.post(f"{own}/assessments", HOME)
    block = member.post(f"{own}/blocks", {"assessment_id": home["id"]})

    assert member.get("/v1/me/week") == member.week(block, 1)
    Api(client, gym.coach).get("/v1/me/week", 403)
    for who in (gym.other_member, gym.foreign_coach):
        for part in ("", "/weeks/1", "/ladder", "/decisions"):
            Api(client, who).get(f"/v1/blocks/{block['id']}{part}", 404)


def test_tags_save_the_reader_the_body(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The same tag answers 304; a log changes every tag of the block."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    week_path = f"/v1/blocks/{block['id']}/weeks/1"
    for read in (week_path, f"/v1/blocks/{block['id']}", f"{path}/week"):
        first = api.send("GET", read)
        tag = first.headers["ETag"]
        assert first.headers["Cache-Control"] == "private, no-cache"
        for condition in (tag, f'"other", {tag}', f"W/{tag}", "*"):
            again = api.send("GET", read, headers={"If-None-Match": condition})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert api.send("GET", read, headers={"If-None-Match": '"other"'}).status_code == 200
    before = api.send("GET", week_path)
    assert before.json()["block_etag"] == api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]
    clock.forward(hours=1)
    api.post(f"{path}/session-logs", as_prescribed(sessions_of(before.json(), "squat")[0]))
    after = api.send("GET", week_path, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json()["revision"]) == (200, 2)


def test_one_unfinished_block_at_a_time(client: TestClient, gym: Gym, app: FastAPI, clock: Clock) -> None:
    """Another is 409 until the first is finished; the finished one stays readable."""
    api = Api(client, gym.coach)
    path, first = api.planned_client()
    body = {"assessment_id": first["assessment_id"]}
    problem = api.post(f"{path}/blocks", body, 409)
    assert (problem["code"], problem["block_id"]) == ("block_open", first["id"])
    clock.forward(days=1)
    second = api.post(f"{path}/blocks", body, params={"finish_current": "true"})

    assert api.get(f"/v1/blocks/{first['id']}")["status"] == "finished"
    assert api.get(f"{path}/week")["block_id"] == second["id"]
    assert api.get(f"{path}/week", params={"date": "2026-11-02"})["block_id"] == first["id"]
    assert _count(app, gym, tables.Block) == 2


def test_a_block_whose_days_are_over_makes_room(client: TestClient, gym: Gym, clock: Clock) -> None:
    """It reads as finished by itself, and the next block carries on from the rung it had earned."""
    api = Api(client, gym.coach)
    path, first = api.planned_client(weeks=4)
    clock.forward(days=28)
    assert api.get(f"/v1/blocks/{first['id']}")["status"] == "finished"
    assert api.get(f"{path}/blocks")["items"][0]["status"] == "finished"
    api.post(f"{path}/screenings", {"red_flags": flags()})
    second = api.post(f"{path}/blocks", {"assessment_id": first["assessment_id"]})
    assert (second["starts_on"], second["status"]) == ("2026-11-30", "active")


def test_a_keyed_request_plans_one_block(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Sent again under its key it answers the same block instead of a conflict."""
    api = Api(client, gym.coach)
    path = api.new_client()
    body = {"assessment_id": api.post(f"{path}/assessments", HIP)["id"]}
    first, again = (
        api.send("POST", f"{path}/blocks", json=body, headers={"Idempotency-Key": "plan-it"}) for _ in range(2)
    )

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (first.headers["ETag"], again.headers["Idempotency-Replayed"]) == (again.headers["ETag"], "true")
    assert _count(app, gym, tables.Block) == 1


def test_a_dry_run_stores_nothing(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """It answers the block with its weeks; afterwards there is none."""
    api = Api(client, gym.coach)
    path = api.new_client()
    assessment = api.post(f"{path}/assessments", HIP)
    tried = api.post(f"{path}/blocks", {"assessment_id": assessment["id"]}, 200, params={"dry_run": "true"})

    assert [week["week_number"] for week in tried["planned_weeks"]] == [1, 2, 3, 4, 5, 6]
    assert "difference" not in tried
    assert (_count(app, gym, tables.Block), _count(app, gym, tables.BlockWeek)) == (0, 0)
    stored = api.post(f"{path}/blocks", {"assessment_id": assessment["id"]})
    alike = set(stored) - {"id", "revision"}
    assert {name: stored[name] for name in alike} == {name: tried[name] for name in alike}


def test_a_dry_run_tells_what_a_block_would_change(client: TestClient, gym: Gym, clock: Clock) -> None:
    """From today on, day by day, against the unfinished block, wherever the weeks of either begin."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    asked, trying = {"assessment_id": block["assessment_id"]}, {"dry_run": "true"}
    alike = api.post(f"{path}/blocks", asked, 200, params=trying)
    clock.forward(days=9)
    later = api.post(f"{path}/blocks", asked, 200, params=trying)
    api.patch(path, {"equipment": ["box"]})
    bare = api.post(f"{path}/blocks", asked, 200, params=trying)

    assert alike["difference"] == []
    assert {row["date"] for row in later["difference"] if row["date"]} >= {"2026-11-23"}
    assert min(row["date"] for row in later["difference"] if row["date"]) >= "2026-11-11"
    assert [row["week"] for row in later["difference"] if row["field"] == "week"] == [6]
    assert bare["difference"] != later["difference"]
    assert api.get(f"{path}/blocks")["items"][0]["id"] == block["id"]


@pytest.mark.sqlite_only
def test_the_plan_of_somebody_else_is_not_gone_on_with(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The next block goes on from the client's own last one, however many blocks others began since."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(days=42)
    asked = {"assessment_id": block["assessment_id"], "starts_on": "2026-12-14"}
    api.post(f"{path}/screenings", {"red_flags": flags()})
    before = api.post(f"{path}/blocks?dry_run=true", asked, 200)
    api.planned_client(HOME)
    after = api.post(f"{path}/blocks?dry_run=true", asked, 200)

    assert [after[name] for name in _GOES_ON] == [before[name] for name in _GOES_ON]


def test_a_block_that_began_earlier_has_all_its_weeks(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Weeks behind are as they would have been shown; the week of today is earned."""
    api = Api(client, gym.coach)
    path = api.new_client()
    assessment = api.post(f"{path}/assessments", HIP)
    clock.forward(days=3)
    body = {"assessment_id": assessment["id"], "starts_on": "2026-11-02", "weeks": 4}
    block = api.post(f"{path}/blocks", body)
    weeks = [api.week(block, number) for number in range(1, 5)]
    assert [week["projected"] for week in weeks] == [False, True, True, True]
    assert all(sessions_of(week, "squat") for week in weeks)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"starts_on": "2026-11-01"}, "/starts_on"),
        ({"starts_on": "2027-11-05"}, "/starts_on"),
        ({"starts_on": "9999-12-31"}, "/starts_on"),
        ({"weeks": 3}, "/weeks"),
        ({"weeks": 9}, "/weeks"),
        ({"assessment_id": "00000000-0000-4000-8000-000000000000"}, "/assessment_id"),
        ({"assessment_id": "no"}, "/assessment_id"),
    ],
)
def test_blocks_that_cannot_be_are_refused(
    client: TestClient, gym: Gym, change: dict[str, object], pointer: str
) -> None:
    """A start before the assessment, a wrong length, an unknown assessment: 422 with the field."""
    api = Api(client, gym.coach)
    path = api.new_client()
    assessment = api.post(f"{path}/assessments", HIP)
    assert pointers(api.post(f"{path}/blocks", {"assessment_id": assessment["id"]} | change, 422)) == {pointer}
    assert api.get(f"{path}/blocks")["items"] == []


def test_days_that_have_begun_never_change(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Whatever is logged, days behind keep their items; only the status of their sessions follows."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    first = api.week(block, 1)
    clock.forward(hours=6)
    api.post(f"{path}/session-logs", as_prescribed(sessions_of(first, "squat")[0]))
    clock.forward(hours=14)
    api.post(f"{path}/check-ins", CALM_MORNING)
    api.patch(path, {"equipment": ["kettlebell"], "training_days": ["tue", "thu"]})
    again = api.week(block, 1)
    kept = [
        [one["items"] for one in before["sessions"]] == [one["items"] for one in after["sessions"]]
        for before, after in zip(first["days"], again["days"], strict=True)
    ]

    assert kept[:2] == [True, True]
    assert not all(kept)
    assert sessions_of(again, "squat", date(2026, 11, 2))[0]["status"] == "done"


def test_an_upgrade_is_a_revision_of_its_own(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer planner takes effect at the next fact, before it."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    monkeypatch.setattr(planning, "PLANNER_VERSION", "9.9.9")
    clock.forward(hours=1)
    assert api.get(f"/v1/blocks/{block['id']}")["planner_version"] != "9.9.9"
    api.post(f"{path}/check-ins", CALM_MORNING)
    with app.state.database.read() as session:
        rows = session.exec(
            select(tables.BlockRevision).where(tables.BlockRevision.organization_id == gym.coach.organization_id)
        ).all()

    assert api.get(f"/v1/blocks/{block['id']}")["planner_version"] == "9.9.9"
    assert [row.cause_kind for row in sorted(rows, key=lambda row: row.revision)][:2] == ["created", "upgrade"]


def test_a_week_is_small(client: TestClient, gym: Gym) -> None:
    """At most 25 KB, so that a phone with a poor connection gets it."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    for number in range(1, 7):
        answer = api.send("GET", f"/v1/blocks/{block['id']}/weeks/{number}")
        assert len(answer.content) <= 25_000
        assert json.loads(answer.content)["week_number"] == number


def test_weeks_follow_the_clients_zone(client: TestClient, gym: Gym, clock: Clock) -> None:
    """At the same instant it is already tomorrow for a client further east."""
    api = Api(client, gym.coach)
    clock.now += timedelta(hours=11)
    east = api.new_client(time_zone="Pacific/Auckland")
    west = api.new_client(time_zone="America/Los_Angeles")
    starts = []
    for path in (east, west):
        assessment = api.post(f"{path}/assessments", HIP)
        starts.append(api.post(f"{path}/blocks", {"assessment_id": assessment["id"]})["starts_on"])
    assert starts == ["2026-11-03", "2026-11-02"]
