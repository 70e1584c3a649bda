"""Checks between the languages: each says everything the source language says, from the same facts."""

from collections.abc import Iterator, Mapping
from string import Formatter

from planner.catalogue import Catalogue
from planner.errors import Fault
from planner.locale import SOURCE_LANGUAGE
from planner.texts import Texts
from planner.wording import EntryWords, Wording, texts_of


def wording_faults(catalogue: Catalogue) -> Iterator[Fault]:
    """Yield every difference between a language and the source language that is not one of words."""
    source = catalogue.wordings[SOURCE_LANGUAGE]
    for language, wording in catalogue.wordings.items():
        if language != SOURCE_LANGUAGE:
            yield from _texts(f"texts/{language}", source.texts, wording.texts)
            yield from _library(f"translations/{language}", source, wording)


def placeholders(template: str) -> frozenset[str]:
    """Return the names of the facts that a template asks for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


def _texts(where: str, source: Texts, other: Texts) -> Iterator[Fault]:
    for name, of_source, of_other in (
        ("rules", source.rules, other.rules),
        ("words", source.words, other.words),
    ):
        yield from _same_keys(f"{where}.{name}", of_source, of_other)
        for key in of_source.keys() & of_other.keys():
            yield from _templates(f"{where}.{name}.{key}", of_source[key], of_other[key])
    yield from _templates(f"{where}.phrases", source.phrases, other.phrases)
    yield from _templates(f"{where}.red_flags", source.red_flags, other.red_flags)
    yield from _same_keys(f"{where}.teaching", source.teaching, other.teaching)


def _library(where: str, source: Wording, other: Wording) -> Iterator[Fault]:
    yield from _templates(f"{where}/measures", source.measures, other.measures)
    yield from _entries(f"{where}/exercises", source.exercises, other.exercises)
    yield from _entries(f"{where}/variations", source.variations, other.variations)


def _entries(where: str, source: Mapping[str, EntryWords], other: Mapping[str, EntryWords]) -> Iterator[Fault]:
    """Yield the differences of a folder."""
    yield from _same_keys(where, source, other)
    for key in source.keys() & other.keys():
        if len(source[key].steps) != len(other[key].steps):
            yield Fault(f"{where}/{key}.steps", "other_steps", "there are more or fewer steps than in English")
        if any(placeholders(text) for text in texts_of(other[key])):
            yield Fault(f"{where}/{key}", "other_facts", "there are no facts to fill in")


def _templates(where: str, source: Mapping[str, str], other: Mapping[str, str]) -> Iterator[Fault]:
    yield from _same_keys(where, source, other)
    for key in source.keys() & other.keys():
        if placeholders(source[key]) != placeholders(other[key]):
            yield Fault(f"{where}.{key}", "other_facts", "the facts in braces are not those of English")


def _same_keys(where: str, source: Mapping[str, object], other: Mapping[str, object]) -> Iterator[Fault]:
    for key in sorted(source.keys() - other.keys()):
        yield Fault(f"{where}.{key}", "missing_text", "English has this text")
    for key in sorted(other.keys() - source.keys()):
        yield Fault(f"{where}.{key}", "unknown_reference", "English has no such text")
