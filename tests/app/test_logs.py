"""Session logs and check-ins: stored once, folded into the block, refused when they name what is not theirs."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.content_hash import content_hash
from app.logs.schemas import CheckInCreate
from app.settings import Settings
from app.tables import Block, Fact
from planner.wire import load_state
from tests.app.kit import CALM_MORNING, HIP, Api, Json, as_prescribed, flags, pointers, sessions_of
from tests.conftest import Clock
from tests.gym import Gym, make_gym
from tests.kept import built
from tests.support.quick import Quick


def _train(api: Api, path: str, clock: Clock, *, days: int) -> list[Json]:
    """Let days pass: every planned session is done as prescribed, every morning calm; return the answers."""
    answers = []
    for _ in range(days):
        today = clock.now.date()
        week = api.get(f"{path}/week")
        clock.forward(hours=6)
        for kind in ("joint", "squat"):
            sent = [as_prescribed(session) for session in sessions_of(week, kind, today)]
            answers += [api.post(f"{path}/session-logs", one) for one in sent]
        clock.forward(hours=18)
        answers.append(api.post(f"{path}/check-ins", CALM_MORNING))
    return answers


def test_a_log_answers_what_it_changed(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The answer holds the log, the response, the decisions with their rules and the weeks to fetch again."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    session = sessions_of(api.week(block, 1), "squat")[0]
    clock.forward(hours=1)
    answer = api.post(f"{path}/session-logs", as_prescribed(session, note="Felt easy."))

    assert set(answer) == {"log", "response", "decisions", "block_revision", "changed_weeks", "lock"}
    assert (answer["response"], answer["block_revision"], answer["changed_weeks"]) == ("pending", 2, [1])
    assert answer["log"]["session_id"] == session["id"]
    assert api.get(f"{path}/session-logs/{answer['log']['id']}") == answer["log"]
    assert api.get(f"{path}/session-logs")["items"] == [answer["log"]]
    assert sessions_of(api.week(block, 1), "squat")[0]["status"] == "done"


def test_calm_weeks_earn_the_next_rung(client: TestClient, gym: Gym, clock: Clock) -> None:
    """After enough normal exposures the ladder moves up, with the rule that said so."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    answers = _train(api, path, clock, days=12)
    moves = [decision for answer in answers for decision in answer["decisions"] if decision["verdict"] == "up"]

    assert moves[0]["rung_after"] == moves[0]["rung_before"] + 1
    assert api.get(f"/v1/library/rules/{moves[0]['rule']}")["id"] == moves[0]["rule"]
    assert api.get(f"/v1/blocks/{block['id']}")["current_rung"] > block["current_rung"]
    told = api.get(f"/v1/blocks/{block['id']}/decisions", params={"limit": 100})["items"]
    assert len({decision["id"] for decision in told}) == len(told)
    assert moves[0]["id"] in {decision["id"] for decision in told}


