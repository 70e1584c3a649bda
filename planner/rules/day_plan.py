"""LD45-LD59: how a day is filled: substitutes, trunk drills, shares, minutes, re-test, strength."""

from planner.decision import Rule, Value
from planner.rules.dosing import DoseCase, Dosing
from planner.rules.load import tidy
from planner.words import LimitingFactor

ROLE_OF_FACTOR: dict[LimitingFactor, str] = {
    "hip": "hip",
    "ankle": "ankle",
    "load_ownership": "loaded",
    "trunk": "trunk",
    "none": "",
}
NAMED_SHARES: dict[LimitingFactor, frozenset[str]] = {
    "hip": frozenset({"hip"}),
    "ankle": frozenset({"ankle", "hip"}),
    "load_ownership": frozenset({"loaded"}),
    "trunk": frozenset({"trunk", "thoracic"}),
    "none": frozenset(),
}
"""Roles with a share of their own; all others divide what is left between them."""


def stands_in(case: DoseCase) -> Dosing | None:
    """A limit or missing equipment brings in the next exercise for the same purpose."""
    if not case.against:
        return None
    return Dosing(case.chosen, {"wanted": case.wanted, "against": case.against, "limit": not case.needs_thing})


def breathe_through(case: DoseCase) -> Dosing | None:
    """An effort that invites holding the breath is done breathing, at a capped effort."""
    if not case.breath_hold or case.effort_cap is None:
        return None
    return Dosing(case.effort_cap, {})


def stack_before_squats(case: DoseCase) -> Dosing | None:
    """A trunk finding stacks ribs over pelvis before every squat day's work."""
    if not case.squat_day or "trunk" not in {case.factor, case.second}:
        return None
    return Dosing("stack", {})


def rehearse_unrack(case: DoseCase) -> Dosing | None:
    """A trunk finding with a bar at hand rehearses taking it out of the rack."""
    if stack_before_squats(case) is None or not case.bar:
        return None
    return Dosing("unrack", {})


def breathe_daily(case: DoseCase) -> Dosing | None:
    """A trunk finding breathes in the 90/90 position every day."""
    if case.restriction != "none" or "trunk" not in {case.factor, case.second}:
        return None
    return Dosing("daily", {})


def share_of_time(case: DoseCase) -> Dosing | None:
    """Other end-range work gets a share of time measured by the time of what limits the squat."""
    limiting = {ROLE_OF_FACTOR[case.factor], ROLE_OF_FACTOR[case.second]}
    if case.factor == "none" or case.role in limiting or case.limiting_seconds <= 0:
        return None
    shares = _shares(case)
    first = shares[ROLE_OF_FACTOR[case.factor]]
    share = shares.get(case.role, 1 - sum(shares.values()))  # the rest, whatever its role
    seconds = round(case.limiting_seconds * share / first)
    return Dosing(seconds, {"percent": round(share * 100), "role": case.role})


def _shares(case: DoseCase) -> dict[str, float]:
    emphasis = case.limits.block.emphasis
    of_factor: dict[LimitingFactor, dict[str, float]] = {
        "hip": {"hip": emphasis.hip_hip},
        "ankle": {"ankle": emphasis.ankle_ankle, "hip": emphasis.ankle_hip},
        "load_ownership": {"loaded": emphasis.load_ownership_loaded},
        "trunk": {"trunk": emphasis.trunk_trunk, "thoracic": emphasis.trunk_thoracic},
    }
    return of_factor[case.factor]


def fits_the_minutes(case: DoseCase) -> Dosing | None:
    """Sets are left out when the session would outlast its minutes."""
    if case.kept_sets >= case.sets:
        return None
    facts: dict[str, Value] = {"minutes": case.session_minutes, "sets": case.kept_sets, "usual": case.sets}
    return Dosing(case.kept_sets, facts)


