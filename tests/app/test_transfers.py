"""Hand-overs: one coach looks after each client, every coach sees all, and who it was stays on record."""

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from tests.app.kit import Api, pointers
from tests.conftest import Clock
from tests.gym import Gym


def _listed(api: Api, coach_id: object) -> list[str]:
    return [entry["id"] for entry in api.get("/v1/clients", params={"coach_id": str(coach_id)})["items"]]


def test_whoever_adds_a_client_looks_after_them(client: TestClient, gym: Gym) -> None:
    """The new client carries the coach's id and is in that coach's list alone."""
    api = Api(client, gym.coach)
    path = api.new_client()

    assert api.get(path)["coach_id"] == str(gym.coach.person_id)
    assert path.endswith(tuple(_listed(api, gym.coach.person_id)))
    assert not path.endswith(tuple(_listed(api, gym.admin.person_id)))


def test_a_client_is_handed_over_and_back(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The client shows the new coach; both hand-overs stay on record, newest first."""
    api = Api(client, gym.coach)
    path = api.new_client()
    handed = api.post(f"{path}/transfer", {"coach_id": str(gym.admin.person_id), "note": "mornings"}, 200)
    clock.forward(minutes=1)
    api.post(f"{path}/transfer", {"coach_id": str(gym.coach.person_id)}, 200)

    assert handed["coach_id"] == str(gym.admin.person_id)
    assert api.get(path)["coach_id"] == str(gym.coach.person_id)
    back, first = api.get(f"{path}/transfers")["items"]
    assert (first["from_coach_id"], first["to_coach_id"]) == (str(gym.coach.person_id), str(gym.admin.person_id))
    assert (first["note"], first["author_id"]) == ("mornings", str(gym.coach.person_id))
    assert back["to_coach_id"] == str(gym.coach.person_id)
    assert api.get(f"{path}/transfers", params={"limit": 1})["next_cursor"]


def test_handing_over_to_the_same_coach_records_nothing(client: TestClient, gym: Gym) -> None:
    """A repeated request changes nothing and is no error."""
    api = Api(client, gym.coach)
    path = api.new_client()
    api.post(f"{path}/transfer", {"coach_id": str(gym.coach.person_id)}, 200)

    assert api.get(f"{path}/transfers")["items"] == []


@pytest.mark.parametrize("who", ["member", "foreign_coach", "nobody", "disabled"])
def test_only_a_coach_who_can_sign_in_takes_over(client: TestClient, gym: Gym, who: str) -> None:
    """Members, strangers and people without access are refused in the same words."""
    api = Api(client, gym.admin)
    path = api.new_client()
    coach_id = uuid4() if who == "nobody" else getattr(gym, "coach" if who == "disabled" else who).person_id
    if who == "disabled":
        api.patch(f"/v1/people/{coach_id}", {"disabled": True})
    refused = api.post(f"{path}/transfer", {"coach_id": str(coach_id)}, 422)

    assert pointers(refused) == {"/coach_id"}
    assert refused["errors"][0]["code"] == "unknown_coach"


def test_members_see_who_looks_after_them_and_change_nothing(client: TestClient, gym: Gym) -> None:
    """The coach's id is in their record; handing over is not their function."""
    api = Api(client, gym.member)
    path = f"/v1/clients/{gym.member.client_id}"

    assert api.get(path)["coach_id"]
    assert api.post(f"{path}/transfer", {"coach_id": str(gym.coach.person_id)}, 403)["code"] == "forbidden"
    assert api.patch(path, {"coach_id": str(gym.coach.person_id)}, 422)
