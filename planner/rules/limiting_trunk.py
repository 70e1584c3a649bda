"""Evidence for and against the trunk (LF22-LF30)."""

from typing import Final

from planner.decision import Rule
from planner.rules.limiting_case import (
    Clue,
    GateSource,
    LimitingCase,
    clue_of_test,
    front_load,
    measured_clue,
    p_knee_to_wall,
    p_thoracic_rotation,
    relief,
    shown_clue,
    sign_clue,
    split,
    tidy,
)


def trunk_signs(case: LimitingCase) -> Clue | None:
    """Count the trunk's signs."""
    enough = len(case.signs_of("trunk")) >= case.limits.gate.signs
    return sign_clue(case, "trunk", full=case.limits.trunk.sign, gate=enough)


def exhale_stack(case: LimitingCase) -> Clue | None:
    """Read the exhale-and-stack setup test."""
    share = relief(case, "exhale_stack")
    if share is None:
        return None
    return clue_of_test("trunk", test="exhale_stack", share=share, full=case.limits.trunk.exhale_stack)


def breath_at_bottom(case: LimitingCase) -> Clue | None:
    """Read the breath test at the bottom."""
    result = case.tests.get("breath_at_bottom")
    if result is None:
        return None
    return clue_of_test(
        "trunk",
        test="breath_at_bottom",
        share=1.0 if result == "fails" else 0.0,
        full=case.limits.trunk.breath_at_bottom,
    )


def front_load_for_trunk(case: LimitingCase) -> Clue | None:
    """Credit the trunk for front-load relief, less where a short ankle explains it.

    The sign alone scores like the test when the test was not taken, and is then no source.
    """
    share, tested = front_load(case)
    if share is None:
        return None
    weights = case.limits.trunk
    ankle = weights.front_load_ankle_share * (p_knee_to_wall(case) or 0.0)
    full = weights.front_load * (1 - ankle)
    points = full * share
    return Clue(
        factor="trunk",
        supports=share > 0,
        source="test" if tested else "sign",
        weight=split(points, full, share > 0),
        points=round(points, 4),
        gate="test" if tested and share == 1 else None,
        sentence="default" if share == 1 else "partly" if share else "against",
        facts={"test": "goblet_load"} if tested else {"sign": "front_loaded_feels_better"},
    )


def _observed(observation: str, points: float, gate: GateSource | None) -> Clue:
    return Clue(
        factor="trunk",
        supports=points > 0,
        source="observation",
        weight=abs(points),
        points=points,
        gate=gate,
        facts={"observation": observation},
    )


def rib_flare(case: LimitingCase) -> Clue | None:
    """Count ribs that flare; a source like a measurement."""
    if "rib_flare" not in case.observations:
        return None
    return _observed("rib_flare", case.limits.trunk.rib_flare, "measurement")


def pain_on_arching(case: LimitingCase) -> Clue | None:
    """Count pain on arching that bending eases; a source like a measurement."""
    name = "pain_on_arching_eased_by_bending"
    if name not in case.observations:
        return None
    return _observed(name, case.limits.trunk.arching, "measurement")


def pain_on_bending(case: LimitingCase) -> Clue | None:
    """Take points off the trunk for pain on bending that arching eases."""
    name = "pain_on_bending_eased_by_arching"
    if name not in case.observations:
        return None
    return _observed(name, -case.limits.trunk.bending, None)


def thoracic_rotation(case: LimitingCase) -> Clue | None:
    """Judge thoracic rotation of the worse side; a source only when clearly small."""
    small = p_thoracic_rotation(case)
    if case.thoracic_rotation is None or small is None:
        return None
    return measured_clue(
        case,
        "trunk",
        probability=small,
        full=case.limits.trunk.thoracic_rotation,
        facts={
            "measured": tidy(case.thoracic_rotation),
            "needed": tidy(case.limits.midpoints.thoracic_rotation),
        },
        gate=case.thoracic_rotation < case.limits.gate.thoracic_rotation,
    )


def thoracic_car_fault(case: LimitingCase) -> Clue | None:
    """Show the thoracic CAR without scoring it."""
    if case.thoracic_car is None:
        return None
    return shown_clue("trunk", supports=case.thoracic_car > 0, facts={"fault": case.thoracic_car})


TRUNK_EVIDENCE_RULES: Final[tuple[Rule[LimitingCase, Clue], ...]] = (
    Rule(
        id="LF22",
        name="Trunk signs",
        summary="Each reported trunk sign adds points; two are a source.",
        sources=("method-article", "house-judgement"),
        decide=trunk_signs,
        numbers=("limits/limiting.trunk.sign", "limits/limiting.gate.signs"),
    ),
    Rule(
        id="LF23",
        name="Exhale-and-stack test",
        summary="A squat that an exhale and a stacked setup help speaks for the trunk.",
        sources=("coaching-convention", "house-judgement"),
        decide=exhale_stack,
        numbers=("limits/limiting.trunk.exhale_stack", "limits/limiting.some_help_share"),
    ),
    Rule(
        id="LF24",
        name="Breath at the bottom",
        summary="No breath at the bottom without arching speaks for the trunk.",
        sources=("method-article", "house-judgement"),
        decide=breath_at_bottom,
        numbers=("limits/limiting.trunk.breath_at_bottom",),
    ),
    Rule(
        id="LF25",
        name="Front-load relief",
        summary="Relief from a front load speaks for the trunk, less beside a short ankle.",
        sources=("method-article", "house-judgement"),
        decide=front_load_for_trunk,
        numbers=(
            "limits/limiting.trunk.front_load",
            "limits/limiting.trunk.front_load_ankle_share",
        ),
    ),
    Rule(
        id="LF26",
        name="Rib flare",
        summary="Ribs that flare speak for the trunk and are a source.",
        sources=("coaching-convention", "house-judgement"),
        decide=rib_flare,
        numbers=("limits/limiting.trunk.rib_flare",),
    ),
    Rule(
        id="LF27",
        name="Pain on arching, eased by bending",
        summary="Pain on standing or arching that bending eases speaks for the trunk.",
        sources=("hemming-2019", "house-judgement"),
        decide=pain_on_arching,
        numbers=("limits/limiting.trunk.arching",),
    ),
    Rule(
        id="LF28",
        name="Pain on bending, eased by arching",
        summary="Pain on bending that arching eases speaks against the trunk.",
        sources=("hemming-2019", "house-judgement"),
        decide=pain_on_bending,
        numbers=("limits/limiting.trunk.bending",),
    ),
    Rule(
        id="LF29",
        name="Thoracic rotation",
        summary="Small thoracic rotation adds a few points; clearly small is a source.",
        sources=("johnson-2012", "matsel-lumbar-locked", "house-judgement"),
        decide=thoracic_rotation,
        numbers=(
            "limits/limiting.trunk.thoracic_rotation",
            "limits/limiting.midpoints.thoracic_rotation",
            "limits/limiting.spreads.thoracic_rotation",
            "limits/limiting.gate.thoracic_rotation",
        ),
    ),
    Rule(
        id="LF30",
        name="Thoracic CAR fault",
        summary="The thoracic CAR is shown and scores nothing.",
        sources=("motive-fra", "house-judgement"),
        decide=thoracic_car_fault,
    ),
)
