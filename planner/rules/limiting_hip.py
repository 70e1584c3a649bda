"""Evidence for and against the hip (LF01-LF09)."""

from typing import Final

from planner.decision import Rule
from planner.rules.limiting_case import (
    MAIN_HIP_SIGNS,
    Clue,
    LimitingCase,
    clue_of_test,
    measured_clue,
    p_external_rotation,
    p_flexion,
    p_flexion_gap,
    p_internal_rotation,
    p_internal_rotation_gap,
    relief,
    sign_clue,
    split,
    tidy,
)


def hip_signs(case: LimitingCase) -> Clue | None:
    """Count the hip's signs; a source needs enough of them, a main one included."""
    signs = case.signs_of("hip")
    gate = case.limits.gate
    main = sum(sign in MAIN_HIP_SIGNS for sign in signs)
    enough = len(signs) >= gate.signs and main >= gate.main_hip_signs
    return sign_clue(case, "hip", full=case.limits.hip.sign, gate=enough)


def hip_flexion(case: LimitingCase) -> Clue | None:
    """Compare passive hip flexion of the worse side with what the squat asks."""
    short = p_flexion(case)
    if case.hip_flexion is None or short is None:
        return None
    return measured_clue(
        case,
        "hip",
        probability=short,
        full=case.limits.hip.flexion,
        facts={"measured": tidy(case.hip_flexion), "needed": tidy(case.hip_flexion_needed)},
        gate=short >= case.limits.gate.limited,
    )


def internal_rotation(case: LimitingCase) -> Clue | None:
    """Compare hip internal rotation with the demand; a source only beside short flexion."""
    short = p_internal_rotation(case)
    if case.internal_rotation is None or short is None:
        return None
    gate = case.limits.gate
    company = max(p_flexion(case) or 0.0, p_flexion_gap(case) or 0.0)
    return measured_clue(
        case,
        "hip",
        probability=short,
        full=case.limits.hip.internal_rotation,
        facts={
            "measured": tidy(case.internal_rotation),
            "needed": tidy(case.internal_rotation_needed),
        },
        gate=short >= gate.limited and company >= gate.possible,
    )


def external_rotation(case: LimitingCase) -> Clue | None:
    """Compare hip external rotation with the demand."""
    short = p_external_rotation(case)
    if case.external_rotation is None or short is None:
        return None
    return measured_clue(
        case,
        "hip",
        probability=short,
        full=case.limits.hip.external_rotation,
        facts={
            "measured": tidy(case.external_rotation),
            "needed": tidy(case.external_rotation_needed),
        },
        gate=False,
    )


def flexion_gap(case: LimitingCase) -> Clue | None:
    """Judge the gap between passive and active hip flexion."""
    large = p_flexion_gap(case)
    if case.hip_flexion_gap is None or large is None:
        return None
    return measured_clue(
        case,
        "hip",
        probability=large,
        full=case.limits.hip.flexion_gap,
        facts={
            "gap": tidy(case.hip_flexion_gap),
            "limit": tidy(case.limits.midpoints.hip_flexion_gap),
        },
        gate=large >= case.limits.gate.limited,
    )


def internal_rotation_gap(case: LimitingCase) -> Clue | None:
    """Judge the gap between passive and active hip internal rotation."""
    large = p_internal_rotation_gap(case)
    if case.internal_rotation_gap is None or large is None:
        return None
    return measured_clue(
        case,
        "hip",
        probability=large,
        full=case.limits.hip.internal_rotation_gap,
        facts={
            "gap": tidy(case.internal_rotation_gap),
            "limit": tidy(case.limits.midpoints.hip_internal_rotation_gap),
        },
        gate=False,
    )


def rock_back(case: LimitingCase) -> Clue | None:
    """Read the unloaded rock-back: a tuck at the same angle points at the joint."""
    result = case.tests.get("rock_back")
    if result is None:
        return None
    share = 1.0 if result == "tucks_same_angle" else 0.0
    return clue_of_test("hip", test="rock_back", share=share, full=case.limits.hip.rock_back)


def wider_stance(case: LimitingCase) -> Clue | None:
    """Read the wider-stance test: more room for the thigh helps a hip that is short."""
    share = relief(case, "wider_stance")
    if share is None:
        return None
    return clue_of_test("hip", test="wider_stance", share=share, full=case.limits.hip.wider_stance)


