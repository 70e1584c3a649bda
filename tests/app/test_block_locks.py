"""Locked blocks: created under a red flag, finished under one, held because the planner failed."""

import pytest
from fastapi.testclient import TestClient

from app import planning
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
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is kept, every week shows nothing until the next fact can be planned again."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    with monkeypatch.context() as broken:
        broken.setattr(planning, "replan", lambda *_, **__: 1 / 0)
        answer = api.post(f"{path}/check-ins", CALM_MORNING)
    held = [api.week(block, number) for number in range(1, 7)]

    assert answer["lock"]["text"]
    assert len(api.get(f"{path}/check-ins")["items"]) == 1
    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "locked"
    assert not [item for week in held for item in items_of(week)]

    clock.forward(hours=1)
    again = api.post(f"{path}/check-ins", CALM_MORNING)
    assert again["lock"] is None
    assert any(is_loaded(item) for item in items_of(api.week(block, 1)))


@pytest.mark.parametrize("broken", [("replan", "build"), ("replan", "build", "_upgrade")])
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
