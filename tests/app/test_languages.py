"""A client who speaks German: everything planned for them does, and the library and errors as each is asked."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.red_flags import ALL_NO
from planner.catalogue import Catalogue
from tests.app.kit import CALM_MORNING, HIP, Api, Json, sessions_of
from tests.conftest import Clock
from tests.gym import Account, Gym

DAY_ONE = Clock().now.date()

SAID = frozenset(
    {"advice", "because", "focus", "load_text", "missing", "reduced_range_reason", "stop_rules", "text", "title"}
    | {"trained", "unlock", "up_criteria", "watch"}
)
A_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")


def said(answer: Any, name: str = "") -> Iterator[str]:
    """Yield every text of an answer that people read."""
    if isinstance(answer, dict):
        for key, part in answer.items():
            yield from () if key in {"facts", "name"} else said(part, key)
    elif isinstance(answer, list):
        for part in answer:
            yield from said(part, name)
    elif isinstance(answer, str) and name in SAID:
        yield answer


def english_in(answer: Any, catalogue: Catalogue) -> list[str]:
    """Return the texts of an answer that are English sentences of ours."""
    texts = catalogue.texts
    known = {*texts.phrases.values(), *(one.text for one in texts.teaching.values())}
    known |= {template for cases in texts.rules.values() for template in cases.values()}
    openings = {template.partition("{")[0] for template in known} - {""}
    english = tuple(opening for opening in openings if len(opening.split()) > 1)
    return [text for text in said(answer) if text.startswith(english)]


@pytest.fixture
def german(client: TestClient, gym: Gym) -> tuple[Api, str]:
    """Return the coach's API and the path of a client with a German locale."""
    api = Api(client, gym.coach)
    return api, api.new_client(locale="de-AT")


def test_everything_planned_for_a_german_client_is_german(
    client: TestClient, gym: Gym, german: tuple[Api, str], catalogue: Catalogue
) -> None:
    """Screening, assessment, block, weeks, logs and what they decide: no sentence of ours is English."""
    api, path = german
    screening = api.post(f"{path}/screenings", {"red_flags": ALL_NO})
    assessed = api.post(f"{path}/assessments", HIP)
    block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    weeks = [api.week(block, number) for number in (1, 2)]
    squat = next(one for week in weeks for one in sessions_of(week, "squat"))
    log = {"session_id": squat["id"], "back_pain": {"during": 7, "after": 6}, "words": ["sharp"]}
    logged = api.post(f"{path}/session-logs", log)
    morning = api.post(f"{path}/check-ins", CALM_MORNING)
    after = api.get(f"/v1/blocks/{block['id']}")
    answers = [screening, assessed, block, *weeks, logged, morning, after]

    assert screening["text"] == "Bei den Sicherheitsfragen spricht nichts gegen das Training."
    assert "Kniebeugen-Einheit" in {one["title"] for one in sessions_of(weeks[0])}
    assert logged["decisions"]
    assert [english_in(answer, catalogue) for answer in answers] == [[]] * len(answers)
    assert sum(1 for answer in answers for text in said(answer) if A_WORD.search(text)) > 200


def test_a_red_flag_is_told_in_german(german: tuple[Api, str]) -> None:
    """What to do now, and what lifts the lock."""
    api, path = german
    assessed = api.post(f"{path}/assessments", HIP)
    block = api.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    api.post(f"{path}/screenings", {"red_flags": ALL_NO | {"saddle_numbness": "yes"}})
    locked = api.get(f"/v1/blocks/{block['id']}")

    assert locked["lock"]["text"].startswith("Ruf bitte jetzt den Notruf an")
    assert locked["lock"]["unlock"].startswith("Dein Coach trägt eine Freigabe")


def test_another_locale_gives_the_days_ahead_in_its_language(client: TestClient, gym: Gym) -> None:
    """A revision with cause `profile`: today and what was decided stay as they were told, the days after change."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    first = api.week(block, 1)
    today = first["starts_on"]
    assert api.patch(path, {"locale": "de"})["locale"] == "de"
    week, later = api.week(block, 1), api.get(f"/v1/blocks/{block['id']}")

    assert later["revision"] == block["revision"] + 1
    assert sessions_of(week, on=None) != sessions_of(first, on=None)
    shown = {day["date"]: day for day in first["days"]}
    assert {day["date"]: day for day in week["days"]}[today] == shown[today]
    assert {one["title"] for day in week["days"][1:] for one in day["sessions"]} & {"Tägliche Gelenkkreise"}
    assert plan_of(week) == plan_of(first)
    assert later["teaching"][0]["title"] == "Wenn den Hüften die Beweglichkeit ausgeht"
    revision = api.get(f"/v1/blocks/{block['id']}/revisions/{later['revision']}")
    assert {row["field"] for row in revision["difference"]} <= {"focus", "load_text", "rung", "ladder"}
    assert (revision["cause_kind"], revision["revision"]) == ("profile", later["revision"])


@pytest.mark.sqlite_only
@pytest.mark.parametrize("kind", ["note", "set_load", "swap_exercise"])
def test_what_was_adjusted_today_stays_as_it_was_told(client: TestClient, gym: Gym, kind: str) -> None:
    """Another locale tells today's change neither anew nor twice."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    session = sessions_of(api.week(block, 1), "squat", on=DAY_ONE)[0]
    squat = next(item for item in session["items"] if item["category"] == "squat")
    about = {
        "note": {"session_id": session["id"], "note": "Easy today."},
        "set_load": {"item_id": squat["id"], "load_kg": 8},
        "swap_exercise": {"item_id": squat["id"], "exercise": "bodyweight_to_box"},
    }
    body = {"kind": kind, "scope": "session", "reason": "Easy today.", **about[kind]}
    tag = {"If-Match": api.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]}
    kept = api.post(f"/v1/blocks/{block['id']}/adjustments", body, headers=tag)
    shown = sessions_of(api.week(block, 1), on=DAY_ONE)

    assert "Easy today." in str(shown), kept
    for locale in ("de", "en"):
        api.patch(path, {"locale": locale})
        assert sessions_of(api.week(block, 1), on=DAY_ONE) == shown


