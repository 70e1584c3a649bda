"""Reads what the seeds say in each language: `texts/<language>.yaml` and `translations/<language>/`."""

from collections.abc import Mapping

from planner.catalogue import Measure
from planner.errors import Fault
from planner.library import Exercise, Variation
from planner.locale import SOURCE_LANGUAGE
from planner.seed_reader import Reader
from planner.texts import Texts
from planner.wording import EntryWords, SquatWords, Wording, Words, words_of


def source_wording(
    texts: Texts,
    exercises: Mapping[str, Exercise],
    variations: Mapping[str, Variation],
    measures: Mapping[str, Measure],
) -> Wording:
    """Return the words that the seeds themselves are written in."""
    return Wording(
        texts=texts,
        exercises={key: words_of(entry, EntryWords) for key, entry in exercises.items()},
        variations={key: words_of(entry, SquatWords) for key, entry in variations.items()},
        measures={key: measure.name for key, measure in measures.items()},
    )


def translations(reader: Reader) -> dict[str, Wording]:
    """Read the words of every language but that of the seeds; what is wrong stays with the reader."""
    names = (name.removeprefix("texts/").removesuffix(".yaml") for name in reader.files if name.startswith("texts/"))
    languages = sorted(set(names) - {SOURCE_LANGUAGE})
    return {language: wording for language in languages if (wording := _wording(reader, language)) is not None}


def _wording(reader: Reader, language: str) -> Wording | None:
    folder = f"translations/{language}"
    texts = reader.shaped(f"texts/{language}.yaml", Texts)
    measures = reader.shaped(f"{folder}/measures.yaml", Mapping[str, str])  # type: ignore[type-abstract]
    exercises = _entries(reader, f"{folder}/exercises", EntryWords)
    variations = _entries(reader, f"{folder}/variations", SquatWords)
    if texts is None or measures is None:
        return None
    return Wording(texts=texts, exercises=exercises, variations=variations, measures=measures)


def _entries(reader: Reader, folder: str, shape: type[Words]) -> dict[str, Words]:
    """Return the words of every entry of a folder by its id."""
    found: dict[str, Words] = {}
    for name in sorted(file for file in reader.files if file.startswith(f"{folder}/")):
        entries = reader.shaped(name, Mapping[str, shape]) or {}  # type: ignore[type-abstract, valid-type]
        reader.faults += [Fault(f"{name}#{key}", "duplicate_id", "this id exists") for key in entries if key in found]
        found |= entries
    return found
