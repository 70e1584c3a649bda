"""What a phone shows: texts stand beside codes, and the codes without one have theirs in the words document."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.assessments.examples import ASSESSMENT
from app.compressed import deflated
from app.library.word_service import AREA, CODES, words_in
from app.messages import languages, messages_in
from tests.app.kit import HIP, Api, Json, flags, items_of
from tests.gym import Gym

READ = "/v1/library/words"
OF_ITEMS = ("category", "side", "depth", "load_position", "stage")


def _weeks(api: Api) -> Iterator[Json]:
    """Yield the weeks of clients with a hip, an ankle and a trunk that limit, and of one whose block is locked."""
    for name in ("hip", "ankle", "trunk"):
        _, block = api.planned_client(ASSESSMENT[name]["value"])  # type: ignore[arg-type]
        yield from (api.week(block, number) for number in (1, 3, 6))
    _, locked = api.planned_client(HIP | {"red_flags": flags(tingling="yes")})
    yield api.week(locked, 1)


@pytest.mark.sqlite_only
def test_everything_in_a_week_has_a_text(client: TestClient, gym: Gym) -> None:
    """Each item a name, a cue and reasons in words; whatever is loaded says with what; each code is a known word."""
    api = Api(client, gym.coach)
    words = api.get(READ)["words"]
    for week in _weeks(api):
        assert week["focus"].strip()
        assert {week["status"], week["stage"]} <= set(words["block_status"]) | set(words["stage"])
        assert week["lock"] is None or (week["lock"]["text"] and week["lock"]["urgency"] in words["urgency"])
        for day in week["days"]:
            for session in day["sessions"]:
                assert session["title"].strip()
                assert session["kind"] in words["session_kind"]
                assert session["status"] in words["session_status"]
        for item in items_of(week):
            _check_item(item, words)


def _check_item(item: Json, words: Json) -> None:
    assert item["name"].strip()
    assert item["cue"].strip()
    assert item["because"] or item["category"] in {"cars", "general"}, item["exercise"]
    assert all(reason["text"].endswith((".", "!")) for reason in item["because"]), item["because"]
    assert "load_kg" not in item or item["load_text"]
    for name in OF_ITEMS:
        assert name not in item or item[name] in words[name], (name, item[name])
    assert set(item.get("modifiers", ())) <= set(words["modifiers"])
    assert {phase["name"] for phase in item.get("phases", ())} <= set(words["phase"])


def test_the_words_are_small_and_sent_once(client: TestClient, gym: Gym) -> None:
    """Some three kilobytes, with a tag that answers 304; everybody who is signed in reads them."""
    member = Api(client, gym.member)
    first = member.send("GET", READ)
    again = member.send("GET", READ, headers={"If-None-Match": first.headers["ETag"]})

    assert len(deflated(first.content)) < 2_000
    assert (first.json()["language"], again.status_code, again.content) == ("en", 304, b"")
    assert client.get(READ).status_code == 401


@pytest.mark.parametrize("language", languages())
def test_every_code_has_a_short_word_and_no_word_is_left_over(language: str) -> None:
    """Labels that fit on a phone."""
    words = words_in(messages_in(language)).words
    written = {key for key in messages_in(language).texts if key.startswith(f"{AREA}.")}

    assert written == {f"{AREA}.{group}.{code}" for group, codes in CODES.items() for code in codes}
    assert all(1 <= len(text) <= 45 for group in words.values() for text in group.values())


@pytest.mark.sqlite_only
def test_the_description_names_no_code_of_items_without_words(client: TestClient) -> None:
    """A closed choice that is added to an item of a week must get words, or this test says so."""
    described = client.get("/openapi.json").json()["components"]["schemas"]
    choices = {
        name: set(field["enum"] if "enum" in field else field.get("anyOf", [{}])[0].get("enum", ()))
        for name, field in described["Item"]["properties"].items()
    }
    known = {name: codes for name, codes in choices.items() if codes}

    assert set(known) == set(OF_ITEMS)
    assert all(codes == set(CODES[name]) for name, codes in known.items())
