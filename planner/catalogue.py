"""What seeds/ becomes: exercises, variations, ladders, measures, limits, doses, texts, sources.

Frozen and cross-checked. `planner.parse.parse_catalogue` makes one; nothing here reads a
file. Every number keeps its unit, source and confidence tag in `Catalogue.numbers`.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Final

from planner.decision import Reason, Value
from planner.library import (
    BuiltIn,
    Dose,
    EquipmentNeed,
    Exercise,
    Number,
    Scores,
    Source,
    Variation,
    VariationLoad,
)
from planner.limits import Doses, Limits, Population
from planner.locale import SOURCE_LANGUAGE, language_of
from planner.seeded import dataclass
from planner.size import Widths
from planner.texts import Teach, Texts
from planner.wording import Wording, said_in
from planner.words import (
    Factor,
    Joint,
    Modifier,
    Motion,
    PreferredVariation,
    Stage,
    Unit,
)

_AS_THEY_ARE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One curated rung: variation, depth index aimed at, modifiers, stage."""

    stage: Stage
    variation: str
    depth: int
    modifiers: tuple[Modifier, ...] = ()


Ladders = Mapping[PreferredVariation, Mapping[Factor, tuple[LadderStep, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLimits:
    """Passive minus active: small up to, large from; smallest real change of the gap."""

    small: float
    large: float
    smallest_real_change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AsymmetryLimits:
    """Left-right difference worth a note, and worth acting on."""

    note: float
    act: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measurable motion: what is possible, its error, what counts as a gap or a side difference.

    `sem` = standard error of measurement, `mdc` = smallest real change (95 %), both for the
    clinic; a home value is scaled by `limits.limiting.home_error_factor`.
    """

    name: str  # for people: "hip flexion"
    joint: Joint
    motion: Motion
    unit: Unit
    sided: bool
    possible: tuple[float, float]
    sem: float
    mdc: float
    gap: GapLimits | None = None
    asymmetry: AsymmetryLimits | None = None
    norm: float | None = None
    core: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What squats ask of hip and ankle by depth index (first entry = index 1)."""

    hip_flexion: tuple[float, ...]
    knee_to_wall: Mapping[str, tuple[float, ...]]  # column -> cm by depth index
    low_bar_hip_extra: float
    wide_stance_hip: float  # subtracted
    wide_stance_knee_to_wall: float  # subtracted
    heel_lift_cm: tuple[float, ...]  # heights that books, wedges and shoes give
    heel_lift_knee_to_wall: tuple[float, ...]  # cm of knee-to-wall each height gives back
    internal_rotation_parallel: float
    internal_rotation_deep: float
    external_rotation: float
    active_flexion_allowance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Which exercises serve a target, by approach, in order of preference."""

    passive_first: tuple[str, ...] = ()
    active_first: tuple[str, ...] = ()
    active_only: tuple[str, ...] = ()
    load: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Programmes:
    """Exercise choices: by range target, by role, and the daily CARs lists."""

    targets: Mapping[str, Programme]
    roles: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Catalogue:
    """Everything the planner knows that is not a fact about a client.

    A process has one for each language; it is told from another as an object, so that what follows from it
    alone can be remembered (`planner.block.up_criteria`). Those of all languages have one digest, and differ in
    words alone.
    """

    digest: str
    language: str = SOURCE_LANGUAGE
    exercises: Mapping[str, Exercise]
    variations: Mapping[str, Variation]
    ladders: Ladders
    measures: Mapping[str, Measure]
    demands: Demands
    rpe_percent: tuple[float, ...]  # % of one-repetition maximum at 1, 2, ... reps to failure
    limits: Limits
    doses: Doses
    programmes: Programmes
    population: Population  # of virtual clients; no plan follows from it
    texts: Texts
    wordings: Mapping[str, Wording]  # language -> its words
    widths: Widths  # of the words, whatever the language
    sources: Mapping[str, Source]
    numbers: Mapping[str, Number]
    _spoken: dict[str, "Catalogue"] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        """Return the digest: the whole is too long to read."""
        return f"Catalogue(digest={self.digest!r})"

    def spoken(self, locale: str) -> "Catalogue":
        """Return the catalogue in the language of a locale such as `de-AT`, in English where there are no words."""
        language = language_of(locale, self.wordings)
        if language == self.language:
            return self
        made = self._spoken.get(language)
        return self._spoken.setdefault(language, self._worded(language)) if made is None else made

    def _worded(self, language: str) -> "Catalogue":
        wording = self.wordings[language]
        return replace(
            self,
            language=language,
            texts=wording.texts,
            exercises=said_in(self.exercises, wording.exercises),
            variations=said_in(self.variations, wording.variations),
            measures={key: replace(one, name=wording.measures[key]) for key, one in self.measures.items()},
        )

    def reason(
        self, rule: str, case: str = "default", words: Mapping[str, str] = _AS_THEY_ARE, /, **facts: Value
    ) -> Reason:
        """Return the sentence of a rule's case, filled from the facts compared; `words` say some of them otherwise."""
        shown = {name: plain(value) if isinstance(value, float) else value for name, value in facts.items()}
        said = {**shown, **words} if words else shown
        return Reason(rule, self.texts.fill(self.texts.rules[rule][case], said), shown)


def plain(value: Value) -> Value:
    """Return a number as people write it: 2, not 2.0; at most two decimals."""
    if not isinstance(value, float):
        return value
    rounded = round(value, 2)
    return int(rounded) if rounded.is_integer() else rounded


__all__ = [
    "AsymmetryLimits",
    "BuiltIn",
    "Catalogue",
    "Demands",
    "Dose",
    "EquipmentNeed",
    "Exercise",
    "GapLimits",
    "LadderStep",
    "Ladders",
    "Measure",
    "Number",
    "Programme",
    "Programmes",
    "Scores",
    "Source",
    "Teach",
    "Texts",
    "Variation",
    "VariationLoad",
    "plain",
]
