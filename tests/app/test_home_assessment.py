"""A member assesses themselves: the described steps, the body built from them, the block it leads to."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient

from app.assessments.examples import ASSESSMENT
from app.assessments.schemas import AssessmentCreate
from app.clients.schemas import ClientCreate
from app.fact_bodies import to_assessment, to_profile
from app.library import home_seed
from app.library.home_service import home_assessment, home_document
from app.messages import Messages, messages_in
from app.resources import resource_directory
from planner.catalogue import Catalogue
from planner.check import RESULTS_OF
from planner.errors import SeedError
from planner.plan import Item
from planner.replan import build
from planner.words import CarJoint, Equipment, Irritability, LimitFelt, Observation, RedFlag, Side
from tests.app.kit import SAM, Api, Json, every, items_of, pointers
from tests.gym import Gym
from tests.properties.lives import Bench
from tests.properties.strategies import DAY_ONE

READ = "/v1/library/home-assessment"
ALWAYS_THERE = {"chair", "wall", "door_frame", "towel", "second_towel", "books"}
HOUSES: Mapping[str, list[Equipment]] = {
    "nothing at all": [],
    "one kettlebell": ["kettlebell"],
    "a backpack, a band and a step": ["backpack", "band", "step"],
    "dumbbells and a bench": ["dumbbell", "bench"],
    "a bar without a rack": ["barbell", "wedge", "dowel"],
}


# --- the form, built from the document alone ----------------------------------------------------------------------


def _answers(document: Json) -> list[Json]:
    return [answer for section in document["sections"] for step in section["steps"] for answer in step["answers"]]


def _value(answer: Json, given: Mapping[str, Any]) -> Any:
    """Return what somebody answers: what the test gives, else the middle of a range and the last choice."""
    wanted = given.get(answer.get("value") or answer.get("field") or answer["into"])
    if wanted is not None:
        return wanted
    if answer["kind"] in {"number", "whole"}:
        middle = (answer["lowest"] + answer["highest"]) / 2
        return int(middle) if answer["kind"] == "whole" else middle
    if answer["kind"] == "choice":
        return answer["choices"][-1]["value"]
    return answer["kind"] == "add"


def filled_in(document: Json, given: Mapping[str, Any]) -> Json:
    """Return the assessment that an app sends after every step was answered, by the document's own rules."""
    body: Json = dict(document["body"])
    entries: dict[str, dict[tuple[tuple[str, str], ...], Json]] = defaultdict(dict)
    for answer in _answers(document):
        value = _value(answer, given)
        if answer["kind"] == "add":
            body.setdefault(answer["into"], []).extend([answer["value"]] if value else [])
        elif "entry" in answer:
            entry = entries[answer["into"]].setdefault(tuple(sorted(answer["entry"].items())), dict(answer["entry"]))
            entry[answer["field"]] = value
        elif "field" in answer:
            body.setdefault(answer["into"], {})[answer["field"]] = value
        else:
            body[answer["into"]] = value
    return body | {into: list(found.values()) for into, found in entries.items()}


CALM: Mapping[str, Any] = {
    **dict.fromkeys(get_args(RedFlag), "no"),
    **dict.fromkeys(("usual", "worst_24h"), 2),
    "settles_within_h": 20.0,
    "irritability": "low",
    "fault": 0,
    "pain": 0,
    "pinch": False,
    "limit_felt": "stretch",
}


def test_a_member_fills_in_the_whole_form_and_sends_it(client: TestClient, gym: Gym) -> None:
    """Built from the document alone, it is taken as it stands; nothing core is missing; all of it is stored."""
    member = Api(client, gym.member)
    body = filled_in(member.get(READ), CALM)
    stored = member.post(f"/v1/clients/{gym.member.client_id}/assessments", body)

    assert stored["setting"] == "home"
    assert stored["findings"]["missing"] == []
    assert stored["trouble"] == []
    for name in ("signs", "observations"):
        assert stored[name] == body[name]
    for name in ("measurements", "tests", "car_faults"):
        assert len(stored[name]) == len(body[name])
    assert stored["red_flags"] == body["red_flags"]
    assert stored["back_pain"] == body["back_pain"]


@pytest.mark.sqlite_only
def test_the_lowest_and_highest_answers_are_taken_and_none_beyond(client: TestClient, gym: Gym) -> None:
    """The ranges of the document are those of the endpoint: the ends pass, one more is refused and named."""
    member = Api(client, gym.member)
    document, path = member.get(READ), f"/v1/clients/{gym.member.client_id}/assessments"
    ranged = [answer for answer in _answers(document) if "lowest" in answer]
    assert len(ranged) > 30
    for end, step in (("lowest", -1), ("highest", 1)):
        body = filled_in(document, CALM)
        for answer in ranged:
            _put(body, answer, answer[end])
        member.post(path, body)
        for answer in {(one["into"], one["field"]): one for one in ranged}.values():
            beyond = filled_in(document, CALM)
            _put(beyond, answer, answer[end] + step)
            assert pointers(member.post(path, beyond, 422)) & {_pointer(beyond, answer)}