def test_a_flare_never_makes_the_next_session_harder(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A problem response steps back or waits, and says why."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    session = sessions_of(api.week(block, 1), "squat")[0]
    clock.forward(hours=6)
    bad = as_prescribed(session, back_pain={"during": 6, "after": 7}, words=["sharp"], same_spot=True)
    api.post(f"{path}/session-logs", bad)
    clock.forward(hours=16)
    morning = {"back_pain": {"now": 5, "worst_24h": 7}, "words": ["sharp"], "affects_week": True}
    answer = api.post(f"{path}/check-ins", morning)

    assert answer["response"] == "problem"
    assert {decision["verdict"] for decision in answer["decisions"]} <= {"step_back", "ease", "hold", "rerank", "refer"}
    assert api.get(f"/v1/blocks/{block['id']}")["current_rung"] <= block["current_rung"]


def test_a_red_flag_in_a_check_in_stops_training(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The response is a red flag, the lock says what to do, the decision names its rule."""
    api = Api(client, gym.coach)
    path, _ = api.planned_client()
    clock.forward(hours=1)
    answer = api.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": {"numbness": "yes"}})

    assert (answer["response"], answer["lock"]["urgency"]) == ("red_flag", "refer")
    assert [decision["verdict"] for decision in answer["decisions"]] in (["stop"], ["refer"])
    assert answer["changed_weeks"] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("kind", ["session-logs", "check-ins"])
def test_sending_again_changes_nothing(client: TestClient, gym: Gym, clock: Clock, kind: str) -> None:
    """The same id and body answer the same bytes; another body under the id is 409 with the stored one."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    squat = sessions_of(api.week(block, 1), "squat")[0]
    body = {"id": str(uuid4())} | (as_prescribed(squat) if kind == "session-logs" else CALM_MORNING)
    clock.forward(hours=1)
    first = api.send("POST", f"{path}/{kind}", json=body)
    clock.forward(hours=1)
    again = api.send("POST", f"{path}/{kind}", json=body)
    other = api.post(f"{path}/{kind}", body | {"leg_soreness": 9}, 409)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert (other["code"], other["stored"]) == ("id_conflict", first.json()["log"])
    assert api.get(f"/v1/blocks/{block['id']}")["revision"] == first.json()["block_revision"]


def test_another_spelling_is_the_same(client: TestClient, gym: Gym, clock: Clock) -> None:
    """An offset, the order of words, a default written out; alone or in a batch. Another instant is a conflict."""
    api = Api(client, gym.coach)
    path = api.new_client()
    at = clock.now.astimezone(timezone(timedelta(hours=-6)))
    log = {"id": str(uuid4()), "performed_at": clock.now.isoformat(), "words": ["worked", "sharp"]}
    morning = CALM_MORNING | {"id": str(uuid4()), "at": clock.now.isoformat(), "words": ["worked", "tight"]}
    same = log | {"performed_at": at.isoformat(), "words": ["sharp", "worked"], "items": [], "context": {}, "note": ""}
    calm = morning | {
        "at": at.isoformat(),
        "words": ["tight", "worked"],
        "same_spot": False,
        "replaces": None,
        "red_flags": {"numbness": "not_asked"},
    }
    first = [api.post(f"{path}/session-logs", log), api.post(f"{path}/check-ins", morning)]

    assert [api.post(f"{path}/session-logs", same, 200), api.post(f"{path}/check-ins", calm, 200)] == first
    results = api.post(f"{path}/sync", {"session_logs": [same], "check_ins": [calm]}, 200)["results"]
    assert [one["status"] for one in results] == ["already_stored"] * 2
    for change in ({"performed_at": (at + timedelta(seconds=1)).isoformat()}, {"words": ["sharp"]}):
        assert api.post(f"{path}/session-logs", same | change, 409)["code"] == "id_conflict"


def test_what_earlier_versions_stored_is_still_the_same(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock
) -> None:
    """They hashed what was sent with every default."""
    api = Api(client, gym.coach)
    path = api.new_client()
    body = CALM_MORNING | {"id": str(uuid4()), "at": clock.now.isoformat()}
    api.post(f"{path}/check-ins", body)
    content = CheckInCreate.model_validate(body).model_dump(mode="json", exclude={"id"})
    assert content["replaces"] is None
    with app.state.database.write() as session:
        row = session.get_one(Fact, (api.who.organization_id, UUID(path.rpartition("/")[2]), UUID(body["id"])))
        row.body_hash = sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        session.add(row)

    api.post(f"{path}/check-ins", body, 200)
    assert api.post(f"{path}/check-ins", body | {"leg_soreness": 3}, 409)["code"] == "id_conflict"


def test_a_field_that_is_added_later_changes_no_hash() -> None:
    """What stands at its default says nothing."""

    class Later(CheckInCreate):
        mood: int | None = None

    body = CALM_MORNING | {"id": str(uuid4())}
    said, later = CheckInCreate.model_validate(body), Later.model_validate(body)
    assert content_hash(said) == content_hash(later) != content_hash(Later.model_validate(body | {"mood": 1}))


def test_an_id_belongs_to_its_client(client: TestClient, gym: Gym) -> None:
    """Another client's phone may have made the same id: no conflict, nothing learned."""
    api = Api(client, gym.coach)
    body = CALM_MORNING | {"id": str(uuid4())}
    for _ in range(2):
        assert api.post(f"{api.new_client()}/check-ins", body)["log"]["id"] == body["id"]
    path = api.new_client()
    api.post(f"{path}/check-ins", body)
    assert api.post(f"{path}/session-logs", {"id": body["id"]}, 409)["code"] == "id_conflict"


def test_parallel_sends_store_one_log(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Eight at once: one is stored, the others get its answer; each further log is its own revision."""
    api = Api(client, gym.coach)
    path, _ = api.planned_client()
    clock.forward(minutes=5)
    body = CALM_MORNING | {"id": str(uuid4()), "at": "2026-11-02T12:01:00Z"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.send("POST", f"{path}/check-ins", json=body), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert len(api.get(f"{path}/check-ins")["items"]) == 1


def test_logs_in_any_order_give_the_same_state(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A phone that was offline delivers late and out of order; ladder and days ahead come out the same."""
    api = Api(client, gym.coach)
    outcomes = []
    clock.forward(days=7)
    for backwards in (False, True):
        path = api.new_client()
        assessment = api.post(f"{path}/assessments", {"setting": "clinic", "red_flags": flags()})
        body = {"assessment_id": assessment["id"], "starts_on": clock.now.date().isoformat()}
        block = api.post(f"{path}/blocks", body)
        start = clock.now
        squats = sessions_of(api.week(block, 1), "squat")
        clock.forward(days=6)
        logs = [as_prescribed(one, performed_at=(start.replace(hour=18)).isoformat()) for one in squats[:1]]
        mornings = [CALM_MORNING | {"at": start.replace(hour=23, minute=m).isoformat()} for m in (10, 50)]
        sends = [*((f"{path}/session-logs", one) for one in logs), *((f"{path}/check-ins", one) for one in mornings)]
        for where, sent in reversed(sends) if backwards else sends:
            api.post(where, sent)
        ladder = api.get(f"/v1/blocks/{block['id']}")
        week = api.week(block, 2)
        outcomes.append((ladder["current_rung"], [[i["exercise"] for i in s["items"]] for s in sessions_of(week)]))
        clock.now = start
    assert outcomes[0] == outcomes[1]


def test_a_correction_counts_and_both_are_kept(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Pain typed wrong is corrected by another log; a corrected red flag stays one."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    wrong = api.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": {"numbness": "yes"}})
    clock.forward(hours=1)
    right = api.post(f"{path}/check-ins", CALM_MORNING | {"replaces": wrong["log"]["id"]})

    assert len(api.get(f"{path}/check-ins")["items"]) == 2
    assert right["lock"]["urgency"] == "refer"
    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "locked"


def test_only_the_same_kind_is_corrected(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A check-in lifts no clearance and no cap, an assessment corrects no log, and nothing corrects itself."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    log = api.post(f"{path}/session-logs", {"items": [{"exercise": "goblet_squat"}]})["log"]["id"]
    cleared = api.post(f"{path}/clearances", {"cleared_by": "Dr Rivera"})["id"]
    cap = {"kind": "hold_step", "scope": "rest_of_block", "reason": "A test."}
    made = api.send("POST", f"/v1/blocks/{block['id']}/adjustments", json=cap, headers={"If-Match": "*"})
    capped = made.json()["adjustment"]["id"]
    for named in (log, cleared, capped, block["assessment_id"]):
        assert pointers(api.post(f"{path}/check-ins", CALM_MORNING | {"replaces": named}, 422)) == {"/replaces"}
    for named in (cleared, capped, block["assessment_id"]):
        assert pointers(api.post(f"{path}/session-logs", {"replaces": named}, 422)) == {"/replaces"}
    assert pointers(api.post(f"{path}/assessments", HIP | {"replaces": log}, 422)) == {"/replaces"}
    itself = str(uuid4())
    assert pointers(api.post(f"{path}/check-ins", CALM_MORNING | {"id": itself, "replaces": itself}, 422)) == {
        "/replaces"
    }
    batch = {"check_ins": [CALM_MORNING | {"id": itself, "replaces": cleared}]}
    (refused,) = api.post(f"{path}/sync", batch, 200)["results"]
    assert pointers(refused["problem"]) == {"/check_ins/0/replaces"}
    assert api.get(f"{path}/check-ins")["items"] == []


def test_a_later_original_of_another_kind_is_not_corrected(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock
) -> None:
    """A check-in that names a session log before it is there leaves both of them counting."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    later = str(uuid4())
    api.post(f"{path}/check-ins", CALM_MORNING | {"replaces": later})
    squat = sessions_of(api.week(block, 1), "squat")[0]
    api.post(f"{path}/session-logs", as_prescribed(squat, id=later))
    with app.state.database.read() as session:
        stored = session.get_one(Block, (api.who.organization_id, UUID(block["id"])))
        state = load_state(stored.state)

    assert state.statuses[squat["id"]] == "done"
    assert [one.now for one in state.mornings] == [1]
    assert [one["now"] for one in api.get(f"{path}/trend")["mornings"]] == [1]


def test_an_unplanned_session_names_its_exercises(client: TestClient, gym: Gym) -> None:
    """Without a session it is stored too, with or without a block; unknown exercises are named."""
    api = Api(client, gym.coach)
    path = api.new_client()
    done = {"items": [{"exercise": "goblet_squat", "sets": [{"reps": 8, "load_kg": 16, "rpe": 5}]}]}
    answer = api.post(f"{path}/session-logs", done)

    assert (answer["response"], answer["block_revision"], answer["decisions"]) == ("pending", None, [])
    assert answer["changed_weeks"] == []
    unknown = {"items": [{"exercise": "goblet_squat"}, {"exercise": "leg_throw"}]}
    assert pointers(api.post(f"{path}/session-logs", unknown, 422)) == {"/items/1/exercise"}
    assert pointers(api.post(f"{path}/session-logs", {"items": [{}]}, 422)) == {"/items/0"}


def test_only_own_sessions_can_be_answered(client: TestClient, gym: Gym) -> None:
    """A session of someone else's block and one that never was are refused alike, and nothing is stored."""
    api = Api(client, gym.coach)
    _, other = api.planned_client()
    path, block = api.planned_client()
    foreign = sessions_of(api.week(other, 1), "squat")[0]
    own = sessions_of(api.week(block, 1), "squat")[0]
    problems = [
        api.post(f"{path}/session-logs", {"session_id": session_id}, 422)
        for session_id in (foreign["id"], str(uuid4()))
    ]

    assert [pointers(problem) for problem in problems] == [{"/session_id"}] * 2
    assert problems[0]["errors"] == problems[1]["errors"]
    wrong_item = {"session_id": own["id"], "items": [{"item_id": foreign["items"][0]["id"]}]}
    assert pointers(api.post(f"{path}/session-logs", wrong_item, 422)) == {"/items/0/item_id"}
    assert api.get(f"{path}/session-logs")["items"] == []


def test_an_exercise_of_the_session_needs_no_item_id(client: TestClient, gym: Gym) -> None:
    """Named by its exercise it is matched to the planned item."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    session = sessions_of(api.week(block, 1), "squat")[0]
    squat = next(item for item in session["items"] if item["category"] == "squat")
    body = {"session_id": session["id"], "items": [{"exercise": squat["exercise"], "sets": [{"reps": 6}]}]}
    assert api.post(f"{path}/session-logs", body)["log"]["items"][0]["item_id"] == squat["id"]


def test_a_session_planned_once_can_be_answered_later(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A log may name any session that any revision issued, the projected ones too."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    projected = sessions_of(api.week(block, 2), "squat")[0]
    clock.forward(hours=1)
    api.patch(path, {"training_days": ["thu"], "session_minutes": 30})
    clock.forward(days=8)
    assert api.post(f"{path}/session-logs", {"session_id": projected["id"]})["log"]["session_id"] == projected["id"]


def test_a_log_counts_with_the_items_its_phone_was_shown(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The plan changed while the phone was away: items of an earlier version are taken, of two versions too."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    earlier = sessions_of(api.week(block, 2), "squat")[0]
    clock.forward(hours=1)
    api.patch(path, {"equipment": ["dumbbell"], "preferred_squat": {"variation": "goblet_squat"}})
    clock.forward(days=8)
    later = next(one for one in sessions_of(api.week(block, 2)) if one["id"] == earlier["id"])
    old, new = ({item["id"] for item in one["items"]} for one in (earlier, later))
    assert old - new
    assert new - old

    log = api.post(f"{path}/session-logs", as_prescribed(earlier))["log"]
    assert {item["item_id"] for item in log["items"]} == old
    both = {"session_id": earlier["id"], "items": [{"item_id": one} for one in sorted(old | new)]}
    assert {item["item_id"] for item in api.post(f"{path}/session-logs", both)["log"]["items"]} == old | new
    both["items"].append({"item_id": str(uuid4())})
    assert pointers(api.post(f"{path}/session-logs", both, 422)) == {f"/items/{len(old | new)}/item_id"}


@pytest.mark.parametrize(("days", "status"), [(0.9, 201), (3, 201), (3.1, 422), (-300, 201), (-400, 422)])
def test_a_phones_clock_may_be_three_days_ahead(
    client: TestClient, gym: Gym, clock: Clock, days: float, status: int
) -> None:
    """It counts as done now; more ahead, or long before the client was added, is refused by name."""
    api = Api(client, gym.coach)
    path = api.new_client()
    performed = clock.now
    clock.forward(days=days)
    at, clock.now = clock.now.isoformat(), performed
    for kind, name in (("session-logs", "performed_at"), ("check-ins", "at")):
        body = {name: at} | (CALM_MORNING if kind == "check-ins" else {})
        answer = api.post(f"{path}/{kind}", body, status)
        if status == 422:
            assert pointers(answer) == {f"/{name}"}
        else:
            read = api.get(f"{path}/{kind}/{answer['log']['id']}")[name]
            assert datetime.fromisoformat(read) == min(datetime.fromisoformat(at), performed)


def test_a_flag_dated_ahead_is_ended_by_a_clearance_made_now(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Told by a phone two days ahead; the same again is the same, and a clearance an hour later ends it."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    clock.forward(hours=1)
    at = (clock.now + timedelta(days=2)).isoformat()
    body = CALM_MORNING | {"id": str(uuid4()), "at": at, "red_flags": {"numbness": "yes"}}
    assert api.post(f"{path}/check-ins", body)["lock"]["urgency"] == "refer"
    clock.forward(hours=1)
    assert api.post(f"{path}/check-ins", body, 200)["lock"]["urgency"] == "refer"
    api.post(f"{path}/screenings", {"red_flags": flags()})
    api.post(f"{path}/clearances", {"cleared_by": "Dr Rivera"})
    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "active"


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "2030-01-01T08:00:00Z"},
        {"at": "2020-01-01T08:00:00Z"},
        {"leg_soreness": 11},
        {"mood": 3},
        {"red_flags": {"saddle_numbness": "yes", "numbness": "maybe", "headache": "yes"}},
    ],
)
def test_a_refused_check_in_keeps_its_red_flags(
    client: TestClient, gym: Gym, clock: Clock, wrong: dict[str, object]
) -> None:
    """Alone and in a batch: refused, and stored as a screening of now, once; nothing loaded until a clearance."""
    api = Api(client, gym.coach)
    for send in ("alone", "batch"):
        path, block = api.planned_client()
        clock.forward(hours=1)
        body = CALM_MORNING | {"id": str(uuid4()), "red_flags": {"saddle_numbness": "yes"}} | wrong
        for _ in range(2):
            if send == "alone":
                problem = api.post(f"{path}/check-ins", body, 422)
            else:
                (result,) = api.post(f"{path}/sync", {"check_ins": [body]}, 200)["results"]
                assert (result["status"], result["id"]) == ("refused", body["id"])
                problem = result["problem"]
            assert problem["errors"]
            (stored,) = api.get(f"{path}/screenings")["items"]
            assert problem["screening"] == {"id": stored["id"], "red_flags": {"saddle_numbness": "yes"}}
        assert stored["performed_at"] == stored["received_at"]
        assert api.get(f"{path}/check-ins")["items"] == []
        assert api.get(f"/v1/blocks/{block['id']}")["lock"]["urgency"] == "emergency"
        clock.forward(hours=1)
        api.post(f"{path}/screenings", {"red_flags": flags()})
        api.post(f"{path}/clearances", {"cleared_by": "Dr Rivera"})
        assert api.get(f"/v1/blocks/{block['id']}")["status"] == "active"


def test_no_refusal_loses_a_red_flag(client: TestClient, gym: Gym, clock: Clock) -> None:
    """An id that stands for something else, or a log that is none to correct: the flag counts all the same."""
    api = Api(client, gym.coach)
    flag = {"red_flags": {"numbness": "yes"}}
    for send in ("check-ins", "sync"):
        for what in ("conflict", "replaces"):
            path, block = api.planned_client()
            clock.forward(hours=1)
            log = api.post(f"{path}/session-logs", {"items": [{"exercise": "goblet_squat"}]})["log"]["id"]
            body = CALM_MORNING | flag | ({"id": log} if what == "conflict" else {"id": str(uuid4()), "replaces": log})
            expected = 409 if what == "conflict" else 422
            if send == "sync":
                problem = api.post(f"{path}/sync", {"check_ins": [body]}, 200)["results"][0]["problem"]
            else:
                problem = api.post(f"{path}/check-ins", body, expected)
            assert (problem["status"], problem["screening"]["red_flags"]) == (expected, flag["red_flags"])
            assert api.get(f"/v1/blocks/{block['id']}")["lock"]["urgency"] == "refer"


def test_a_stranger_stores_no_red_flag(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Who may not check in for a client cannot lock them either."""
    path, block = Api(client, gym.coach).planned_client()
    for who in (gym.foreign_coach, gym.member):
        body = {"back_pain": 3, "red_flags": {"numbness": "yes"}}
        assert Api(client, who).send("POST", f"{path}/check-ins", json=body).status_code in (404, 422)
    assert Api(client, gym.coach).get(f"/v1/blocks/{block['id']}")["status"] == "active"


def test_members_log_for_themselves_only(client: TestClient, gym: Gym) -> None:
    """Their own log is taken, another's client is missing."""
    own = f"/v1/clients/{gym.member.client_id}"
    answer = Api(client, gym.member).post(f"{own}/check-ins", CALM_MORNING)
    assert Api(client, gym.coach).get(f"{own}/check-ins/{answer['log']['id']}") == answer["log"]
    Api(client, gym.other_member).get(f"{own}/check-ins/{answer['log']['id']}", 404)
    Api(client, gym.other_member).post(f"{own}/check-ins", CALM_MORNING, 404)
    Api(client, gym.coach).get(f"{own}/check-ins/{uuid4()}", 404)
    Api(client, gym.coach).get(f"{own}/session-logs/{answer['log']['id']}", 404)


@pytest.fixture
def patient(settings: Settings) -> Settings:
    """Return settings that wait for long, so that a slow machine does not look like a full one."""
    return settings.model_copy(update={"pool_wait_s": 30.0, "statement_timeout_s": 30.0})


def test_more_writers_than_threads_wait_their_turn(patient: Settings, clock: Clock) -> None:
    """Sixteen check-ins at once, with four threads and one database, are all stored: nobody is told to come again."""
    app = built(patient)
    app.state.clock = lambda: clock.now
    with Quick(app) as client:
        api = Api(client, make_gym(client, app.state.database, app.state.hasher, clock.now).coach)
        path, _ = api.planned_client()
        clock.forward(days=1)

        def send(number: int) -> int:
            return api.send("POST", f"{path}/check-ins", json=CALM_MORNING | {"id": str(uuid4())}).status_code

        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(send, range(16))) == [201] * 16
        assert len(api.get(f"{path}/check-ins", params={"limit": 100})["items"]) == 16
