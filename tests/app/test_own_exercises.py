"""An organization's own exercises: checked like the seeds, versioned, prescribed by adjustment, nobody else's."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import func, select

from app.block_request import block_request
from app.block_weeks import content_tag
from app.exercise_table import OwnExercise
from app.facts import load_facts
from app.library.examples import EXERCISE, HALO, OWN_ID
from app.tables import Block, BlockWeek, Client, Fact
from planner.catalogue import Catalogue
from planner.replan import build
from planner.wire import dump_week
from tests.app.kit import CALM_MORNING, HIP, Api, Json, as_prescribed, flags, items_of, pointers, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

PATH = "/v1/library/exercises"
FIRST, SECOND = f"{OWN_ID}@1", f"{OWN_ID}@2"
CUE = "The bell travels around you."


def _dose(**changes: object) -> Json:
    return {"dose": HALO["dose"] | changes}  # type: ignore[operator]


def _rows(app: FastAPI, gym: Gym) -> int:
    with app.state.database.read() as session:
        statement = select(func.count()).select_from(OwnExercise)
        return session.exec(statement.where(OwnExercise.organization_id == gym.coach.organization_id)).one()


def _adjusted(api: Api, block: Json, body: Json, status: int = 201) -> Json:
    tag = api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]
    return api.post(f"/v1/blocks/{block['id']}/adjustments", body, status, headers={"If-Match": tag})


def _adding(session_id: str, **changes: object) -> Json:
    body = {"kind": "add_exercise", "session_id": session_id, "exercise": OWN_ID, "reason": "Shoulders."}
    return body | {"acknowledges": ["AD14"]} | changes


def _squats(api: Api, block: Json, week: int = 2, place: int = 0) -> Json:
    return sessions_of(api.week(block, week), "squat")[place]


def _own(session: Json) -> Iterator[Json]:
    return (item for item in session["items"] if item["exercise"].startswith("own_"))


# --- the library --------------------------------------------------------------------------------------------------


def test_an_exercise_is_added_read_and_listed_beside_the_others(client: TestClient, gym: Gym, clock: Clock) -> None:
    """It is marked as own, with author, version and instant; the filters apply to it; members read it too."""
    coach, member = Api(client, gym.coach), Api(client, gym.member)
    answer = coach.send("POST", PATH, json=HALO)
    added = answer.json()

    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{PATH}/{FIRST}"
    assert (added["id"], added["code"], added["own"], added["version"]) == (OWN_ID, OWN_ID, True, 1)
    assert added["author_id"] == str(gym.coach.person_id)
    assert added["created_at"].startswith(clock.now.isoformat()[:16])
    assert {name: added[name] for name in HALO if name != "dose"} == {n: HALO[n] for n in HALO if n != "dose"}
    assert member.get(f"{PATH}/{OWN_ID}") == member.get(f"{PATH}/{FIRST}") == added
    pages = [member.get(PATH, params={"limit": 50})]
    pages.append(member.get(PATH, params={"limit": 50, "cursor": pages[0]["next_cursor"]}))
    listed = [one for page in pages for one in page["items"]]
    assert len(listed) == 78
    assert [one for one in listed if one["own"]] == [added]
    assert added in member.get(PATH, params={"category": "trunk", "target": "shoulder"})["items"]
    assert added not in member.get(PATH, params={"category": "cars", "limit": 100})["items"]
    assert not member.get(f"{PATH}/dead_bug")["own"]


def test_an_admin_adds_exercises_and_a_member_does_not(client: TestClient, gym: Gym) -> None:
    """The function is the staff's."""
    assert Api(client, gym.admin).post(PATH, HALO)["author_id"] == str(gym.admin.person_id)
    assert Api(client, gym.member).post(PATH, HALO, 403)["code"] == "forbidden"