def _entry(body: Json, answer: Json) -> Json:
    """Return the object an answer stands in."""
    if "entry" not in answer:
        found: Json = body[answer["into"]]
        return found
    return next(one for one in body[answer["into"]] if answer["entry"].items() <= one.items())


def _put(body: Json, answer: Json, value: float) -> None:
    _entry(body, answer)[answer["field"]] = int(value) if answer["kind"] == "whole" else value


def _pointer(body: Json, answer: Json) -> str:
    place = "" if "entry" not in answer else f"/{body[answer['into']].index(_entry(body, answer))}"
    return f"/{answer['into']}{place}/{answer['field']}"


# --- what the document says ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document(catalogue: Catalogue) -> Json:
    """Return the document in English."""
    read: Json = home_assessment(catalogue, messages_in("en")).model_dump(mode="json", exclude_none=True)
    return read


def test_everything_an_assessment_takes_is_asked(document: Json, catalogue: Catalogue) -> None:
    """Measures, signs, tests, observations, circles, pain, irritability and all red flags, each with its choices."""
    answers = _answers(document)
    into: dict[str, list[Json]] = defaultdict(list)
    for answer in answers:
        into[answer["into"]].append(answer)

    told_by_itself = {"setting", "performed_on", "replaces"}
    assert set(into) == set(AssessmentCreate.model_fields) - told_by_itself
    measured = {(one["entry"]["joint"], one["entry"]["motion"], one["entry"]["side"]) for one in into["measurements"]}
    assert measured == set(_sides_of(catalogue))
    assert {one["value"] for one in into["signs"]} == set(home_seed.all_signs())
    assert {one["value"] for one in into["observations"]} == set(get_args(Observation))
    assert {one["field"] for one in into["red_flags"]} == set(get_args(RedFlag))
    assert {one["entry"]["test"]: _choices(one) for one in into["tests"]} == RESULTS_OF
    assert {one["entry"]["joint"] for one in into["car_faults"]} == set(get_args(CarJoint))
    assert [_choices(one) for one in into["irritability"]] == [get_args(Irritability)]
    felt = [one for one in into["measurements"] if one["field"] == "limit_felt"]
    assert {_choices(one) for one in felt} == {get_args(LimitFelt)}


def _sides_of(catalogue: Catalogue) -> Iterator[tuple[str, str, Side]]:
    for measure in catalogue.measures.values():
        sides: tuple[Side, ...] = ("left", "right") if measure.sided else ("midline",)
        yield from ((measure.joint, measure.motion, side) for side in sides)


def _choices(answer: Json) -> tuple[str, ...]:
    return tuple(choice["value"] for choice in answer["choices"])


@pytest.mark.parametrize(("language", "second"), [("en", "second towel"), ("de", "zweite")])
def test_hip_internal_rotation_asks_for_both_towels_it_needs(language: str, second: str) -> None:
    """One lies between the knees while the other pulls the foot: listed, and told apart in the steps."""
    told = json.loads(home_document(language).text)
    (step,) = [step for one in told["sections"] for step in one["steps"] if step["id"] == "hip_internal_rotation"]

    assert {"towel", "second_towel"} <= set(step["equipment"])
    assert " ".join(step["steps"]).count(second) == 2
    assert len({thing["name"] for thing in told["equipment"]}) == len(told["equipment"])


def test_each_step_says_what_to_do_how_to_read_it_and_with_what(document: Json, catalogue: Catalogue) -> None:
    """Two to eight short steps, things that are listed, sources that exist; core and home error as in the norms."""
    things = {thing["id"] for thing in document["equipment"]}
    steps = [step for section in document["sections"] for step in section["steps"]]
    for step in steps:
        assert 2 <= len(step["steps"]) <= 8
        assert all(len(text) <= 260 for text in (*step["steps"], step["read"]))
        assert set(step["equipment"]) <= things
        assert set(step["sources"]) <= set(catalogue.sources)
        assert step["answers"]
    measured = {step["id"]: step for step in steps if "home_error" in step}
    assert set(measured) == set(catalogue.measures)
    for key, step in measured.items():
        measure = catalogue.measures[key]
        assert step["core"] == measure.core
        assert step["home_error"]["standard"] == pytest.approx(measure.sem * 1.75, abs=0.06)
        assert step["home_error"]["smallest_real_change"] == pytest.approx(measure.mdc * 1.75, abs=0.06)
    assert [section["id"] for section in document["sections"]] == ["safety", "history", "joints", "circles", "squat"]


