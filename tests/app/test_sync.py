"""Sync: a batch with a result for each item, and what changed since a cursor."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from alembic import command
from app.change_table import ClientChange
from app.db import migration_connection
from app.logs import sync_changes, sync_service
from app.logs.schemas import CheckInCreate
from app.logs.service import add_check_in
from app.migrations import alembic_config
from app.planning import Desk
from app.settings import Settings
from app.tables import Block, Client
from planner.wire import load_state
from tests.app.kit import CALM_MORNING, Api, Json, as_prescribed, is_loaded, items_of, pointers, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

FLAG = {"red_flags": {"numbness": "yes"}}


def _sync(api: Api, path: str, cursor: str | None = None, status: int = 200, **items: object) -> Json:
    return api.post(f"{path}/sync", {"cursor": cursor} | items, status)


def _morning(**changes: object) -> Json:
    return CALM_MORNING | {"id": str(uuid4())} | changes


def _told(answer: Json) -> dict[tuple[str, str], Json]:
    return {(change["type"], change["id"]): change for change in answer["changes"]}


def _types(answer: Json) -> list[str]:
    return [change["type"] for change in answer["changes"]]


@pytest.fixture
def phone(client: TestClient, gym: Gym, clock: Clock) -> tuple[Api, str, Json]:
    """Return a coach's API, a client with a block planned an hour ago, and the block."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    return api, path, block


# --- a result for each item ---------------------------------------------------------------------------------------


def test_a_batch_is_stored_and_answered_like_single_logs(phone: tuple[Api, str, Json]) -> None:
    """Each result holds what the single request answers, in the order they were sent, and the plan has followed."""
    api, path, block = phone
    log = as_prescribed(sessions_of(api.week(block, 1), "squat")[0], id=str(uuid4()))
    morning = _morning()
    answer = _sync(api, path, session_logs=[log], check_ins=[morning])

    assert [(one["pointer"], one["id"], one["status"], one["problem"]) for one in answer["results"]] == [
        ("/session_logs/0", log["id"], "stored", None),
        ("/check_ins/0", morning["id"], "stored", None),
    ]
    assert answer["results"][0]["response"] == api.post(f"{path}/session-logs", log, 200)
    assert answer["results"][1]["response"] == api.post(f"{path}/check-ins", morning, 200)
    assert answer["block_revision"] == api.get(f"/v1/blocks/{block['id']}")["revision"]
    assert answer["block_etag"] == api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]
    assert answer["lock"] is None


