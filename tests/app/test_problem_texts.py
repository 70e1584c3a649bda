"""Error texts in the reader's language: what Accept-Language asks for, whoever is signed in."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic_core._pydantic_core import list_all_errors

from app.accepted_language import accepted_language
from app.messages import messages_in
from app.problem_texts import fault_text, invalid_text
from planner.errors import Fault
from tests.app.kit import HIP, SAM, Json
from tests.gym import Gym
from tests.support.placeholders import placeholders

CENTIMETRES: Json = HIP | {"measurements": [HIP["measurements"][0] | {"unit": "cm"}]}
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
HEADERS: dict[str | None, str] = {
    None: "en",
    "": "en",
    "de": "de",
    "DE-ch": "de",
    "tlh": "en",
    "tlh, de;q=0.2": "de",
    "en, de;q=0.9": "en",
    "de;q=0.3, en;q=0.7": "en",
    "de;q=0": "en",
    "*": "en",
    "fr, *;q=0.1, de;q=0.5": "de",
    "de;q=lots": "en",
    "de; q=0.4": "de",
    ";;;,=,q": "en",
    "x" * 5_000: "en",
}


@pytest.mark.parametrize("header", HEADERS)
def test_the_language_liked_best_is_taken(header: str | None) -> None:
    """Out of those there are texts in; English where none is liked or the header cannot be read."""
    assert accepted_language(header) == HEADERS[header]


def _refused(client: TestClient, gym: Gym, body: Json, headers: dict[str, str]) -> Json:
    answer = client.post("/v1/clients", json=body, headers=gym.coach.headers | headers)
    assert answer.headers["Content-Language"] == ("de" if headers else "en")
    assert answer.headers["Vary"] == "Accept-Language"
    read: Json = answer.json()
    return read


def test_a_refused_body_is_told_in_the_language_asked_for(client: TestClient, gym: Gym) -> None:
    """Titles and messages change; type, status, codes and pointers do not."""
    body = SAM | {"birth_year": 3000, "session_minutes": 5, "sex": "yes", "time_zone": "Nowhere", "extra": 1}
    del body["setting"]
    english, german = (_refused(client, gym, body, headers) for headers in ({}, GERMAN))

    assert german["title"] == "Ein Teil der Eingabe wird nicht angenommen"
    assert german["detail"] == f"{german['title']}."
    messages = {fault["pointer"]: fault["message"] for fault in german["errors"]}
    assert messages["/birth_year"] == "Die Eingabe soll 2200 oder weniger sein"
    assert messages["/session_minutes"] == "Die Eingabe soll 10 oder mehr sein"
    assert messages["/setting"] == "Das wird gebraucht"
    assert messages["/extra"] == "Dieses Feld gibt es nicht"
    assert messages["/time_zone"].startswith("ist nicht der Name einer Zeitzone")
    assert messages["/sex"] == "Die Eingabe soll eines davon sein: 'female', 'male', 'other'"
    kept = ("type", "status", "code", "instance")
    assert {name: german[name] for name in kept} == {name: english[name] for name in kept}
    assert [(one["pointer"], one["code"]) for one in german["errors"]] == [
        (one["pointer"], one["code"]) for one in english["errors"]
    ]
    pairs = zip(english["errors"], german["errors"], strict=True)
    assert all(one["message"] != other["message"] for one, other in pairs)


def test_what_the_service_refuses_by_itself_is_told_in_the_language_asked_for(client: TestClient, gym: Gym) -> None:
    """Faults of facts, unreadable bodies, strangers, unknown paths, and what is refused before it is routed."""
    signed = gym.coach.headers | GERMAN
    future = client.post("/v1/clients", json=SAM | {"birth_year": 2200}, headers=signed).json()
    broken = client.post("/v1/clients", content="{", headers=signed | {"Content-Type": "application/json"}).json()
    member = client.patch("/v1/me", json={}, headers=GERMAN)
    missing = client.get("/nope", headers=GERMAN)
    laden = client.get("/v1/me", headers=GERMAN | {"X-Load": "x" * 20_000})

    assert [(one["code"], one["message"]) for one in future["errors"]] == [("in_the_future", "liegt in der Zukunft")]
    assert broken["errors"][0]["message"] == "Der Inhalt ist kein gültiges JSON"
    assert (member.status_code, member.json()["title"]) == (401, "Melde dich zuerst an")
    assert (missing.status_code, missing.json()["detail"]) == (404, "So etwas gibt es hier nicht.")
    assert (laden.status_code, laden.json()["title"]) == (431, "Die Header sind zu groß")
    assert {answer.headers["Content-Language"] for answer in (member, missing, laden)} == {"de"}


def test_why_a_member_may_not_is_told_in_the_language_asked_for(client: TestClient, gym: Gym) -> None:
    """The detail of a refusal is a text like any other."""
    answer = client.patch(
        f"/v1/clients/{gym.member.client_id}", json={"limits": []}, headers=gym.member.headers | GERMAN
    )

    assert (answer.status_code, answer.json()["detail"]) == (403, "Das ändert nur ein Coach.")


def test_numbers_of_a_fault_are_written_as_people_do() -> None:
    """A decimal comma in German, units in words; codes stay."""
    fault = Fault("/x", "out_of_range", say="measure", facts={"low": 0.5, "high": 20.0, "unit": "cm"})

    assert fault_text(fault, messages_in("de")) == "liegt zwischen 0,5 und 20 Zentimetern"
    assert fault_text(fault, messages_in("en")) == "lies between 0.5 and 20 centimetres"


def test_what_no_catalogue_knows_is_told_as_it_stands() -> None:
    """A fault of an organization's own exercise carries its sentence with it."""
    assert fault_text(Fault("/x", "odd", "is odd"), messages_in("de")) == "is odd"


