"""A re-assessment compared with its baseline over HTTP: what changed, what is proposed, what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.assessments.examples import ASSESSMENT
from tests.app.kit import HIP, HOME, Api, Json, flags, items_of, pointers
from tests.conftest import Clock
from tests.gym import Gym

ANKLE: Json = ASSESSMENT["ankle"]["value"]  # type: ignore[assignment]


@pytest.fixture
def api(client: TestClient, gym: Gym) -> Api:
    """Return the API as a coach uses it."""
    return Api(client, gym.coach)


def moved(body: Json, by: dict[str, float], **changes: object) -> Json:
    """Return an assessment with ranges moved, by motion, and other fields."""
    return body | {"measurements": [_moved(one, by.get(one["motion"], 0)) for one in body["measurements"]]} | changes


def _moved(one: Json, by: float) -> Json:
    return one | {name: one[name] + by for name in ("passive", "active") if name in one}


def assessed(api: Api, client: str, body: Json) -> str:
    """Record an assessment and return its id."""
    found: str = api.post(f"{client}/assessments", body)["id"]
    return found


def compared(api: Api, again: str, baseline: str, status: int = 200) -> Json:
    """Compare two assessments."""
    return api.get(f"/v1/assessments/{again}/comparison?baseline={baseline}", status)


def verdicts(comparison: Json, motion: str, kind: str = "passive") -> list[str]:
    """Return the verdicts on a motion, side by side."""
    return [one["verdict"] for one in comparison["measures"] if (one["motion"], one["kind"]) == (motion, kind)]


def _re_assessed(api: Api, clock: Clock, again: Json) -> tuple[str, str, str]:
    """Assess a client, and again six weeks later; return the client and both ids."""
    client = api.new_client()
    baseline = assessed(api, client, HIP)
    clock.forward(days=42)
    return client, baseline, assessed(api, client, again)


def test_real_change_and_noise_are_told_apart(api: Api, clock: Clock) -> None:
    """Ten degrees of flexion are more than the error, five of rotation are not; the error is named with its source."""
    _, baseline, again = _re_assessed(api, clock, moved(HIP, {"flexion": 10, "internal_rotation": 5}))
    found = compared(api, again, baseline)
    flexion = found["measures"][0]

    assert verdicts(found, "flexion") == ["better", "better"]
    assert verdicts(found, "internal_rotation") == ["noise", "noise"]
    assert flexion["error"] == {"sem": 3.5, "smallest_real_change": 9.7, "source_id": "house-judgement"}
    assert (flexion["change"], flexion["demand"]) == (10, {"needed": 110, "met_before": False, "met_now": True})
    assert (found["baseline"]["performed_on"], found["assessment"]["performed_on"]) == ("2026-11-02", "2026-12-14")
    assert api.get(f"/v1/library/rules/{flexion['because']['rule']}")["family"] == "retest"
    assert api.get("/v1/library/sources?limit=100")["items"]


def test_the_factor_is_resolved_and_the_next_block_goes_for_what_is_left(api: Api, clock: Clock) -> None:
    """Hips as they should be, ankles short: the hip is resolved, the ankle is new, and the block is for the ankle."""
    _, baseline, again = _re_assessed(api, clock, ANKLE)
    found = compared(api, again, baseline)
    status = {one["factor"]: one["status"] for one in found["factors"]}

    assert (status["hip"], status["ankle"], status["trunk"]) == ("resolved", "new", "unchanged")
    assert found["next_block"]["limiting_factor"] == "ankle"


def test_re_tests_between_confirm_a_smaller_change(api: Api, clock: Clock) -> None:
    """Six degrees more than the baseline in two re-tests in a row are real; by the second alone they are noise."""
    client = api.new_client()
    baseline = assessed(api, client, HIP)
    ids = []
    for _ in range(2):
        clock.forward(days=14)
        ids.append(assessed(api, client, moved(HIP, {"flexion": 6})))
    found = compared(api, ids[1], baseline)

    assert found["between"] == [ids[0]]
    assert verdicts(found, "flexion") == ["better", "better"]
    assert verdicts(compared(api, ids[0], baseline), "flexion") == ["noise", "noise"]


def test_a_corrected_re_test_confirms_nothing(api: Api, clock: Clock) -> None:
    """What another assessment corrects no longer counts between the two, and leads to no block of its own."""
    client = api.new_client()
    baseline = assessed(api, client, HIP)
    clock.forward(days=14)
    wrong = assessed(api, client, moved(HIP, {"flexion": 6}))
    right = assessed(api, client, HIP | {"replaces": wrong})
    clock.forward(days=14)
    again = assessed(api, client, moved(HIP, {"flexion": 6}))
    found = compared(api, again, baseline)

    assert found["between"] == [right]
    assert verdicts(found, "flexion") == ["noise", "noise"]
    assert compared(api, wrong, baseline)["next_block"] is None


def test_home_and_clinic_are_not_compared(api: Api, clock: Clock) -> None:
    """Readings of the two have other errors: no change is told, and the reason is."""
    _, baseline, again = _re_assessed(api, clock, moved(HIP, {"flexion": 20}, setting="home"))
    found = compared(api, again, baseline)

    assert {one["verdict"] for one in found["measures"]} == {"not_comparable"}
    assert {one["because"]["rule"] for one in found["measures"]} == {"RT02"}
    assert all(one.get("change") is None for one in found["measures"])


# --- the next block -------------------------------------------------------------------------------------------------


def test_the_proposed_block_is_the_one_that_the_request_makes(api: Api, clock: Clock) -> None:
    """Sent as it stands the request makes a block with the proposed finding, start and first squat."""
    client, baseline, again = _re_assessed(api, clock, moved(HIP, {"flexion": 10}))
    proposed = compared(api, again, baseline)["next_block"]
    block = api.post(proposed["request"]["path"], proposed["request"]["body"])
    squats = [item for item in items_of(api.week(block, 1)) if item["category"] == "squat"]

    assert (proposed["status"], proposed["entrance"], proposed["limiting_factor"]) == ("active", "first", "hip")
    assert block["ladder"][block["current_rung"]] == proposed["start"]
    assert {name: squats[0].get(name) for name in ("exercise", "sets", "load_kg")} == {
        name: proposed["first_squat"][name] for name in ("exercise", "sets", "load_kg")
    }
    assert api.get(f"{client}/blocks")["items"][0]["id"] == block["id"]


def test_whoever_goes_west_after_an_assessment_starts_on_its_day(api: Api, clock: Clock) -> None:
    """It was tomorrow there: a block that names no day starts then, in the proposal and when it is planned."""
    client = api.new_client(time_zone="Pacific/Kiritimati")
    baseline = assessed(api, client, HIP)
    clock.forward(hours=1)
    again = assessed(api, client, HIP)
    api.patch(client, {"time_zone": "America/Los_Angeles"})
    api.post(f"{client}/screenings", {"red_flags": flags()})
    body = compared(api, again, baseline)["next_block"]["request"]["body"]

    assert body["starts_on"] == api.get(f"/v1/assessments/{again}")["performed_on"] == "2026-11-03"
    assert api.post(f"{client}/blocks", {"assessment_id": again})["starts_on"] == "2026-11-03"


def test_the_step_is_kept_while_a_block_runs(api: Api, clock: Clock) -> None:
    """The request finishes the running block first; the next one goes on with its squat."""
    client, block = api.planned_client()
    clock.forward(days=3)
    again = assessed(api, client, HIP)
    proposed = compared(api, again, block["assessment_id"])["next_block"]

    assert (proposed["entrance"], proposed["because"]["rule"]) == ("kept", "RT31")
    assert proposed["left"]["variation"] == proposed["start"]["variation"]
    assert proposed["request"]["path"].endswith("?finish_current=true")
    api.post(proposed["request"]["path"], proposed["request"]["body"])


def test_nothing_is_stored(api: Api, clock: Clock) -> None:
    """Comparing makes no block and no fact, and does not touch the one that runs."""
    client, block = api.planned_client()
    clock.forward(days=3)
    again = assessed(api, client, HIP)
    before = api.get(f"{client}/export"), api.get(f"/v1/blocks/{block['id']}")
    compared(api, again, block["assessment_id"])

    assert (api.get(f"{client}/export"), api.get(f"/v1/blocks/{block['id']}")) == before


@pytest.mark.parametrize(
    ("answers", "days", "urgency"),
    [({"radiating_pain": "yes"}, 0, "refer"), ({"loss_of_strength": "yes"}, 0, "same_day"), ({}, 8, "incomplete")],
)
def test_nothing_loaded_is_proposed_under_a_lock(
    api: Api, clock: Clock, answers: Json, days: int, urgency: str
) -> None:
    """A red flag, or answers older than a week: the lock says why, and no rung, squat or request is there."""
    client = api.new_client()
    baseline = assessed(api, client, HIP)
    clock.forward(days=14)
    again = assessed(api, client, HIP | {"red_flags": flags(**answers)})
    clock.forward(days=days)
    proposed = compared(api, again, baseline)["next_block"]

    assert (proposed["status"], proposed["lock"]["urgency"]) == ("locked", urgency)
    assert proposed["lock"]["unlock"]
    assert {proposed.get(name) for name in ("entrance", "start", "left", "first_squat", "because", "request")} == {None}


def test_after_a_clearance_the_shape_stage_is_proposed(api: Api, clock: Clock) -> None:
    """A clearance a few days old: the next block begins at P1 with nothing loaded, whatever was lifted before."""
    client, block = api.planned_client()
    api.post(f"{client}/screenings", {"red_flags": flags(numbness="yes")})
    clock.forward(days=1)
    api.post(f"{client}/screenings", {"red_flags": flags()})
    api.post(f"{client}/clearances", {"cleared_by": "Dr. Rivera"})
    again = assessed(api, client, HIP)
    proposed = compared(api, again, block["assessment_id"])["next_block"]

    assert (proposed["entrance"], proposed["because"]["rule"]) == ("shape", "RT30")
    assert (proposed["start"]["stage"], proposed["first_squat"]["stage"]) == ("P1", "P1")
    assert proposed["first_squat"]["load_kg"] is None


def test_an_archived_client_gets_no_proposal(api: Api, clock: Clock) -> None:
    """Their assessments can still be compared."""
    client, baseline, again = _re_assessed(api, clock, HIP)
    api.send("DELETE", client)

    assert compared(api, again, baseline)["next_block"] is None


# --- members --------------------------------------------------------------------------------------------------------


def _member_assessments(api: Api, gym: Gym, clock: Clock, body: Json) -> tuple[str, str]:
    client = f"/v1/clients/{gym.member.client_id}"
    baseline = assessed(api, client, body)
    clock.forward(days=14)
    return baseline, assessed(api, client, body)


def test_a_member_compares_their_own_and_plans_from_home(api: Api, client: TestClient, gym: Gym, clock: Clock) -> None:
    """From home assessments the request works for the member; after the clinic there is none, a coach plans."""
    home, clinic = (_member_assessments(api, gym, clock, body) for body in (HOME, HIP))
    member = Api(client, gym.member)
    by_coach = compared(member, clinic[1], clinic[0])["next_block"]
    by_member = compared(member, home[1], home[0])["next_block"]["request"]

    assert by_coach["start"]
    assert by_coach["request"] is None
    member.post(by_member["path"], by_member["body"])


# --- what is refused ------------------------------------------------------------------------------------------------


def _wrong_baselines(api: Api, foreign: Api, baseline: str, again: str) -> Iterator[tuple[str, str]]:
    yield "someone else's", assessed(api, api.new_client(), HIP)
    yield "a foreign one", assessed(foreign, foreign.new_client(), HIP)
    yield "no assessment", baseline.replace(baseline[:8], "00000000")
    yield "itself", again


def test_a_baseline_is_an_earlier_assessment_of_the_same_client(
    api: Api, client: TestClient, gym: Gym, clock: Clock
) -> None:
    """Anything else is refused and the field named; somebody else's looks like one that nobody has."""
    _, baseline, again = _re_assessed(api, clock, HIP)
    refused: dict[str, Any] = {
        name: compared(api, again, wrong, 422)
        for name, wrong in _wrong_baselines(api, Api(client, gym.foreign_coach), baseline, again)
    }
    refused["later"] = compared(api, baseline, again, 422)
    refused["left out"] = api.get(f"/v1/assessments/{again}/comparison", 422)
    refused["no id"] = api.get(f"/v1/assessments/{again}/comparison?baseline=first", 422)

    assert {name: pointers(problem) for name, problem in refused.items()} == {
        name: {"/query/baseline"} for name in refused
    }
    codes = {name: problem["errors"][0]["code"] for name, problem in refused.items()}
    assert codes["someone else's"] == codes["a foreign one"] == codes["no assessment"] == "unknown_assessment"


def test_a_foreign_assessment_is_missing(api: Api, client: TestClient, gym: Gym, clock: Clock) -> None:
    """Another organization and another member learn nothing, not even whether it exists."""
    _, baseline, again = _re_assessed(api, clock, HIP)
    for who in (gym.foreign_coach, gym.member):
        compared(Api(client, who), again, baseline, 404)
