"""The library: everything the planner knows can be looked up with its source."""

import pytest
from fastapi.testclient import TestClient

from planner.registry import ALL_RULES
from tests.app.kit import Api, every
from tests.gym import Gym


def test_every_exercise_and_variation_is_listed_once(client: TestClient, gym: Gym) -> None:
    """115 entries, each readable by its id."""
    api = Api(client, gym.member)
    exercises, variations = every(api, "/v1/library/exercises"), every(api, "/v1/library/squat-variations")

    assert (len(exercises), len(variations)) == (77, 38)
    assert len({entry["id"] for entry in (*exercises, *variations)}) == 115
    assert api.get(f"/v1/library/exercises/{exercises[0]['id']}") == exercises[0]
    assert api.get(f"/v1/library/squat-variations/{variations[0]['id']}") == variations[0]


def test_exercises_can_be_narrowed(client: TestClient, gym: Gym) -> None:
    """By category and by what they train."""
    api = Api(client, gym.member)
    found = api.get("/v1/library/exercises", params={"category": "cars", "target": "ankle"})["items"]
    assert found
    assert all(entry["category"] == "cars" and "ankle" in entry["targets"] for entry in found)
    assert api.get("/v1/library/exercises", 422, params={"category": "magic"})["errors"]


def test_every_rule_names_numbers_and_sources(client: TestClient, gym: Gym) -> None:
    """In the order the rules speak; every number has a unit, a source and a confidence."""
    api = Api(client, gym.member)
    rules = every(api, "/v1/library/rules")

    assert [rule["id"] for rule in rules] == [rule.id for rule in ALL_RULES]
    assert all(rule["summary"] and rule["sources"] for rule in rules)
    assert all(number["unit"] and number["confidence"] for rule in rules for number in rule["numbers"])
    assert api.get(f"/v1/library/rules/{rules[0]['id']}") == rules[0]


def test_norms_and_sources_are_there(client: TestClient, gym: Gym) -> None:
    """Measures with their errors, what squats ask, and where it comes from."""
    api = Api(client, gym.member)
    norms = api.get("/v1/library/norms")
    sources = {source["id"] for source in every(api, "/v1/library/sources")}

    assert "hip_flexion" in {measure["id"] for measure in norms["items"]}
    assert len(norms["demands"]["hip_flexion"]) == 6
    assert {number["source"] for number in norms["numbers"]} <= sources


@pytest.mark.parametrize("path", ["exercises/none", "squat-variations/none", "rules/XX99"])
def test_what_is_not_there_is_missing(client: TestClient, gym: Gym, path: str) -> None:
    """An unknown id is 404; nobody reads without signing in."""
    Api(client, gym.member).get(f"/v1/library/{path}", 404)
    assert client.get(f"/v1/library/{path}").status_code == 401
