"""What of a catalogue is language, apart from its numbers and choices: one wording for each language."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, TypeVar

from planner.library import Exercise, Variation
from planner.texts import Texts

Entry = TypeVar("Entry", Exercise, Variation)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWords:
    """What an exercise or a squat is called and how it is taught."""

    name: str
    cue: str
    setup: str
    steps: tuple[str, ...]
    feel: str
    stop_if: str
    mistake: str


_WORDS: Final = tuple(field.name for field in fields(EntryWords))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Everything a member reads of a plan and of the library, in one language."""

    texts: Texts
    exercises: Mapping[str, EntryWords]
    variations: Mapping[str, EntryWords]
    reasons: Mapping[str, str]  # variation -> why it is on a ladder
    measures: Mapping[str, str]  # measure -> its name


def words_of(entry: Exercise | Variation) -> EntryWords:
    """Return what an entry of the library is called and how it is taught."""
    return EntryWords(**{name: getattr(entry, name) for name in _WORDS})


def said_in(entries: Mapping[str, Entry], words: Mapping[str, EntryWords]) -> dict[str, Entry]:
    """Return entries of the library with other words; those without any stay as they are."""
    return {
        key: replace(entry, **{name: getattr(words[key], name) for name in _WORDS}) if key in words else entry
        for key, entry in entries.items()
    }
