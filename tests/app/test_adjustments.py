"""Adjustments over HTTP: tried before they are kept, honoured by every replan, taken back, guarded by a tag."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import func, select

from app import tables
from tests.app.kit import CALM_MORNING, HIP, Api, Json, as_prescribed, flags, items_of, pointers, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

HOLD: Json = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}


def _path(block: Json) -> str:
    return f"/v1/blocks/{block['id']}"


def _tag(api: Api, block: Json) -> str:
    return api.send("GET", _path(block)).headers["ETag"]


def _adjusted(api: Api, block: Json, body: Json, status: int = 201) -> Json:
    headers = {"If-Match": _tag(api, block)}
    return api.post(f"{_path(block)}/adjustments", body, status, headers=headers)


def _tried(api: Api, block: Json, body: Json, status: int = 200) -> Json:
    return api.post(f"{_path(block)}/adjustments", body, status, params={"dry_run": True})


def _stored(app: FastAPI, gym: Gym) -> dict[str, int]:
    """Count everything the organization has stored."""
    with app.state.database.read() as session:
        return {
            table.__tablename__: session.exec(
                select(func.count()).select_from(table).where(table.organization_id == gym.coach.organization_id)
            ).one()
            for table in (tables.Fact, tables.BlockWeek, tables.BlockRevision)
        }


def _squats(api: Api, block: Json, week: int = 2) -> Json:
    return sessions_of(api.week(block, week), "squat")[0]


def _squat(api: Api, block: Json, week: int = 2) -> Json:
    return next(item for item in _squats(api, block, week)["items"] if item["category"] == "squat")


def test_a_dry_run_shows_what_keeping_it_changes_and_stores_nothing(client: TestClient, app: FastAPI, gym: Gym) -> None:
    """The difference of the dry run is that of the real one; nothing is stored in between, not even a tag."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    squat = _squat(api, block)
    body = {"kind": "set_dose", "scope": "week", "item_id": squat["id"], "sets": squat["sets"] - 1, "reason": "Less."}
    before, tag = _stored(app, gym), _tag(api, block)
    tried = _tried(api, block, body)
    again = api.send("POST", f"{_path(block)}/adjustments", json=body, params={"dry_run": True})

    assert again.headers["etag"] == tag
    assert (_stored(app, gym), _tag(api, block)) == (before, tag)
    kept = _adjusted(api, block, body)
    assert tried["difference"] == kept["difference"]
    assert {(row["field"], row["before"], row["after"]) for row in kept["difference"]} == {
        ("sets", squat["sets"], squat["sets"] - 1)
    }
    assert all(row["week"] == 2 and row["because"] for row in kept["difference"])
    assert (kept["conflicts"], kept["block_revision"]) == ([], 2)
    assert _squat(api, block)["sets"] == squat["sets"] - 1


def test_a_change_needs_the_tag_last_read(client: TestClient, gym: Gym) -> None:
    """428 without a tag, 412 with an old one, each naming the present one; nothing is changed."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    path, old = f"{_path(block)}/adjustments", _tag(api, block)
    missing = api.post(path, HOLD, 428)
    assert (missing["code"], missing["etag"]) == ("if_match_required", old)
    made = _adjusted(api, block, HOLD)
    stale = api.send("POST", path, json=HOLD, headers={"If-Match": old})

    assert (stale.status_code, stale.json()["code"]) == (412, "stale_etag")
    assert stale.json()["etag"] == stale.headers["ETag"] == _tag(api, block) != old
    revoke = f"/v1/adjustments/{made['adjustment']['id']}"
    assert api.send("DELETE", revoke).status_code == 428
    assert api.send("DELETE", revoke, headers={"If-Match": old}).status_code == 412
    assert [one["revoked"] for one in api.get(path)["items"]] == [False]


def test_later_replans_honour_an_adjustment_until_it_is_taken_back(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A lower cap outlives logs; taken back, the weeks are planned as if it had never been made."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    squat = _squat(api, block, 4)
    body = {"kind": "set_dose", "scope": "week", "item_id": squat["id"], "reps": 3, "reason": "Only threes."}
    made = _adjusted(api, block, body)["adjustment"]
    clock.forward(hours=6)
    api.post(f"{path}/session-logs", as_prescribed(_squats(api, block, 1)))
    clock.forward(hours=14)
    api.post(f"{path}/check-ins", CALM_MORNING)

    assert _squat(api, block, 4)["reps"] == 3
    taken = api.send("DELETE", f"/v1/adjustments/{made['id']}", headers={"If-Match": _tag(api, block)})
    assert (taken.status_code, taken.json()["adjustment"]["revoked"]) == (200, True)
    assert _squat(api, block, 4)["reps"] == squat["reps"]
    again = api.send("DELETE", f"/v1/adjustments/{made['id']}", headers={"If-Match": _tag(api, block)})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_a_rule_speaks_against_a_change_until_it_is_acknowledged(client: TestClient, gym: Gym) -> None:
    """Squat days stay two days apart unless the coach names the rule."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    first, second = (
        (day["date"], session["id"])
        for day in api.week(block, 2)["days"]
        for session in day["sessions"]
        if session["kind"] == "squat"
    )
    close = (date.fromisoformat(first[0]) + timedelta(days=1)).isoformat()
    body = {"kind": "move_session", "session_id": second[1], "to_date": close, "reason": "Only free day."}
    refused = _tried(api, block, body)

    assert [one["rule"] for one in refused["conflicts"]] == ["AD12"]
    assert refused["conflicts"][0]["overrulable"]
    assert [row for row in refused["difference"] if row["week"]] == []
    let_through = _tried(api, block, body | {"acknowledges": ["AD12"]})
    assert let_through["conflicts"] == []
    assert any(row["field"] == "date" and row["after"] == close for row in let_through["difference"])


