"""Assessments: what they find, what is refused, who may send them."""

import pytest
from fastapi.testclient import TestClient

from app.assessments.examples import ASSESSMENT
from tests.app.kit import CALM_MORNING, HIP, HOME, Api, Json, is_loaded, items_of, pointers
from tests.conftest import Clock
from tests.gym import Gym


@pytest.mark.parametrize(
    ("example", "squat", "factor"),
    [
        ("hip", "low_bar_back_squat", "hip"),
        ("ankle", "high_bar_back_squat", "ankle"),
        ("trunk", "low_bar_back_squat", "trunk"),
        ("home", "goblet_squat", "load_ownership"),
    ],
)
def test_each_example_finds_its_factor(client: TestClient, gym: Gym, example: str, squat: str, factor: str) -> None:
    """The finding names the factor, with evidence for and against and the rule of each."""
    api = Api(client, gym.coach)
    path = api.new_client(preferred_squat={"variation": squat})
    assessment = api.post(f"{path}/assessments", ASSESSMENT[example]["value"])
    findings = assessment["findings"]

    assert (findings["limiting_factor"], findings["counted"]) == (factor, [factor])
    assert {item["supports"] for item in findings["evidence"]} == {True, False}
    assert all(item["rule"].startswith("LF") and item["facts"] for item in findings["evidence"])
    assert api.get(f"/v1/assessments/{assessment['id']}") == assessment
    assert api.get(f"{path}/assessments")["items"] == [assessment]


@pytest.mark.sqlite_only
def test_who_trains_beside_somebody_is_not_taken_for_trained(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Pain that a plan may have eased speaks against no cause, but only in whom the plan was for."""
    api = Api(client, gym.coach)
    calm = ASSESSMENT["home"]["value"] | {"back_pain": {"usual": 4, "worst_24h": 4}}  # type: ignore[operator]
    before = api.post(f"{api.new_client()}/assessments", calm)["findings"]
    trained, _ = api.planned_client()
    api.post(f"{trained}/session-logs", {"back_pain": {"during": 1, "after": 1}})
    clock.forward(days=1)

    assert api.post(f"{api.new_client()}/assessments", calm)["findings"] == before
    assert api.post(f"{trained}/assessments", calm)["findings"] != before


def test_what_is_missing_is_named(client: TestClient, gym: Gym) -> None:
    """An empty assessment finds nothing, lists what was not measured and defaults to today."""
    api = Api(client, gym.coach)
    assessment = api.post(f"{api.new_client()}/assessments", {"setting": "clinic"})

    assert assessment["performed_on"] == "2026-11-02"
    assert assessment["findings"]["limiting_factor"] == "none"
    assert "hip flexion" in " ".join(assessment["findings"]["missing"])
    assert assessment["screening_status"] == "incomplete"


def test_correcting_the_assessment_of_a_block_plans_it_anew(client: TestClient, gym: Gym, clock: Clock) -> None:
    """It is dated like what it corrects, or later as somebody says; the plan is made and logs go on."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    asked = block["assessment_id"]
    for later in (False, True):
        clock.forward(days=3)
        body = HIP | {"replaces": asked, "back_pain": HIP["back_pain"] | {"usual": 3}}
        body |= {"performed_on": clock.now.date().isoformat()} if later else {}
        corrected = api.post(f"{path}/assessments", body)
        asked = corrected["id"]
        assert corrected["performed_on"] == (clock.now.date().isoformat() if later else "2026-11-02")
        clock.forward(hours=1)
        assert api.post(f"{path}/check-ins", CALM_MORNING)["lock"] is None
        assert api.get(f"/v1/blocks/{block['id']}")["status"] == "active"
    assert any(is_loaded(item) for item in items_of(api.week(block, 2)))


def _hip(**changes: object) -> Json:
    measured = {"joint": "hip", "motion": "flexion", "side": "left", "passive": 96, "active": 84, "unit": "deg"}
    return {"setting": "clinic", "measurements": [measured | changes]}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (_hip(passive=170), "/measurements/0/passive"),
        (_hip(unit="cm"), "/measurements/0/unit"),
        (_hip(side="midline"), "/measurements/0/side"),
        (_hip(side="front"), "/measurements/0/side"),
        (_hip(motion="knee_to_wall"), "/measurements/0/motion"),
        (_hip(active=130), "/measurements/0/active"),
        (_hip(joint="ankle", motion="knee_to_wall", unit="deg", passive=35, active=None), "/measurements/0/unit"),
        ({"setting": "clinic", "tests": [{"test": "rock_back", "result": "helps"}]}, "/tests/0/result"),
        ({"setting": "clinic", "performed_on": "2026-11-03"}, "/performed_on"),
        ({"setting": "clinic", "signs": ["depth_blocked", "depth_blocked"]}, "/signs"),
        ({"setting": "clinic", "back_pain": {"usual": 11, "worst_24h": 2}}, "/back_pain/usual"),
    ],
)
def test_what_cannot_be_is_refused_by_name(client: TestClient, gym: Gym, body: Json, pointer: str) -> None:
    """Impossible ranges, units, sides and results are 422 and name the field; nothing is stored."""
    api = Api(client, gym.coach)
    path = api.new_client()
    assert pointer in pointers(api.post(f"{path}/assessments", body, 422))
    assert api.get(f"{path}/assessments")["items"] == []


def test_active_just_above_passive_is_noise(client: TestClient, gym: Gym) -> None:
    """Within the error of measurement it is taken, and said."""
    api = Api(client, gym.coach)
    assessment = api.post(f"{api.new_client()}/assessments", _hip(passive=96, active=100))
    assert "LF5" in {note["rule"][:3] for note in (*assessment["notes"], *assessment["trouble"])}


def test_members_assess_themselves(client: TestClient, gym: Gym) -> None:
    """A member sends and reads their own, done at home; another member's is missing."""
    own = f"/v1/clients/{gym.member.client_id}"
    assessment = Api(client, gym.member).post(f"{own}/assessments", HOME)
    assert Api(client, gym.member).post(f"{own}/assessments", HIP, 403)["code"] == "forbidden"
    Api(client, gym.other_member).get(f"/v1/assessments/{assessment['id']}", 404)
    Api(client, gym.foreign_coach).get(f"/v1/assessments/{assessment['id']}", 404)
    Api(client, gym.coach).get(f"/v1/assessments/{assessment['id']}")


def test_a_correction_keeps_both(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The corrected assessment stays readable."""
    api = Api(client, gym.coach)
    path = api.new_client()
    first = api.post(f"{path}/assessments", HIP)
    clock.forward(minutes=5)
    second = api.post(f"{path}/assessments", HIP | {"replaces": first["id"]})
    assert [entry["id"] for entry in api.get(f"{path}/assessments")["items"]] == [second["id"], first["id"]]
    assert second["replaces"] == first["id"]
