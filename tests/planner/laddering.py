"""Clients for ladder, fit and load tables, written as short mappings; what is left out is unremarkable."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from planner.catalogue import Catalogue
from planner.client import contraindication_codes, relief_tests
from planner.facts import Assessment, Profile
from planner.plan import Finding
from planner.position import Client
from planner.readings import Reading, Readings

ON = date(2026, 11, 2)
PROFILES = TypeAdapter(Profile)
ASSESSMENTS = TypeAdapter(Assessment)
GYM = ["barbell", "rack", "safety_bar", "dumbbell", "kettlebell", "box", "wedge", "band", "bench", "pins"]
RANGES = {
    "hip_flexion": [122, 107],
    "hip_internal_rotation": [36, 32],
    "hip_external_rotation": [42, 38],
    "ankle_knee_to_wall": [12, None],
}
Case = Mapping[str, Any]


def table(topic: str) -> list[Case]:
    """Return the table cases of a topic."""
    file = Path(__file__).parent / "cases" / f"{topic}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def failing(cases: list[Case], answer: Callable[[Case, Catalogue], object], catalogue: Catalogue) -> list[str]:
    """Return the names of the cases whose answer is not the one expected."""
    return [case["name"] for case in cases if answer(case, catalogue) != case["expect"]]


def profile_of(given: Case) -> Profile:
    """Return a profile; the preferred squat is a parallel low-bar squat of 150 kg."""
    preferred = {"variation": "low_bar_back_squat", "one_rep_max_kg": 150, **given.get("preferred", {})}
    raw = {
        "birth_year": 1992,
        "sex": "female",
        "setting": given.get("setting", "gym"),
        "equipment": given.get("equipment", GYM),
        "weights": given.get("weights", {}),
        "training_days": ["mon", "thu"],
        "session_minutes": 60,
        "preferred_squat": preferred,
        "limits": given.get("limits", []),
        "units": given.get("units", "metric"),
        "height_cm": given.get("height_cm"),
    }
    return PROFILES.validate_python(raw)


def assessment_of(given: Case) -> Assessment:
    """Return an assessment with the tests, signs and pain of a case."""
    raw = {
        "performed_on": ON,
        "setting": given.get("assessed", "clinic"),
        "tests": [{"test": test, "result": result} for test, result in given.get("tests", {}).items()],
        "signs": given.get("signs", []),
        "observations": given.get("observations", []),
        "back_pain": given.get("back_pain"),
    }
    return ASSESSMENTS.validate_python(raw)


def readings_of(given: Case) -> Readings:
    """Return readings, both sides alike unless a side is written out; `pinch` names pinched sides."""
    home = given.get("assessed") == "home"
    pinched = {tuple(one) for one in given.get("pinch", [])}
    sides = {}
    for measure, pair in {**RANGES, **given.get("measures", {})}.items():
        if pair is None:
            continue
        by_side = pair if isinstance(pair, dict) else {"left": pair, "right": pair}
        sides[measure] = {
            side: Reading(
                passive=passive,
                active=active,
                gap=None if active is None else passive - active,
                pinch=(measure, side) in pinched,
            )
            for side, (passive, active) in by_side.items()
        }
    return Readings(home=home, error_factor=1.75 if home else 1.0, sides=sides)


def finding_of(given: Case) -> Finding:
    """Return a finding that names the limiting factors of a case."""
    return Finding(
        limiting_factor=given.get("factor", "hip"),
        subtype=given.get("subtype"),
        second_factor=given.get("second"),
        confidence="high",
        scores={},
        counted=(),
        evidence=(),
        missing=(),
        advice=(),
    )


def client_of(given: Case, catalogue: Catalogue) -> Client:
    """Return the client of a case, with the codes that follow from limits, pinches and pain."""
    profile, assessment, readings = profile_of(given), assessment_of(given), readings_of(given)
    irritability = given.get("irritability", "low")
    return Client(
        profile=profile,
        readings=readings,
        finding=finding_of(given),
        codes=contraindication_codes(profile, readings, assessment, irritability, catalogue),
        irritability=irritability,
        age=34,
        helped=relief_tests(assessment),
    )
