"""A catalogue with some of its numbers changed and nothing else: what follows from other numbers?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import floor, inf
from typing import Final

from planner.catalogue import Catalogue, Number
from planner.crosscheck import cross_check

Value = float | str | tuple["Value", ...]

VARIED: Final = ("limits", "doses")
HIGHEST: Final[Mapping[str, float]] = {
    "share": 1,
    "probability": 1,
    "percent": 100,
    "rpe": 10,
    "nrs": 10,
    "nrs-0-10": 10,
    "score": 10,
    "stage": 6,
}
"""Units with an end; no number is moved beyond it."""


def number_key(path: tuple[str, ...]) -> str:
    """Return the key of the number at a path of a catalogue."""
    return f"{path[0]}/{'.'.join(path[1:])}"


def number_path(key: str) -> tuple[str, ...]:
    """Return where in a catalogue the number of a key is."""
    return tuple(re.split(r"[/.]", key))


def held_value(catalogue: Catalogue, key: str) -> Value:
    """Return the number of a key as the catalogue holds it."""
    held: object = catalogue
    for name in number_path(key):
        held = held[name] if isinstance(held, Mapping) else getattr(held, name)
    return held  # type: ignore[return-value]


def changed(catalogue: Catalogue, key: str, value: Value) -> Catalogue | None:
    """Return a catalogue with one number changed and nothing else, None when that is refused."""
    return changed_all(catalogue, {key: value})


def changed_all(catalogue: Catalogue, values: Mapping[str, Value]) -> Catalogue | None:
    """Return a catalogue with these numbers changed and nothing else, None when that is refused."""
    other: object = catalogue
    try:
        for key, value in values.items():
            other = _with_leaf(other, number_path(key), value)
    except ValueError:
        return None
    assert isinstance(other, Catalogue)
    told = ";".join(f"{key}={value}" for key, value in values.items())
    return replace(other, digest=f"{catalogue.digest}:{told}")


def _with_leaf(holder: object, path: tuple[str, ...], value: Value) -> object:
    if not path:
        return value
    if isinstance(holder, Mapping):
        return {**holder, path[0]: _with_leaf(holder[path[0]], path[1:], value)}
    inner = _with_leaf(getattr(holder, path[0]), path[1:], value)
    return replace(holder, **{path[0]: inner})  # type: ignore[type-var]


# --- larger and smaller ---


def group_of(key: str) -> str:
    """Return the group a number belongs to: its file and the first level below it."""
    file, _, below = key.partition("/")
    parts = below.split(".")
    return f"{file}/{'.'.join(parts[:2])}" if len(parts) > 2 else f"{file}/{parts[0]}"


def groups(catalogue: Catalogue) -> dict[str, tuple[Number, ...]]:
    """Return the numbers of seeds/limits and seeds/doses that can be made larger or smaller, by group."""
    found: dict[str, list[Number]] = {}
    for number in catalogue.numbers.values():
        if number.key.startswith(tuple(f"{name}/" for name in VARIED)) and not isinstance(number.value, str):
            found.setdefault(group_of(number.key), []).append(number)
    return {name: tuple(numbers) for name, numbers in sorted(found.items())}


def varied(catalogue: Catalogue, numbers: Iterable[Number], factor: float) -> Catalogue | None:
    """Return a catalogue with numbers multiplied by a factor, None when it cannot plan any more."""
    values = {one.key: scaled(held_value(catalogue, one.key), factor, unit=one.unit) for one in numbers}
    other = changed_all(catalogue, values)
    return None if other is None or any(True for _ in cross_check(other)) else other


def scaled(value: Value, factor: float, *, unit: str = "") -> Value:
    """Return a number multiplied by a factor: whole ones by at least one step, none beyond what its unit allows."""
    if isinstance(value, tuple):
        return tuple(scaled(part, factor, unit=unit) for part in value)
    if isinstance(value, str):
        return value
    highest = max(value, HIGHEST.get(unit, inf))
    if isinstance(value, int):
        return int(min(_whole(value, factor), highest))
    return min(round(value * factor, 6), highest)


def _whole(value: int, factor: float) -> int:
    """Return the nearest whole number, at least one away; what is positive stays so, and nothing falls below 0."""
    moved = max(1, floor(abs(value * (factor - 1)) + 0.5))
    return value + moved if factor > 1 else max(min(value, 1), value - moved)


def singles(numbers: Iterable[Number]) -> Iterator[tuple[str, tuple[Number, ...]]]:
    """Yield each number as a group of its own."""
    for number in numbers:
        yield number.key, (number,)
