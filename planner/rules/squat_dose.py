"""LD52-LD57: the squat of a day: lighter weeks, eased exposures, calm days, rest, effort."""

from math import floor

from planner.decision import Rule, Value
from planner.rules.dosing import DoseCase, Dosing
from planner.rules.load import tidy
from planner.words import Stage

HEAVY_STAGES: tuple[Stage, ...] = ("P5", "P6")


def lighter_week(case: DoseCase) -> Dosing | None:
    """A deload week keeps about half the sets and most of the load."""
    if not case.deload:
        return None
    block = case.limits.block
    sets = max(1, floor(case.sets * block.deload_sets + 0.5))
    return Dosing(sets, {"sets": sets, "usual": case.sets, "load_percent": round(block.deload_load * 100)})


def eased(case: DoseCase) -> Dosing | None:
    """After an uneasy response one exposure is lighter."""
    if case.ease >= 1:
        return None
    less = round((1 - case.ease) * 100)
    return Dosing(less, {"less_percent": less})


def calm_squat(case: DoseCase) -> Dosing | None:
    """On a calm morning of a flare, the easiest supported squat keeps the pattern."""
    calm = case.limits.block.calm
    if case.restriction != "calm" or case.pain_now is None or case.pain_now > calm.squat_pain:
        return None
    facts: dict[str, Value] = {"pain": case.pain_now, "limit": calm.squat_pain, "reps": calm.squat_reps}
    return Dosing(calm.squat_sets, facts)


def squat_rest(case: DoseCase) -> Dosing | None:
    """Squats rest long enough for the next set to look like the first."""
    if case.stage == "P0":
        return None
    pace = case.limits.block.pace
    rest = pace.heavy_squat_rest_s if case.stage in HEAVY_STAGES else pace.squat_rest_s
    return Dosing(rest, {"rest_s": rest})


def rpe_ceiling(case: DoseCase) -> Dosing | None:
    """The lowest ceiling of effort holds: the stage's, a new rung's, the client's own."""
    ceilings = {
        "stage": case.stage_rpe,
        "limit": case.rpe_cap,
        "first": case.first_rpe,
        "no_limiter": case.no_limiter_rpe,
    }
    known = {name: rpe for name, rpe in ceilings.items() if rpe is not None}
    if not known:
        return None
    name = min(known, key=lambda each: known[each])
    return Dosing(known[name], {"rpe": tidy(known[name])}, name)


_COACHED = ("coaching-convention",)

SQUAT_DOSE_RULES: tuple[Rule[DoseCase, Dosing], ...] = (
    Rule(
        id="LD52",
        name="lighter_week",
        summary="A deload week keeps about half the sets and most of the load.",
        sources=_COACHED,
        decide=lighter_week,
        numbers=("doses/block.deload_sets", "doses/block.deload_load"),
    ),
    Rule(
        id="LD53",
        name="eased",
        summary="After an uneasy response one exposure is lighter or shorter.",
        sources=("silbernagel-2007", "house-judgement"),
        decide=eased,
    ),
    Rule(
        id="LD55",
        name="calm_squat",
        summary="On a calm morning of a flare, the easiest supported squat keeps the pattern.",
        sources=("silbernagel-2007", "house-judgement"),
        decide=calm_squat,
        numbers=(
            "doses/block.calm.squat_pain",
            "doses/block.calm.squat_sets",
            "doses/block.calm.squat_reps",
        ),
    ),
    Rule(
        id="LD56",
        name="squat_rest",
        summary="Squats rest two to three minutes.",
        sources=_COACHED,
        decide=squat_rest,
        numbers=("doses/block.pace.squat_rest_s", "doses/block.pace.heavy_squat_rest_s"),
    ),
    Rule(
        id="LD57",
        name="rpe_ceiling",
        summary="The lowest ceiling of effort holds: the stage's, a new rung's, the client's own.",
        sources=("house-judgement",),
        decide=rpe_ceiling,
    ),
)