@pytest.mark.sqlite_only
def test_what_cannot_be_read_is_told_without_codes(client: TestClient, gym: Gym) -> None:
    """Ids, days, instants, numbers and texts, in either language: never the kind that pydantic calls it."""
    path = f"/v1/clients/{gym.member.client_id}"
    log = {"id": "x", "at": "yesterday", "words": ["sharp", "sharp"], "session_id": "1"}
    asked = {
        "parameters": ("GET", "/v1/clients/x/week?date=2026-13-45", None),
        "limit": ("GET", "/v1/clients?limit=many", None),
        "log": ("POST", f"{path}/check-ins", log),
        "short": ("POST", "/v1/clients", SAM | {"display_name": ""}),
        "measured": ("POST", f"{path}/assessments", CENTIMETRES),
    }
    told: dict[str, set[str]] = {}
    for language in ("en", "de"):
        signed = gym.coach.headers | {"Accept-Language": language}
        answers = [client.request(method, url, json=body, headers=signed) for method, url, body in asked.values()]
        assert [answer.status_code for answer in answers] == [422] * len(asked)
        told[language] = {fault["message"] for answer in answers for fault in answer.json()["errors"]}

    assert {
        "Die Eingabe soll eine UUID sein, wie 0f8fad5b-d9cb-469f-a165-70867728950e",
        "Die Eingabe soll ein Tag sein, wie 2026-11-02",
        "Die Eingabe soll ein Zeitpunkt sein, wie 2026-11-02T07:30:00Z",
        "Die Eingabe soll eine ganze Zahl sein",
        "Die Eingabe soll mindestens ein Zeichen haben",
        "wird in Grad gemessen",
    } <= told["de"]
    assert {"Input should have at least one character", "is measured in degrees"} <= told["en"]
    assert not told["en"] & told["de"]
    assert not [text for text in told["en"] | told["de"] if "_" in text or "parsing" in text]


def _invalid(kind: str, **facts: object) -> str:
    detail: Any = {"type": kind, "loc": (), "msg": "", "input": None, "ctx": facts}
    return invalid_text(detail, messages_in("de"))


def test_lists_have_entries_and_texts_have_characters_one_or_more() -> None:
    """Each count in its own words."""
    assert _invalid("too_short", min_length=1) == "Die Eingabe soll mindestens einen Eintrag haben"
    assert _invalid("too_long", max_length=3, min_length=0) == "Die Eingabe soll höchstens 3 Einträge haben"
    assert _invalid("string_too_long", max_length=1) == "Die Eingabe soll höchstens ein Zeichen haben"
    assert _invalid("string_too_short", min_length=2) == "Die Eingabe soll mindestens 2 Zeichen haben"


@pytest.mark.parametrize(
    "kind", ["uuid_parsing", "datetime_from_date_parsing", "date_from_datetime_inexact", "odd_one"]
)
def test_a_kind_is_told_like_its_family_and_an_unknown_one_without_its_name(kind: str) -> None:
    """Nothing of pydantic's words reaches a reader."""
    assert re.fullmatch(
        r"Die Eingabe (soll eine? .* sein, wie \S+|ist hier nicht gültig)", _invalid(kind, error="too short")
    )


def test_every_kind_of_invalid_input_is_filled_with_what_pydantic_compares() -> None:
    """No text asks for a fact that its kind does not have."""
    known = {error["type"]: set(error.get("example_context") or {}) for error in list_all_errors()}
    families = {kind.partition("_")[0] for kind in known}
    texts = {key: text for key, text in messages_in("en").texts.items() if key.startswith("problems.invalid.")}
    asked = {
        key.removeprefix("problems.invalid.").removesuffix(".one"): placeholders(text) for key, text in texts.items()
    }

    assert asked.keys() - known.keys() - families == {"other"}
    assert {kind: facts for kind, facts in asked.items() if facts - known.get(kind, set())} == {}