def retest_due(case: DoseCase) -> Dosing | None:
    """A quick re-test early, a full one at mid-block and at the end."""
    block = case.limits.block
    if case.week in {block.full_retest_week, case.weeks}:
        return Dosing("full", {"week": case.week}, "full")
    return Dosing("quick", {"week": case.week}, "quick") if case.week == block.quick_retest_week else None


def accessories(case: DoseCase) -> Dosing | None:
    """A little strength work supports the squat: less of it on squat days."""
    if case.restriction != "none":
        return None
    block = case.limits.block
    count = block.accessories_with_squats if case.squat_day else block.accessories_without_squats
    rpe = case.limits.methods.accessory_rpe
    if case.rpe_cap is not None:
        rpe = min(rpe, case.rpe_cap)
    return Dosing(count, {"rpe": tidy(rpe)})


def serves_a_purpose(case: DoseCase) -> Dosing | None:
    """Trunk work, breathing and easy conditioning say what they are for."""
    return Dosing(case.role, {}, case.role) if case.role else None


_JUDGED = ("house-judgement",)
_COACHED = ("coaching-convention",)

DAY_PLAN_RULES: tuple[Rule[DoseCase, Dosing], ...] = (
    Rule(
        id="LD45",
        name="stands_in",
        summary="A limit or missing equipment brings in the next exercise for the same purpose.",
        sources=_JUDGED,
        decide=stands_in,
    ),
    Rule(
        id="LD46",
        name="breathe_through",
        summary="With blood pressure, hernia or bone limits, hard efforts are done breathing and capped.",
        sources=_JUDGED,
        decide=breathe_through,
    ),
    Rule(
        id="LD47",
        name="stack_before_squats",
        summary="A trunk finding stacks ribs over pelvis before squatting.",
        sources=("method-article", "coaching-convention"),
        decide=stack_before_squats,
    ),
    Rule(
        id="LD48",
        name="rehearse_unrack",
        summary="A trunk finding with a bar rehearses the unrack on every squat day.",
        sources=("method-article", "coaching-convention"),
        decide=rehearse_unrack,
    ),
    Rule(
        id="LD49",
        name="breathe_daily",
        summary="A trunk finding practises 90/90 breathing every day.",
        sources=_COACHED,
        decide=breathe_daily,
    ),
    Rule(
        id="LD50",
        name="share_of_time",
        summary="Most end-range time goes to what limits the squat; the rest is capped by share.",
        sources=_JUDGED,
        decide=share_of_time,
        numbers=(
            "doses/block.emphasis.hip_hip",
            "doses/block.emphasis.ankle_ankle",
            "doses/block.emphasis.ankle_hip",
            "doses/block.emphasis.load_ownership_loaded",
            "doses/block.emphasis.trunk_trunk",
            "doses/block.emphasis.trunk_thoracic",
        ),
    ),
    Rule(
        id="LD51",
        name="fits_the_minutes",
        summary="Sets are left out when the session would outlast its minutes.",
        sources=_JUDGED,
        decide=fits_the_minutes,
    ),
    Rule(
        id="LD54",
        name="retest_due",
        summary="A quick re-test early, a full one at mid-block and at the end, before training.",
        sources=("kay-2015", "house-judgement"),
        decide=retest_due,
        numbers=("doses/block.quick_retest_week", "doses/block.full_retest_week"),
    ),
    Rule(
        id="LD58",
        name="accessories",
        summary="A little strength work supports the squat: less of it on squat days.",
        sources=_JUDGED,
        decide=accessories,
        numbers=(
            "doses/block.accessories_with_squats",
            "doses/block.accessories_without_squats",
            "doses/methods.accessory_rpe",
        ),
    ),
    Rule(
        id="LD59",
        name="serves_a_purpose",
        summary="Trunk work, breathing and easy conditioning say what they are for.",
        sources=("method-article", "coaching-convention"),
        decide=serves_a_purpose,
    ),
)