def plan_of(week: Json) -> list[Any]:
    """Return what a week prescribes, apart from its words."""
    kept = ("id", "exercise", "side", "sets", "reps", "hold_s", "load_kg", "rpe_max", "depth", "rung")
    return [
        (day["date"], one["id"], one["minutes"], [[item.get(name) for name in kept] for item in one["items"]])
        for day in week["days"]
        for one in day["sessions"]
    ]


@pytest.mark.sqlite_only
def test_a_locale_without_texts_is_kept_and_served_in_english(client: TestClient, gym: Gym) -> None:
    """An app sends what the phone says; German speaks German, whatever the country. What is no locale is refused."""
    api = Api(client, gym.coach)
    for locale, opening in (("de_CH", "Bei den"), ("pt-BR", "Nothing on"), ("tlh", "Nothing on")):
        path = api.new_client(locale=locale)
        assert api.get(path)["locale"] == locale
        assert api.post(f"{path}/screenings", {"red_flags": ALL_NO})["text"].startswith(opening)
    for none in ("", "german", "de-", "../de", "d", 7):
        refused = api.patch(path, {"locale": none}, 422)
        assert [fault["pointer"] for fault in refused["errors"]] == ["/locale"]


def test_the_library_speaks_the_members_language_and_english_to_staff(client: TestClient, gym: Gym) -> None:
    """A member reads as their plan does, staff the source, whatever the browser accepts."""
    api, accept = Api(client, gym.coach), {"Accept-Language": "de"}
    api.patch(f"/v1/clients/{gym.member.client_id}", {"locale": "de"})
    readers = {"german member": gym.member, "english member": gym.other_member, "coach": gym.coach, "admin": gym.admin}
    for path in ("squat-variations/goblet_squat", "exercises", "home-assessment", "words"):
        asked = {name: client.get(f"/v1/library/{path}", headers=who.headers | accept) for name, who in readers.items()}
        spoken = {who: answer.headers["Content-Language"] for who, answer in asked.items()}
        assert spoken == {"german member": "de", "english member": "en", "coach": "en", "admin": "en"}
        assert not {who for who, answer in asked.items() if "Accept-Language" in answer.headers["Vary"]}
        assert asked["german member"].json() != asked["english member"].json() == asked["coach"].json()


def test_what_of_the_library_is_english_says_so(client: TestClient, gym: Gym) -> None:
    """Rules, sources, and the notes among the norms."""
    Api(client, gym.coach).patch(f"/v1/clients/{gym.member.client_id}", {"locale": "de"})

    def language(path: str, who: Account = gym.member) -> str:
        said: str = client.get(f"/v1/library/{path}", headers=who.headers).headers["Content-Language"]
        return said

    assert [language(path) for path in ("rules", "rules/SF01", "sources")] == ["en"] * 3
    assert (language("norms"), language("norms", gym.other_member)) == ("de, en", "en")
    norms = client.get("/v1/library/norms", headers=gym.member.headers).json()["items"]
    assert next(one["name"] for one in norms if one["id"] == "hip_flexion") == "Hüftbeugung"


def test_a_picture_says_its_language(german: tuple[Api, str]) -> None:
    """The words in it are the client's."""
    api, path = german
    block = api.post(f"{path}/blocks", {"assessment_id": api.post(f"{path}/assessments", HIP)["id"]})
    picture = api.send("GET", f"/v1/blocks/{block['id']}/chart.svg")

    assert picture.headers["Content-Language"] == "de"
    assert "Deine Kniebeuge" in picture.text


def test_a_coachs_list_of_clients_stays_english(client: TestClient, gym: Gym) -> None:
    """A browser's languages count before the sign-in only."""
    page = client.get("/week", headers=gym.coach.headers | {"Accept-Language": "de"}).text

    assert '<html lang="en">' in page
    assert "Whose week" in page


def test_the_coachs_inbox_stays_english(client: TestClient, gym: Gym, german: tuple[Api, str]) -> None:
    """It is the coach's, whose language nobody knows yet."""
    api, path = german
    api.post(f"{path}/screenings", {"red_flags": ALL_NO | {"tingling": "yes"}})
    rows = api.get("/v1/coach/inbox")["items"]

    assert any(row["reason"].startswith("The safety checklist has an answer") for row in rows)
