"""Loads: maxima, ceilings, first loads, rounding, words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalogue import Catalogue, Variation
from planner.load import (
    Effort,
    ceiling_kg,
    first_effort,
    first_load,
    light_enough,
    load_case,
    load_reasons,
    reps_range,
    round_down,
    step_up,
    training_max,
)
from planner.load_words import load_text, ramp_sets
from planner.maximum import back_squat_maximum, rpe_percent
from planner.plates import round_down_told
from planner.position import Client
from planner.weights import bells
from tests.planner.laddering import ON, Case, client_of, table

CASES = table("load")


def tidied(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def most(case: Case, variation: Variation, client: Client, catalogue: Catalogue) -> float | None:
    """Return the heaviest load a case allows, rounded to what exists."""
    effort = Effort(stage=case["stage"], reps=case["reps"], rpe=case["rpe"], gate_passed=case.get("gate", False))
    kg = ceiling_kg(variation, effort=effort, client=client, on=ON, catalogue=catalogue)
    return None if kg is None else round_down(kg, variation, client.profile, catalogue)


def reasons(case: Case, variation: Variation, known: dict[str, object], catalogue: Catalogue) -> list[str]:
    client = known["client"]
    effort = first_effort(case["stage"], client.codes, catalogue)
    given_case = load_case(
        variation, effort=effort, client=client, on=ON, catalogue=catalogue, modifiers=known["modifiers"]
    )
    load = first_load(variation, stage=case["stage"], **known)
    return [reason.rule for reason in load_reasons(given_case, load, client.profile, catalogue)]


def stage_dose(case: Case, catalogue: Catalogue) -> list[object]:
    dose = catalogue.doses.stages.of(case["stage"])
    percent = None if dose.percent is None else list(dose.percent)
    return [list(dose.sets), list(dose.reps), list(dose.rpe), percent, dose.tempo]


def answer(case: Case, catalogue: Catalogue) -> object:
    client = client_of(case["given"], catalogue)
    profile, kg, stages = client.profile, case.get("kg"), catalogue.doses.stages
    variation = catalogue.variations.get(case.get("squat", ""))
    modifiers = case.get("modifiers", ())
    known = {"client": client, "on": ON, "catalogue": catalogue, "modifiers": modifiers}
    effort = first_effort(case.get("stage", "P2"), client.codes, catalogue)
    answers = {
        "back_max": lambda: tidied(back_squat_maximum(profile, on=ON, catalogue=catalogue)),
        "training_max": lambda: tidied(training_max(variation, profile=profile, on=ON, catalogue=catalogue)),
        "rpe_percent": lambda: tidied(rpe_percent(case["reps"], case["rpe"], catalogue)),
        "effort": lambda: [effort.reps, effort.rpe],
        "reps": lambda: list(reps_range(variation, stage=case["stage"], modifiers=modifiers, catalogue=catalogue)),
        "first": lambda: first_load(variation, stage=case["stage"], **known),
        "light": lambda: light_enough(variation, stage=case["stage"], **known),
        "most": lambda: most(case, variation, client, catalogue),
        "round": lambda: round_down(kg, variation, profile, catalogue),
        "step": lambda: step_up(kg, variation, profile, catalogue),
        "bells": lambda: list(bells(profile, catalogue)),
        "text": lambda: load_text(kg, variation, profile, catalogue),
        "ramp": lambda: list(ramp_sets(kg, variation, profile, catalogue)),
        "reasons": lambda: reasons(case, variation, known, catalogue),
        "stage": lambda: stage_dose(case, catalogue),
        "tempos": lambda: [stages.slow_tempo, stages.pause_tempo],
    }
    return answers[case["ask"]]()


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return [case["name"] for case in CASES if answer(case, catalogue) != case["expect"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_load_is_what_the_table_says(case: Case, catalogue: Catalogue) -> None:
    """Maximum, stage, conditions and what is at hand give one load, rounded down, in plain words."""
    assert answer(case, catalogue) == case["expect"]


EQUIPMENT = st.sets(st.sampled_from(["barbell", "rack", "safety_bar", "kettlebell", "dumbbell", "backpack"]))


@given(maximum=st.floats(20, 300), equipment=EQUIPMENT, units=st.sampled_from(["metric", "imperial"]))
def test_a_first_load_never_exceeds_its_ceiling(
    catalogue: Catalogue, maximum: float, equipment: set[str], units: str
) -> None:
    """Every first load of every squat and stage stays at or below the ceiling it is rounded from."""
    given_case = {"preferred": {"one_rep_max_kg": maximum}, "equipment": sorted(equipment), "units": units}
    client = client_of(given_case, catalogue)
    for variation in catalogue.variations.values():
        for stage in ("P2", "P4", "P6"):
            known = {"client": client, "on": ON, "catalogue": catalogue}
            load = first_load(variation, stage=stage, **known)
            effort = first_effort(stage, client.codes, catalogue)
            ceiling = ceiling_kg(variation, effort=effort, **known)
            assert load is None or ceiling is None or load <= ceiling + 0.005


@given(kg=st.floats(1, 200), units=st.sampled_from(["metric", "imperial"]))
def test_rounding_goes_down_and_stays(catalogue: Catalogue, kg: float, units: str) -> None:
    """A rounded load is not above the load, and rounding it again changes nothing."""
    profile = client_of({"units": units, "equipment": ["kettlebell", "barbell", "rack"]}, catalogue).profile
    for name in ("goblet_squat", "high_bar_back_squat", "double_bell_front_squat", "belt_squat"):
        variation = catalogue.variations[name]
        rounded = round_down(kg, variation, profile, catalogue)
        assert rounded is None or rounded <= kg + 0.005
        assert rounded is None or round_down(rounded + 0.005, variation, profile, catalogue) == rounded


@pytest.mark.parametrize("squat", ["high_bar_back_squat", "goblet_squat", "double_bell_front_squat"])
def test_a_load_in_pounds_is_the_same_when_it_is_told_back(catalogue: Catalogue, squat: str) -> None:
    """Written to two decimals of a kilogram, each load that pounds give is found again, not the one below it."""
    profile = client_of({"units": "imperial", "equipment": ["barbell", "rack", "dumbbell"]}, catalogue).profile
    variation = catalogue.variations[squat]
    loads = {round_down(kg / 2, variation, profile, catalogue) for kg in range(300)} - {None}

    assert len(loads) > 3
    for load in loads:
        assert load is not None
        assert round_down_told(load, variation, profile, catalogue) == load


def test_a_longer_layoff_never_raises_a_load(catalogue: Catalogue) -> None:
    """First loads fall or stay as the last heavy squats move into the past."""
    loads = []
    for weeks in range(20):
        last = ON - timedelta(weeks=weeks)
        client = client_of({"preferred": {"last_heavy_on": last}}, catalogue)
        squat = catalogue.variations["front_squat"]
        loads.append(first_load(squat, stage="P4", client=client, on=ON, catalogue=catalogue))

    assert loads == sorted(loads, reverse=True)
    assert loads[0] > loads[-1]