def test_the_safety_questions_come_first_in_the_plans_own_words(document: Json, catalogue: Catalogue) -> None:
    """The six of the article ahead of all others and marked as needed; with a yes the tests end."""
    first = document["sections"][0]["steps"][0]
    asked = [(answer["field"], answer["needed"]) for answer in first["answers"]]

    assert [flag for flag, needed in asked if needed] == [flag for flag, _ in asked[:6]]
    assert {answer["field"]: answer["label"] for answer in first["answers"]} == dict(catalogue.texts.red_flags)
    assert "stop" in first
    assert len(document["when_to_stop"]["rules"]) == 3
    assert document["left_out"]


def test_no_text_diagnoses_or_promises(document: Json) -> None:
    """Plain words about what to do: no names of diseases, no cure, nothing that frightens."""
    words = " ".join(_texts(document)).lower()
    for word in (
        "diagnos",
        "cure",
        "heal",
        "guarantee",
        "hernia ",
        "sciatica",
        "disc ",
        "damage",
        "danger",
        "kinstretch",
    ):
        assert word not in words.replace("a hernia or", ""), word


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


@pytest.mark.sqlite_only
def test_it_is_sent_once(client: TestClient, gym: Gym) -> None:
    """A strong tag answers 304; whoever is not signed in reads nothing."""
    member = Api(client, gym.member)
    first = member.send("GET", READ)
    again = member.send("GET", READ, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.headers["Content-Encoding"], again.status_code, again.content) == ("gzip", 304, b"")
    assert client.get(READ).status_code == 401


# --- the seed file is checked ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("test: heels_up", "test: wider_stance"), "tests/heels_up"),
        (("[method-article, finucane-2020", "[method-article, nobody-1999"), "red_flags/sources"),
        (("motion: rotation", "motion: flexion"), "measures/thoracic_rotation"),
        (("car: ankle", "car: hip"), "cars/ankle"),
        (("{id: heels_up,", "{id: heels_down,"), "heels_down.title"),
        (("test: heels_up}", "test: heels_up, car: hip}"), "heels_up"),
        (("irritability: true", "irritability: false"), "history/irritability"),
        (("equipment: [books,", "equipment: [bricks,"), "equipment.bricks"),
        (("loaded_squat, hands_on]", "hands_on]"), "left_out.loaded_squat"),
    ],
)
def test_a_fault_in_the_seed_file_is_named(catalogue: Catalogue, change: tuple[str, str], fault: str) -> None:
    """What is missing, doubled, unknown or without its text stops the file from being read."""
    text = (resource_directory("seeds") / home_seed.FILE).read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(SeedError) as refused:
        home_seed.parse_home(text.replace(*change, 1), catalogue, messages_in("en"))
    assert any(one.pointer.endswith(f"#{fault}") for one in refused.value.faults), refused.value.faults


def test_a_text_too_many_or_out_of_row_is_named(catalogue: Catalogue) -> None:
    """A text that no step shows, and a step text after a gap, are faults."""
    english = messages_in("en")
    text = (resource_directory("seeds") / home_seed.FILE).read_text(encoding="utf-8")
    extra = {"home_assessment.nobody.title": "x", "home_assessment.rock_back.do_9": "x", "home_assessment.sign.x": "x"}
    with pytest.raises(SeedError) as refused:
        home_seed.parse_home(text, catalogue, Messages("en", english.locale, {**english.texts, **extra}))
    found = {fault.pointer.rpartition("#")[2]: fault.code for fault in refused.value.faults}
    assert found == {"nobody.title": "unknown_text", "rock_back.do_9": "gap", "sign.x": "unknown_text"}


# --- from home to a block ----------------------------------------------------------------------------------------


def planned_items(catalogue: Catalogue, house: Sequence[Equipment], limits: str) -> list[Item]:
    """Return every item of a block after a home assessment, earned and projected weeks."""
    body = ASSESSMENT[limits]["value"] | {"setting": "home"}  # type: ignore[operator]
    sam = SAM | {"setting": "home", "equipment": list(house), "weights": {}}
    assessment = to_assessment(AssessmentCreate.model_validate(body), performed_on=DAY_ONE)
    request, facts = Bench(catalogue).request(to_profile(ClientCreate.model_validate(sam)), assessment)
    block = build(request, facts, catalogue=catalogue, today=DAY_ONE).block
    weeks = (*block.earned, *block.projected)
    return [item for week in weeks for day in week.days for session in day.sessions for item in session.items]


