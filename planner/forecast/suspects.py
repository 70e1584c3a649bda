"""What may truly limit somebody of whom something was found, as often as such findings are right."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from planner.catalogue import Catalogue
from planner.forecast.draws import draw_one
from planner.forecast.traits import SHAPES
from planner.plan import Finding
from planner.words import Confidence, Factor, LimitingFactor, Subtype

Case = Literal["alone", "with_another", "behind_another", "as_found", "swapped", "something_else"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """What is taken to limit one virtual client."""

    limiter: LimitingFactor
    second: Factor | None
    subtype: Subtype | None


ONE_FOUND: Final[Mapping[Confidence, Mapping[Case, float]]] = {
    "high": {"alone": 0.73, "with_another": 0.16, "behind_another": 0.10, "something_else": 0.01},
    "medium": {"alone": 0.77, "with_another": 0.09, "behind_another": 0.12, "something_else": 0.02},
    "low": {"alone": 0.84, "with_another": 0.03, "behind_another": 0.07, "something_else": 0.06},
}
"""One factor found: it limits alone, most of all, or only after another; measured on 1,500 virtual clients, seed 2."""

TWO_FOUND: Final[Mapping[Confidence, Mapping[Case, float]]] = {
    "high": {"as_found": 0.59, "alone": 0.05, "swapped": 0.36},
    "medium": {"as_found": 0.54, "alone": 0.08, "swapped": 0.38},
    "low": {"as_found": 0.58, "alone": 0.05, "swapped": 0.37},
}
"""Two factors found: both limit in that order, one of them, or the other way round; of the same clients."""

NONE_RIGHT: Final = 0.69
CONTROL_MISSED: Final = 0.13
"""Share of hips found short of range in which control is what lacks."""


def suspected(rng: Random, finding: Finding, catalogue: Catalogue) -> Suspects:
    """Return what limits one virtual client with this finding."""
    limiter, second = _drawn(rng, finding, catalogue)
    subtype = finding.subtype if finding.limiting_factor in (limiter, second) else None
    if "hip" not in (limiter, second):
        return Suspects(limiter=limiter, second=second, subtype=None)
    if subtype is None:
        subtype = "control" if rng.random() < catalogue.population.clients.hip_control else "motion"
    elif subtype == "motion" and rng.random() < CONTROL_MISSED:
        subtype = "control"
    return Suspects(limiter=limiter, second=second, subtype=subtype)


def _drawn(rng: Random, finding: Finding, catalogue: Catalogue) -> tuple[LimitingFactor, Factor | None]:
    found, other = finding.limiting_factor, finding.second_factor
    if found == "none":
        return ("none", None) if rng.random() < NONE_RIGHT else (_another(rng, "none", catalogue), None)
    case = draw_one(rng, (ONE_FOUND if other is None else TWO_FOUND)[finding.confidence])
    if case == "something_else":
        return _another(rng, found, catalogue), None
    if case == "behind_another":
        return rng.choice([factor for factor in SHAPES if factor != found]), found
    if case == "swapped" and other is not None:
        return other, found
    if case == "with_another":
        return found, rng.choice([factor for factor in SHAPES if factor != found])
    return found, other if case == "as_found" else None


def _another(rng: Random, found: LimitingFactor, catalogue: Catalogue) -> LimitingFactor:
    """Return another limiter, by how common it is."""
    shares = catalogue.population.clients.limiters
    return draw_one(rng, {name: share for name, share in shares.items() if name != found})
