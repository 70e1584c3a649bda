"""Short ways to write assessments in tests: only what differs from a healthy client is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from planner.facts import (
    Assessment,
    BackPainHistory,
    CarFault,
    Measurement,
    PreferredSquat,
    Profile,
    TestOutcome,
)
from planner.words import (
    AssessmentSetting,
    Irritability,
    Joint,
    Motion,
    Observation,
    Side,
    Sign,
    Test,
    TestResult,
    Unit,
)

CASES = Path(__file__).parent / "cases"

Pair = tuple[float | None, float | None]
"""Passive and active range of one side."""

KINDS: Mapping[str, tuple[Joint, Motion, Unit]] = {
    "hip_flexion": ("hip", "flexion", "deg"),
    "hip_internal_rotation": ("hip", "internal_rotation", "deg"),
    "hip_external_rotation": ("hip", "external_rotation", "deg"),
    "ankle_knee_to_wall": ("ankle", "knee_to_wall", "cm"),
    "thoracic_rotation": ("thoracic", "rotation", "deg"),
}
HEALTHY: Mapping[str, tuple[Pair, ...]] = {
    "hip_flexion": ((122, 107), (122, 107)),
    "hip_internal_rotation": ((36, 32), (36, 32)),
    "hip_external_rotation": ((42, None), (42, None)),
    "ankle_knee_to_wall": ((12, None), (12, None)),
    "thoracic_rotation": ((48, None), (48, None)),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a case tells: measures left then right, signs, tests, and the squat wanted back."""

    squat: PreferredSquat = field(default_factory=lambda: PreferredSquat(variation="high_bar_back_squat"))
    setting: AssessmentSetting = "clinic"
    measures: Mapping[str, tuple[Pair, ...]] = field(default_factory=dict)
    not_measured: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    tests: Mapping[Test, TestResult] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    car_faults: tuple[CarFault, ...] = ()
    irritability: Irritability | None = "low"
    back_pain: BackPainHistory | None = None

    def assessment(self) -> Assessment:
        """Return the told assessment, healthy wherever nothing was told."""
        return Assessment(
            performed_on=date(2026, 11, 2),
            setting=self.setting,
            measurements=measurements({**HEALTHY, **self.measures}, self.not_measured),
            signs=self.signs,
            tests=tuple(TestOutcome(test=test, result=result) for test, result in self.tests.items()),
            observations=self.observations,
            car_faults=self.car_faults,
            irritability=self.irritability,
            back_pain=self.back_pain,
        )

    def profile(self) -> Profile:
        """Return a client who wants the told squat back."""
        return Profile(
            birth_year=1990,
            sex="female",
            setting="gym",
            training_days=("mon", "thu"),
            session_minutes=60,
            preferred_squat=self.squat,
        )


def measurements(measures: Mapping[str, tuple[Pair, ...]], without: tuple[str, ...] = ()) -> tuple[Measurement, ...]:
    """Return left and right measurements of every measure."""
    sides: tuple[Side, Side] = ("left", "right")
    return tuple(
        Measurement(
            joint=KINDS[key][0],
            motion=KINDS[key][1],
            unit=KINDS[key][2],
            side=side,
            passive=passive,
            active=active,
        )
        for key, pairs in measures.items()
        if key not in without
        for side, (passive, active) in zip(sides, pairs, strict=False)
    )


def told(raw: object) -> Told:
    """Return a case's `given` from YAML, refusing words nobody knows."""
    return TypeAdapter(Told).validate_python(raw)


def table(topic: str) -> list[dict[str, object]]:
    """Return the table cases of a topic: name, given, expect."""
    return yaml.safe_load((CASES / f"{topic}.yaml").read_text(encoding="utf-8"))
