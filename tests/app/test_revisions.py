"""Revisions over HTTP: what made them, what they changed, the weeks as they were, and any two compared."""

from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import col, select

from app import planning, revisions, tables
from app.blocks.revision_schemas import Revision
from tests.app.kit import CALM_MORNING, HIP, HOME, Api, Json, as_prescribed, flags, is_loaded, items_of, sessions_of
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.http_story import HttpStory

BAD_MORNING: Json = {"back_pain": {"now": 6, "worst_24h": 7}, "words": ["sharp"], "same_spot": True}


def _path(block: Json) -> str:
    return f"/v1/blocks/{block['id']}/revisions"


def _weeks(api: Api, block: Json) -> list[Json]:
    return [api.week(block, number) for number in range(1, block["weeks"] + 1)]


def _flared(api: Api, clock: Clock) -> tuple[str, Json]:
    """Plan a block, log its first squat and check in after a bad night."""
    path, block = api.planned_client()
    clock.forward(hours=6)
    api.post(f"{path}/session-logs", as_prescribed(sessions_of(api.week(block, 1), "squat")[0]))
    clock.forward(hours=14)
    api.post(f"{path}/check-ins", BAD_MORNING)
    return path, block


def _fields(revision: Json) -> set[str]:
    return {row["field"] for row in revision["difference"]}


def test_a_log_makes_a_numbered_revision(client: TestClient, gym: Gym, clock: Clock) -> None:
    """It names cause, author and instant, carries the decisions, and tells what differs row by row."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=20)
    answer = api.post(f"{path}/check-ins", BAD_MORNING | {"id": str(uuid4())})
    number = answer["block_revision"]
    listed = api.get(_path(block))["items"][0]
    revision = api.get(f"{_path(block)}/{number}")

    assert (listed["revision"], listed["cause_kind"], listed["cause_id"]) == (number, "check_in", answer["log"]["id"])
    assert listed["author"]["id"] == str(gym.coach.person_id)
    assert listed["author"]["display_name"]
    assert listed["at"].startswith("2026-11-03T08:00:00")
    assert listed["verdicts"] == [decision["verdict"] for decision in answer["decisions"]]
    assert listed["changed_weeks"] == answer["changed_weeks"] != []
    assert {name: revision[name] for name in listed} == listed
    assert [decision["id"] for decision in revision["decisions"]] == [one["id"] for one in answer["decisions"]]
    assert revision["compared_with"] == number - 1
    assert len(revision["difference"]) == revision["difference_count"] > 0
    assert {row["week"] for row in revision["difference"]} - {None} <= set(answer["changed_weeks"])


def test_the_first_revision_is_the_block_itself(client: TestClient, gym: Gym) -> None:
    """It starts from nothing: every week is new, one row each."""
    api = Api(client, gym.coach)
    _, block = api.planned_client()
    first = api.get(f"{_path(block)}/1")

    assert (first["cause_kind"], first["cause_id"], first["compared_with"]) == ("created", block["id"], None)
    assert [(row["week"], row["field"], row["before"]) for row in first["difference"]] == [
        (number, "week", None) for number in range(1, 7)
    ]
    assert (first["status"], first["rung"]) == ("active", "P2 Goblet box squat, half, box")


def test_any_revision_reads_as_it_was_seen(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Whatever was logged since and whichever weeks have begun: the same weeks, to the field."""
    story = HttpStory.of(Api(client, gym.coach), clock, "V1", weeks=4)
    seen = {story.block["revision"]: story.every_week()}
    for offset in range(9):
        day = story.day(1, offset)
        story.morning(day, 5 if offset == 5 else 1)
        seen[story.block["revision"]] = seen.get(story.block["revision"]) or story.every_week()
        if story.sessions("squat", day):
            story.squat(day)
            seen[story.block["revision"]] = story.every_week()
    story.clear(story.day(2, 2))
    seen[story.block["revision"]] = story.every_week()

    assert len(seen) > 5
    for number, weeks in seen.items():
        revision = story.api.get(f"{_path(story.block)}/{number}")
        assert revision["weeks"] == weeks, number
        assert Revision.model_validate(revision).revision == number


