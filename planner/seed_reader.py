"""Reads seed files one by one: YAML to typed values, with every fault and every number on the way.

A leaf of the form `{value, unit, source, confidence, note}` becomes its value in the typed tree and a `Number`;
`about: {source, confidence}` at the top of a file is inherited by leaves that name none.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from planner.errors import Fault
from planner.library import Number
from planner.words import Evidence

try:
    from yaml import CSafeLoader as SafeLoader  # eight times as fast
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]

Tree = Mapping[str, "Tree"] | list["Tree"] | str | int | float | bool | None
Shape = TypeVar("Shape")

LEAF_KEYS = {"value", "unit", "source", "confidence", "note"}


class UniqueKeyLoader(SafeLoader):
    """A safe loader that refuses a key written twice."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: ARG002 - the loader's own signature
    ) -> dict[object, object]:
        """Build a mapping, but for a key that is there already."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is written twice", key_node.start_mark
                )
            seen.add(key)
        return cast("dict[object, object]", super().construct_mapping(node, deep=True))


class Reader:
    """Reads files one by one and collects faults and numbers instead of stopping at the first."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.faults: list[Fault] = []
        self.numbers: dict[str, Number] = {}

    def tree(self, name: str) -> Tree:
        """Return a file's YAML tree, None (and a fault) when it cannot be read."""
        text = self.files.get(name)
        if text is None:
            self.faults.append(Fault(name, "missing_file", "the file is missing"))
            return None
        try:
            tree = cast(Tree, yaml.load(text, Loader=UniqueKeyLoader))  # noqa: S506 - a SafeLoader
        except yaml.YAMLError as error:
            self.faults.append(Fault(name, "bad_yaml", " ".join(str(error).split())))
            return None
        if tree is None:
            self.faults.append(Fault(name, "empty_file", "the file is empty"))
        return tree

    def shaped(self, name: str, shape: type[Shape]) -> Shape | None:
        """Return a file as a typed value, collapsing its number leaves."""
        tree = self.tree(name)
        if tree is None:
            return None
        about: Mapping[str, str] = {}
        if isinstance(tree, dict) and "about" in tree:
            about = cast("Mapping[str, str]", tree.pop("about"))
        return self._validated(name, shape, self._collapsed(name, (), tree, about))

    def entries(self, folder: str, shape: type[Shape]) -> dict[str, Shape]:
        """Return every entry of every file of a folder by its id."""
        found: dict[str, Shape] = {}
        for name in sorted(file for file in self.files if file.startswith(f"{folder}/")):
            for position, entry in enumerate(self._listed(name)):
                label = entry.get("id", position) if isinstance(entry, dict) else position
                value = self._validated(f"{name}#{label}", shape, entry)
                if value is None:
                    continue
                if str(label) in found:
                    self.faults.append(Fault(f"{name}#{label}", "duplicate_id", "this id exists"))
                found[str(label)] = value
        return found

    def _listed(self, name: str) -> list[Tree]:
        tree = self.tree(name)
        if tree is None or isinstance(tree, list):
            return tree or []
        self.faults.append(Fault(name, "list_type", "the file holds a list of entries"))
        return []

    def _collapsed(self, name: str, path: tuple[str, ...], tree: Tree, about: Mapping[str, str]) -> Tree:
        if not isinstance(tree, Mapping):
            return tree
        if "value" in tree:
            self._keep_number(_key(name, path), tree, about)
            return tree["value"]
        return {key: self._collapsed(name, (*path, str(key)), part, about) for key, part in tree.items()}

    def _keep_number(self, key: str, leaf: Mapping[str, Tree], about: Mapping[str, str]) -> None:
        value = leaf["value"]
        filled = {**about, **leaf}
        # An unquoted comma in a note makes a key of what follows it.
        for unknown in sorted(str(part) for part in set(leaf) - LEAF_KEYS):
            self.faults.append(Fault(key, "unknown_key", f"a number has no {unknown!r}"))
        absent = [part for part in ("unit", "source", "confidence") if part not in filled]
        if absent:
            self.faults.append(Fault(key, "incomplete_number", f"lacks {', '.join(absent)}"))
            return
        self.numbers[key] = Number(
            key=key,
            value=tuple(cast("list[float]", value)) if isinstance(value, list) else cast("float", value),
            unit=str(filled["unit"]),
            source=str(filled["source"]),
            confidence=cast(Evidence, filled["confidence"]),
            note=str(filled.get("note", "")),
        )

    def _validated(self, where: str, shape: type[Shape], tree: Tree) -> Shape | None:
        try:
            return shaped(shape, tree)
        except ValidationError as error:
            for fault in faults_of(error, "."):
                self.faults.append(replace(fault, pointer=f"{where}: {fault.pointer}" if fault.pointer else where))
            return None


def shaped(shape: type[Shape], tree: Tree) -> Shape:
    """Return a tree as a typed value: nothing is coerced, nothing unknown is accepted."""
    wrapper = _wrapper(shape)  # type: ignore[arg-type]  # mypy does not see that a type can be hashed
    wrapped = wrapper.model_validate_json(json.dumps({"body": tree}), strict=True)
    return cast(Shape, wrapped.body)  # type: ignore[attr-defined]


def faults_of(error: ValidationError, separator: str) -> Iterator[Fault]:
    """Yield what is wrong with the parts of a tree, each with the path to it."""
    for fault in error.errors(include_url=False, include_input=False):
        path = separator.join(str(part) for part in fault["loc"][1:])
        yield Fault(path, fault["type"], fault["msg"])


def _key(name: str, path: tuple[str, ...]) -> str:
    """Return the key of a number: `limits/response.red_rise`."""
    return ".".join((name.removesuffix(".yaml"), *path))


@cache  # a folder has hundreds of entries of one shape
def _wrapper(shape: type[Shape]) -> type[BaseModel]:
    """Return a model around a dataclass so that unknown keys are refused at every level."""
    return create_model("File", __config__=ConfigDict(extra="forbid"), body=(shape, ...))
