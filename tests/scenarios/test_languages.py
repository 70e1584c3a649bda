"""The language of a plan: words follow the client's locale, and nothing but words does."""

import gzip
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from planner.catalogue import Catalogue
from planner.parse import parse_catalogue
from planner.wire import dump_block, dump_state, dump_week
from tests.support.next_block import next_block
from tests.support.story import VIGNETTES, Story, changed
from tests.support.wording import german_seeds

NAMES = tuple(path.stem.partition("_")[0] for path in sorted(VIGNETTES.glob("*.yaml")))
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORDS = frozenset(
    {"advice", "ramp", "cue", "focus", "load_text", "measures", "missing", "name", "reduced_range_reason", "stop_rules"}
    | {"text", "title", "trained", "unlock", "up_criteria", "waits_for"}
)
"""The fields of a plan that are read by people; `because` as well where it is a sentence."""
A_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")
WEEK_BYTES, PACKED_BYTES = 25_000, 5_000


@pytest.fixture(scope="module")
def bilingual() -> Catalogue:
    """Return a catalogue whose whole library has German words."""
    return parse_catalogue(german_seeds())


def story_in(catalogue: Catalogue, name: str, locale: str, **changes: Any) -> Story:
    """Return the first day of a vignette for a client of a locale."""
    told = Story.of(catalogue, name, check_rebuild=False)
    return Story(
        catalogue, changed(told.profile, locale=locale, **changes), told.assessment, screening=told.screening,
        check_rebuild=False,
    )  # fmt: skip


def live(story: Story) -> None:
    """Live ten days with a bad squat in them, so that rules have something to say."""
    bad = story.squat_days(1)[:1]
    for day in (*story.days_of(1), *story.days_of(2)[:3]):
        story.morning(day, now=5 if day - timedelta(days=1) in bad else 1)
        story.train(day)
        if story.squat_session(day) is not None:
            story.squat(day, during=6 if day in bad else 1, words=("sharp",) if day in bad else ())


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every single value of a document with the names that lead to it."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        yield path, len(value)
        for part in value:
            yield from leaves(part, path)
    else:
        yield path, value


def is_said(path: tuple[str, ...], value: object) -> bool:
    """Return whether a value is for people to read; facts that are words are what a sentence was filled with."""
    if not isinstance(value, str):
        return False
    return path[-2:] != ("phases", "name") and (path[-1] in WORDS or path[-1] == "because" or "facts" in path)


def documents(story: Story) -> Any:
    """Return everything that follows from a story: the block, its weeks, decisions and state."""
    weeks = [json.loads(dump_week(week)) for week in (*story.shown.values(), *story.block.projected)]
    state = json.loads(dump_state(story.state))
    for name in ("last_at", "last_id", "last_on"):  # a change of language is a fact like any other
        del state[name]
    for profile in (state["profile"], state["client"]["profile"]):
        del profile["locale"]
    return [json.loads(dump_block(story.block)), weeks, state]


def skeleton(story: Story) -> list[tuple[tuple[str, ...], Any]]:
    """Return everything but the words."""
    return [(path, "" if is_said(path, value) else value) for path, value in leaves(documents(story))]


def said(story: Story) -> list[str]:
    """Return all words, in order."""
    return [value for path, value in leaves(documents(story)) if is_said(path, value) and "facts" not in path]


@pytest.mark.parametrize("name", NAMES)
def test_two_languages_give_the_same_plan_in_other_words(bilingual: Catalogue, name: str) -> None:
    """Ids, days, exercises, loads, rules and numbers are equal, week by week; no sentence stayed English."""
    english, german = (story_in(bilingual, name, locale) for locale in ("en", "de"))
    for story in (english, german):
        if story.squat_days(1):
            live(story)

    assert skeleton(german) == skeleton(english)
    pairs = zip(said(english), said(german), strict=True)
    assert [one for one, other in pairs if one == other and A_WORD.search(one)] == []


@pytest.mark.parametrize("name", ["V1", "V4", "V14"])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_full_week_stays_small_in_every_language(bilingual: Catalogue, name: str, locale: str) -> None:
    """At most 25 KB of JSON and 5 KB packed, for three hours a day and for two hours on every day."""
    for days, minutes in ((EVERY_DAY[:6], 180), (EVERY_DAY, 120)):
        block = story_in(bilingual, name, locale, training_days=days, session_minutes=minutes).block
        bodies = [dump_week(week) for week in (*block.earned, *block.projected)]

        assert max(map(len, bodies)) <= WEEK_BYTES
        assert max(len(gzip.compress(body)) for body in bodies) <= PACKED_BYTES


def test_another_locale_changes_the_words_of_the_days_ahead_alone(bilingual: Catalogue) -> None:
    """Begun days stay as they were shown; the days after speak German, and the plan is the same to the gram."""
    story = Story.of(bilingual, "V1")
    story.calm_week(1)
    first, second, third, fourth, *_ = story.days_of(2)
    for day in (first, second, third):
        story.calm_day(day)
    before, shown = skeleton(story), [story.sessions(day) for day in (*story.days_of(1), first, second, third)]

    story.tell(changed(story.state.profile, locale="de"), third, 20)

    assert skeleton(story) == before
    assert [story.sessions(day) for day in (*story.days_of(1), first, second, third)] == shown
    assert "Daily joint circles" in {one.title for one in story.sessions(third)}
    assert "Tägliche Gelenkkreise" in {one.title for one in story.sessions(fourth)}
    assert story.week(2).focus != story.week(1).focus
    assert story.block.stop_rules[0].startswith("Hör auf")


def test_a_response_that_is_still_open_is_decided_as_without_the_change_of_language(bilingual: Catalogue) -> None:
    """The morning after a bad squat counts, in whichever language the evening ended."""
    told = {}
    for locale in ("en", "de"):
        story = Story.of(bilingual, "V1")
        squatted = story.squat_days(1)[0]
        story.squat(squatted, during=6)
        story.tell(changed(story.state.profile, locale=locale), squatted, 21)
        planned = story.morning(squatted + timedelta(days=1), now=5)
        told[locale] = [(one.rule, one.verdict) for one in planned.decisions], planned.response

    assert told["de"] == told["en"]
    assert told["de"][1] == "problem"


def test_a_block_in_another_language_goes_on_where_the_one_before_ended(bilingual: Catalogue) -> None:
    """What is handed on in English is understood in German: the next block begins as it would have."""
    first = Story.of(bilingual, "V1", check_rebuild=False)
    for number in range(1, 4):
        first.calm_week(number)
    on = first.starts_on + timedelta(days=21)
    begun = {
        locale: next_block(first, on, first.assessment, profile=changed(first.profile, locale=locale))
        for locale in ("en", "de")
    }

    assert skeleton(begun["de"]) == skeleton(begun["en"])
    assert begun["de"].here.name != begun["en"].here.name