def test_nothing_is_added_under_a_red_flag(client: TestClient, gym: Gym) -> None:
    """Acknowledging does not help: a safety rule wins, and the block says so."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    session = _squats(api, block)["id"]
    api.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": flags(numbness="yes")})
    body = {
        "kind": "add_exercise",
        "session_id": session,
        "exercise": "goblet_squat",
        "reason": "Feels fine.",
        "acknowledges": ["AD01", "AD10", "AD13", "AD14"],
    }
    answer = _adjusted(api, block, body)

    assert answer["conflicts"] == [] or not answer["conflicts"][0]["overrulable"]
    now = api.get(_path(block))
    assert now["status"] == "locked"
    assert not any(item["category"] == "squat" for number in (1, 2) for item in items_of(api.week(block, number)))


def test_members_move_within_their_week_and_nothing_else(client: TestClient, gym: Gym) -> None:
    """A member's other kinds are 403; a move out of the week is a conflict that cannot be overruled."""
    coach, member = Api(client, gym.coach), Api(client, gym.member)
    path = f"/v1/clients/{gym.member.client_id}"
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    session = sessions_of(member.week(block, 2), "joint")[0]["id"]
    starts = date.fromisoformat(block["starts_on"])
    far = (starts + timedelta(days=15)).isoformat()
    body = {"kind": "move_session", "session_id": session, "to_date": far, "reason": "Work."}

    assert _tried(member, block, HOLD, 403)["code"] == "forbidden"
    assert _tried(member, block, body | {"acknowledges": ["AD12"]}, 403)["code"] == "forbidden"
    assert [one["rule"] for one in _tried(member, block, body)["conflicts"]] == ["AD07"]
    assert member.post(f"{_path(block)}/what-if", {"check_ins": []}, 403)["code"] == "forbidden"
    assert _tried(Api(client, gym.other_member), block, body, 404)["code"] == "not_found"
    assert _tried(Api(client, gym.foreign_coach), block, body, 404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"kind": "set_load", "reason": "x"}, {"/item_id", "/load_kg"}),
        ({"kind": "hold_step", "reason": "x", "load_kg": 20}, {"/load_kg"}),
        ({"kind": "set_dose", "reason": "x", "item_id": "00000000-0000-4000-8000-000000000000"}, {"/sets"}),
        (
            {"kind": "skip_session", "reason": "x", "session_id": "00000000-0000-4000-8000-000000000000"},
            {"/session_id"},
        ),
        ({"kind": "hold_step", "reason": ""}, {"/reason"}),
        ({"kind": "place_on_rung", "rung": 99, "reason": "x", "scope": "ever"}, {"/rung", "/scope"}),
        ({"kind": "place_on_rung", "rung": 1, "reason": "x", "expires_on": "2027-01-01"}, {"/expires_on"}),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, gym: Gym, body: Json, fields: set[str]) -> None:
    """What is missing, unknown or of another kind is named with its pointer."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    assert pointers(_tried(api, block, body, 422)) == fields


def test_circles_take_no_load(client: TestClient, gym: Gym) -> None:
    """A load is for squats and exercises that are done with one."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    (circle, *_) = sessions_of(api.week(block, 2), "daily_cars")[0]["items"]
    body = {"kind": "set_load", "reason": "x", "item_id": circle["id"], "load_kg": 300}
    assert pointers(_tried(api, block, body, 422)) == {"/load_kg"}


def test_an_adjustment_names_the_item_it_is_about(client: TestClient, gym: Gym) -> None:
    """Asked for and listed, by the id the week shows."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    body = {"kind": "set_dose", "reason": "x", "item_id": _squat(api, block)["id"], "sets": 1}
    made = _adjusted(api, block, body)["adjustment"]

    assert made["item_id"] == body["item_id"]
    assert api.get(f"{_path(block)}/adjustments")["items"][0]["item_id"] == body["item_id"]


def test_a_hold_of_a_week_ends_with_the_block_week(client: TestClient, gym: Gym, clock: Clock) -> None:
    """What is about no session holds for the rest of the block, or to the last day of this week."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    ends = {
        scope: _tried(api, block, {"kind": "hold_step", "scope": scope, "reason": "x"})["adjustment"]
        for scope in ("session", "week", "rest_of_block")
    }

    assert {one["scope"] for one in ends.values()} == {"rest_of_block"}
    assert {scope: one.get("expires_on") for scope, one in ends.items()} == {
        "session": None,
        "week": api.week(block, 1)["ends_on"],
        "rest_of_block": None,
    }


