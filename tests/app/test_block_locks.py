"""Locked blocks: created under a red flag, finished under one, held because the planner failed."""

import json

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from app import held_plans, planning
from tests.app.kit import CALM_MORNING, HIP, Api, flags, is_loaded, items_of
from tests.conftest import Clock
from tests.gym import Gym


@pytest.mark.parametrize(
    ("answers", "urgency"),
    [
        (flags(radiating_pain="yes"), "refer"),
        (flags(major_trauma="yes"), "emergency"),
        ({"numbness": "no"}, "incomplete"),
    ],
)
def test_a_block_under_a_flag_is_created_locked(
    client: TestClient, gym: Gym, answers: dict[str, str], urgency: str
) -> None:
    """It exists, says why and what unlocks it, and holds nothing loaded."""
    api = Api(client, gym.coach)
    _, block = api.planned_client(HIP | {"red_flags": answers})
    weeks = [api.week(block, number) for number in range(1, 7)]

    assert (block["status"], block["lock"]["urgency"]) == ("locked", urgency)
    assert block["lock"]["text"]
    assert block["lock"]["unlock"]
    assert {week["status"] for week in weeks} == {"locked"}
    assert not [item for week in weeks for item in items_of(week) if is_loaded(item)]
    assert any(list(items_of(week)) for week in weeks) == (urgency != "emergency")


def test_a_block_finished_under_a_lock_stays_withheld(client: TestClient, gym: Gym, clock: Clock) -> None:
    """What was held back while it ran is not shown after it was finished either."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    api.post(f"{path}/screenings", {"red_flags": {"tingling": "yes"}})
    body = {"assessment_id": block["assessment_id"]}
    successor = api.post(f"{path}/blocks", body, params={"finish_current": "true"})

    assert successor["status"] == "locked"
    assert not [item for number in range(1, 7) for item in items_of(api.week(block, number)) if is_loaded(item)]


def test_a_planner_that_fails_holds_training(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log is kept, every week shows nothing until the next fact can be planned again; the service says where."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    with monkeypatch.context() as broken:
        broken.setattr(planning, "replan", lambda *_, **__: 1 / 0)
        answer = api.post(f"{path}/check-ins", CALM_MORNING)
    held = [api.week(block, number) for number in range(1, 7)]

    (said,) = [json.loads(one.message) for one in caplog.records if one.name == "squatback.planning"]
    where = {"event": "plan_not_updated", "block_id": block["id"], "error": "ZeroDivisionError"}
    assert said.pop("at").startswith("test_block_locks.py:")
    assert said == where
    newest = api.get(f"/v1/blocks/{block['id']}/revisions")["items"][0]
    assert (newest["status"], newest["cause_kind"], newest["changed_weeks"]) == (
        "locked",
        "check_in",
        [1, 2, 3, 4, 5, 6],
    )
    assert "plan_held" in {notice["kind"] for notice in api.get("/v1/coach/inbox")["items"]}
    assert answer["lock"]["text"]
    assert len(api.get(f"{path}/check-ins")["items"]) == 1
    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "locked"
    assert not [item for week in held for item in items_of(week)]

    clock.forward(hours=1)
    again = api.post(f"{path}/check-ins", CALM_MORNING)
    assert again["lock"] is None
    assert any(is_loaded(item) for item in items_of(api.week(block, 1)))


@pytest.mark.parametrize("broken", [("replan", "build"), ("replan", "build", "_upgraded")])
def test_a_plan_that_fails_hides_no_red_flag(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch, broken: tuple[str, ...]
) -> None:
    """The answer, the week and the block say what the flag asks for; after a clearance that no plan could be made."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    plain = api.post(f"{path}/screenings", {"red_flags": {"bladder_or_bowel_change": "yes"}})
    other, held = api.planned_client()
    clock.forward(hours=1)
    for name in broken:
        monkeypatch.setattr(planning, name, lambda *_, **__: 1 / 0)
    flag = CALM_MORNING | {"red_flags": {"bladder_or_bowel_change": "yes"}}
    answer = api.post(f"{other}/check-ins", flag)
    expected = {"urgency": "emergency", "text": plain["standing"]["text"], "unlock": plain["standing"]["unlock"]}

    assert answer["lock"] == expected
    assert [api.week(held, number)["lock"] for number in range(1, 7)] == [expected] * 6
    assert api.get(f"/v1/blocks/{held['id']}")["lock"] == expected == api.get(f"/v1/blocks/{block['id']}")["lock"]
    clock.forward(hours=1)
    assert api.post(f"{other}/check-ins", CALM_MORNING)["lock"] == expected
    api.post(f"{other}/clearances", {"cleared_by": "Dr Rivera"})
    assert api.week(held, 1)["lock"]["urgency"] == "incomplete"


def test_flags_that_cannot_be_told_hold_training_all_the_same(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What the flags mean may be what failed in the first place: the log and its flag are kept."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    with monkeypatch.context() as broken:
        broken.setattr(planning, "replan", lambda *_, **__: 1 / 0)
        broken.setattr(held_plans, "standing", lambda *_, **__: 1 / 0)
        answer = api.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": {"numbness": "yes"}})
    said = [json.loads(one.message)["event"] for one in caplog.records if one.name == "squatback.planning"]

    assert said == ["plan_not_updated", "flags_not_told"]
    assert answer["lock"]["urgency"] == "incomplete"
    assert not [item for number in range(1, 7) for item in items_of(api.week(block, number))]
    clock.forward(hours=1)
    assert api.post(f"{path}/check-ins", CALM_MORNING)["lock"]["urgency"] == "refer"


def test_a_database_that_is_away_while_training_is_held_stores_nothing(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same is sent again later; nothing half done is kept."""
    api = Api(client, gym.coach)
    path, _ = api.planned_client()

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception())

    monkeypatch.setattr(planning, "replan", lambda *_, **__: 1 / 0)
    monkeypatch.setattr(held_plans, "standing", away)
    api.post(f"{path}/check-ins", CALM_MORNING, 503)
    assert api.get(f"{path}/check-ins")["items"] == []
