"""The coach's inbox: every kind comes with its story and goes when its action is done."""

import json
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import notices, plan_store, planning, tables
from app.kept_states import MOST_STATES, Kept
from app.open_blocks import open_block
from app.planning import Desk, finish_block
from app.red_flags import ALL_NO
from planner.plan import Block
from planner.wire import dump_block
from tests.app.kit import CALM_MORNING, HIP, HOME, Api, Json, as_prescribed, flags, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

BAD_MORNING: Json = {"back_pain": {"now": 5, "worst_24h": 6}, "hours_to_settle": None, "words": ["tight"]}
RETEST: Json = {"setting": "clinic", "measurements": HIP["measurements"][:2]}


@pytest.fixture
def api(client: TestClient, gym: Gym) -> Api:
    """Return the API as the coach uses it."""
    return Api(client, gym.coach)


def rows(api: Api, path: str = "") -> list[Json]:
    """Return the rows of the inbox, of one client."""
    found: list[Json] = api.get("/v1/coach/inbox", params={"limit": 100})["items"]
    return [row for row in found if row["client_id"] in path or not path]


def row(api: Api, path: str, kind: str) -> Json:
    """Return the client's row of a kind; its link can be read and its rule is in the library."""
    (found,) = [row for row in rows(api, path) if row["kind"] == kind]
    assert found["reason"].endswith(".")
    assert found["client_name"] == "Sam"
    if kind != "conflict":
        api.get(found["link"])
    if found["rule"]:
        api.get(f"/v1/library/rules/{found['rule']}")
    return found


def kinds(api: Api, path: str) -> list[str]:
    """Return what asks for a coach because of a client."""
    return [found["kind"] for found in rows(api, path)]


def do(api: Api, found: Json, body: object) -> None:
    """Do what a row says resolves it."""
    method, path = found["action"].split(" ")
    status = 200 if method == "PATCH" else 201
    assert api.send(method, path, json=body).status_code == status


def problem(api: Api, path: str, clock: Clock) -> None:
    """Let the next squat that is shown end in a problem; until then the mornings are calm."""
    while not (shown := sessions_of(api.get(f"{path}/week"), "squat", clock.now.date())):
        clock.forward(days=1)
        api.post(f"{path}/check-ins", CALM_MORNING)
    body = as_prescribed(shown[0], back_pain={"during": 6, "after": 6}, words=["sharp"])
    api.post(f"{path}/session-logs", body)


def two_problems(api: Api, clock: Clock, assessment: Json) -> tuple[str, Json]:
    """Let the first two squats of a new block end in problems."""
    path, block = api.planned_client(assessment)
    problem(api, path, clock)
    clock.forward(days=1)
    problem(api, path, clock)
    return path, block


# --- the kinds ----------------------------------------------------------------------------------------------------


def test_a_calm_new_block_asks_for_nobody(api: Api) -> None:
    """Neither a client without a block nor one with a fresh block is in the inbox."""
    api.new_client()
    api.planned_client()
    assert rows(api) == []


@pytest.mark.parametrize(
    ("flag", "urgency"), [("major_trauma", "emergency"), ("loss_of_strength", "same_day"), ("tingling", "refer")]
)
def test_a_red_flag_waits_for_a_clearance(api: Api, clock: Clock, flag: str, urgency: str) -> None:
    """It has the urgency of the flag, names what was answered, and ends with the clearance."""
    path, _ = api.planned_client()
    clock.forward(hours=1)
    api.post(f"{path}/screenings", {"red_flags": {flag: "yes"}})
    found = row(api, path, "red_flag")
    clock.forward(hours=1)
    do(api, found, {"cleared_by": "Dr Rivera"})

    assert (found["urgency"], found["since"], found["rule"][:2]) == (urgency, "2026-11-02", "SF")
    assert flag.replace("_", " ") in found["reason"]
    assert (found["link"], found["action"]) == (f"{path}/screenings", f"POST {path}/clearances")
    assert kinds(api, path) == []


