"""What a loaded item is, said once: in JSON, and in what people read as text."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from app.catalogue import load_catalogue
from tests.support.laws import OUTSIDE, UNLOADED_STAGES

Json = dict[str, Any]

_WEIGHT: Final = re.compile(r"\d\s*(?:kg|lb)\b")
"""A weight as people read it, in either language."""

_SECRET: Final = re.compile(r"[\w-]{40,}")
"""A secret of an address, which may happen to hold what reads like a weight."""


def is_loaded(item: Json) -> bool:
    """Tell whether an item puts an outside load on anyone, or squats above the shape stage."""
    if item.get("load_kg") is not None or item["exercise"] in _with_load():
        return True
    if item["exercise"].startswith("own_") and item.get("load_text"):
        return True
    return item["category"] == "squat" and item.get("stage") not in UNLOADED_STAGES


def loaded_in(document: Any) -> list[str]:
    """Return the names of all loaded items in an answer, however deep they lie; logs tell of the past and have none."""
    return [item["exercise"] for item in _items(document) if is_loaded(item)]


def loaded_in_text(text: str) -> list[str]:
    """Return what speaks of a load in a page, letter or calendar: weights, and exercises that are done with one."""
    unfolded = _SECRET.sub("", re.sub(r"\r?\n[ \t]", "", text))
    return [found[0] for found in _WEIGHT.finditer(unfolded)] + [name for name in _names() if name in unfolded]


def loaded_in_rows(rows: list[Json]) -> list[str]:
    """Return what a difference would put in that speaks of a load."""
    return [found for row in rows for found in loaded_in_text(json.dumps(row.get("after"), ensure_ascii=False))]


def _items(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        if "exercise" in node and "category" in node:
            yield node
        for value in node.values():
            yield from _items(value)
    elif isinstance(node, list):
        for value in node:
            yield from _items(value)


@cache
def _with_load() -> frozenset[str]:
    return frozenset(key for key, exercise in load_catalogue().exercises.items() if exercise.load in OUTSIDE)


@cache
def _names() -> frozenset[str]:
    told = (load_catalogue().spoken(locale) for locale in ("en", "de"))
    return frozenset(catalogue.exercises[key].name for catalogue in told for key in _with_load())
