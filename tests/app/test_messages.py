"""The words of pages, e-mails and calendars."""

from typing import get_args

import pytest

from app.messages import SOURCE_LANGUAGE, language_of, languages, messages_for, messages_in
from planner.words import Colour, PainWord, SessionStatus, Verdict
from tests.support.placeholders import placeholders


def test_english_is_the_source_language() -> None:
    assert languages()[0] == SOURCE_LANGUAGE == "en"


@pytest.mark.parametrize("locale", ["en", "en-US", "EN_gb", "tlh"])
def test_a_locale_without_texts_of_its_own_is_served_in_english(locale: str) -> None:
    assert language_of(locale) == "en"
    assert messages_for(locale)("common.product") == "Squatback"


def test_an_unknown_key_is_an_error_not_an_empty_page() -> None:
    with pytest.raises(KeyError):
        messages_in("en")("common.no_such_text")


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_texts_of_english_with_the_same_facts(language: str) -> None:
    english, other = messages_in("en").texts, messages_in(language).texts
    assert set(other) == set(english)
    assert {key: placeholders(text) for key, text in other.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


def test_every_word_of_a_plan_that_pages_show_has_a_text() -> None:
    """Keys that pages put together from a plan's words exist for all of them."""
    keys = {f"page.word_{word}" for word in get_args(PainWord)}
    keys |= {f"page.status_{status}" for status in get_args(SessionStatus) if status != "planned"}
    keys |= {f"chart.{kind}_{colour}" for kind in ("response", "letter") for colour in get_args(Colour)}
    keys |= {f"chart.move_{verdict}" for verdict in get_args(Verdict) if verdict != "hold"}
    assert keys <= set(messages_in("en").texts)