def test_sending_a_batch_again_answers_the_same(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """Already stored, with the same answers; another body under an id is a conflict with what is stored."""
    api, path, _ = phone
    morning, other = _morning(), _morning()
    first = _sync(api, path, check_ins=[morning, other])
    clock.forward(hours=2)
    again = _sync(api, path, check_ins=[morning, other | {"leg_soreness": 9}, other])

    assert [one["status"] for one in again["results"]] == ["already_stored", "conflict", "already_stored"]
    assert again["results"][0]["response"] == first["results"][0]["response"]
    assert again["results"][1]["problem"]["code"] == "id_conflict"
    assert again["results"][1]["problem"]["stored"] == first["results"][1]["response"]["log"]
    assert again["results"][1]["response"] is None
    assert len(api.get(f"{path}/check-ins")["items"]) == 2


@pytest.mark.sqlite_only
def test_the_first_of_two_with_one_id_is_stored(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """Duplicates in a batch: the same again is already stored, another body is a conflict, whenever it happened."""
    api, path, _ = phone
    first = _morning(at=clock.now.isoformat())
    earlier = first | {"at": (clock.now - timedelta(minutes=5)).isoformat()}
    answer = _sync(api, path, check_ins=[first, earlier, first])

    assert [one["status"] for one in answer["results"]] == ["stored", "conflict", "already_stored"]
    assert len(api.get(f"{path}/check-ins")["items"]) == 1


_BAD = {
    "/mood": '{"id": "ID", "back_pain": {"now": 1, "worst_24h": 2}, "mood": 3}',
    "/back_pain/now": '{"id": "ID", "back_pain": {"now": "1", "worst_24h": 2}}',
    "/back_pain/worst_24h": '{"id": "ID", "back_pain": {"now": 1, "worst_24h": 11}}',
    "/back_pain": '{"id": "ID"}',
    "/hours_to_settle": '{"id": "ID", "back_pain": {"now": 1, "worst_24h": 2}, "hours_to_settle": NaN}',
    "/leg_soreness": '{"id": "ID", "back_pain": {"now": 1, "worst_24h": 2}, "leg_soreness": 1e400}',
    "/red_flags": '{"id": "ID", "back_pain": {"now": 1, "worst_24h": 1}, "red_flags": {"tingling":0, "tingling":0}}',
    "/words/0": '{"id": "ID", "back_pain": {"now": 1, "worst_24h": 2}, "words": ["\\u0000"]}',
    "/at": '{"id": "ID", "back_pain": {"now": 1, "worst_24h": 2}, "at": "2026-11-09T07:00:00Z"}',
    "/id": '{"back_pain": {"now": 1, "worst_24h": 2}}',
    "": "3",
}
"""What cannot be, by the pointer to the field that its problem names."""


def test_bad_items_are_refused_alone(phone: tuple[Api, str, Json]) -> None:
    """Each problem names the field and tells the id; the red flag between them stops training now."""
    api, path, block = phone
    bad = [one.replace("ID", str(uuid4())) for one in _BAD.values()]
    content = f'{{"check_ins": [{", ".join(bad[:5])}, {json.dumps(_morning(**FLAG))}, {", ".join(bad[5:])}]}}'
    sent = api.send("POST", f"{path}/sync", content=content, headers={"Content-Type": "application/json"})
    results = sent.json()["results"]
    stored = results.pop(5)

    assert (sent.status_code, stored["status"], sent.json()["lock"]["urgency"]) == (200, "stored", "refer")
    assert {one["status"] for one in results} == {"refused"}
    assert {one["response"] for one in results} == {None}
    assert [one["problem"]["errors"][0]["pointer"] for one in results] == [
        one["pointer"] + field for one, field in zip(results, _BAD, strict=True)
    ]
    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "locked"
    assert [one["id"] for one in api.get(f"{path}/check-ins")["items"]] == [stored["id"]]


@pytest.mark.sqlite_only
def test_an_item_without_an_id_is_refused(phone: tuple[Api, str, Json]) -> None:
    """It would be stored again with every repetition; alone it may go without."""
    api, path, _ = phone
    answer = _sync(api, path, session_logs=[{"note": "No id."}], check_ins=[CALM_MORNING, CALM_MORNING | {"id": None}])

    assert [[(one["pointer"], one["code"]) for one in result["problem"]["errors"]] for result in answer["results"]] == [
        [("/session_logs/0/id", "missing")],
        [("/check_ins/0/id", "missing")],
        [("/check_ins/1/id", "uuid_type")],
    ]
    api.post(f"{path}/check-ins", CALM_MORNING)


_DEEP = "[" * 5000 + "]" * 5000
_MONSTERS = {
    "/note": _DEEP,
    "/words": '{"a\\"]": ' * 5000 + '"[{"' + "}" * 5000,
    "/leg_soreness": "9" * 5000,
    "/hours_to_settle": "-" + "9" * 5000,
    "/words/0": "[NaN]",
}
"""What Python cannot read at all, by where it stands in an item."""


@pytest.mark.sqlite_only
def test_what_cannot_be_read_at_all_sinks_no_batch(phone: tuple[Api, str, Json]) -> None:
    """Thousands of levels or digits: refused with a pointer into the body, the others stored, red flags kept."""
    api, path, _ = phone
    good, flag = _morning(), str(uuid4())
    for field, value in _MONSTERS.items():
        name = field.split("/")[1]
        bad = f'{{"id": "{flag}", "red_flags": {{"numbness": "yes"}}, "{name}": {value}}}'
        content = f'{{"check_ins": [{bad}, {json.dumps(good)}], "session_logs": [{{"id": "{uuid4()}"}}, {value}]}}'
        sent = api.send("POST", f"{path}/sync", content=content, headers={"Content-Type": "application/json"})
        assert sent.status_code == 200, sent.text
        log, alone, refused, stored = sent.json()["results"]
        assert (log["status"], alone["status"], refused["status"]) == ("stored", "refused", "refused")
        assert stored["status"] in ("stored", "already_stored")
        assert refused["problem"]["status"] == 422
        (pointer,) = pointers(refused["problem"])
        assert pointer in ("/check_ins/0", f"/check_ins/0{field}")
        assert all(one.startswith("/session_logs/1") for one in pointers(alone["problem"]))
        assert (refused["id"], refused["problem"]["screening"]["red_flags"]) == (flag, {"numbness": "yes"})
    assert len(api.get(f"{path}/screenings")["items"]) == 1


@pytest.mark.sqlite_only
def test_a_refused_item_is_named_by_its_id(phone: tuple[Api, str, Json]) -> None:
    """Also when the rest of it cannot be read; what is no id is not told back."""
    api, path, _ = phone
    ids = [str(uuid4()) for _ in range(2)]
    content = f'{{"session_logs": [{{"id": "{ids[0]}", "leg_soreness": 11}}, {{"id": "{ids[1]}", "leg_soreness": NaN}}'
    content += ', {"id": 3}, {"id": "a secret"}, null, []]}'
    sent = api.send("POST", f"{path}/sync", content=content, headers={"Content-Type": "application/json"})

    assert [one["id"] for one in sent.json()["results"]] == [*ids, None, None, None, None]
    assert "secret" not in sent.text


@pytest.mark.sqlite_only
def test_a_malformed_envelope_is_refused_whole(phone: tuple[Api, str, Json]) -> None:
    """The body around the items is judged like any other: 422, and nothing is stored."""
    api, path, _ = phone
    good = _morning()
    for body, pointer in (
        ({"check_ins": {}}, "/check_ins"),
        ({"session_logs": "all", "check_ins": [good]}, "/session_logs"),
        ({"logs": [], "check_ins": [good]}, "/logs"),
        ({"cursor": 7, "check_ins": [good]}, "/cursor"),
        ({"session_logs": [{}] * 60, "check_ins": [good] * 41}, ""),
        ([good], ""),
    ):
        assert pointers(api.post(f"{path}/sync", body, 422)) == {pointer}
    twice = {"content": '{"check_ins": [], "check_ins": []}', "headers": {"Content-Type": "application/json"}}
    assert api.send("POST", f"{path}/sync", **twice).status_code == 422
    assert api.get(f"{path}/check-ins")["items"] == []


@pytest.mark.sqlite_only
def test_a_foreign_session_is_refused_like_a_missing_one(phone: tuple[Api, str, Json]) -> None:
    """What a log names must be the client's; the problem points into the batch."""
    api, path, _ = phone
    _, other = api.planned_client()
    foreign = sessions_of(api.week(other, 1), "squat")[0]["id"]
    answer = _sync(api, path, session_logs=[{"id": str(uuid4()), "session_id": one} for one in (foreign, str(uuid4()))])

    problems = [one["problem"] for one in answer["results"]]
    assert [pointers(one) for one in problems] == [{"/session_logs/0/session_id"}, {"/session_logs/1/session_id"}]
    assert problems[0]["errors"][0]["message"] == problems[1]["errors"][0]["message"]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("minutes", [1, -1])
def test_a_correction_may_come_before_what_it_corrects(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, minutes: int
) -> None:
    """In either order, dated before or after what it corrects, the correction counts and the corrected does not."""
    api = Api(client, gym.coach)
    states = []
    for flip in (False, True):
        path, block = api.planned_client()
        wrong = _morning(at=clock.now.isoformat(), back_pain={"now": 9, "worst_24h": 9})
        right = _morning(at=(clock.now + timedelta(minutes=minutes)).isoformat(), replaces=wrong["id"])
        for one in (right, wrong) if flip else (wrong, right):
            assert _sync(api, path, check_ins=[one])["results"][0]["status"] == "stored"
        with app.state.database.read() as session:
            stored = session.get_one(Block, (api.who.organization_id, UUID(block["id"])))
            states.append([(one.on, one.now) for one in load_state(stored.state).mornings])

    assert states == [[(clock.now.date(), 1)]] * 2


# --- a red flag is never lost -------------------------------------------------------------------------------------


def test_a_red_flag_uploaded_late_stops_training_now(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """Felt nine days ago and sent today among calm mornings since: every week is without load from now on."""
    api, path, block = phone
    clock.forward(days=9)
    since = [_morning(at=(clock.now - timedelta(days=days)).isoformat()) for days in range(8)]
    late = _morning(at=(clock.now - timedelta(days=9)).isoformat(), **FLAG)
    answer = _sync(api, path, check_ins=[*since, late])

    assert answer["lock"]["urgency"] == "refer"
    weeks = [change["body"] for change in answer["changes"] if change["type"] == "week"]
    assert len(weeks) == block["weeks"]
    assert not [item for week in weeks for item in items_of(week) if is_loaded(item)]


@pytest.mark.sqlite_only
def test_an_item_that_breaks_takes_no_other_along(
    phone: tuple[Api, str, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a fault of ours stays with its item: told as 500 to send again, the red flag is stored."""
    api, path, block = phone

    def broken(*_: object) -> None:
        raise KeyError("a secret of somebody")

    monkeypatch.setattr(sync_service, "add_session_log", broken)
    answer = _sync(api, path, session_logs=[{"id": str(uuid4())}], check_ins=[_morning(**FLAG)])

    assert [one["status"] for one in answer["results"]] == ["refused", "stored"]
    assert (answer["results"][0]["problem"]["status"], answer["lock"]["urgency"]) == (500, "refer")
    assert "secret" not in json.dumps(answer)
    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "locked"


@pytest.mark.sqlite_only
def test_a_batch_is_kept_when_no_plan_can_be_made(
    phone: tuple[Api, str, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every item is stored, training is held, and the weeks that are answered hold nothing loaded."""
    api, path, _ = phone
    for name in ("replan", "build"):
        monkeypatch.setattr(f"app.planning.{name}", lambda *_, **__: 1 / 0)
    answer = _sync(api, path, check_ins=[_morning(), _morning(**FLAG)])

    assert [one["status"] for one in answer["results"]] == ["stored", "stored"]
    assert answer["lock"] is not None
    assert len(api.get(f"{path}/check-ins")["items"]) == 2
    weeks = [change["body"] for change in answer["changes"] if change["type"] == "week"]
    assert weeks
    assert not [item for week in weeks for item in items_of(week) if is_loaded(item)]


@pytest.mark.sqlite_only
def test_an_expired_cursor_does_not_hold_back_a_red_flag(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """410 asks to read everything again; what was sent is stored all the same."""
    api, path, _ = phone
    cursor = _sync(api, path)["next_cursor"]
    clock.forward(days=91)
    flag = _morning(**FLAG)
    assert _sync(api, path, cursor, 410, check_ins=[flag])["code"] == "cursor_expired"
    assert [one["status"] for one in _sync(api, path, check_ins=[flag])["results"]] == ["already_stored"]
    assert api.get(f"{path}/check-ins/{flag['id']}")["red_flags"] == FLAG["red_flags"]


# --- what changed -------------------------------------------------------------------------------------------------


def test_the_first_pull_holds_what_the_reads_show(phone: tuple[Api, str, Json]) -> None:
    """Record, block, every week, adjustments, logs and check-ins, each as its own read answers it."""
    api, path, block = phone
    tag = api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]
    hold = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}
    made = api.post(f"/v1/blocks/{block['id']}/adjustments", hold, headers={"If-Match": tag})["adjustment"]
    log = api.post(f"{path}/session-logs", as_prescribed(sessions_of(api.week(block, 1), "squat")[0]))["log"]
    morning = api.post(f"{path}/check-ins", CALM_MORNING)["log"]
    told = {key: change["body"] for key, change in _told(_sync(api, path)).items()}

    assert told.pop(("profile", path.rsplit("/", 1)[1])) == api.get(path)
    assert told.pop(("block", block["id"])) == api.get(f"/v1/blocks/{block['id']}")
    for number in range(1, block["weeks"] + 1):
        assert told.pop(("week", f"{block['id']}/{number}")) == api.week(block, number)
    assert told == {
        ("adjustment", made["id"]): made,
        ("session_log", log["id"]): log,
        ("check_in", morning["id"]): morning,
    }


def test_only_what_changed_comes_again(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """Nothing twice: after a log the block, the weeks it changed and the log; then nothing."""
    api, path, block = phone
    first = _sync(api, path)
    logged = api.post(f"{path}/session-logs", as_prescribed(sessions_of(api.week(block, 1), "squat")[0]))
    second = _sync(api, path, first["next_cursor"])
    third = _sync(api, path, second["next_cursor"])

    weeks = [("week", f"{block['id']}/{number}") for number in logged["changed_weeks"]]
    assert set(_told(second)) == {("block", block["id"]), ("session_log", logged["log"]["id"]), *weeks}
    assert (third["changes"], third["has_more"]) == ([], False)


def test_a_week_that_begins_is_a_change(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """Nobody wrote anything, but the week is now the earned one."""
    api, path, block = phone
    cursor = _sync(api, path)["next_cursor"]
    clock.forward(days=7)
    told = _told(_sync(api, path, cursor))

    assert set(told) == {("week", f"{block['id']}/2")}
    assert told["week", f"{block['id']}/2"]["body"] == api.week(block, 2)
    assert api.week(block, 2)["projected"] is False


@pytest.mark.sqlite_only
def test_the_record_is_told_when_it_changes(phone: tuple[Api, str, Json]) -> None:
    """A new name or a new coach comes with a higher revision; a change of the plan comes with it."""
    api, path, _ = phone
    first = _sync(api, path)
    key = ("profile", path.rsplit("/", 1)[1])
    api.patch(path, {"display_name": "Samuel"})
    second = _sync(api, path, first["next_cursor"])

    assert _types(second) == ["profile"]
    assert _told(second)[key]["body"]["display_name"] == "Samuel"
    assert _told(second)[key]["revision"] > _told(first)[key]["revision"]


def test_what_vanished_is_told_as_deleted(phone: tuple[Api, str, Json]) -> None:
    """An adjustment that is taken back, and a finished block with its weeks, are tombstones without a body."""
    api, path, block = phone
    address = f"/v1/blocks/{block['id']}/adjustments"
    hold = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}
    made = api.post(address, hold, headers={"If-Match": "*"})["adjustment"]["id"]
    cursor = _sync(api, path)["next_cursor"]
    api.send("DELETE", f"/v1/adjustments/{made}", headers={"If-Match": "*"})
    revoked = _sync(api, path, cursor)
    assert (_told(revoked)["adjustment", made]["deleted"], _told(revoked)["adjustment", made]["body"]) == (True, None)

    body = {"assessment_id": block["assessment_id"]}
    following = api.post(f"{path}/blocks?finish_current=true", body)
    told = _told(_sync(api, path, revoked["next_cursor"]))
    gone = {key for key, change in told.items() if change["deleted"]}
    weeks = range(1, block["weeks"] + 1)
    assert gone == {("block", block["id"]), *(("week", f"{block['id']}/{number}") for number in weeks)}
    assert told["block", following["id"]]["body"] == api.get(f"/v1/blocks/{following['id']}")
    fresh = _sync(api, path)
    assert not [change for change in fresh["changes"] if change["deleted"]]


@pytest.mark.sqlite_only
def test_what_another_client_changes_is_no_change_of_ones_own(phone: tuple[Api, str, Json]) -> None:
    """Their logs, their plan and what they took back neither come to somebody else's phone nor go from theirs."""
    api, path, _ = phone
    first = _sync(api, path)
    other, block = api.planned_client()
    hold = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}
    made = api.post(f"/v1/blocks/{block['id']}/adjustments", hold, headers={"If-Match": "*"})["adjustment"]["id"]
    api.post(f"{other}/check-ins", CALM_MORNING)
    theirs = _sync(api, other)
    api.send("DELETE", f"/v1/adjustments/{made}", headers={"If-Match": "*"})
    _sync(api, other, theirs["next_cursor"])
    again, fresh = _sync(api, path, first["next_cursor"]), _sync(api, path)

    assert (again["changes"], again["has_more"]) == ([], False)
    assert _told(fresh).keys() == _told(first).keys()
    assert _told(_sync(api, other)).keys() == _told(theirs).keys() - {("adjustment", made)}


@pytest.mark.sqlite_only
def test_a_block_whose_days_are_over_is_gone(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """Time alone ends it; the cursor of a phone that was away is still good."""
    api, path, block = phone
    cursor = _sync(api, path)["next_cursor"]
    clock.forward(days=7 * block["weeks"])
    answer = _sync(api, path, cursor)

    assert all(change["deleted"] for change in answer["changes"])
    assert ("block", block["id"]) in _told(answer)
    assert (answer["block_revision"], answer["block_etag"], answer["lock"]) == (None, None, None)


def test_changes_come_in_pages(phone: tuple[Api, str, Json], monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the pages, each thing comes once, and changes in between are not missed."""
    api, path, _ = phone
    whole = _told(_sync(api, path))
    monkeypatch.setattr(sync_changes, "PAGE", 3)
    pages = list(_pages(api, path, None))
    assert [len(page["changes"]) for page in pages] == [3] * (len(whole) // 3) + [len(whole) % 3] * (len(whole) % 3 > 0)
    assert [key for page in pages for key in _told(page)] == list(whole)

    first = _sync(api, path)
    late = api.post(f"{path}/check-ins", CALM_MORNING)["log"]["id"]
    rest = [key for page in _pages(api, path, first["next_cursor"]) for key in _told(page)]
    assert ("check_in", late) in rest
    assert set(whole) <= {*_told(first), *rest}


def _pages(api: Api, path: str, cursor: str | None) -> Iterator[Json]:
    while True:
        page = _sync(api, path, cursor)
        yield page
        if not page["has_more"]:
            return
        cursor = page["next_cursor"]


def test_what_earlier_versions_stored_is_told(phone: tuple[Api, str, Json], settings: Settings) -> None:
    """Logs from before changes were numbered come with the first pull, later ones with the next."""
    api, path, _ = phone
    old = {("check_in", api.post(f"{path}/check-ins", CALM_MORNING)["log"]["id"]) for _ in range(2)}
    for step, revision in ((command.downgrade, "c41f7e90ab26-1"), (command.upgrade, "head")):
        with migration_connection(settings) as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            step(config, revision)
    assert api.http.get("/readyz").status_code == 200  # the server may have looked in between, and looks again for this
    first = _sync(api, path)
    late = api.post(f"{path}/check-ins", CALM_MORNING)["log"]["id"]
    second = _sync(api, path, first["next_cursor"])

    assert {key for key in _told(first) if key[0] == "check_in"} == old
    assert {key for key in _told(second) if key[0] == "check_in"} == {("check_in", late)}


# --- cursors ------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_a_cursor_is_of_one_client_and_organization(phone: tuple[Api, str, Json], client: TestClient, gym: Gym) -> None:
    """A garbled one and somebody else's are 400; nothing is stored."""
    api, path, _ = phone
    cursor = _sync(api, path)["next_cursor"]
    other = api.new_client()
    foreign = Api(client, gym.foreign_coach)
    for who, where, sent in (
        (api, other, cursor),
        (foreign, foreign.new_client(), cursor),
        (api, path, cursor[:-3]),
        (api, path, "x"),
    ):
        problem = _sync(who, where, sent, 400, check_ins=[_morning()])
        assert problem["code"] == "invalid_cursor"
    assert api.get(f"{path}/check-ins")["items"] == []


def test_a_cursor_is_good_for_90_days(phone: tuple[Api, str, Json], app: FastAPI, clock: Clock) -> None:
    """What others saw go away long ago is told to a phone that was away for 89 days; then it is forgotten."""
    api, path, block = phone
    cursor = _sync(api, path)["next_cursor"]
    clock.forward(days=7 * block["weeks"])
    _sync(api, path)
    clock.forward(days=89 - 7 * block["weeks"])
    assert ("block", block["id"]) in _told(_sync(api, path, cursor))
    clock.forward(days=1)
    assert _sync(api, path, cursor, 410)["code"] == "cursor_expired"

    clock.forward(days=89)
    assert _types(_sync(api, path)) == ["profile"]
    with app.state.database.read() as session:
        of_gym = ClientChange.organization_id == api.who.organization_id
        assert not [row for row in session.exec(select(ClientChange).where(of_gym)) if row.deleted]


@pytest.mark.sqlite_only
def test_a_phone_in_the_middle_of_its_pages_is_told_what_went_away_since_it_began(
    phone: tuple[Api, str, Json], monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """A page that was read late does not make the cursor younger than the first of its pages."""
    api, path, _ = phone
    cursor = _sync(api, path)["next_cursor"]
    for _ in range(3):
        api.post(f"{path}/check-ins", CALM_MORNING)
    monkeypatch.setattr(sync_changes, "PAGE", 1)
    clock.forward(days=80)
    page = _sync(api, path, cursor)
    assert page["has_more"]
    clock.forward(days=11)
    assert _sync(api, path, page["next_cursor"], 410)["code"] == "cursor_expired"


@pytest.mark.sqlite_only
def test_a_cursor_from_a_future_that_was_undone_asks_to_read_again(
    phone: tuple[Api, str, Json], app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an older backup was restored, numbers begin again lower: the phone must not miss them."""
    api, path, _ = phone
    cursor = _sync(api, path)["next_cursor"]
    monkeypatch.setattr(sync_changes, "newest_number", lambda *_: 0)
    assert _sync(api, path, cursor, 410)["code"] == "cursor_expired"


# --- at the same time ---------------------------------------------------------------------------------------------


def test_parallel_syncs_of_one_batch_store_it_once(phone: tuple[Api, str, Json], clock: Clock) -> None:
    """Four at once: each item is stored by one of them, and all get the same answers."""
    api, path, block = phone
    log = as_prescribed(sessions_of(api.week(block, 1), "squat")[0], id=str(uuid4()))
    body = {"session_logs": [log], "check_ins": [_morning(at=clock.now.isoformat()) for _ in range(3)]}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.send("POST", f"{path}/sync", json=body), range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    results = [answer.json()["results"] for answer in answers]
    for same in zip(*results, strict=True):
        assert sorted(one["status"] for one in same) == ["already_stored"] * 3 + ["stored"]
        assert [one["response"] for one in same] == [same[0]["response"]] * 4
    assert len(api.get(f"{path}/check-ins")["items"]) == 3
    assert len(api.get(f"{path}/session-logs")["items"]) == 1


@pytest.mark.postgresql_only
def test_what_is_committed_late_is_not_lost(client: TestClient, gym: Gym, app: FastAPI, clock: Clock) -> None:
    """One inserts and sleeps, another commits, a phone pulls, the first commits: the next pull delivers it.

    Without a block there is no other row that would keep the two apart.
    """
    api = Api(client, gym.coach)
    path = api.new_client()
    cursor = _sync(api, path)["next_cursor"]
    slow, quick = _morning(), _morning()
    inserted, may_commit = Event(), Event()

    def insert_and_sleep() -> None:
        with app.state.database.write() as session:
            row = session.get_one(Client, (api.who.organization_id, UUID(path.rsplit("/", 1)[1])))
            author, catalogue = api.who.person_id, app.state.catalogue
            desk = Desk(session=session, client=row, author_id=author, catalogue=catalogue, now=clock.now)
            add_check_in(desk, CheckInCreate.model_validate(slow))
            inserted.set()
            assert may_commit.wait(5)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(insert_and_sleep)
        assert inserted.wait(5)
        second = pool.submit(api.post, f"{path}/check-ins", quick)
        sleep(0.2)
        pulled = pool.submit(_sync, api, path, cursor)
        sleep(0.2)
        may_commit.set()
        first.result()
        second.result()
    between = pulled.result()
    after = _sync(api, path, between["next_cursor"])

    seen = [key for answer in (between, after) for key in _told(answer) if key[0] == "check_in"]
    assert sorted(seen) == sorted([("check_in", slow["id"]), ("check_in", quick["id"])])