def test_what_if_answers_as_the_real_log_would_and_stores_nothing(
    client: TestClient, app: FastAPI, gym: Gym, clock: Clock
) -> None:
    """A bad morning imagined today decides what the same morning decides when it comes."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=6)
    api.post(f"{path}/session-logs", as_prescribed(_squats(api, block, 1)))
    bad = {"back_pain": {"now": 5, "worst_24h": 6}, "words": ["sharp"], "same_spot": True}
    before = _stored(app, gym)
    asked = api.post(f"{_path(block)}/what-if", {"check_ins": [bad | {"days_ahead": 1}]}, 200)

    assert _stored(app, gym) == before
    clock.forward(days=1)
    real = api.post(f"{path}/check-ins", bad)
    assert asked["response"] == real["response"] == "problem"
    assert [one["rule"] for one in asked["decisions"]] == [one["rule"] for one in real["decisions"]]
    assert asked["difference"]
    wrong = api.post(f"{_path(block)}/what-if", {"check_ins": [bad | {"at": "2031-01-01T07:00:00Z"}]}, 422)
    assert pointers(wrong) == {"/check_ins/0"}


@pytest.mark.sqlite_only
def test_a_change_is_taken_back_from_its_own_clients_block(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Another client's block that is newer is not taken for the one that was changed."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    clock.forward(minutes=1)
    api.planned_client()
    clock.forward(minutes=1)
    made = _adjusted(api, block, HOLD)["adjustment"]
    taken_back = api.send("DELETE", f"/v1/adjustments/{made['id']}", headers={"If-Match": _tag(api, block)})

    assert taken_back.status_code == 200, taken_back.text
    assert taken_back.json()["adjustment"]["block_id"] == block["id"]


def test_adjustments_are_listed_newest_first_in_pages(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Each page goes on where the one before ended."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    made = []
    for number in range(3):
        made.append(_adjusted(api, block, HOLD | {"reason": f"Trip {number}."})["adjustment"]["id"])
        clock.forward(minutes=1)
    first = api.get(f"{_path(block)}/adjustments", params={"limit": 2})
    second = api.get(f"{_path(block)}/adjustments", params={"limit": 2, "cursor": first["next_cursor"]})

    assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


def test_a_pause_leaves_the_daily_circles_until_the_block_is_resumed(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    """The block says that it is paused; resumed, the week ahead is as it was."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    ahead = api.week(block, 2)
    _adjusted(api, block, {"kind": "pause", "scope": "rest_of_block", "reason": "A cold."})
    paused = {session["kind"] for session in sessions_of(api.week(block, 2))}
    status = api.get(_path(block))["status"]
    clock.forward(hours=1)
    _adjusted(api, block, {"kind": "resume", "scope": "rest_of_block", "reason": "Well again."})

    assert (paused, status) == ({"daily_cars"}, "paused")
    assert api.get(_path(block))["status"] == "active"
    assert api.week(block, 2)["days"] == ahead["days"]


def test_a_tag_is_compared_as_a_strong_one(client: TestClient, gym: Gym) -> None:
    """A weak tag never fits; of several one is enough, and a star stands for any."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    path, tag = f"{_path(block)}/adjustments", _tag(api, block)
    weak = api.post(path, HOLD, 412, headers={"If-Match": f"W/{tag}"})

    assert (weak["code"], weak["etag"]) == ("stale_etag", tag)
    api.post(path, HOLD, headers={"If-Match": f'"another", {tag}'})
    api.post(path, HOLD, headers={"If-Match": "*"})


def test_one_of_eight_coaches_with_the_same_tag_wins(client: TestClient, gym: Gym) -> None:
    """The tag is compared inside the write: one change is kept, the others are told the present tag."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    path, headers = f"{_path(block)}/adjustments", {"If-Match": _tag(api, block)}
    writers = 8
    start = Barrier(writers)

    def send(number: int) -> int:
        start.wait()
        statuses = (
            api.send("POST", path, json=HOLD | {"reason": f"Coach {number}."}, headers=headers).status_code
            for _ in range(20)
        )
        return next(status for status in statuses if status != 503)  # a busy database asks to come again

    with ThreadPoolExecutor(writers) as pool:
        statuses = sorted(pool.map(send, range(writers)))

    assert statuses == [201] + [412] * (writers - 1)
    assert len(api.get(path)["items"]) == 1
