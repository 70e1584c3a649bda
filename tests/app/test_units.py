"""Kilograms or pounds, as the client prefers: in every text of a plan, and in what its decisions say."""

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from fastapi.testclient import TestClient

from app.assessments.examples import ASSESSMENT
from planner.catalogue import Catalogue
from tests.app.kit import CALM_MORNING, Api, Json, as_prescribed, items_of, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

POUND_GYM: Json = {
    "units": "imperial",
    "equipment": ["barbell", "rack", "safety_bar", "dumbbell", "box", "wedge", "bench"],
    "weights": {},
    # 315 lb, as an app converts it
    "preferred_squat": {"variation": "high_bar_back_squat", "depth": "parallel", "one_rep_max_kg": 142.88},
}
KILOGRAMS, POUNDS = re.compile(r"\bkg\b"), re.compile(r"\blb\b")


def told(body: object) -> Iterator[str]:
    """Yield every text of an answer; names of fields are no texts."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for value in body.values():
            yield from told(value)
    elif isinstance(body, list):
        for value in body:
            yield from told(value)


def lived(api: Api, clock: Clock, **changes: object) -> list[Json]:
    """Assess a client, plan, and train two calm weeks; return every answer in which their plan speaks."""
    path = api.new_client(**POUND_GYM | changes)
    assessed = api.post(f"{path}/assessments", ASSESSMENT["ankle"]["value"])
    block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    read = [api.week(block, number) for number in range(1, 7)]
    for number in (1, 2):
        for day in api.week(block, number)["days"]:
            clock.now = datetime.fromisoformat(f"{day['date']}T07:00:00+00:00")
            read.append(api.post(f"{path}/check-ins", CALM_MORNING))
            clock.forward(hours=11)
            week = api.week(block, number)
            planned = sessions_of(week, "squat", on=date.fromisoformat(day["date"]))
            read += [api.post(f"{path}/session-logs", as_prescribed(session)) for session in planned]
    read += [api.week(block, number) for number in range(1, 7)]
    return [*read, api.get(f"/v1/blocks/{block['id']}"), api.get(f"/v1/blocks/{block['id']}/decisions")]


def test_nothing_says_kilograms_where_everything_is_in_pounds(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Plates and dumbbells in pounds: loads, warm-up sets, reasons and decisions are pounds alone, in steps of five."""
    texts = set(told(lived(Api(client, gym.coach), clock)))
    whole = " ".join(texts)

    assert not [text for text in texts if KILOGRAMS.search(text)]
    assert re.search(r"the load goes from [\d.]+ lb to [\d.]+ lb\.", whole)
    assert re.search(r"training maximum of \d+ lb\.", whole)
    assert re.search(r"\d+ lb on the bar \(\d+ lb bar", whole)
    dumbbells = {float(pounds) for pounds in re.findall(r"([\d.]+) lb dumbbell", whole)}
    assert dumbbells
    assert all(pounds % 5 == 0 for pounds in dumbbells)


@pytest.mark.sqlite_only
def test_bells_marked_in_kilograms_are_told_in_pounds_first(client: TestClient, gym: Gym, clock: Clock) -> None:
    """A kettlebell keeps the number that is cast on it, behind the pounds the client thinks in."""
    bells = {
        "equipment": ["barbell", "rack", "kettlebell", "wedge"],
        "weights": {"kettlebells_kg": [8, 12, 16, 20, 24]},
    }
    texts = set(told(lived(Api(client, gym.coach), clock, **bells)))
    named = [text for text in texts if KILOGRAMS.search(text)]

    assert any(re.search(r"lb \(\d+ kg\) kettlebell", text) for text in named)
    assert all(len(KILOGRAMS.findall(text)) == len(re.findall(r"[\d.]+ lb \([\d.]+ kg\)", text)) for text in named)


@pytest.mark.sqlite_only
def test_nothing_says_pounds_to_who_thinks_in_kilograms(client: TestClient, gym: Gym, clock: Clock) -> None:
    """The same client in metric units; the loads are those that exist in kilograms."""
    read = lived(Api(client, gym.coach), clock, units="metric")
    texts = set(told(read))

    assert not [text for text in texts if POUNDS.search(text)]
    assert re.search(r"the load goes from [\d.]+ kg to [\d.]+ kg\.", " ".join(texts))


def test_no_sentence_of_a_rule_names_a_unit_of_weight(catalogue: Catalogue) -> None:
    """The unit comes with the number, so that every language speaks in the client's."""
    sentences = [text for cases in catalogue.texts.rules.values() for text in cases.values()]
    written = [re.sub(r"{\w+}", "", text) for text in (*sentences, *catalogue.texts.phrases.values())]

    assert not [text for text in written if KILOGRAMS.search(text) or POUNDS.search(text)]


def test_another_unit_says_the_same_plan_anew(client: TestClient, gym: Gym, clock: Clock) -> None:
    """When the client changes to pounds, what lies ahead speaks pounds, of dumbbells there are in pounds."""
    api = Api(client, gym.coach)
    path = api.new_client(**POUND_GYM | {"units": "metric"})
    assessed = api.post(f"{path}/assessments", ASSESSMENT["ankle"]["value"])
    block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    api.patch(path, {"units": "imperial"})
    clock.forward(days=7)

    texts = [item["load_text"] for item in items_of(api.week(block, 2)) if item["category"] == "squat"]
    assert texts
    assert all(re.fullmatch(r"\d+ lb dumbbell", text) for text in texts)


@pytest.mark.sqlite_only
def test_a_load_that_a_coach_repeats_stays_what_it_is(client: TestClient, gym: Gym) -> None:
    """The kilograms of a bar in pounds, sent back as they were read, are no plate less."""
    api = Api(client, gym.coach)
    path = api.new_client(**POUND_GYM)
    assessed = api.post(f"{path}/assessments", ASSESSMENT["ankle"]["value"])
    block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    item = next(item for item in items_of(api.week(block, 6)) if "on the bar" in item.get("load_text", ""))
    asked = {"kind": "set_load", "scope": "session", "item_id": item["id"], "load_kg": item["load_kg"]}
    tag = {"If-Match": api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]}
    api.post(f"/v1/blocks/{block['id']}/adjustments", asked | {"reason": "As it is."}, headers=tag)

    again = next(one for one in items_of(api.week(block, 6)) if one["id"] == item["id"])
    assert (again["load_kg"], again["load_text"]) == (item["load_kg"], item["load_text"])
