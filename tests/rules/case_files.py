"""Reads the YAML cases of the rules and runs them against a catalogue.

A case file names its rule and holds facts: `<sentence>: {case: {...}, expect: ...}`. The fields
of a case have the types of the family's Case dataclass; `expect` is null for silence, a value,
or a subset of the outcome's attributes (dotted names reach into them). What a Case takes from
the catalogue (its limits) is found by type and filled in.
"""

import dataclasses
import inspect
import json
import math
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml
from pydantic import TypeAdapter

from planner.catalogue import Catalogue
from planner.decision import AnyRule
from planner.registry import ALL_RULES
from planner.seed_reader import UniqueKeyLoader

FOLDER = Path(__file__).parent / "cases"
CATALOGUE_PATHS = ("limits", "doses", "demands")
"""The parts of a catalogue that a Case may hold, whole or a group of them."""


@dataclass(frozen=True)
class RuleCase:
    """One named fact about one rule."""

    rule: AnyRule
    name: str
    given: object  # the family's Case, with the limits of the catalogue it was read with
    held: Mapping[str, tuple[str, ...]]  # field -> where in a catalogue it comes from
    expected: object

    @property
    def label(self) -> str:
        """Return the words that find the case again."""
        return f"{self.rule.id}.{self.name}"

    def with_catalogue(self, catalogue: Catalogue) -> object:
        """Return the case with the limits of another catalogue."""
        parts = {field: part_at(catalogue, path) for field, path in self.held.items()}
        return dataclasses.replace(self.given, **parts)  # type: ignore[type-var]

    def outcome(self, catalogue: Catalogue) -> Any:
        """Return what the rule answers with the limits of a catalogue."""
        decide: Callable[[object], object] = self.rule.decide  # type: ignore[assignment]
        return decide(self.with_catalogue(catalogue))

    def fault(self, catalogue: Catalogue) -> str:
        """Return how the rule's answer differs from the one expected, "" when it does not."""
        return difference(self.expected, self.outcome(catalogue))


def load_cases(catalogue: Catalogue) -> list[RuleCase]:
    """Return the cases of every rule that has a case file."""
    return [case for rule in ALL_RULES if case_file(rule.id).exists() for case in cases_of(rule, catalogue)]


def case_file(rule_id: str) -> Path:
    """Return where the cases of a rule are written."""
    return FOLDER / f"{rule_id}.yaml"


def read(path: Path) -> dict[str, Any]:
    """Return the facts of a case file; a fact written twice is refused."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeyLoader)


def cases_of(rule: AnyRule, catalogue: Catalogue) -> Iterator[RuleCase]:
    """Return the cases of one rule; a fault in the file names the file and the fact."""
    tree = read(case_file(rule.id))
    assert tree.pop("rule") == rule.id, f"{rule.id}.yaml is about another rule"
    kind = case_class(rule)
    held = held_parts(kind)
    for name, fact in tree.items():
        assert set(fact) == {"case", "expect"}, f"{rule.id}.{name} has {sorted(fact)}"
        parts = {field: part_at(catalogue, path) for field, path in held.items()}
        given = kind(**typed_fields(kind, fact["case"] or {}, f"{rule.id}.{name}"), **parts)
        yield RuleCase(rule, name, given, held, fact["expect"])


def case_class(rule: AnyRule) -> type:
    """Return the Case dataclass that a rule's function is annotated with."""
    first = next(iter(inspect.signature(rule.decide).parameters))
    return get_type_hints(rule.decide)[first]


def always_decides(rule: AnyRule) -> bool:
    """Return whether a rule's annotation says that it is never silent."""
    answer = get_type_hints(rule.decide)["return"]
    return type(None) not in (get_args(answer) if _is_union(answer) else (answer,))


def _is_union(hint: object) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def typed_fields(kind: type, raw: Mapping[str, object], where: str) -> dict[str, object]:
    """Return YAML values as the types of a dataclass's fields; refuse fields it does not have."""
    hints = get_type_hints(kind)
    unknown = sorted(set(raw) - set(hints))
    assert not unknown, f"{where} has unknown fields {unknown}"
    return {name: typed(hints[name], value) for name, value in raw.items()}


def typed(hint: object, value: object) -> object:
    """Return one YAML value as a type, strictly."""
    return _adapter(hint).validate_json(json.dumps(value, default=str), strict=True)


@cache
def _adapter(hint: object) -> TypeAdapter[object]:
    return TypeAdapter(hint)


# --- limits in a case ---------------------------------------------------------------------------


@cache
def held_parts(kind: type) -> dict[str, tuple[str, ...]]:
    """Return which fields of a Case come from a catalogue, and from where."""
    paths = _paths_by_type()
    hints = get_type_hints(kind)
    return {name: paths[hint] for name, hint in hints.items() if hint in paths}


@cache
def _paths_by_type() -> dict[object, tuple[str, ...]]:
    hints = get_type_hints(Catalogue)
    found: dict[object, tuple[str, ...]] = {Catalogue: ()}
    for name in CATALOGUE_PATHS:
        _collect(hints[name], (name,), found)
    return found


def _collect(kind: object, path: tuple[str, ...], found: dict[object, tuple[str, ...]]) -> None:
    if not dataclasses.is_dataclass(kind):
        return
    found.setdefault(kind, path)
    for name, hint in get_type_hints(kind).items():
        _collect(hint, (*path, name), found)


def part_at(catalogue: object, path: tuple[str, ...]) -> object:
    """Return the part of a catalogue at a path."""
    for name in path:
        catalogue = getattr(catalogue, name)
    return catalogue


# --- comparing ------------------------------------------------------------------------------------


def difference(expected: object, answer: object) -> str:
    """Return how an answer differs from what a case expects, "" when it does not."""
    if expected is None or answer is None:
        return "" if expected is None and answer is None else f"expected {expected!r}, got {answer!r}"
    if not isinstance(expected, Mapping):
        return "" if same(expected, answer) else f"expected {expected!r}, got {answer!r}"
    for name, wanted in expected.items():
        try:
            found = reach(answer, name)
        except (AttributeError, KeyError):
            return f"the outcome has no {name}"
        inner = isinstance(wanted, Mapping)
        fault = difference(wanted, found) if inner else ("" if same(wanted, found) else f"is {found!r}")
        if fault:
            return f"{name} should be {wanted!r}: {fault}"
    return ""


def reach(value: object, dotted: str) -> object:
    """Return the attribute or key a dotted name leads to."""
    for name in dotted.split("."):
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
    return value


def same(wanted: object, found: object) -> bool:
    """Return whether two values are equal: lists as tuples, floats but for rounding."""
    if isinstance(wanted, list | tuple) and isinstance(found, list | tuple):
        return len(wanted) == len(found) and all(map(same, wanted, found))
    numbers = isinstance(wanted, int | float) and isinstance(found, int | float)
    if numbers and not isinstance(wanted, bool) and not isinstance(found, bool):
        return math.isclose(wanted, found, rel_tol=1e-9, abs_tol=1e-9)
    return type(wanted) is type(found) and wanted == found
