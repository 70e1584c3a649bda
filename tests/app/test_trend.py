"""The trend of a client and the picture of a block: what was told, on the client's days."""

import json
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.messages import messages_in
from app.tables import Block, Client
from app.trend.chart import draw
from app.trend.schemas import Trend
from app.trend.service import block_trend
from planner.catalogue import Catalogue
from tests.app.kit import CALM_MORNING, Api, Json, as_prescribed, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

ON_ONE = pytest.mark.sqlite_only
"""For tests of what both databases do alike; the others of this file send the same statements to both."""

BAD_MORNING: Json = {"back_pain": {"now": 6, "worst_24h": 7}, "words": ["sharp"]}
_SVG = "{http://www.w3.org/2000/svg}"


def _squats(api: Api, block: Json) -> list[tuple[str, Json]]:
    """Return the squat sessions of the first week with their days."""
    week = api.week(block, 1)
    return [(day["date"], one) for day in week["days"] for one in day["sessions"] if one["kind"] == "squat"]


def _trained(api: Api, clock: Clock, mornings: list[Json | None]) -> tuple[str, Json, list[str]]:
    """Let a client squat as planned, with the mornings after; return their path, the block and the ids of the logs."""
    client, block = api.planned_client()
    logs = []
    for (day, planned), morning in zip(_squats(api, block), mornings, strict=False):
        clock.now = clock.now.replace(day=int(day[-2:]), hour=18)
        logs.append(api.post(f"{client}/session-logs", as_prescribed(planned))["log"]["id"])
        if morning is not None:
            clock.forward(hours=13)
            api.post(f"{client}/check-ins", morning)
    return client, block, logs