@pytest.mark.parametrize("house", HOUSES)
@pytest.mark.parametrize("limits", ["hip", "ankle", "trunk", "home"])
def test_a_plan_from_home_uses_only_what_is_in_the_house(catalogue: Catalogue, house: str, limits: str) -> None:
    """Every exercise, squat and weight of every week is there, with a full house and with none."""
    owned = ALWAYS_THERE | set(HOUSES[house])
    items = planned_items(catalogue, HOUSES[house], limits)

    assert len({item.exercise for item in items}) > 8
    for item in items:
        known = catalogue.variations if item.category == "squat" else catalogue.exercises
        needs = known[item.exercise].equipment
        assert all(owned & set(group) for group in needs), (item.exercise, needs)
        _check_things(item.modifiers or (), item.load_text or "", owned)


def test_a_member_gets_a_block_for_the_house(client: TestClient, gym: Gym) -> None:
    """Assessed and planned by the member alone, first with nothing at hand, then with a backpack, a band and a step."""
    member, path = Api(client, gym.member), f"/v1/clients/{gym.member.client_id}"
    needs = _needs(member)
    member.post(f"{path}/assessments", ASSESSMENT["hip"]["value"], 403)
    for house in ("nothing at all", "a backpack, a band and a step"):
        owned = ALWAYS_THERE | set(HOUSES[house])
        member.patch(path, {"setting": "home", "equipment": HOUSES[house], "weights": {}})
        assessed = member.post(f"{path}/assessments", filled_in(member.get(READ), CALM))
        asked = {"assessment_id": assessed["id"], "weeks": 4}
        block = member.post(f"{path}/blocks", asked, params={"finish_current": "true"})

        assert (block["status"], member.get("/v1/me/week")["block_id"]) == ("active", block["id"])
        for number in range(1, 5):
            for item in items_of(member.week(block, number)):
                assert all(owned & set(group) for group in needs[item["exercise"]]), item["exercise"]
                _check_things(item.get("modifiers", ()), item.get("load_text", ""), owned)


def _needs(api: Api) -> dict[str, list[list[str]]]:
    """Return what each exercise and variation of the library needs, as it is served."""
    entries = [*every(api, "/v1/library/exercises"), *every(api, "/v1/library/squat-variations")]
    return {entry["id"]: entry["equipment"] for entry in entries}


def _check_things(modifiers: Sequence[str], text: str, owned: set[str]) -> None:
    """Check what an item names besides its exercise: pins, weights, bars."""
    assert "pins" not in modifiers or "pins" in owned
    for thing in ("kettlebell", "dumbbell", "backpack"):
        assert thing not in text or thing in owned, text
    assert "on the bar" not in text or {"barbell", "rack"} <= owned, text


@pytest.mark.sqlite_only
def test_readings_at_home_are_believed_less(client: TestClient, gym: Gym) -> None:
    """The same borderline numbers are one step less certain from home, and each probability is nearer to a coin's."""
    borderline: Json = ASSESSMENT["hip"]["value"] | {"measurements": _borderline()}  # type: ignore[operator]
    coach, client_path = Api(client, gym.coach), f"/v1/clients/{gym.member.client_id}"
    clinic, home = (
        coach.post(f"{client_path}/assessments", borderline | {"setting": setting})["findings"]
        for setting in ("clinic", "home")
    )

    assert (clinic["limiting_factor"], home["limiting_factor"]) == ("hip", "hip")
    assert (clinic["confidence"], home["confidence"]) == ("high", "medium")
    sure, unsure = _probabilities(clinic), _probabilities(home)
    assert set(sure) == set(unsure) != set()
    assert all(abs(unsure[rule] - 0.5) <= abs(sure[rule] - 0.5) for rule in sure)
    assert any(abs(unsure[rule] - 0.5) < abs(sure[rule] - 0.5) - 0.05 for rule in sure)


def _borderline() -> list[Json]:
    measured = [dict(one) for one in ASSESSMENT["hip"]["value"]["measurements"]]  # type: ignore[index]
    for one in measured:
        if one["motion"] == "flexion":
            one |= {"passive": one["passive"] + 10, "active": one["active"] + 10}
        if one["motion"] == "internal_rotation":
            one |= {"passive": one["passive"] + 13, "active": one["active"] + 14}
    return measured


def _probabilities(findings: Json) -> dict[str, float]:
    return {
        one["rule"]: float(one["facts"]["probability"])
        for one in findings["evidence"]
        if one["source"] == "measurement" and "probability" in one["facts"]
    }
