"""Screenings and clearances: what a red flag means, and what ends it."""

import pytest
from fastapi.testclient import TestClient

from tests.app.kit import Api, flags, is_loaded, items_of
from tests.conftest import Clock
from tests.gym import Gym

CLEARANCE = {"cleared_by": "Dr. Osei"}


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (flags(), "clear"),
        ({"numbness": "no"}, "incomplete"),
        (flags(tingling="yes"), "refer"),
        (flags(loss_of_strength="yes"), "same_day"),
        (flags(saddle_numbness="yes"), "emergency"),
    ],
)
def test_a_checklist_answers_its_urgency(client: TestClient, gym: Gym, answers: dict[str, str], status: str) -> None:
    """The most urgent answer decides; open questions are named."""
    api = Api(client, gym.coach)
    path = api.new_client()
    screening = api.post(f"{path}/screenings", {"red_flags": answers})

    assert screening["status"] == status
    assert screening["positive"] == [flag for flag, answer in answers.items() if answer == "yes"]
    assert ("radiating_pain" in screening["unanswered"]) == (status == "incomplete")
    assert api.get(f"{path}/screenings/{screening['id']}") == screening
    assert api.get(f"{path}/screenings")["items"] == [screening]


def test_a_later_no_ends_nothing(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The checklist itself is clear, but the earlier yes stands until a clearance."""
    api = Api(client, gym.coach)
    path = api.new_client()
    api.post(f"{path}/screenings", {"red_flags": flags(tingling="yes")})
    clock.forward(hours=1)
    later = api.post(f"{path}/screenings", {"red_flags": flags()})
    clock.forward(hours=1)
    cleared = api.post(f"{path}/clearances", CLEARANCE)

    assert (later["status"], later["standing"]["status"]) == ("clear", "refer")
    assert cleared["standing"]["status"] == "clear"
    assert cleared["cleared_on"] == "2026-11-02"


def test_what_was_not_asked_replaces_no_answer(client: TestClient, gym: Gym, clock: Clock) -> None:
    """An empty checklist after a full one leaves the earlier answers standing."""
    api = Api(client, gym.coach)
    path = api.new_client()
    api.post(f"{path}/screenings", {"red_flags": flags()})
    clock.forward(hours=1)
    later = api.post(f"{path}/screenings", {"red_flags": {"numbness": "not_asked"}})
    assert (later["status"], later["standing"]["status"]) == ("incomplete", "clear")


def test_only_a_coach_clears(client: TestClient, gym: Gym) -> None:
    """Members report and read, they do not clear; the day of a clearance is not in the future."""
    own = f"/v1/clients/{gym.member.client_id}"
    member, coach = Api(client, gym.member), Api(client, gym.coach)
    member.post(f"{own}/screenings", {"red_flags": flags(numbness="yes")})
    assert member.post(f"{own}/clearances", CLEARANCE, 403)["code"] == "forbidden"
    assert coach.post(f"{own}/clearances", CLEARANCE | {"cleared_on": "2026-11-03"}, 422)["errors"][0]["pointer"] == (
        "/cleared_on"
    )
    assert coach.post(f"{own}/clearances", {"cleared_on": "2026-11-01"}, 422)["errors"][0]["pointer"] == "/cleared_by"
    clearance = coach.post(f"{own}/clearances", CLEARANCE | {"note": "Seen today."})
    recorded = {"author_id": str(gym.coach.person_id), "cleared_on": "2026-11-02"} | CLEARANCE
    assert {name: clearance[name] for name in recorded} == recorded

    assert member.get(f"{own}/clearances/{clearance['id']}") == clearance
    assert member.get(f"{own}/clearances")["items"] == [clearance]


def test_a_red_flag_locks_the_running_block(client: TestClient, gym: Gym, clock: Clock) -> None:
    """From the answer on nothing loaded is served in any week; a clearance lets training resume."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    before = api.week(block, 1)
    clock.forward(hours=1)
    api.post(f"{path}/screenings", {"red_flags": {"tingling": "yes"}})
    locked = api.get(f"/v1/blocks/{block['id']}")
    weeks = [api.week(block, number) for number in range(1, 7)]

    assert any(is_loaded(item) for item in items_of(before))
    assert (locked["status"], locked["lock"]["urgency"]) == ("locked", "refer")
    assert all(week["lock"] == locked["lock"] for week in weeks)
    assert not [item for week in weeks for item in items_of(week) if is_loaded(item)]

    clock.forward(hours=1)
    api.post(f"{path}/clearances", CLEARANCE)
    cleared = api.get(f"/v1/blocks/{block['id']}")
    assert (cleared["status"], cleared["lock"]) == ("active", None)
    assert cleared["ladder"][cleared["current_rung"]]["stage"] == "P1"


def test_an_emergency_leaves_advice_alone(client: TestClient, gym: Gym, clock: Clock) -> None:
    """No exercise is shown in any week, not even on the day that had begun."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    api.post(f"{path}/screenings", {"red_flags": {"saddle_numbness": "yes"}})
    assert not [item for number in range(1, 7) for item in items_of(api.week(block, number))]
