"""The words of pages, e-mails, calendars and error texts, in the reader's language.

`seeds/messages/<language>/<area>.yaml` holds the texts by key; `{names}` in them are facts. The sentences of plans
are the planner's own: `seeds/texts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale
from pydantic import TypeAdapter

from app.resources import resource_directory
from app.yaml_files import read_yaml
from planner import locale as locales
from planner.locale import SOURCE_LANGUAGE

__all__ = ["SOURCE_LANGUAGE", "Messages", "language_of", "languages", "messages_for", "messages_in"]

_TEXTS: Final = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """The texts of one language; `locale` formats its numbers and days."""

    language: str
    locale: Locale
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **facts: object) -> str:
        """Return the text of a key, `<area>.<name>`, with its facts filled in; KeyError for an unknown key."""
        return self.texts[key].format_map(facts)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are texts in, the source language first."""
    found = {path.name for path in resource_directory("seeds").joinpath("messages").iterdir() if path.is_dir()}
    return (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))


def language_of(locale: str) -> str:
    """Return the language a locale such as `de-AT` is served in: its own, else the source language."""
    return locales.language_of(locale, languages())


@cache
def messages_in(language: str) -> Messages:
    """Read the texts of a language from `languages()`, once a process."""
    folder = resource_directory("seeds") / "messages" / language
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        area = _TEXTS.validate_python(read_yaml(path.read_text(encoding="utf-8")))
        texts |= {f"{path.stem}.{key}": text for key, text in area.items()}
    return Messages(language, Locale.parse(language), texts)


def messages_for(locale: str) -> Messages:
    """Return the texts for a person's locale."""
    return messages_in(language_of(locale))
