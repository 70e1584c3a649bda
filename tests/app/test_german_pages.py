"""What a German client opens is German in every sentence: week page, teaching, questions, picture, calendar, mail."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.catalogue import load_catalogue
from app.delivery.week_mail import WeekLetter, compose
from app.messages import messages_in
from app.red_flags import ALL_NO
from app.trend.chart import _broken
from app.yaml_files import read_yaml
from planner.wording import EntryWords, SquatWords, texts_of, words_of
from tests.app.kit import HIP, Api, Json, as_prescribed, sessions_of
from tests.app.pages import Browser, text_of
from tests.gym import Gym
from tests.support.placeholders import pieces

SENTENCES = Path(__file__).parents[2] / "seeds" / "texts"
READ_AREAS = ("page", "chart", "calendar", "mail", "dose", "common")
WORDS_OF_A_PHRASE = 3


def leaves(part: Any) -> Iterator[str]:
    """Yield the texts of a nested document."""
    if isinstance(part, dict):
        for one in part.values():
            yield from leaves(one)
    elif isinstance(part, list):
        for one in part:
            yield from leaves(one)
    elif isinstance(part, str):
        yield part


def sources(language: str) -> Iterator[str]:
    """Yield every text of a language that a member reads."""
    yield from leaves(read_yaml((SENTENCES / f"{language}.yaml").read_text(encoding="utf-8")))
    texts = messages_in(language).texts
    yield from (text for key, text in texts.items() if key.partition(".")[0] in READ_AREAS)
    spoken = load_catalogue().spoken(language)
    for entry in (*spoken.exercises.values(), *spoken.variations.values()):
        yield from texts_of(words_of(entry, SquatWords if hasattr(entry, "reason") else EntryWords))


@cache
def phrases(language: str) -> frozenset[str]:
    """Return the texts of a language without what is filled in, as far as they are some words long."""
    parts = (piece.strip() for text in sources(language) for piece in pieces(" ".join(text.split())))
    return frozenset(part for part in parts if len(part.split()) >= WORDS_OF_A_PHRASE)


def english_on(text: str) -> list[str]:
    """Return the English phrases that stand in a text."""
    return sorted(phrase for phrase in phrases("en") - phrases("de") if phrase in text)


def shown(page: Any) -> str:
    """Return what a page says, tooltips included."""
    return " ".join(f"{unescape(text_of(page))} {unescape(page.text)}".split())


@pytest.fixture
def german(client: TestClient, gym: Gym) -> tuple[Api, Browser, str, Json]:
    """Return the coach, the browser of a member with a German locale, the client's path and block."""
    coach = Api(client, gym.coach)
    path = f"/v1/clients/{gym.member.client_id}"
    coach.patch(path, {"locale": "de-AT"})
    assessed = coach.post(f"{path}/assessments", HIP)
    block = coach.post(f"{path}/blocks", {"assessment_id": assessed["id"]})
    return coach, Browser(client, gym.member.headers), path, block


@pytest.mark.sqlite_only
def test_no_english_stands_on_a_german_week_page(german: tuple[Api, Browser, str, Json]) -> None:
    """Every day of two weeks with its teaching, the safety questions, what was decided, and a lock."""
    coach, member, path, block = german
    squat = sessions_of(coach.week(block, 1), "squat")[0]
    trained = {item["exercise"] for session in sessions_of(coach.week(block, 1)) for item in session["items"]}
    pages = [member.open(f"/week?date=2026-11-{day:02}") for day in range(2, 16)]
    coach.post(f"{path}/session-logs", as_prescribed(squat) | {"back_pain": {"during": 7, "after": 6}})
    pages.append(member.open())
    coach.post(f"{path}/screenings", {"red_flags": ALL_NO | {"saddle_numbness": "yes"}})
    pages.append(member.open())

    assert [english_on(shown(page)) for page in pages] == [[]] * len(pages)
    spoken, words = load_catalogue().spoken("de"), " ".join(map(shown, pages[:7]))
    assert {spoken.exercises[one].setup in words for one in trained & spoken.exercises.keys()} == {True}
    assert "9: Eine Wiederholung wäre noch gegangen" in words
    assert all(question in words for question in spoken.texts.red_flags.values())


@pytest.mark.sqlite_only
def test_no_english_stands_in_the_picture_the_calendar_and_the_mail(german: tuple[Api, Browser, str, Json]) -> None:
    """The trend names squats as the plan does."""
    coach, _, path, block = german
    squat = sessions_of(coach.week(block, 1), "squat")[0]
    coach.post(f"{path}/session-logs", as_prescribed(squat))
    picture = coach.send("GET", f"/v1/blocks/{block['id']}/chart.svg").text
    address = coach.post(f"{path}/calendar-links", None)["url"]
    feed = coach.http.get(address).text.replace("\r\n ", "")
    told = WeekLetter(
        message_id="<1@x.example>",
        to="x@home.example",
        name="Sam",
        words=messages_in("de"),
        week=coach.week(block, 1),
        weeks=6,
        ahead=False,
        page_url="https://x.example/week",
        unsubscribe_url="https://x.example/u",
    )
    mail = compose(told, sender="x@x.example", at=datetime(2026, 11, 2, tzinfo=UTC))
    parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]  # type: ignore[attr-defined]

    assert "BEGIN:VEVENT" in feed
    assert [english_on(unescape(text)) for text in (picture, feed.replace("\\", ""), *parts)] == [[]] * 4
    assert all("ruhig dehnen 60 s + PAILs" in text and "zur Ruhe kommen" in text for text in (feed, *parts))
    (exposure,) = coach.get(f"{path}/trend")["exposures"]
    assert exposure["name"] == load_catalogue().spoken("de").variations[exposure["variation"]].name


def test_the_search_finds_what_it_is_meant_to() -> None:
    """Hundreds of phrases, and an English page is full of them."""
    assert len(phrases("en") - phrases("de")) > 1_500
    question = next(iter(load_catalogue().texts.red_flags.values()))
    assert english_on(f"Warnzeichen: {question}")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Goblet-Kniebeuge", ("Goblet-Kniebeuge", "")),
        ("Safety-Bar-Boxkniebeuge, hoch", ("Safety-Bar-", "Boxkniebeuge, hoch")),
        ("Safety-bar parallel box", ("Safety-bar parallel", "box")),
        ("Donaudampfschifffahrtskniebeuge", ("Donaudampfschifffahr", "tskniebeuge")),
    ],
)
def test_a_long_name_is_broken_where_people_would_break_it(name: str, lines: tuple[str, str]) -> None:
    """At a space or after a hyphen, so that no line of the picture is wider than its margin."""
    assert _broken(name) == lines