def test_another_organization_never_sees_it(client: TestClient, gym: Gym) -> None:
    """It is not listed, 404 by id and version, unknown to adjustments and logs; the id is free there."""
    coach, foreign = Api(client, gym.coach), Api(client, gym.foreign_coach)
    coach.post(PATH, HALO)

    assert [foreign.get(f"{PATH}/{key}", 404)["code"] for key in (OWN_ID, FIRST)] == ["not_found"] * 2
    assert not any(one["own"] for one in foreign.get(PATH, params={"limit": 100})["items"])
    path, block = foreign.planned_client()
    refused = _adjusted(foreign, block, _adding(_squats(foreign, block)["id"]), 422)
    assert pointers(refused) == {"/exercise"}
    log = {"back_pain": {"during": 1, "after": 1}, "items": [{"exercise": OWN_ID, "sets": [{"reps": 5}]}]}
    assert pointers(foreign.post(f"{path}/session-logs", log, 422)) == {"/items/0/exercise"}
    linked = EXERCISE["band"]["value"] | {"easier": [OWN_ID]}  # type: ignore[operator]
    assert pointers(foreign.post(PATH, linked, 422)) == {"/easier/0"}
    assert foreign.post(PATH, HALO | {"cue": CUE})["version"] == 1
    assert coach.get(f"{PATH}/{OWN_ID}")["cue"] == HALO["cue"]
    assert coach.post(PATH, linked)["easier"] == [OWN_ID]