def test_squats_stand_on_their_rungs_with_the_colour_that_was_told(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path, block, logs = _trained(coach, clock, [CALM_MORNING, BAD_MORNING])

    trend = coach.get(f"{path}/trend")

    assert [(one["id"], one["response"]) for one in trend["exposures"]] == [(logs[0], "normal"), (logs[1], "problem")]
    assert {one["block_id"] for one in trend["exposures"]} == {block["id"]}
    ladder = {rung["index"]: rung["name"] for rung in trend["blocks"][0]["ladder"]}
    assert all(ladder[one["rung"]] == one["name"] for one in trend["exposures"])
    assert [(one["now"], one["normal"]) for one in trend["mornings"]] == [(1, True), (6, False)]
    assert trend["blocks"][0]["normal_up_to"] == 3  # the usual 2, and one point for the scatter
    assert "step_back" in {one["verdict"] for one in trend["decisions"]}
    assert {one["on"] for one in trend["decisions"]} <= {f"2026-11-{day:02}" for day in range(2, 9)}


@ON_ONE
def test_the_load_is_the_heaviest_squat_set_and_absent_without_load(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path, block = coach.planned_client()
    planned = next(one for _, one in _squats(coach, block))
    squat = next(item for item in planned["items"] if item["category"] == "squat")
    heavy = [{"reps": 6, "load_kg": 20.0, "rpe": 5}, {"reps": 6, "load_kg": 24.0, "rpe": 6}]
    done = {"session_id": planned["id"], "items": [{"item_id": squat["id"], "sets": heavy}]}
    coach.post(f"{path}/session-logs", done)
    clock.forward(hours=1)
    coach.post(f"{path}/session-logs", {"items": [{"exercise": "bodyweight_squat", "sets": [{"reps": 8}]}]})

    first, second = coach.get(f"{path}/trend")["exposures"]

    assert (first["load_kg"], first["effort"]) == (24, 6)
    assert (second["name"], second["response"]) == ("Bodyweight squat", "pending")
    assert "load_kg" not in second


@ON_ONE
def test_a_morning_never_told_is_watched_once_another_squat_followed(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    coach = Api(client, gym.coach)
    path, _, _ = _trained(coach, clock, [None, None])
    assert [one["response"] for one in coach.get(f"{path}/trend")["exposures"]] == ["watch", "pending"]


@ON_ONE
def test_a_red_flag_after_a_squat_colours_it(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path, _, _ = _trained(coach, clock, [CALM_MORNING | {"red_flags": {"numbness": "yes"}}])
    assert coach.get(f"{path}/trend")["exposures"][0]["response"] == "red_flag"


@ON_ONE
def test_a_corrected_check_in_counts_as_corrected(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path, _, _ = _trained(coach, clock, [])
    wrong = coach.post(f"{path}/check-ins", BAD_MORNING)["log"]["id"]
    coach.post(f"{path}/check-ins", CALM_MORNING | {"replaces": wrong})
    assert [one["now"] for one in coach.get(f"{path}/trend")["mornings"]] == [1]


def test_of_two_corrections_the_last_received_counts(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Also one dated another day: the day it corrects has no morning left. The week page shows the same."""
    coach = Api(client, gym.coach)
    path, _ = coach.planned_client()
    yesterday = clock.now.isoformat()
    clock.forward(days=1)
    first = coach.post(f"{path}/check-ins", BAD_MORNING | {"at": yesterday})["log"]["id"]
    for now in (4, 2):
        clock.forward(hours=1)
        body = {"back_pain": {"now": now, "worst_24h": now}, "replaces": first}
        coach.post(f"{path}/check-ins", body)
    mornings = coach.get(f"{path}/trend")["mornings"]
    assert [(one["on"], one["now"]) for one in mornings] == [("2026-11-03", 2)]


@ON_ONE
def test_what_another_client_corrects_stays_with_whom_it_was_told_by(client: TestClient, gym: Gym) -> None:
    """Phones choose the ids: what has the same id in two records is corrected in one."""
    coach = Api(client, gym.coach)
    path, others = coach.new_client(), coach.new_client()
    told = CALM_MORNING | {"id": str(uuid4())}
    for whose in (path, others):
        coach.post(f"{whose}/check-ins", told)
    coach.post(f"{others}/check-ins", BAD_MORNING | {"replaces": told["id"]})

    assert [one["now"] for one in coach.get(f"{path}/trend")["mornings"]] == [1]
    assert [one["now"] for one in coach.get(f"{others}/trend")["mornings"]] == [6]


@ON_ONE
def test_of_several_check_ins_on_a_day_the_worst_counts(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path = coach.new_client()
    for now, worst in ((1, 4), (3, 3)):
        coach.post(f"{path}/check-ins", {"back_pain": {"now": now, "worst_24h": worst}})
    mornings = coach.get(f"{path}/trend")["mornings"]
    assert mornings == [{"on": "2026-11-02", "now": 3, "worst_24h": 4}]


def test_days_are_those_of_the_client(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path = coach.new_client(time_zone="Pacific/Auckland")
    clock.now = clock.now.replace(hour=18)  # 7 in the morning of the next day there
    coach.post(f"{path}/check-ins", CALM_MORNING)
    trend = coach.get(f"{path}/trend?weeks=1")
    assert [one["on"] for one in trend["mornings"]] == ["2026-11-03"]
    assert (trend["starts_on"], trend["ends_on"]) == ("2026-10-28", "2026-11-03")


@ON_ONE
def test_what_lies_before_the_range_is_left_out(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path = coach.new_client()
    coach.post(f"{path}/check-ins", CALM_MORNING | {"at": "2026-10-01T07:00:00Z"})
    assert coach.get(f"{path}/trend?weeks=4")["mornings"] == []
    assert len(coach.get(f"{path}/trend?weeks=12")["mornings"]) == 1
    coach.get(f"{path}/trend?weeks=158", 422)


@ON_ONE
def test_a_trend_and_a_chart_are_read_once_until_they_change(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path, block, _ = _trained(coach, clock, [CALM_MORNING])
    for address in (f"{path}/trend", f"/v1/blocks/{block['id']}/chart.svg"):
        first = coach.send("GET", address)
        tag = {"If-None-Match": first.headers["ETag"]}
        again = coach.send("GET", address, headers=tag)
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert coach.send("GET", address).content == first.content
    coach.post(f"{path}/check-ins", BAD_MORNING)
    assert coach.send("GET", address, headers=tag).status_code == 200


@ON_ONE
def test_the_chart_says_in_words_and_shapes_what_it_shows(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    _, block, _ = _trained(coach, clock, [CALM_MORNING, BAD_MORNING])

    answer = coach.send("GET", f"/v1/blocks/{block['id']}/chart.svg")
    drawn = ET.fromstring(answer.text)

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert drawn.get("role") == "img"
    title, text = drawn.find(f"{_SVG}title"), drawn.find(f"{_SVG}desc")
    assert title is not None
    assert text is not None
    assert "2 squat sessions: 1 normal" in text.text
    assert "step back on November" in text.text
    letters = [one.text for one in drawn.iter(f"{_SVG}text") if one.get("class") == "letter"]
    assert letters[:2] == ["N", "T"]
    assert "style=" not in answer.text  # a strict policy would drop it
    assert all("http" not in value for one in drawn.iter() for value in one.attrib.values())


@ON_ONE
def test_a_chart_without_logs_or_with_a_lock_is_still_a_picture(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path, block = coach.planned_client()
    address = f"/v1/blocks/{block['id']}/chart.svg"
    assert "No morning score yet." in coach.send("GET", address).text
    coach.post(f"{path}/screenings", {"red_flags": {"numbness": "yes"}})
    assert coach.send("GET", address).status_code == 200


@ON_ONE
def test_names_in_a_chart_are_escaped(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Nothing that is drawn can become markup, whatever a catalogue or a coach names it."""
    coach = Api(client, gym.coach)
    path, _, _ = _trained(coach, clock, [CALM_MORNING])
    seen = coach.get(f"{path}/trend")
    seen["blocks"][0]["ladder"][0]["name"] = "<script>"
    assert "<script>" not in draw(Trend.model_validate_json(json.dumps(seen)), messages_in("en"))


def test_each_of_two_blocks_shows_its_own_squats_alone(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, catalogue: Catalogue
) -> None:
    """Decisions too; the days that were planned of the first one go on."""
    coach = Api(client, gym.coach)
    path, first, _ = _trained(coach, clock, [CALM_MORNING])
    assessed = coach.get(f"{path}/assessments")["items"][0]["id"]
    clock.forward(days=1)
    second = coach.post(f"{path}/blocks?finish_current=true", {"assessment_id": assessed})
    planned = sessions_of(coach.week(second, 1), "squat")[0]
    clock.forward(days=1)
    coach.post(f"{path}/session-logs", as_prescribed(planned))

    trend = coach.get(f"{path}/trend")

    assert [one["id"] for one in trend["blocks"]] == [first["id"], second["id"]]
    assert [one["block_id"] for one in trend["exposures"]] == [first["id"], second["id"]]
    one = coach.send("GET", f"/v1/blocks/{second['id']}/chart.svg").text
    assert "1 squat sessions" in one
    with app.state.database.read() as session:
        key = (gym.coach.organization_id, UUID(path.rsplit("/", 1)[1]))
        row = session.get_one(Block, (gym.coach.organization_id, UUID(first["id"])))
        seen = block_trend(session, row, session.get_one(Client, key), clock.now.date(), catalogue)
    assert {one["block_id"] for one in trend["decisions"]} == {first["id"], second["id"]}
    assert {str(one.block_id) for one in (*seen.exposures, *seen.decisions)} == {first["id"]}


@ON_ONE
def test_a_block_that_was_replaced_before_it_began_is_still_a_picture(
    client: TestClient, gym: Gym, clock: Clock
) -> None:
    coach = Api(client, gym.coach)
    path, block = coach.planned_client(starts_on="2026-11-16")
    assessed = coach.get(f"{path}/assessments")["items"][0]["id"]
    coach.post(f"{path}/blocks?finish_current=true", {"assessment_id": assessed})
    assert coach.send("GET", f"/v1/blocks/{block['id']}/chart.svg").status_code == 200
    assert block["id"] not in {one["id"] for one in coach.get(f"{path}/trend")["blocks"]}


@ON_ONE
def test_loads_are_drawn_in_the_units_of_the_client(client: TestClient, gym: Gym, clock: Clock) -> None:
    coach = Api(client, gym.coach)
    path, block, _ = _trained(coach, clock, [CALM_MORNING])
    address = f"/v1/blocks/{block['id']}/chart.svg"
    load = coach.get(f"{path}/trend")["exposures"][0]["load_kg"]
    assert f">{load:g}</text>" in coach.send("GET", address).text
    coach.patch(path, {"units": "imperial"})
    drawn = coach.send("GET", address).text
    assert "Heaviest set, lb" in drawn
    assert f">{round(load / 0.45359237, 1):g}</text>" in drawn