def hip_car_fault(case: LimitingCase) -> Clue | None:
    """Grade the worse hip's CAR; a clear fault is a source."""
    if case.hip_car is None:
        return None
    full = case.limits.hip.car_fault
    points = full * case.hip_car
    return Clue(
        factor="hip",
        supports=case.hip_car > 0,
        source="test",
        weight=split(points, full, case.hip_car > 0),
        points=points,
        gate="test" if case.hip_car >= case.limits.gate.car_fault else None,
        sentence="default" if case.hip_car else "against",
        facts={"fault": case.hip_car},
    )


HIP_EVIDENCE_RULES: Final[tuple[Rule[LimitingCase, Clue], ...]] = (
    Rule(
        id="LF01",
        name="Hip signs",
        summary="Each reported hip sign adds points; two with a main one are a source.",
        sources=("method-article", "house-judgement"),
        decide=hip_signs,
        numbers=(
            "limits/limiting.hip.sign",
            "limits/limiting.gate.signs",
            "limits/limiting.gate.main_hip_signs",
        ),
    ),
    Rule(
        id="LF02",
        name="Hip flexion against the demand",
        summary="Passive hip flexion of the worse side is compared with what the squat asks.",
        sources=("kim-2015", "nussbaumer-2010", "house-judgement"),
        decide=hip_flexion,
        numbers=(
            "limits/limiting.hip.flexion",
            "limits/limiting.spreads.hip_flexion",
            "limits/limiting.gate.limited",
            "limits/limiting.home_spread_factor",
            "norms/demands.hip_flexion",
        ),
    ),
    Rule(
        id="LF03",
        name="Hip internal rotation against the demand",
        summary="Short internal rotation adds points; it is a source only beside short flexion or a large gap.",
        sources=("kouyoumdjian-2012", "krause-2015", "house-judgement"),
        decide=internal_rotation,
        numbers=(
            "limits/limiting.hip.internal_rotation",
            "limits/limiting.spreads.hip_internal_rotation",
            "limits/limiting.gate.possible",
        ),
    ),
    Rule(
        id="LF04",
        name="Hip external rotation against the demand",
        summary="Short external rotation adds a few points and is no source.",
        sources=("kouyoumdjian-2012", "house-judgement"),
        decide=external_rotation,
        numbers=(
            "limits/limiting.hip.external_rotation",
            "limits/limiting.spreads.hip_external_rotation",
        ),
    ),
    Rule(
        id="LF05",
        name="Gap in hip flexion",
        summary="A large passive-to-active gap in hip flexion points at control of the hip.",
        sources=("motive-fra", "motive-pails-rails", "house-judgement"),
        decide=flexion_gap,
        numbers=(
            "limits/limiting.hip.flexion_gap",
            "limits/limiting.midpoints.hip_flexion_gap",
            "limits/limiting.spreads.hip_flexion_gap",
        ),
    ),
    Rule(
        id="LF06",
        name="Gap in hip internal rotation",
        summary="A large gap in internal rotation adds points and is no source.",
        sources=("motive-fra", "house-judgement"),
        decide=internal_rotation_gap,
        numbers=(
            "limits/limiting.hip.internal_rotation_gap",
            "limits/limiting.midpoints.hip_internal_rotation_gap",
            "limits/limiting.spreads.hip_internal_rotation_gap",
        ),
    ),
    Rule(
        id="LF07",
        name="Rock-back test",
        summary="A pelvis that tucks at the same angle without load speaks for the hip.",
        sources=("coaching-convention", "house-judgement"),
        decide=rock_back,
        numbers=("limits/limiting.hip.rock_back",),
    ),
    Rule(
        id="LF08",
        name="Wider-stance test",
        summary="A squat that a wider stance helps speaks for the hip.",
        sources=("lamontagne-2009", "house-judgement"),
        decide=wider_stance,
        numbers=("limits/limiting.hip.wider_stance", "limits/limiting.some_help_share"),
    ),
    Rule(
        id="LF09",
        name="Hip CAR fault",
        summary="Each grade of the worse hip's CAR adds points; a clear fault is a source.",
        sources=("motive-fra", "house-judgement"),
        decide=hip_car_fault,
        numbers=("limits/limiting.hip.car_fault", "limits/limiting.gate.car_fault"),
    ),
)
