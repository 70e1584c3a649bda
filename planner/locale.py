"""Locales, such as `de-AT`, and the languages they are served in."""

from collections.abc import Collection
from typing import Final

SOURCE_LANGUAGE: Final = "en"
"""The language that everything is written in first."""


def language_of(locale: str, languages: Collection[str]) -> str:
    """Return the language out of `languages` that a locale is served in: its own, else the source language."""
    wanted = locale.replace("_", "-").partition("-")[0].lower()
    return wanted if wanted in languages else SOURCE_LANGUAGE