def test_a_lock_and_its_end_read_as_they_were_seen(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Weeks that were withheld for some days are withheld in those revisions only."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    seen = {1: _weeks(api, block)}
    clock.forward(days=1)
    api.post(f"{path}/screenings", {"red_flags": {"tingling": "yes"}})
    seen[2] = _weeks(api, block)
    clock.forward(days=8)
    api.post(f"{path}/screenings", {"red_flags": flags()})
    seen[3] = _weeks(api, block)
    api.post(f"{path}/clearances", {"cleared_by": "Dr. Osei", "note": "Fine."})
    seen[4] = _weeks(api, block)
    read = {number: api.get(f"{_path(block)}/{number}") for number in seen}

    assert {number: revision["weeks"] for number, revision in read.items()} == seen
    assert [read[number]["status"] for number in seen] == ["active", "locked", "locked", "active"]
    locked = [row for row in read[2]["difference"] if row["week"] is None and row["field"] == "lock"]
    assert [(row["before"], row["after"], len(row["because"])) for row in locked] == [(None, "refer", 1)]
    assert read[4]["cause_kind"] == "clearance"


def test_a_client_reads_no_earlier_exercises_while_training_is_held(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Coaches look into what was planned; the client reads it again after a clearance, and of an earlier block too."""
    coach, member = Api(client, gym.coach), Api(client, gym.member)
    path = f"/v1/clients/{gym.member.client_id}"
    body = {"assessment_id": coach.post(f"{path}/assessments", HIP)["id"]}
    first = coach.post(f"{path}/blocks", body)
    clock.forward(hours=1)
    second = coach.post(f"{path}/blocks?finish_current=true", body)
    clock.forward(hours=1)
    coach.post(f"{path}/screenings", {"red_flags": flags(tingling="yes")})
    lock = coach.get(f"/v1/blocks/{second['id']}")["lock"]

    for block in (first, second):
        held = member.get(f"{_path(block)}/1")["weeks"]
        assert [(week["lock"], list(items_of(week))) for week in held] == [(lock, [])] * len(held)
        assert any(is_loaded(item) for week in coach.get(f"{_path(block)}/1")["weeks"] for item in items_of(week))
    clock.forward(hours=1)
    coach.post(f"{path}/clearances", {"cleared_by": "Dr. Osei"})
    assert member.get(f"{_path(first)}/1") == coach.get(f"{_path(first)}/1")


def test_any_two_revisions_can_be_compared(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Forwards and backwards; next to each other they differ as the later one tells, and none from itself."""
    api = Api(client, gym.coach)
    _, block = _flared(api, clock)
    last = api.get(_path(block))["items"][0]["revision"]
    told = api.get(f"{_path(block)}/{last}")
    step = api.get(f"{_path(block)}/{last}", params={"compare_with": last - 1})
    whole = api.get(f"{_path(block)}/{last}", params={"compare_with": 1})
    back = api.get(f"{_path(block)}/1", params={"compare_with": last})

    assert step == told
    assert whole["compared_with"] == 1
    assert len(whole["difference"]) >= len(told["difference"]) > 0
    turned = {(row["week"], row["field"], str(row["after"]), str(row["before"])) for row in back["difference"]}
    assert {(row["week"], row["field"], str(row["before"]), str(row["after"])) for row in whole["difference"]} == turned
    assert api.get(f"{_path(block)}/{last}", params={"compare_with": last})["difference"] == []


def test_a_flare_reads_as_less_and_says_why(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Sessions that turn into easy movement are one row; lighter squats name day, exercise and the rules behind."""
    api = Api(client, gym.coach)
    _, block = _flared(api, clock)
    revision = api.get(f"{_path(block)}/{api.get(_path(block))['items'][0]['revision']}")
    easy = [row for row in revision["difference"] if row["field"] == "session" and row["before"] == "Squat session"]
    loads = [row for row in revision["difference"] if row["field"] == "load_kg"]

    assert [(row["date"], row["item"], row["after"]) for row in easy] == [("2026-11-06", "", "Easy movement")]
    assert loads
    for row in loads:
        assert (row["session"], row["after"] < row["before"]) == ("Squat session", True)
        assert row["item"]
        assert row["date"] > "2026-11-03"
        assert len(row["because"]) == len(row["rules"]) > 0


def test_the_list_goes_back_in_pages(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Newest first, each once; a cursor of another block's list is refused."""
    api = Api(client, gym.coach)
    _, block = _flared(api, clock)
    _, other = api.planned_client()
    page, numbers = api.get(_path(block), params={"limit": 1}), []
    while True:
        numbers += [one["revision"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
        page = api.get(_path(block), params={"limit": 1, "cursor": cursor})

    assert numbers == list(range(len(numbers), 0, -1))
    assert len(numbers) > 2
    assert api.get(_path(other), 400, params={"cursor": cursor})["code"] == "invalid_cursor"


def test_members_see_their_own_and_nobody_elses(client: TestClient, gym: Gym) -> None:
    """Foreign blocks and missing revisions answer alike."""
    member = Api(client, gym.member)
    home = member.post(f"/v1/clients/{gym.member.client_id}/assessments", HOME)
    block = member.post(f"/v1/clients/{gym.member.client_id}/blocks", {"assessment_id": home["id"]})

    assert member.get(_path(block))["items"][0]["author"]["id"] == str(gym.member.person_id)
    assert member.get(f"{_path(block)}/1")["weeks"] == _weeks(member, block)
    for who in (gym.other_member, gym.foreign_coach):
        for part in ("", "/1", "/1?compare_with=1"):
            assert Api(client, who).get(f"{_path(block)}{part}", 404)["code"] == "not_found"
    for part in ("/2", "/2147483647", "/1?compare_with=2"):
        assert member.get(f"{_path(block)}{part}", 404)["code"] == "not_found"
    for part in ("/0", "/x", "/2147483648", "/1?compare_with=0"):
        assert member.get(f"{_path(block)}{part}", 422)["code"] == "invalid_input"


def test_a_revision_is_read_with_its_tag(client: TestClient, gym: Gym) -> None:
    """What was does not change: the copy a reader has stays current after a log."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    first = api.send("GET", f"{_path(block)}/1")
    api.post(f"{path}/check-ins", BAD_MORNING)
    again = api.send("GET", f"{_path(block)}/1", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_finishing_is_a_revision(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The block has another status, and what it had planned from that day on is off; what lies before stays."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    before = _weeks(api, block)
    clock.forward(days=1)
    api.post(f"{path}/blocks", {"assessment_id": block["assessment_id"]}, params={"finish_current": "true"})
    last = api.get(f"{_path(block)}/2")

    assert (last["cause_kind"], last["status"], last["changed_weeks"]) == ("finished", "finished", [1, 2, 3, 4, 5, 6])
    assert (None, "status", "finished") in [(row["week"], row["field"], row["after"]) for row in last["difference"]]
    off = {(row["field"], row["after"]) for row in last["difference"] if row["date"]}
    assert off == {("status", "withheld"), ("exercises", 0)}
    assert min(row["date"] for row in last["difference"] if row["date"]) == "2026-11-03"
    assert last["weeks"][0]["days"][0] == before[0]["days"][0]
    assert last["weeks"] == _weeks(api, block)


def test_training_that_is_held_can_be_looked_into(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revision is written without comparing, so that nothing more can fail; reading it compares."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    with monkeypatch.context() as broken:
        broken.setattr(planning, "replan", lambda *_, **__: 1 / 0)
        broken.setattr(revisions, "difference", lambda *_, **__: 1 / 0)
        api.post(f"{path}/check-ins", CALM_MORNING)
    held = _weeks(api, block)
    clock.forward(hours=1)
    api.post(f"{path}/check-ins", CALM_MORNING)
    revision = api.get(f"{_path(block)}/2")

    assert (revision["weeks"], revision["status"], revision["difference_count"]) == (held, "locked", None)
    assert {"status", "lock", "exercises"} <= _fields(revision)
    assert api.get(f"{_path(block)}/3", params={"compare_with": 1})["weeks"] == _weeks(api, block)


def test_a_long_difference_is_kept_in_part(
    client: TestClient, gym: Gym, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count tells how much there is; comparing tells it all."""
    api = Api(client, gym.coach)
    monkeypatch.setattr(revisions, "LONGEST", 3)
    _, block = api.planned_client()
    kept = api.get(f"{_path(block)}/1")
    clock.forward(days=1)
    api.patch(f"/v1/clients/{block['client_id']}", {"equipment": ["kettlebell"], "training_days": ["tue", "thu"]})
    changed = api.get(f"{_path(block)}/2")
    whole = api.get(f"{_path(block)}/2", params={"compare_with": 1})

    assert (len(kept["difference"]), kept["difference_count"]) == (3, 6)
    assert (changed["cause_kind"], len(changed["difference"])) == ("profile", 3)
    assert len(whole["difference"]) == changed["difference_count"] > 3
    assert {"date", "exercise"} <= _fields(whole)


def test_revisions_of_earlier_versions_can_be_read(client: TestClient, gym: Gym, app: FastAPI, clock: Clock) -> None:
    """They kept only the numbers of the weeks: weeks and difference are worked out from what is stored."""
    api = Api(client, gym.coach)
    _flared(api, clock)  # somebody else, whose rows are not theirs
    path, block = _flared(api, clock)
    api.post(f"{path}/screenings", {"red_flags": {"tingling": "yes"}})
    clock.forward(days=8)
    api.post(f"{path}/screenings", {"red_flags": flags()})
    api.post(f"{path}/clearances", {"cleared_by": "Dr. Osei", "note": "Fine."})
    numbers = [one["revision"] for one in api.get(_path(block))["items"]]
    before = {number: api.get(f"{_path(block)}/{number}") for number in numbers}
    _as_written_earlier(app, gym, UUID(block["id"]))
    after = {number: api.get(f"{_path(block)}/{number}") for number in numbers}

    for number in numbers:
        assert after[number]["weeks"] == before[number]["weeks"], number
        assert after[number]["changed_weeks"] == before[number]["changed_weeks"]
        assert after[number]["difference"] == [row for row in before[number]["difference"] if row["week"] is not None]
    assert {after[1]["status"], after[1]["rung"], after[1]["difference_count"]} == {None}


def _as_written_earlier(app: FastAPI, gym: Gym, block_id: UUID) -> None:
    """Store the revisions of a block as they were stored before differences were."""
    row = tables.BlockRevision
    mine = (col(row.organization_id) == gym.coach.organization_id, col(row.block_id) == block_id)
    with app.state.database.write() as session:
        for one in session.exec(select(row).where(*mine)).all():
            weeks = str(list(revisions.load_told(one).weeks))
            changed = update(row).where(*mine, col(row.revision) == one.revision)
            session.exec(changed.values(difference=weeks, shown=None))


@pytest.mark.sqlite_only
def test_two_clients_whose_logs_have_one_id_are_both_told_why(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Ids of decisions follow from those of logs, which phones choose: what one was told the other was not."""
    api = Api(client, gym.coach)
    planned = [api.planned_client() for _ in range(2)]
    clock.forward(hours=6)
    for path, block in planned:
        api.post(f"{path}/session-logs", as_prescribed(sessions_of(api.week(block, 1), "squat")[0]))
    clock.forward(hours=14)
    body = BAD_MORNING | {"id": str(uuid4())}
    told = [api.post(f"{path}/check-ins", body)["decisions"] for path, _ in planned]
    listed = [api.get(f"/v1/blocks/{block['id']}/decisions")["items"] for _, block in planned]

    assert told[0] == told[1] != []
    assert all({one["id"] for one in told[0]} <= {one["id"] for one in decisions} for decisions in listed)


def test_a_retried_log_makes_no_second_revision(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The same id and body again leave the list as it is."""
    api = Api(client, gym.coach)
    path, block = api.planned_client(HIP)
    clock.forward(hours=20)
    body = BAD_MORNING | {"id": str(uuid4())}
    for status in (201, 200):
        api.post(f"{path}/check-ins", body, status)
    assert [one["revision"] for one in api.get(_path(block))["items"]] == [2, 1]
