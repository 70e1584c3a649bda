"""Evidence for and against the ankle (LF10-LF16)."""

from typing import Final

from planner.decision import Rule
from planner.rules.limiting_case import (
    Clue,
    LimitingCase,
    clue_of_test,
    front_load,
    measured_clue,
    p_knee_to_wall,
    relief,
    shown_clue,
    sign_clue,
    tidy,
)


def ankle_signs(case: LimitingCase) -> Clue | None:
    """Count the ankle's signs."""
    enough = len(case.signs_of("ankle")) >= case.limits.gate.signs
    return sign_clue(case, "ankle", full=case.limits.ankle.sign, gate=enough)


def knee_to_wall(case: LimitingCase) -> Clue | None:
    """Compare the worse ankle's knee-to-wall distance with what the squat asks."""
    short = p_knee_to_wall(case)
    if case.knee_to_wall is None or case.knee_to_wall_needed is None or short is None:
        return None
    return measured_clue(
        case,
        "ankle",
        probability=short,
        full=case.limits.ankle.knee_to_wall,
        facts={"measured": tidy(case.knee_to_wall), "needed": tidy(case.knee_to_wall_needed)},
        gate=short >= case.limits.gate.limited,
    )


def heels_up(case: LimitingCase) -> Clue | None:
    """Read the heels-up test."""
    share = relief(case, "heels_up")
    if share is None:
        return None
    return clue_of_test("ankle", test="heels_up", share=share, full=case.limits.ankle.heels_up)


def front_load_for_ankle(case: LimitingCase) -> Clue | None:
    """Credit the ankle a little for front-load relief: the weight also counterbalances.

    It is never a source: the same relief speaks first for the trunk.
    """
    share, tested = front_load(case)
    if not share:
        return None
    points = case.limits.ankle.front_load * share
    return Clue(
        factor="ankle",
        supports=True,
        source="test" if tested else "sign",
        weight=points,
        points=points,
        facts={"test": "goblet_load"} if tested else {"sign": "front_loaded_feels_better"},
    )


def clean_overhead_squat(case: LimitingCase) -> Clue | None:
    """Take points off the ankle for a clean overhead squat; a failed one says nothing."""
    if case.tests.get("overhead_squat") != "clean":
        return None
    points = case.limits.ankle.overhead_clean
    return Clue(
        factor="ankle",
        supports=False,
        source="test",
        weight=points,
        points=-points,
        facts={"test": "overhead_squat"},
    )


def arms_forward_squat(case: LimitingCase) -> Clue | None:
    """Read the arms-forward squat: a failed one speaks for the ankle and is a source."""
    result = case.tests.get("arms_forward_squat")
    if result is None:
        return None
    return clue_of_test(
        "ankle",
        test="arms_forward_squat",
        share=1.0 if result == "fails" else 0.0,
        full=case.limits.ankle.arms_forward,
    )


def ankle_car_fault(case: LimitingCase) -> Clue | None:
    """Show the worse ankle's CAR without scoring it."""
    if case.ankle_car is None:
        return None
    return shown_clue("ankle", supports=case.ankle_car > 0, facts={"fault": case.ankle_car})


ANKLE_EVIDENCE_RULES: Final[tuple[Rule[LimitingCase, Clue], ...]] = (
    Rule(
        id="LF10",
        name="Ankle signs",
        summary="Each reported ankle sign adds points; two are a source.",
        sources=("method-article", "house-judgement"),
        decide=ankle_signs,
        numbers=("limits/limiting.ankle.sign", "limits/limiting.gate.signs"),
    ),
    Rule(
        id="LF11",
        name="Knee-to-wall against the demand",
        summary="The worse ankle's knee-to-wall distance is compared with what the squat asks.",
        sources=("fuglsang-2017", "gomes-2020", "powden-2015", "house-judgement"),
        decide=knee_to_wall,
        numbers=(
            "limits/limiting.ankle.knee_to_wall",
            "limits/limiting.spreads.knee_to_wall",
            "limits/limiting.gate.limited",
        ),
    ),
    Rule(
        id="LF12",
        name="Heels-up test",
        summary="A squat that raised heels clearly help speaks for the ankle.",
        sources=("charlton-2017", "house-judgement"),
        decide=heels_up,
        numbers=("limits/limiting.ankle.heels_up", "limits/limiting.some_help_share"),
    ),
    Rule(
        id="LF13",
        name="Front load as counterbalance",
        summary="Front-load relief supports the ankle a little, as a counterbalance.",
        sources=("coaching-convention", "house-judgement"),
        decide=front_load_for_ankle,
        numbers=("limits/limiting.ankle.front_load",),
    ),
    Rule(
        id="LF14",
        name="Clean overhead squat",
        summary="A clean overhead squat speaks against the ankle; a failed one proves nothing.",
        sources=("rabin-2017",),
        decide=clean_overhead_squat,
        numbers=("limits/limiting.ankle.overhead_clean",),
    ),
    Rule(
        id="LF15",
        name="Arms-forward squat",
        summary="A failed arms-forward squat speaks for the ankle and is a source.",
        sources=("rabin-2017",),
        decide=arms_forward_squat,
        numbers=("limits/limiting.ankle.arms_forward",),
    ),
    Rule(
        id="LF16",
        name="Ankle CAR fault",
        summary="The worse ankle's CAR is shown and scores nothing.",
        sources=("motive-fra", "house-judgement"),
        decide=ankle_car_fault,
    ),
)
