"""What of a catalogue is language, apart from its numbers and choices: one wording for each language."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import TypeVar

from planner.library import Exercise, Variation
from planner.seeded import dataclass
from planner.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWords:
    """What an exercise is called and how it is taught."""

    name: str
    cue: str
    setup: str
    steps: tuple[str, ...]
    feel: str
    stop_if: str
    mistake: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SquatWords(EntryWords):
    """What a squat is called, why it is on a ladder and how it is taught."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Everything a member reads of a plan and of the library, in one language."""

    texts: Texts
    exercises: Mapping[str, EntryWords]
    variations: Mapping[str, SquatWords]
    measures: Mapping[str, str]  # measure -> its name


Entry = TypeVar("Entry", Exercise, Variation)
Words = TypeVar("Words", bound=EntryWords)


def words_of(entry: Exercise | Variation, shape: type[Words]) -> Words:
    """Return the words of an entry of the library."""
    return shape(**{field.name: getattr(entry, field.name) for field in fields(shape)})


def texts_of(words: EntryWords) -> Iterator[str]:
    """Yield every text of an entry, its steps one by one."""
    for field in fields(words):
        said = getattr(words, field.name)
        yield from (said,) if isinstance(said, str) else said


def said_in(entries: Mapping[str, Entry], words: Mapping[str, EntryWords]) -> dict[str, Entry]:
    """Return entries of the library in other words; those without any stay as they are."""
    return {key: _said(entry, words[key]) if key in words else entry for key, entry in entries.items()}


def _said(entry: Entry, words: EntryWords) -> Entry:
    return replace(entry, **{field.name: getattr(words, field.name) for field in fields(words)})
