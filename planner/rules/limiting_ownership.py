"""Evidence for and against load ownership (LF17-LF21): having the range and not owning it."""

from typing import Final

from planner.decision import Rule
from planner.rules.limiting_case import (
    Clue,
    LimitingCase,
    clue_of_test,
    room,
    shown,
    shown_clue,
    sign_clue,
)


def load_ownership_signs(case: LimitingCase) -> Clue | None:
    """Count the signs of load ownership, scaled by the room."""
    enough = len(case.signs_of("load_ownership")) >= case.limits.gate.signs
    full = case.limits.load_ownership.sign * room(case)
    return sign_clue(case, "load_ownership", full=full, gate=enough)


def slow_tempo(case: LimitingCase) -> Clue | None:
    """Read the slow-tempo test, scaled by the room."""
    result = case.tests.get("slow_tempo_pause")
    if result is None:
        return None
    return clue_of_test(
        "load_ownership",
        test="slow_tempo_pause",
        share=1.0 if result == "fails" else 0.0,
        full=case.limits.load_ownership.slow_tempo * room(case),
    )


def fails_only_under_load(case: LimitingCase) -> Clue | None:
    """Credit a squat that is clean without load and fails the slow tempo."""
    clean = case.tests.get("bodyweight_squat") == "clean"
    if not (clean and case.tests.get("slow_tempo_pause") == "fails"):
        return None
    full = case.limits.load_ownership.fails_only_under_load * room(case)
    return clue_of_test("load_ownership", test="bodyweight_squat", share=1.0, full=full)


def room_to_own(case: LimitingCase) -> Clue | None:
    """Say whether the range to own a load is there; unmeasured range is never there.

    A source for the confidence only: having room is no evidence of not owning it.
    """
    taken = (case.hip_flexion, case.hip_flexion_gap, case.knee_to_wall)
    if all(value is None for value in taken):
        return None
    share = room(case)
    enough = share >= case.limits.gate.room
    known = all(value is not None for value in taken)
    return Clue(
        factor="load_ownership",
        supports=enough,
        source="measurement",
        weight=0.0,
        points=0.0,
        gate="measurement" if enough and known else None,
        sentence="default" if enough else "against",
        facts={"room": shown(share), "limit": case.limits.gate.room},
    )


def failed_bodyweight_squat(case: LimitingCase) -> Clue | None:
    """Show a failed bodyweight squat: what fails unloaded is not a matter of load."""
    if case.tests.get("bodyweight_squat") != "fails":
        return None
    return shown_clue("load_ownership", supports=False, facts={"test": "bodyweight_squat"})


LOAD_OWNERSHIP_EVIDENCE_RULES: Final[tuple[Rule[LimitingCase, Clue], ...]] = (
    Rule(
        id="LF17",
        name="Signs of load ownership",
        summary="Each sign adds points, scaled by the room; two are a source.",
        sources=("method-article", "house-judgement"),
        decide=load_ownership_signs,
        numbers=("limits/limiting.load_ownership.sign", "limits/limiting.gate.signs"),
    ),
    Rule(
        id="LF18",
        name="Slow-tempo test",
        summary="A slow lowering with a pause that fails speaks for load ownership.",
        sources=("coaching-convention", "house-judgement"),
        decide=slow_tempo,
        numbers=("limits/limiting.load_ownership.slow_tempo",),
    ),
    Rule(
        id="LF19",
        name="Clean unloaded, fails under load",
        summary="A squat that is clean without load and fails with it adds points.",
        sources=("method-article", "house-judgement"),
        decide=fails_only_under_load,
        numbers=("limits/limiting.load_ownership.fails_only_under_load",),
    ),
    Rule(
        id="LF20",
        name="Range to own",
        summary="Load ownership counts in full only where hip and ankle have the range.",
        sources=("method-article", "house-judgement"),
        decide=room_to_own,
        numbers=(
            "limits/limiting.room.base",
            "limits/limiting.room.by_range",
            "limits/limiting.room.unknown",
            "limits/limiting.gate.room",
        ),
    ),
    Rule(
        id="LF21",
        name="Failed bodyweight squat",
        summary="A squat that fails without load is shown and scores nothing.",
        sources=("house-judgement",),
        decide=failed_bodyweight_squat,
    ),
)
