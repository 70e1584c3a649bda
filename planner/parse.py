"""Turn seed files (name -> text) into a Catalogue; report every fault at once.

The only place of the planner that uses pydantic and YAML. A leaf of the form
`{value, unit, source, confidence, note}` becomes its value in the typed tree and a
`Number` in `Catalogue.numbers`; `about: {source, confidence}` at the top of a file is
inherited by leaves that name none.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from planner.catalogue import (
    Catalogue,
    Demands,
    Exercise,
    Ladders,
    LadderStep,
    Measure,
    Number,
    Programmes,
    Source,
    Texts,
    Variation,
)
from planner.crosscheck import cross_check
from planner.crosscheck_entries import exercise_faults, own_id_faults
from planner.errors import ExerciseError, Fault, SeedError
from planner.limits import (
    AttentionLimits,
    BlockDoses,
    ChangeLimits,
    Doses,
    LadderLimits,
    LimitingLimits,
    Limits,
    LoadLimits,
    MethodDoses,
    Population,
    ProgressionLimits,
    ResponseLimits,
    ScreeningLimits,
    StageDoses,
)
from planner.limits.population import AssessmentRanges, BodyRanges, ClientRanges
from planner.words import Evidence, Factor, PreferredVariation

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


class _Reader:
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
            return _shaped(shape, tree)
        except ValidationError as error:
            for fault in _faults(error, "."):
                self.faults.append(replace(fault, pointer=f"{where}: {fault.pointer}" if fault.pointer else where))
            return None


def _shaped(shape: type[Shape], tree: Tree) -> Shape:
    """Return a tree as a typed value: nothing is coerced, nothing unknown is accepted."""
    wrapped = _wrapper(shape).model_validate_json(json.dumps({"body": tree}), strict=True)
    return cast(Shape, wrapped.body)  # type: ignore[attr-defined]


def _faults(error: ValidationError, separator: str) -> Iterator[Fault]:
    """Yield what is wrong with the parts of a tree, each with the path to it."""
    for fault in error.errors(include_url=False, include_input=False):
        path = separator.join(str(part) for part in fault["loc"][1:])
        yield Fault(path, fault["type"], fault["msg"])


def _key(name: str, path: tuple[str, ...]) -> str:
    """Return the key of a number: `limits/response.red_rise`."""
    return ".".join((name.removesuffix(".yaml"), *path))


def _wrapper(shape: type[Shape]) -> type[BaseModel]:
    """Return a model around a dataclass so that unknown keys are refused at every level."""
    return create_model("File", __config__=ConfigDict(extra="forbid"), body=(shape, ...))


def _digest(files: Mapping[str, str]) -> str:
    """Return a digest of the seed files that plans follow from, independent of their order."""
    state = hashlib.sha256()
    for name in sorted(name for name in files if not name.startswith("population/")):
        state.update(f"{name}\0{files[name]}\0".encode())
    return state.hexdigest()[:16]


def parse_catalogue(files: Mapping[str, str]) -> Catalogue:
    """Parse seed files (path below seeds/ -> text) into a cross-checked catalogue.

    Raises SeedError naming every fault with its file and key.
    """
    reader = _Reader(files)
    parts = {
        "exercises": reader.entries("exercises", Exercise),
        "variations": reader.entries("variations", Variation),
        "ladders": _ladders(reader),
        "measures": reader.shaped("norms/measures.yaml", Mapping[str, Measure]),  # type: ignore[type-abstract]
        "demands": reader.shaped("norms/demands.yaml", Demands),
        "rpe_percent": reader.shaped("norms/rpe.yaml", tuple[float, ...]),
        "limits": _group(
            reader,
            Limits,
            "limits",
            {
                "screening": ScreeningLimits,
                "limiting": LimitingLimits,
                "ladder": LadderLimits,
                "load": LoadLimits,
                "response": ResponseLimits,
                "progression": ProgressionLimits,
                "attention": AttentionLimits,
                "change": ChangeLimits,
            },
        ),
        "doses": _group(
            reader,
            Doses,
            "doses",
            {"stages": StageDoses, "methods": MethodDoses, "block": BlockDoses},
        ),
        "population": _group(
            reader,
            Population,
            "population",
            {"clients": ClientRanges, "bodies": BodyRanges, "assessments": AssessmentRanges},
        ),
        "programmes": reader.shaped("programmes/programmes.yaml", Programmes),
        "texts": reader.shaped("texts/en.yaml", Texts),
        "sources": reader.shaped("sources.yaml", Mapping[str, Source]),  # type: ignore[type-abstract]
    }
    if reader.faults or any(part is None for part in parts.values()):
        raise SeedError(tuple(reader.faults))
    catalogue = Catalogue(digest=_digest(files), numbers=reader.numbers, **parts)  # type: ignore[arg-type]
    faults = cross_check(catalogue)
    if faults:
        raise SeedError(tuple(faults))
    return catalogue


def parse_exercise(written: Mapping[str, object], catalogue: Catalogue) -> Exercise:
    """Return an organization's own exercise, held against the checks of the seeds.

    `catalogue` also holds the organization's other exercises. Raises ExerciseError naming every fault with the
    JSON pointer of its field.
    """
    try:
        exercise = _shaped(Exercise, cast(Tree, written))
    except ValidationError as error:
        raise ExerciseError(
            tuple(replace(fault, pointer=f"/{fault.pointer}") for fault in _faults(error, "/"))
        ) from None
    faults = [*own_id_faults("", exercise, catalogue), *exercise_faults("", exercise, catalogue)]
    if faults:
        raise ExerciseError(tuple(replace(fault, pointer=fault.pointer.replace(".", "/")) for fault in faults))
    return exercise


def _group(reader: _Reader, whole: type[Shape], folder: str, shapes: Mapping[str, type[object]]) -> Shape | None:
    read = {name: reader.shaped(f"{folder}/{name}.yaml", shape) for name, shape in shapes.items()}
    return None if any(part is None for part in read.values()) else whole(**read)


def _ladders(reader: _Reader) -> Ladders:
    """Read one ladder file per preferred squat: factor -> rungs."""
    names: Iterable[str] = sorted(name for name in reader.files if name.startswith("ladders/"))
    found: dict[PreferredVariation, Mapping[Factor, tuple[LadderStep, ...]]] = {}
    for name in names:
        target = cast(PreferredVariation, name.removeprefix("ladders/").removesuffix(".yaml"))
        rungs = reader.shaped(name, Mapping[Factor, tuple[LadderStep, ...]])  # type: ignore[type-abstract]
        if rungs is not None:
            found[target] = rungs
    return found
