"""Turn seed files (name -> text) into a Catalogue; report every fault at once.

With `planner.seed_reader` the only place of the planner that reads YAML.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from pydantic import ValidationError

from planner.catalogue import (
    Catalogue,
    Demands,
    Exercise,
    Ladders,
    LadderStep,
    Measure,
    Programmes,
    Source,
    Variation,
)
from planner.crosscheck import cross_check
from planner.crosscheck_entries import exercise_faults, own_id_faults
from planner.errors import ExerciseError, SeedError
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
from planner.locale import SOURCE_LANGUAGE
from planner.parse_words import source_wording, translations
from planner.seed_reader import Reader, Shape, Tree, faults_of, shaped
from planner.size import widths_of
from planner.texts import Texts
from planner.words import Factor, PreferredVariation


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
    reader = Reader(files)
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
        "texts": reader.shaped(f"texts/{SOURCE_LANGUAGE}.yaml", Texts),
        "sources": reader.shaped("sources.yaml", Mapping[str, Source]),  # type: ignore[type-abstract]
    }
    translated = translations(reader)
    if reader.faults or any(part is None for part in parts.values()):
        raise SeedError(tuple(reader.faults))
    source = source_wording(parts["texts"], parts["exercises"], parts["variations"], parts["measures"])  # type: ignore[arg-type]
    wordings = {SOURCE_LANGUAGE: source, **translated}
    catalogue = Catalogue(
        digest=_digest(files),
        numbers=reader.numbers,
        wordings=wordings,
        widths=widths_of(wordings.values()),
        **parts,  # type: ignore[arg-type]
    )
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
        exercise = shaped(Exercise, cast(Tree, written))
    except ValidationError as error:
        raise ExerciseError(
            tuple(replace(fault, pointer=f"/{fault.pointer}") for fault in faults_of(error, "/"))
        ) from None
    faults = [*own_id_faults("", exercise, catalogue), *exercise_faults("", exercise, catalogue)]
    if faults:
        raise ExerciseError(tuple(replace(fault, pointer=fault.pointer.replace(".", "/")) for fault in faults))
    return exercise


def _group(reader: Reader, whole: type[Shape], folder: str, shapes: Mapping[str, type[object]]) -> Shape | None:
    read = {name: reader.shaped(f"{folder}/{name}.yaml", shape) for name, shape in shapes.items()}
    return None if any(part is None for part in read.values()) else whole(**read)


def _ladders(reader: Reader) -> Ladders:
    """Read one ladder file per preferred squat: factor -> rungs."""
    names: Iterable[str] = sorted(name for name in reader.files if name.startswith("ladders/"))
    found: dict[PreferredVariation, Mapping[Factor, tuple[LadderStep, ...]]] = {}
    for name in names:
        target = cast(PreferredVariation, name.removeprefix("ladders/").removesuffix(".yaml"))
        rungs = reader.shaped(name, Mapping[Factor, tuple[LadderStep, ...]])  # type: ignore[type-abstract]
        if rungs is not None:
            found[target] = rungs
    return found
