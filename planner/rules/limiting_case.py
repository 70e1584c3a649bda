"""What the evidence rules of the limiting factor (LF01-LF30) read and answer.

Every rule turns one sign group, test, observation or measurement into a clue: points for or
against one factor, and whether it is one of the sources a factor must have two of.
"""

from collections.abc import Mapping
from dataclasses import field
from math import erf, sqrt
from typing import Final, Literal, get_args

from planner.decision import Value
from planner.limits.limiting import LimitingLimits
from planner.values import dataclass
from planner.words import (
    AnkleSign,
    Factor,
    HipSign,
    LoadOwnershipSign,
    Observation,
    Sign,
    Test,
    TestResult,
    TrunkSign,
)

ClueSource = Literal["measurement", "sign", "test", "observation"]
GateSource = Literal["measurement", "sign", "test"]

SIGNS_OF: Final[Mapping[Factor, tuple[Sign, ...]]] = {
    "hip": get_args(HipSign),
    "ankle": get_args(AnkleSign),
    "load_ownership": get_args(LoadOwnershipSign),
    "trunk": get_args(TrunkSign),
}
MAIN_HIP_SIGNS: Final[tuple[Sign, ...]] = (
    "depth_blocked",
    "quick_change_near_bottom",
    "find_it_and_survive_it",
    "back_does_hip_work",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitingCase:
    """Worst sides, larger gaps and demands, with the signs, tests and observations.

    Ranges in degrees, knee to wall in centimetres; None = not measured. CAR faults are the
    worst grade of both sides.
    """

    hip_flexion: float | None = None
    hip_flexion_needed: float = 0.0
    hip_flexion_gap: float | None = None
    internal_rotation: float | None = None
    internal_rotation_needed: float = 0.0
    internal_rotation_gap: float | None = None
    external_rotation: float | None = None
    external_rotation_needed: float = 0.0
    knee_to_wall: float | None = None
    knee_to_wall_needed: float | None = None
    thoracic_rotation: float | None = None
    hip_car: int | None = None
    ankle_car: int | None = None
    thoracic_car: int | None = None
    home: bool = False
    signs: tuple[Sign, ...] = ()
    tests: Mapping[Test, TestResult] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    limits: LimitingLimits

    def signs_of(self, factor: Factor) -> tuple[Sign, ...]:
        """Return the reported signs of a factor, each once, in the order of the vocabulary."""
        return tuple(sign for sign in SIGNS_OF[factor] if sign in self.signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One item of evidence: `points` go into the score, `gate` says which source it is.

    `weight` = the points it adds when it supports, the points it holds back or takes off when
    it does not. `sentence` is the case of the rule's template, `named` the signs it names.
    """

    factor: Factor
    supports: bool
    source: ClueSource
    weight: float
    points: float
    gate: GateSource | None = None
    sentence: str = "default"
    facts: Mapping[str, Value] = field(default_factory=dict)
    named: tuple[Sign, ...] = ()


def normal_cdf(deviations: float) -> float:
    """Return the share of a normal distribution below so many standard deviations."""
    return (1 + erf(deviations / sqrt(2))) / 2


def _probability(distance: float | None, spread: float, case: LimitingCase) -> float | None:
    if distance is None:
        return None
    return normal_cdf(distance / (spread * (case.limits.home_spread_factor if case.home else 1)))


def _short_of(value: float | None, needed: float | None) -> float | None:
    return None if value is None or needed is None else needed - value


def p_flexion(case: LimitingCase) -> float | None:
    """Return the probability that hip flexion is short of the demand."""
    distance = _short_of(case.hip_flexion, case.hip_flexion_needed)
    return _probability(distance, case.limits.spreads.hip_flexion, case)


def p_internal_rotation(case: LimitingCase) -> float | None:
    """Return the probability that hip internal rotation is short of the demand."""
    distance = _short_of(case.internal_rotation, case.internal_rotation_needed)
    return _probability(distance, case.limits.spreads.hip_internal_rotation, case)


def p_external_rotation(case: LimitingCase) -> float | None:
    """Return the probability that hip external rotation is short of the demand."""
    distance = _short_of(case.external_rotation, case.external_rotation_needed)
    return _probability(distance, case.limits.spreads.hip_external_rotation, case)


def p_flexion_gap(case: LimitingCase) -> float | None:
    """Return the probability that the gap in hip flexion is too large."""
    distance = _short_of(case.limits.midpoints.hip_flexion_gap, case.hip_flexion_gap)
    return _probability(distance, case.limits.spreads.hip_flexion_gap, case)


def p_internal_rotation_gap(case: LimitingCase) -> float | None:
    """Return the probability that the gap in hip internal rotation is too large."""
    distance = _short_of(case.limits.midpoints.hip_internal_rotation_gap, case.internal_rotation_gap)
    return _probability(distance, case.limits.spreads.hip_internal_rotation_gap, case)


def p_knee_to_wall(case: LimitingCase) -> float | None:
    """Return the probability that the ankle is short of the demand."""
    distance = _short_of(case.knee_to_wall, case.knee_to_wall_needed)
    return _probability(distance, case.limits.spreads.knee_to_wall, case)


def p_thoracic_rotation(case: LimitingCase) -> float | None:
    """Return the probability that thoracic rotation is small."""
    distance = _short_of(case.thoracic_rotation, case.limits.midpoints.thoracic_rotation)
    return _probability(distance, case.limits.spreads.thoracic_rotation, case)


def room(case: LimitingCase) -> float:
    """Return how far load ownership can count (0-1): fully only where the range is there."""
    limits = case.limits.room
    fine = 1.0
    for probability in (p_flexion(case), p_knee_to_wall(case), p_flexion_gap(case)):
        fine *= 1 - (limits.unknown if probability is None else probability)
    return limits.base + limits.by_range * fine


def front_load(case: LimitingCase) -> tuple[float | None, bool]:
    """Return how far a front load helps (None = unknown) and whether that was tested."""
    share = relief(case, "goblet_load")
    if share is not None:
        return share, True
    return (1.0, False) if "front_loaded_feels_better" in case.signs else (None, False)


def relief(case: LimitingCase, test: Test) -> float | None:
    """Return the share of a relief test's points: 1, part of it, 0; None when not taken."""
    result = case.tests.get(test)
    if result is None:
        return None
    return {"helps": 1.0, "some_help": case.limits.some_help_share}.get(result, 0.0)


def tidy(value: float) -> float:
    """Return a number for people: whole where it is whole, else one decimal."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def shown(probability: float) -> float:
    """Return a probability for people: two decimals, never certain."""
    return min(max(round(probability, 2), 0.01), 0.99)


def split(points: float, full: float, supports: bool) -> float:
    """Return a clue's weight: what it adds, or what of its full points it holds back."""
    return round(points if supports else full - points, 4)


def measured_clue(
    case: LimitingCase,
    factor: Factor,
    *,
    probability: float,
    full: float,
    facts: Mapping[str, Value],
    gate: bool,
) -> Clue:
    """Return the clue of a measurement that is short with some probability."""
    supports = probability >= case.limits.gate.possible
    points = full * probability
    return Clue(
        factor=factor,
        supports=supports,
        source="measurement",
        weight=split(points, full, supports),
        points=round(points, 4),
        gate="measurement" if gate else None,
        sentence="default" if supports else "against",
        facts={**facts, "probability": shown(probability)},
    )


def clue_of_test(factor: Factor, *, test: Test, share: float, full: float) -> Clue:
    """Return the clue of a test that is positive (1), partly (between) or negative (0)."""
    supports = share > 0
    words = "default" if share == 1 else "partly" if supports else "against"
    points = full * share
    return Clue(
        factor=factor,
        supports=supports,
        source="test",
        weight=split(points, full, supports),
        points=round(points, 4),
        gate="test" if share == 1 else None,
        sentence=words,
        facts={"test": test},
    )


def sign_clue(case: LimitingCase, factor: Factor, *, full: float, gate: bool) -> Clue | None:
    """Return the clue of a factor's reported signs, `full` points each; None without a sign."""
    signs = case.signs_of(factor)
    if not signs:
        return None
    points = round(full * len(signs), 4)
    return Clue(
        factor=factor,
        supports=True,
        source="sign",
        weight=points,
        points=points,
        gate="sign" if gate else None,
        facts={"signs": len(signs), "which": ", ".join(signs)},
        named=signs,
    )


def shown_clue(factor: Factor, *, supports: bool, facts: Mapping[str, Value]) -> Clue:
    """Return a clue that is shown and scores nothing."""
    return Clue(
        factor=factor,
        supports=supports,
        source="test",
        weight=0.0,
        points=0.0,
        sentence="default" if supports else "against",
        facts=facts,
    )
