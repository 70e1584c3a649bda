"""Whatever is refused, and however unreadable it is: a red flag in it holds training, and the refusal says so."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.refused_flags import readable_id
from tests.app.kit import HIP, Api, Json, pointers
from tests.conftest import Clock
from tests.gym import Gym

YES = {"red_flags": {"saddle_numbness": "yes"}}
TOMORROW = "2026-11-03"


def _stays(api: Api, path: str, block: Json, problem: Json, status: int) -> None:
    (stored,) = api.get(f"{path}/screenings")["items"]
    assert problem["status"] == status
    assert problem["screening"] == {"id": stored["id"]} | YES
    assert api.get(f"/v1/blocks/{block['id']}")["lock"]["urgency"] == "emergency"


@pytest.mark.parametrize(
    ("kind", "body", "pointer"),
    [
        ("assessments", HIP | YES | {"performed_on": TOMORROW}, "/performed_on"),
        ("assessments", HIP | YES | {"setting": "boat"}, "/setting"),
        (
            "assessments",
            YES | {"setting": "clinic", "tests": [{"test": "rock_back", "result": "helps"}]},
            "/tests/0/result",
        ),
        ("screenings", YES | {"mood": 3}, "/mood"),
        ("screenings", {"red_flags": YES["red_flags"] | {"headache": "yes"}}, "/red_flags/headache"),
    ],
)
def test_a_refused_checklist_or_assessment_keeps_its_red_flags(
    client: TestClient, gym: Gym, clock: Clock, kind: str, body: Json, pointer: str
) -> None:
    """Refused by name, and stored as a screening of now; without a flag it is only refused."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    calm = body | {"red_flags": dict.fromkeys(body["red_flags"], "no")}
    assert "screening" not in api.post(f"{path}/{kind}", calm, 422)
    assert api.get(f"/v1/blocks/{block['id']}")["lock"] is None
    problem = api.post(f"{path}/{kind}", body, 422)

    assert pointer in pointers(problem)
    _stays(api, path, block, problem, 422)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-2],
        lambda text: text.replace("1", "NaN", 1),
        lambda text: text.replace('"back_pain"', '"back_pain": 1, "back_pain"', 1),
        lambda text: text.replace(":", " : ").replace("}", ",}", 1),
    ],
)
@pytest.mark.parametrize("kind", ["check-ins", "screenings", "assessments"])
def test_what_cannot_be_read_keeps_its_red_flags(
    client: TestClient, gym: Gym, clock: Clock, kind: str, spoil: Callable[[str], str]
) -> None:
    """Cut short, with a number that is none, a key told twice, a comma too many: refused as it is without a flag."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    text = '{"red_flags": {"saddle_numbness": "yes", "numbness": "no"}, "back_pain": {"now": 1, "worst_24h": 1}}'
    calm = _sent(api, f"{path}/{kind}", spoil(text.replace('"yes"', '"no"')))
    problem = _sent(api, f"{path}/{kind}", spoil(text)).json()

    assert (problem["code"], problem["errors"]) == (calm.json()["code"], calm.json()["errors"])
    _stays(api, path, block, problem, calm.status_code)


def test_what_cannot_be_read_and_tells_of_no_flag_is_only_refused(client: TestClient, gym: Gym) -> None:
    """The same problem as ever; elsewhere a flag in it means nothing."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    assert _sent(api, f"{path}/check-ins", '{"red_flags": {"numbness": "no"}').json()["code"] == "malformed_request"
    assert _sent(api, f"{path}/session-logs", '{"numbness": "yes"').json()["code"] == "malformed_request"
    assert api.get(f"{path}/screenings")["items"] == []
    assert api.get(f"/v1/blocks/{block['id']}")["lock"] is None


def test_a_member_who_may_not_assess_in_the_clinic_still_tells_a_flag(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """Refused for who they are; the flag is theirs to tell. Strangers tell nothing."""
    path = f"/v1/clients/{gym.member.client_id}"
    assert Api(client, gym.foreign_coach).post(f"{path}/assessments", HIP | YES, 404)["code"] == "not_found"
    assert (
        Api(client, gym.member).post(f"{path}/assessments", HIP | YES, 403)["screening"]["red_flags"]
        == YES["red_flags"]
    )
    (stored,) = Api(client, gym.coach).get(f"{path}/screenings")["items"]
    assert stored["standing"]["status"] == "emergency"


@pytest.mark.parametrize("sent", [{"id": 3}, {"id": "x"}, {"id": None}, {}, [], "id", None])
def test_what_has_no_readable_id_is_stored_anew_each_time(sent: object) -> None:
    """Whatever stands where an id should."""
    assert readable_id(sent) is None


def test_a_readable_id_is_found_in_what_is_refused() -> None:
    """So that the same sent again is stored once."""
    name = uuid4()
    assert readable_id({"id": str(name), "mood": 3}) == name


def _sent(api: Api, path: str, text: str) -> Response:
    return api.send("POST", path, content=text.encode(), headers={"Content-Type": "application/json"})
