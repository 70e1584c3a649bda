"""German words for the whole library, so that tests do not wait for a translation to be complete."""

from dataclasses import fields

import yaml

from app.catalogue import seed_files
from planner.seed_reader import UniqueKeyLoader
from planner.wording import EntryWords, SquatWords

Files = dict[str, str]
FOLDERS = ("exercises", "variations")


def german_seeds() -> Files:
    """Return the seed files; every exercise and squat has words in German: the English ones, marked."""
    seeds = {name: text for name, text in seed_files().items() if not name.startswith(_translated())}
    return seeds | {f"translations/de/{name}": _marked(seeds[name]) for name in seeds if name.startswith(FOLDERS)}


def _translated() -> tuple[str, ...]:
    return tuple(f"translations/de/{folder}/" for folder in FOLDERS)


def _marked(entries: str) -> str:
    """Return a file of words for a file of the library."""
    listed = yaml.load(entries, Loader=UniqueKeyLoader)
    shape = SquatWords if "reason" in listed[0] else EntryWords
    names = [field.name for field in fields(shape)]
    words = {entry["id"]: {name: _said(entry[name]) for name in names} for entry in listed}
    return yaml.safe_dump(words, allow_unicode=True)


def _said(text: str | list[str]) -> object:
    return [_said(part) for part in text] if isinstance(text, list) else f"{text} (de)"
