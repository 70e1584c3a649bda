"""Clients: added, listed, changed with a dated profile, archived; who may do what."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app import tables
from tests.app.kit import SAM, Api, pointers
from tests.conftest import Clock
from tests.gym import Gym

SQUAT = SAM["preferred_squat"]


def _profile_versions(app: FastAPI, gym: Gym, path: str) -> list[str]:
    with app.state.database.read() as session:
        rows = session.exec(
            select(tables.Fact).where(
                tables.Fact.organization_id == gym.coach.organization_id, tables.Fact.kind == "profile"
            )
        )
        return [row.body for row in rows if str(row.client_id) in path]


def test_a_new_client_answers_as_sent(client: TestClient, gym: Gym) -> None:
    """What was sent comes back, with defaults filled in and a Location that reads it."""
    answer = client.post("/v1/clients", json=SAM, headers=gym.coach.headers)

    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in ("display_name", "equipment", "training_days")} == {
        name: SAM[name] for name in ("display_name", "equipment", "training_days")
    }
    assert answer.json()["locale"] == "en"
    assert Api(client, gym.coach).get(answer.headers["Location"]) == answer.json()


def test_lists_are_paged_without_gaps(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Walking the pages meets every client once, newest first, however many share an instant."""
    api = Api(client, gym.coach)
    added = []
    for number in range(7):
        added.append(api.new_client(display_name=f"Client {number}").rsplit("/", 1)[1])
        clock.forward(seconds=number % 2)
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get("/v1/clients", params={"limit": 3, "cursor": cursor})
        seen += [entry["id"] for entry in page["items"]]
        cursor = page["next_cursor"]

    assert len(seen) == len(set(seen)) == 9
    assert set(added) < set(seen)


def test_a_foreign_cursor_is_refused(client: TestClient, gym: Gym) -> None:
    """A cursor of another list or a broken one is 400 with its own code."""
    api = Api(client, gym.coach)
    for number in range(3):
        api.new_client(display_name=f"Client {number}")
    cursor = api.get("/v1/clients", params={"limit": 1})["next_cursor"]
    for params in ({"cursor": cursor, "archived": "true"}, {"cursor": "x"}, {"cursor": f"{cursor}A"}):
        assert api.get("/v1/clients", 400, params=params)["code"] == "invalid_cursor"


def test_a_change_appends_a_profile_version(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """A merge patch keeps what it does not name, and the earlier version stays stored."""
    api = Api(client, gym.coach)
    path = api.new_client()
    changed = api.patch(path, {"session_minutes": 45, "preferred_squat": {"one_rep_max_kg": 155}, "height_cm": None})

    assert (changed["session_minutes"], changed["height_cm"]) == (45, None)
    assert changed["preferred_squat"]["one_rep_max_kg"] == 155
    assert changed["preferred_squat"]["variation"] == "low_bar_back_squat"
    assert len(_profile_versions(app, gym, path)) == 2


def test_a_new_name_is_no_new_profile(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """What the planner never sees changes the record alone."""
    api = Api(client, gym.coach)
    path = api.new_client()
    assert api.patch(path, {"display_name": "Sami", "time_zone": "Europe/Lisbon"})["display_name"] == "Sami"
    assert len(_profile_versions(app, gym, path)) == 1


def test_a_maximum_belongs_to_its_squat(client: TestClient, gym: Gym) -> None:
    """With another preferred squat and no new maximum, loads start by feel."""
    api = Api(client, gym.coach)
    squat = api.patch(api.new_client(), {"preferred_squat": {"variation": "front_squat"}})["preferred_squat"]
    assert (squat["variation"], squat["one_rep_max_kg"]) == ("front_squat", None)


def test_members_change_themselves_but_not_their_limits(client: TestClient, gym: Gym) -> None:
    """Limits, the maximum and archiving are a coach's; everything else is the member's own."""
    own = f"/v1/clients/{gym.member.client_id}"
    api = Api(client, gym.member)
    assert api.patch(own, {"training_days": ["tue", "sat"]})["training_days"] == ["tue", "sat"]
    for body in (
        {"limits": []},
        {"preferred_squat": {"one_rep_max_kg": 999 / 3}},
        {"preferred_squat": {"one_rep_max_kg": None}},
        {"archived": True},
    ):
        assert api.patch(own, body, 403)["code"] == "forbidden"


def test_other_peoples_clients_are_missing(client: TestClient, gym: Gym) -> None:
    """Members see themselves, coaches their organization; the rest is 404 for reading and writing."""
    path = Api(client, gym.coach).new_client()
    for who in (gym.member, gym.foreign_coach):
        api = Api(client, who)
        api.get(path, 404)
        api.patch(path, {"session_minutes": 30}, 404)
        assert client.delete(path, headers=who.headers).status_code == 404
        for part in ("screenings", "clearances", "assessments", "blocks", "session-logs", "check-ins"):
            api.get(f"{path}/{part}", 404)
            api.post(f"{path}/{part}", {}, 404)
        api.get(f"{path}/week", 404)
    Api(client, gym.member).get("/v1/clients", 403)
    Api(client, gym.member).post("/v1/clients", SAM, 403)


def test_an_archived_client_leaves_the_list(client: TestClient, gym: Gym) -> None:
    """Archiving deletes nothing, stops new records and can be taken back."""
    api = Api(client, gym.coach)
    path = api.new_client()
    assert client.delete(path, headers=gym.coach.headers).status_code == 204
    listed = [entry["id"] for entry in api.get("/v1/clients")["items"]]
    archived = [entry["id"] for entry in api.get("/v1/clients", params={"archived": "true"})["items"]]

    assert path.rsplit("/", 1)[1] not in listed
    assert path.rsplit("/", 1)[1] in archived
    assert api.post(f"{path}/screenings", {"red_flags": {}}, 409)["code"] == "conflict"
    assert api.patch(path, {"archived": False})["archived"] is False
    assert client.delete(f"/v1/clients/{gym.member.client_id}", headers=gym.member.headers).status_code == 403


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"birth_year": 2027}, "/birth_year"),
        (
            {"preferred_squat": SAM["preferred_squat"] | {"last_heavy_on": "2026-11-03"}},
            "/preferred_squat/last_heavy_on",
        ),
        ({"limits": [{"code": "hernia", "cleared_on": "2026-11-03"}]}, "/limits/0/cleared_on"),
    ],
)
def test_days_that_have_not_come_are_refused(
    client: TestClient, gym: Gym, change: dict[str, object], pointer: str
) -> None:
    """A birth year, a heavy day or a clearance of a limit never lies in the future."""
    api = Api(client, gym.coach)
    assert pointers(api.post("/v1/clients", SAM | change, 422)) == {pointer}
    assert pointers(api.patch(api.new_client(), change, 422)) == {pointer}


def test_what_is_required_cannot_be_removed(client: TestClient, gym: Gym) -> None:
    """Null removes optional fields only."""
    api = Api(client, gym.coach)
    path = api.new_client()
    for body in ({"training_days": None}, {"preferred_squat": None}, {"preferred_squat": {"variation": None}}):
        assert api.patch(path, body, 422)["code"] == "invalid_input"