def test_the_same_again_changes_nothing(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Same content, same answer: with or without a version, with a key or without."""
    api = Api(client, gym.coach)
    first = api.post(PATH, HALO)

    assert api.post(PATH, HALO, 200) == api.post(PATH, HALO | {"version": 2}, 200) == first
    second = api.post(PATH, HALO | {"version": 2, "cue": CUE})
    assert api.post(PATH, HALO | {"version": 2, "cue": CUE}, 200) == second
    assert api.post(PATH, HALO, 200) == first
    keyed = [api.send("POST", PATH, json=EXERCISE["band"]["value"], headers={"Idempotency-Key": "a"}) for _ in "12"]
    assert [one.status_code for one in keyed] == [201, 201]
    assert keyed[0].content == keyed[1].content
    assert keyed[0].headers["Location"] == keyed[1].headers["Location"]
    assert _rows(app, gym) == 3


def test_a_change_is_a_version_and_nothing_is_overwritten(client: TestClient, gym: Gym) -> None:
    """Another content needs the next version: an old one is refused with what is stored, a later one by its field."""
    api = Api(client, gym.coach)
    first = api.post(PATH, HALO)
    taken = api.post(PATH, HALO | {"cue": CUE}, 409)

    assert (taken["code"], taken["stored"]) == ("exercise_in_use", first)
    assert pointers(api.post(PATH, HALO | {"cue": CUE, "version": 3}, 422)) == {"/version"}
    second = api.post(PATH, HALO | {"cue": CUE, "version": 2})
    assert (second["version"], second["cue"]) == (2, CUE)
    assert api.get(f"{PATH}/{OWN_ID}") == api.get(f"{PATH}/{SECOND}") == second
    assert api.get(f"{PATH}/{FIRST}") == first
    assert api.post(PATH, HALO | {"cue": "Mine."}, 409)["stored"] == second
    for missing in (f"{OWN_ID}@3", f"{OWN_ID}@0", f"{OWN_ID}@01", f"{OWN_ID}@99999999", f"{OWN_ID}@", "dead_bug@1"):
        api.get(f"{PATH}/{missing}", 404)


def test_one_of_eight_coaches_writes_the_next_version(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """The others are told what it says now; no change is lost."""
    api, writers = Api(client, gym.coach), 8
    api.post(PATH, HALO)
    start = Barrier(writers)

    def send(number: int) -> int:
        start.wait()
        body = HALO | {"version": 2, "cue": f"Cue {number}."}
        statuses = (api.send("POST", PATH, json=body).status_code for _ in range(20))
        return next(status for status in statuses if status != 503)  # a busy database asks to come again

    with ThreadPoolExecutor(writers) as pool:
        statuses = sorted(pool.map(send, range(writers)))

    assert statuses == [201] + [409] * (writers - 1)
    assert _rows(app, gym) == 2


def test_there_is_an_end_to_how_many(client: TestClient, gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is full takes no further exercise, but further versions."""
    monkeypatch.setattr("app.library.own_service.MOST_EXERCISES", 1)
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    assert api.post(PATH, EXERCISE["band"]["value"], 409)["code"] == "conflict"
    assert api.post(PATH, HALO | {"version": 2, "cue": CUE})["version"] == 2


# --- bad input ----------------------------------------------------------------------------------------------------

FAULTS: list[tuple[Json, str]] = [
    ({"id": "dead_bug"}, "/id"),
    ({"id": "own_something_else"}, "/id"),
    ({"id": "own_half_kneeling_bell_halo/../x"}, "/id"),
    ({"name": "Присед"}, "/id"),
    ({"name": "İ" * 60}, "/id"),
    ({"name": ""}, "/name"),
    ({"name": "x" * 61}, "/name"),
    ({"name": 7}, "/name"),
    ({"code": "T03"}, "/code"),
    ({"code": "a b"}, "/code"),
    ({"version": 0}, "/version"),
    ({"version": True}, "/version"),
    ({"version": 1.0}, "/version"),
    ({"version": 2**63}, "/version"),
    ({"category": "squat"}, "/category"),
    ({"category": "magic"}, "/category"),
    ({"targets": []}, "/targets"),
    ({"targets": ["aura"]}, "/targets/0"),
    ({"targets": ["trunk", "trunk"]}, "/targets"),
    ({"method": "magic"}, "/method"),
    ({"level": 4}, "/level"),
    ({"level": True}, "/level"),
    ({"level": "1"}, "/level"),
    ({"hard": 1}, "/hard"),
    ({"hard": "no"}, "/hard"),
    ({"sides": "left"}, "/sides"),
    ({"positions": ["suppine"]}, "/positions/0"),
    ({"equipment": [["forklift"]]}, "/equipment/0/0"),
    ({"equipment": [[]]}, "/equipment/0"),
    ({"equipment": ["band"]}, "/equipment/0"),
    ({"load": "anvil"}, "/load"),
    ({"load": None}, "/load"),
    ({"contraindications": ["XX"]}, "/contraindications/0"),
    ({"easier": ["levitation"]}, "/easier/0"),
    ({"harder": [OWN_ID]}, "/harder/0"),
    ({"harder": ["dead_bug"] * 2}, "/harder"),
    ({"cue": "x" * 121}, "/cue"),
    ({"steps": []}, "/steps"),
    ({"steps": ["x" * 601]}, "/steps/0"),
    ({"surprise": 1}, "/surprise"),
    ({"author_id": "me"}, "/author_id"),
    ({"own": True}, "/own"),
    (_dose(sets=[0, 1]), "/dose/sets/0"),
    (_dose(sets=[3, 2]), "/dose/sets"),
    (_dose(sets=[3]), "/dose/sets"),
    (_dose(reps=[1, 1000]), "/dose/reps/1"),
    (_dose(reps=[1.0, 2.0]), "/dose/reps/0"),
    (_dose(reps=[True, True]), "/dose/reps/0"),
    (_dose(reps=None), "/dose"),
    (_dose(reps=[6, 4]), "/dose/reps"),
    (_dose(tempo="slow"), "/dose/tempo"),
    (_dose(source="hearsay"), "/dose/source"),
    (_dose(confidence="sure"), "/dose/confidence"),
    (_dose(surprise=1), "/dose/surprise"),
]


@pytest.mark.parametrize(
    ("changes", "pointer"), FAULTS, ids=[f"{place} {index}" for index, (_, place) in enumerate(FAULTS)]
)
@pytest.mark.sqlite_only
def test_a_fault_is_named_by_its_field(client: TestClient, gym: Gym, app: FastAPI, changes: Json, pointer: str) -> None:
    """Wrong types, ranges, words, references and unknown fields; nothing is stored and nothing is repeated."""
    answer = client.post(PATH, json=HALO | changes, headers=gym.coach.headers)

    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    named = pointers(answer.json())
    assert pointer in named, answer.text
    assert all(one.startswith(f"/{pointer.split('/')[1]}") for one in named), answer.text
    assert not any(word in answer.text for word in ("levitation", "hearsay", "forklift", "anvil", "Присед"))
    assert _rows(app, gym) == 0


def test_all_faults_are_told_at_once(client: TestClient, gym: Gym) -> None:
    """First every field of a wrong form; when the form is right, everything else that speaks against it."""
    api = Api(client, gym.coach)
    form = HALO | {"level": "1", "sides": "left", "surprise": 1, "positions": ["suppine"]} | _dose(sets=[0, 1])
    assert {"/level", "/sides", "/surprise", "/positions/0", "/dose/sets/0"} <= pointers(api.post(PATH, form, 422))
    sense = HALO | {"id": "own_x", "code": "T03", "easier": ["levitation"]} | _dose(sets=[3, 2], source="hearsay")
    assert pointers(api.post(PATH, sense, 422)) == {"/id", "/code", "/easier/0", "/dose/sets", "/dose/source"}


@pytest.mark.parametrize(
    ("fragment", "status"),
    [('"cue": NaN', 400), ('"cue": "\\ud800"', 422), ('"cue": "\\u0000"', 422), ('"level": 1e400', 422)],
)
def test_what_cannot_be_kept_is_refused(client: TestClient, gym: Gym, app: FastAPI, fragment: str, status: int) -> None:
    """Not a number, lone surrogates, NUL and endless numbers never reach the database."""
    content = json.dumps({name: value for name, value in HALO.items() if name not in ("cue", "level")})
    headers = gym.coach.headers | {"Content-Type": "application/json"}
    answer = client.post(PATH, content=f"{content[:-1]}, {fragment}}}", headers=headers)

    assert answer.status_code == status, answer.text
    assert _rows(app, gym) == 0


# --- prescribed ---------------------------------------------------------------------------------------------------


def test_a_coach_prescribes_it_and_the_client_logs_it(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The item says name, cue, dose and who asked for it; the day's log answers it; what comes later keeps it."""
    api = Api(client, gym.coach)
    added = api.post(PATH, HALO)
    path, block = api.planned_client()
    session = _squats(api, block, 1, -1)
    answer = _adjusted(api, block, _adding(session["id"], scope="rest_of_block", sets=2))

    assert answer["conflicts"] == []
    assert answer["adjustment"]["exercise"] == FIRST
    assert any(row["after"] for row in answer["difference"])
    planned = _squats(api, block, 1, -1)
    item = next(_own(planned))
    assert (item["exercise"], item["name"], item["cue"]) == (FIRST, added["name"], added["cue"])
    assert (item["sets"], item["reps"], item["category"], item["side"]) == (2, 4, "trunk", "both")
    assert [reason["rule"] for reason in item["because"]] == ["AD20"]
    assert planned["minutes"] > session["minutes"]
    assert next(_own(_squats(api, block, 3)))["exercise"] == FIRST
    clock.forward(days=4, hours=6)
    logged = api.post(f"{path}/session-logs", as_prescribed(planned))["log"]
    assert item["id"] in {one["item_id"] for one in logged["items"]}
    clock.forward(hours=14)
    api.post(f"{path}/check-ins", CALM_MORNING)
    assert next(_own(_squats(api, block, 3)))["exercise"] == FIRST
    unplanned = {"back_pain": {"during": 1, "after": 1}, "items": [{"exercise": OWN_ID, "sets": [{"reps": 5}]}]}
    assert api.post(f"{path}/session-logs", unplanned)["log"]["items"][0]["exercise"] == OWN_ID


def test_a_plan_keeps_the_version_it_was_given(
    client: TestClient, gym: Gym, app: FastAPI, clock: Clock, catalogue: Catalogue
) -> None:
    """Changed afterwards, old weeks and revisions say what they said; all facts again give the same bytes."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    path, block = api.planned_client()
    clock.forward(minutes=1)
    api.post(f"{path}/check-ins", CALM_MORNING)
    _adjusted(api, block, _adding(_squats(api, block)["id"], scope="week"))
    api.post(PATH, HALO | {"version": 2, "cue": CUE, "load": "none", "contraindications": ["KN"]})
    clock.forward(minutes=1)
    later = _adjusted(api, block, _adding(_squats(api, block, 3)["id"]))
    clock.forward(hours=6)
    api.post(f"{path}/session-logs", as_prescribed(_squats(api, block, 1)))

    assert later["adjustment"]["exercise"] == SECOND
    shown = {week: next(_own(_squats(api, block, week))) for week in (2, 3)}
    assert {week: (one["exercise"], one["cue"]) for week, one in shown.items()} == {
        2: (FIRST, HALO["cue"]),
        3: (SECOND, CUE),
    }
    assert ("load_text" in shown[2], "load_text" in shown[3]) == (True, False)
    revision = api.get(f"/v1/blocks/{block['id']}/revisions/2")
    assert FIRST in json.dumps(revision)
    assert SECOND not in json.dumps(revision)
    _rebuilt_alike(app, gym, block, catalogue, clock)


def _rebuilt_alike(app: FastAPI, gym: Gym, block: Json, catalogue: Catalogue, clock: Clock) -> None:
    """Check that all facts, folded again without the library's table, give the stored weeks ahead."""
    with app.state.database.read() as session:
        organization = gym.coach.organization_id
        row = session.exec(
            select(Block).where(Block.organization_id == organization, Block.id == UUID(block["id"]))
        ).one()
        who = session.get_one(Client, (organization, row.client_id))
        today = clock.now.date()
        planned = build(block_request(row), load_facts(session, who), catalogue=catalogue, today=today)
        stored = session.exec(
            select(BlockWeek).where(
                BlockWeek.organization_id == organization, BlockWeek.block_id == row.id, BlockWeek.is_current
            )
        ).all()
    made = {(week.week_number, "earned"): week for week in planned.block.earned}
    made |= {(week.week_number, "projected"): week for week in planned.block.projected}
    ahead = [one for one in stored if one.starts_on > today]
    assert len(ahead) > 2
    assert [one.etag for one in ahead] == [
        content_tag(dump_week(made[one.week_number, one.version]).decode()) for one in ahead
    ]


@pytest.mark.parametrize(
    ("change", "profile", "rule"),
    [
        ({"contraindications": ["KN"]}, {"limits": [{"code": "knee_pain"}]}, "AD03"),
        ({"contraindications": ["SPINE"]}, {"limits": [{"code": "spine_surgery", "cleared_on": "2026-10-01"}]}, "AD03"),
        ({"positions": ["supine"]}, {"limits": [{"code": "pregnancy", "cleared_on": "2026-10-01"}]}, "AD03"),
        ({"equipment": [["sled"]], "load": "sled"}, {}, "AD10"),
        (_dose(sets=[10, 10], reps=[40, 50]), {}, "AD14"),
    ],
)
def test_the_rules_speak_of_it_as_of_any_other(
    client: TestClient, gym: Gym, change: Json, profile: Json, rule: str
) -> None:
    """Conditions, equipment and minutes hold it back."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO | change)
    path = api.new_client(**profile)
    assessed = api.post(f"{path}/assessments", HIP)
    block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    session = sessions_of(api.week(block, 2), "joint")[0]
    answer = _adjusted(api, block, _adding(session["id"], acknowledges=[]))

    assert rule in {one["rule"] for one in answer["conflicts"]}
    assert not list(_own(sessions_of(api.week(block, 2), "joint")[0]))


def test_it_is_done_on_the_side_that_no_condition_rules_out(client: TestClient, gym: Gym) -> None:
    """A shoulder that hurts spares its own side; the other one is trained."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    path = api.new_client(limits=[{"code": "shoulder_pain", "side": "left"}])
    assessed = api.post(f"{path}/assessments", HIP)
    block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    assert _adjusted(api, block, _adding(_squats(api, block)["id"]))["conflicts"] == []
    assert next(_own(_squats(api, block)))["side"] == "right"


def test_a_round_of_presses_and_pulls_tells_its_seconds(client: TestClient, gym: Gym) -> None:
    """PAILs/RAILs have no repetitions: an own one, and one of the library, say their phases."""
    api = Api(client, gym.coach)
    dose = {name: value for name, value in HALO["dose"].items() if name not in ("reps", "rep_s")}  # type: ignore[attr-defined]
    api.post(PATH, HALO | {"category": "end_range", "method": "pails_rails", "hard": True, "dose": dose})
    _, block = api.planned_client()
    _adjusted(api, block, _adding(_squats(api, block)["id"]))
    _adjusted(api, block, _adding(_squats(api, block)["id"], exercise="ankle_pails_rails_bent_knee"))
    given = {item["exercise"]: item for item in _squats(api, block)["items"]}

    for name in (FIRST, "ankle_pails_rails_bent_knee"):
        assert [phase["name"] for phase in given[name]["phases"]][-2:] == ["RAILs", "settle"]
        assert given[name]["effort_percent"] > 0


def test_a_red_flag_takes_it_away(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Loaded or not, nothing of it is shown while the block is locked, today's session included."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    path, block = api.planned_client()
    today, ahead = _squats(api, block, 1), _squats(api, block, 2)
    _adjusted(api, block, _adding(today["id"]))
    clock.forward(minutes=1)
    _adjusted(api, block, _adding(ahead["id"]))
    assert list(_own(_squats(api, block, 1)))
    clock.forward(hours=2)
    api.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": flags(numbness="yes")})

    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "locked"
    for week in (1, 2):
        assert not [item for item in items_of(api.week(block, week)) if item["exercise"].startswith("own_")]
    rules = {one["rule"] for one in api.get(f"/v1/blocks/{block['id']}")["conflicts"]}
    assert rules <= {"AD01", "AD08"}


def test_taken_back_today_it_stays_what_it_was_until_a_red_flag(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A begun day keeps a loaded own exercise nobody prescribes any more; a lock still knows that it is loaded."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    path, block = api.planned_client()
    made = _adjusted(api, block, _adding(_squats(api, block, 1)["id"]))["adjustment"]
    clock.forward(hours=1)
    api.post(f"{path}/session-logs", as_prescribed(_squats(api, block, 1)))
    tag = api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]
    assert api.send("DELETE", f"/v1/adjustments/{made['id']}", headers={"If-Match": tag}).status_code == 200
    assert list(_own(_squats(api, block, 1)))
    clock.forward(hours=1)
    api.post(f"{path}/check-ins", CALM_MORNING | {"red_flags": flags(loss_of_strength="no", numbness="yes")})

    assert not [item for item in items_of(api.week(block, 1)) if item["exercise"].startswith("own_")]


def test_taken_back_today_its_session_can_still_be_changed(client: TestClient, gym: Gym) -> None:
    """What is shown and known to no adjustment any more never keeps a plan from being made."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    _, block = api.planned_client()
    today = _squats(api, block, 1)
    made = _adjusted(api, block, _adding(today["id"]))["adjustment"]
    tag = {"If-Match": api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]}
    assert api.send("DELETE", f"/v1/adjustments/{made['id']}", headers=tag).status_code == 200
    squat = next(item for item in today["items"] if item["category"] == "squat")
    _adjusted(api, block, {"kind": "set_dose", "reason": "less", "item_id": squat["id"], "sets": 1})

    assert api.get(f"/v1/blocks/{block['id']}")["status"] == "active"


def test_what_if_dry_run_forecast_and_the_next_block_take_it(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Whatever looks ahead or back works on a block that holds one."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    path, block = api.planned_client()
    body = _adding(_squats(api, block)["id"], scope="rest_of_block")
    tried = api.post(f"/v1/blocks/{block['id']}/adjustments", body, 200, params={"dry_run": True})
    assert not list(_own(_squats(api, block)))
    kept = _adjusted(api, block, body)
    assert tried["difference"] == kept["difference"]
    swap = {"kind": "swap_exercise", "item_id": next(_own(_squats(api, block)))["id"], "reason": "Back."}
    assert _adjusted(api, block, swap | {"exercise": "suitcase_carry", "acknowledges": ["AD13"]})["conflicts"] == []
    what_if = {"check_ins": [CALM_MORNING | {"days_ahead": 1}]}
    assert api.post(f"/v1/blocks/{block['id']}/what-if", what_if, 200)["response"]
    forecast = api.send("GET", f"/v1/blocks/{block['id']}/forecast")
    assert forecast.status_code in (200, 202), forecast.text
    export = api.get(f"{path}/export")
    assert export["adjustments"][0]["body"]["own"]["id"] == FIRST
    clock.forward(days=1)
    assessed = api.post(f"{path}/assessments", HIP)
    following = api.post(f"{path}/blocks?finish_current=true", {"assessment_id": assessed["id"]})
    assert following["id"] != block["id"]
    kept = api.get(f"/v1/blocks/{block['id']}/revisions/3")
    assert FIRST in json.dumps(kept["weeks"][2])


def test_a_client_who_was_given_one_can_be_erased(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """The client's facts go, the library stays: its authors are staff."""
    api = Api(client, gym.coach)
    api.post(PATH, HALO)
    path, block = api.planned_client()
    _adjusted(api, block, _adding(_squats(api, block)["id"]))
    name = api.get(path)["display_name"]
    assert api.send("POST", f"{path}/erasure", json={"confirm": name}).is_success

    with app.state.database.read() as session:
        facts = select(Fact).where(Fact.organization_id == gym.coach.organization_id, Fact.kind == "adjustment")
        assert session.exec(facts).all() == []
    assert api.get(f"{PATH}/{OWN_ID}")["version"] == 1


# --- members ------------------------------------------------------------------------------------------------------


def _todays_item(member: Api, block: Json) -> Json:
    """Return an item of today's session that is no squat and no circle."""
    session = _squats(member, block, 1)
    return next(
        item for item in session["items"] if item["category"] in ("trunk", "accessory", "mobility", "end_range")
    )


@pytest.mark.parametrize(
    ("linked", "level", "says"),
    [
        (True, 1, None),
        (False, 1, "Nobody has said that this exercise is easier"),
        (True, 3, "more (level)"),
    ],
)
def test_a_member_swaps_only_to_what_is_known_as_easier(
    client: TestClient, gym: Gym, linked: bool, level: int, says: str | None
) -> None:
    """A coach must have named the planned exercise as harder, and the level must not be higher."""
    coach, member = Api(client, gym.coach), Api(client, gym.member)
    path = f"/v1/clients/{gym.member.client_id}"
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    item = _todays_item(member, block)
    links = {"harder": [item["exercise"]]} if linked else {"harder": []}
    coach.post(PATH, HALO | {"level": level, "equipment": [], "load": "none", "contraindications": []} | links)
    body = {"kind": "swap_exercise", "item_id": item["id"], "exercise": OWN_ID, "reason": "Shoulder is fine."}
    answer = _adjusted(member, block, body)

    if says is None:
        assert answer["conflicts"] == []
        assert next(_own(_squats(member, block, 1)))["exercise"] == FIRST
        return
    assert answer["conflicts"][0]["rule"] == "AD05"
    assert says in answer["conflicts"][0]["text"]
    assert not answer["conflicts"][0]["overrulable"]
    assert not list(_own(_squats(member, block, 1)))