def test_what_another_process_stored_is_not_taken_for_what_this_one_did(
    api: Api, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session is corrected to a problem there and back again here, where the plan asked for the same before."""
    path, _ = api.planned_client()
    while not (shown := sessions_of(api.get(f"{path}/week"), "squat", clock.now.date())):
        clock.forward(days=1)
    first, second = uuid4(), uuid4()
    good = as_prescribed(shown[0], performed_at=clock.now.isoformat())
    api.post(f"{path}/session-logs", good | {"id": str(first)})
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(notices, "KEPT_NOTICES", Kept(MOST_STATES))
        bad = {"id": str(second), "replaces": str(first), "back_pain": {"during": 6, "after": 6}, "words": ["sharp"]}
        api.post(f"{path}/session-logs", good | bad)
        assert kinds(api, path) == ["problem"]
    api.post(f"{path}/session-logs", good | {"replaces": str(second)})

    assert kinds(api, path) == []


def test_a_red_flag_without_a_block_waits_as_well(api: Api, clock: Clock) -> None:
    """Whoever has no block yet stands in the inbox until cleared, and then under the block's own lock."""
    path = api.new_client()
    api.post(f"{path}/screenings", {"red_flags": {"numbness": "yes"}})
    found = row(api, path, "red_flag")
    clock.forward(hours=1)
    assessed = api.post(f"{path}/assessments", HIP | {"red_flags": {}})
    api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    assert kinds(api, path) == ["red_flag"]
    clock.forward(hours=1)
    do(api, found, {"cleared_by": "Dr Rivera"})
    assert kinds(api, path) == ["unanswered"]
    clock.forward(hours=1)
    do(api, row(api, path, "unanswered"), {"red_flags": ALL_NO})
    assert kinds(api, path) == []


def test_a_condition_waits_for_its_date_on_the_profile(api: Api, clock: Clock) -> None:
    """A clearance would not end it, so the action is to change the client."""
    path, _ = api.planned_client()
    limit = {"code": "hernia"}
    clock.forward(days=2)
    api.patch(path, {"limits": [limit]})
    found = row(api, path, "red_flag")
    clock.forward(hours=1)
    do(api, found, {"limits": [limit | {"cleared_on": "2026-11-04"}]})

    assert (found["urgency"], found["since"], found["link"]) == ("refer", "2026-11-04", path)
    assert found["action"] == f"PATCH {path}"
    assert kinds(api, path) == []


def test_unanswered_questions_hold_a_block(api: Api, clock: Clock) -> None:
    """Answering the checklist resolves them."""
    path, _ = api.planned_client(HIP | {"red_flags": {"numbness": "no"}})
    found = row(api, path, "unanswered")
    clock.forward(hours=1)
    do(api, found, {"red_flags": ALL_NO})

    assert (found["urgency"], found["action"]) == ("soon", f"POST {path}/screenings")
    assert kinds(api, path) == []


def test_a_plan_that_could_not_be_made_is_told(api: Api, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told since the first failure, beside a red flag that came with the log; the next log resolves it."""
    path, block = api.planned_client()
    with monkeypatch.context() as broken:
        broken.setattr(planning, "replan", lambda *_, **__: 1 / 0)
        broken.setattr(planning, "build", lambda *_, **__: 1 / 0)
        clock.forward(hours=1)
        api.post(f"{path}/check-ins", CALM_MORNING)
        clock.forward(days=1)
        api.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": {"tingling": "yes"}})
        held = row(api, path, "plan_held")
        assert kinds(api, path) == ["red_flag", "plan_held"]
    clock.forward(hours=1)
    do(api, held, CALM_MORNING)

    assert (held["since"], held["link"]) == ("2026-11-02", f"/v1/blocks/{block['id']}")
    assert kinds(api, path) == ["red_flag"]


@pytest.mark.sqlite_only
def test_each_plan_that_is_held_counts_from_its_own_day(
    api: Api, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from the day of a client whose plan could not be made before."""
    (path, _), (later, _) = api.planned_client(), api.planned_client()
    monkeypatch.setattr(planning, "replan", lambda *_, **__: 1 / 0)
    monkeypatch.setattr(planning, "build", lambda *_, **__: 1 / 0)
    for whose in (path, later):
        api.post(f"{whose}/check-ins", CALM_MORNING)
        clock.forward(days=2)

    assert [row(api, whose, "plan_held")["since"] for whose in (path, later)] == ["2026-11-02", "2026-11-04"]


@pytest.mark.parametrize("part", ["outlook", "replan"])
def test_a_log_is_kept_whatever_breaks(api: Api, clock: Clock, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """When the plan or what it asks a coach for cannot be worked out, the log is stored and the coach is told."""
    (path, _), without_block = api.planned_client(), api.new_client()
    clock.forward(hours=1)
    with monkeypatch.context() as broken:
        broken.setattr(planning, part, lambda *_, **__: 1 / 0)
        broken.setattr(notices, "flag_notices", lambda *_, **__: 1 / 0)
        answer = api.post(f"{path}/check-ins", CALM_MORNING)
        api.post(f"{without_block}/check-ins", CALM_MORNING)

    assert answer["lock"]["text"]
    assert len(api.get(f"{path}/check-ins")["items"]) == 1
    assert kinds(api, path) == ["plan_held"]


def test_a_problem_is_answered_by_two_calm_mornings(api: Api, clock: Clock) -> None:
    """One calm morning is not enough."""
    path, block = api.planned_client()
    problem(api, path, clock)
    found = row(api, path, "problem")
    seen = []
    for _ in range(2):
        clock.forward(days=1)
        do(api, found, CALM_MORNING)
        seen.append(kinds(api, path))

    assert (found["since"], found["rule"][:2]) == ("2026-11-02", "SY")
    assert found["link"] == f"/v1/blocks/{block['id']}/decisions"
    assert seen == [["problem"], []]


def test_rising_mornings_ask_for_an_assessment(api: Api, clock: Clock) -> None:
    """Told from the first day of the week after, although nothing new was logged; an assessment answers them."""
    path, _ = api.planned_client()
    for _ in range(3):
        clock.forward(days=2)
        api.post(f"{path}/check-ins", BAD_MORNING)
    assert kinds(api, path) == []
    clock.forward(days=1)
    found = row(api, path, "mornings_rising")
    do(api, found, HIP)

    assert (found["since"], found["rule"], found["urgency"]) == ("2026-11-09", "SY07", "soon")
    assert kinds(api, path) == []


def test_step_backs_ask_for_an_assessment(api: Api, clock: Clock) -> None:
    """Two in four weeks: the row names the rule that asked; a whole assessment answers it, a re-test does not."""
    path, block = two_problems(api, clock, HIP)
    found = row(api, path, "step_backs")
    clock.forward(hours=1)
    do(api, found, RETEST)
    assert "step_backs" in kinds(api, path)
    clock.forward(hours=1)
    do(api, found, HIP)

    assert (found["rule"], found["action"]) == ("PG05", f"POST {path}/assessments")
    assert found["link"] == f"/v1/blocks/{block['id']}/decisions"
    assert kinds(api, path) == []


def test_problems_after_an_assessment_at_home_ask_for_a_coachs(api: Api, clock: Clock) -> None:
    """Measuring themselves again answers the step-backs; that a coach measures stays asked for."""
    path, _ = two_problems(api, clock, HOME)
    assert "step_backs" in kinds(api, path)
    clock.forward(hours=1)
    api.post(f"{path}/assessments", HOME)
    found = row(api, path, "assessment_asked")
    clock.forward(hours=1)
    do(api, found, HIP)

    assert (found["urgency"], found["link"]) == ("routine", f"{path}/assessments")
    assert kinds(api, path) == []


def test_silence_is_told_after_ten_days(api: Api, clock: Clock) -> None:
    """It counts from the latest log, and any log ends it."""
    path, _ = api.planned_client()
    clock.forward(days=1)
    api.post(f"{path}/check-ins", CALM_MORNING)
    clock.forward(days=8)
    api.post(f"{path}/assessments", RETEST)
    clock.forward(hours=35)
    assert kinds(api, path) == []
    clock.forward(hours=1)
    found = row(api, path, "no_logs")
    do(api, found, {"session_id": None, "items": [], "back_pain": {"during": 1, "after": 1}})

    assert (found["since"], found["urgency"]) == ("2026-11-03", "routine")
    assert found["link"] == f"{path}/session-logs"
    assert kinds(api, path) == []


def test_a_re_test_is_due_then_overdue(api: Api, clock: Clock) -> None:
    """From the planned day; a week later it is overdue; measuring resolves it."""
    path, block = api.planned_client()
    due = date.fromisoformat(block["retests"][0]["on"])
    seen = []
    for on in (due - timedelta(days=1), due, due + timedelta(days=7)):
        clock.forward(days=(on - clock.now.date()).days)
        api.post(f"{path}/check-ins", CALM_MORNING)
        seen.append([(one["kind"], one["facts"]["overdue"]) for one in rows(api, path)])
    do(api, row(api, path, "retest"), RETEST)

    assert seen == [[], [("retest", False)], [("retest", True)]]
    assert kinds(api, path) == []


@pytest.mark.parametrize(("days", "kind"), [(35, "block_ending"), (42, "block_ended"), (60, "block_ended")])
def test_the_end_of_a_block_asks_for_the_next(api: Api, clock: Clock, days: int, kind: str) -> None:
    """Within its last week and after it, until the next block is planned."""
    path, _ = api.planned_client()
    clock.forward(days=days)
    api.post(f"{path}/check-ins", CALM_MORNING)
    assessed = api.post(f"{path}/assessments", HIP)
    found = row(api, path, kind)
    assert kinds(api, path) == [kind]
    method, where = found["action"].split(" ")
    api.send(method, where, json={"assessment_id": assessed["id"]}, params={"finish_current": "true"})
    assert kinds(api, path) == []


def test_conflicts_of_adjustments_are_told(api: Api, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the stored block lists, since the day they were first seen, until there are none."""
    path, block = api.planned_client()
    against = [{"adjustment_id": str(number), "rule": "LD01"} for number in (1, 2, 1)]

    def with_conflicts(plan: Block) -> bytes:
        return json.dumps(json.loads(dump_block(plan)) | {"conflicts": against}, separators=(",", ":")).encode()

    with monkeypatch.context() as adjusted:
        adjusted.setattr(plan_store, "dump_block", with_conflicts)
        for _ in range(2):
            clock.forward(days=1)
            api.post(f"{path}/check-ins", CALM_MORNING)
    found = row(api, path, "conflict")
    clock.forward(days=1)
    api.post(f"{path}/check-ins", CALM_MORNING)

    assert (found["since"], found["facts"]["count"]) == ("2026-11-03", 2)
    assert (found["link"], found["action"]) == (f"/v1/blocks/{block['id']}/adjustments", "DELETE /v1/adjustments/1")
    assert kinds(api, path) == []


# --- who and when -------------------------------------------------------------------------------------------------


def test_the_most_urgent_stands_first_and_then_the_oldest(api: Api, clock: Clock) -> None:
    """Red flags by their level, then what should not wait, then upkeep."""
    quiet, _ = api.planned_client()
    clock.forward(days=1)
    later, _ = api.planned_client()
    clock.forward(days=8)
    for level in ("tingling", "major_trauma"):
        path, _ = api.planned_client()
        clock.forward(hours=1)
        api.post(f"{path}/screenings", {"red_flags": {level: "yes"}})
    open_questions, _ = api.planned_client(HIP | {"red_flags": {}})
    clock.forward(days=2)
    told = rows(api)
    upkeep = [(one["kind"], one["client_id"] in quiet) for one in told[3:]]

    assert [one["urgency"] for one in told[:3]] == ["emergency", "refer", "soon"]
    assert told[2]["client_id"] in open_questions
    assert {one["urgency"] for one in told[3:]} == {"routine"}
    assert [one["since"] for one in told[3:]] == sorted(one["since"] for one in told[3:])
    assert upkeep[0] == ("no_logs", True)
    assert {one["client_id"] for one in told} >= {later.rsplit("/", 1)[1]}


def test_a_day_begins_where_the_client_lives(api: Api, clock: Clock) -> None:
    """In Auckland a re-test is due hours before the day begins in London."""
    due = {}
    for zone in ("Pacific/Auckland", "Europe/London"):
        path = api.new_client(time_zone=zone)
        assessed = api.post(f"{path}/assessments", HIP)
        block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"], "starts_on": "2026-11-03"})
        due[path] = block["retests"][0]["on"]
    assert len(set(due.values())) == 1
    on = date.fromisoformat(next(iter(due.values())))
    clock.forward(days=(on - clock.now.date()).days - 1)

    assert [kinds(api, path) for path in due] == [["retest"], []]


def test_archived_clients_are_left_out(api: Api, clock: Clock) -> None:
    """Archiving takes a client off the inbox, bringing them back puts them there again."""
    path, _ = api.planned_client()
    clock.forward(hours=1)
    api.post(f"{path}/screenings", {"red_flags": {"tingling": "yes"}})
    seen = [kinds(api, path)]
    for archived in (True, False):
        api.patch(path, {"archived": archived})
        seen.append(kinds(api, path))
    assert seen == [["red_flag"], [], ["red_flag"]]


def test_another_gyms_clients_never_appear(client: TestClient, gym: Gym, api: Api, clock: Clock) -> None:
    """A coach sees their own organization's rows and no others."""
    foreign = Api(client, gym.foreign_coach)
    own, _ = api.planned_client(HIP | {"red_flags": flags(tingling="yes")})
    theirs, _ = foreign.planned_client(HIP | {"red_flags": flags(tingling="yes")})

    assert [one["client_id"] in own for one in rows(api)] == [True]
    assert [one["client_id"] in theirs for one in rows(foreign)] == [True]


def test_it_is_for_staff(client: TestClient, gym: Gym) -> None:
    """Admins and coaches read it; a member answers 403, a stranger 401."""
    Api(client, gym.admin).get("/v1/coach/inbox")
    assert Api(client, gym.member).get("/v1/coach/inbox", 403)["code"] == "forbidden"
    assert client.get("/v1/coach/inbox").status_code == 401


def test_a_block_finished_alone_leaves_the_next_one_missing(api: Api, app: FastAPI, gym: Gym, clock: Clock) -> None:
    """What it asked for is gone; that no next block is planned is told from the day it was finished."""
    path, _ = api.planned_client()
    clock.forward(days=15)
    assert kinds(api, path) == ["no_logs", "retest"]
    with app.state.database.write() as session:
        key = (gym.coach.organization_id, UUID(path.rsplit("/", 1)[1]))
        client = session.get_one(tables.Client, key)
        author, catalogue = gym.coach.person_id, app.state.catalogue
        desk = Desk(session=session, client=client, author_id=author, catalogue=catalogue, now=clock.now)
        block = open_block(session, client)
        assert block is not None
        finish_block(desk, block)

    assert [(one["kind"], one["since"]) for one in rows(api, path)] == [("block_ended", "2026-11-17")]
