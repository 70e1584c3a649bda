"""PG30-PG99: what moves up when nothing protective speaks, and why not yet."""

from planner.decision import Rule, Value, first_outcome
from planner.rules.progression_case import Move, ProgressCase


def ease_ends(case: ProgressCase) -> Move | None:
    """Load back: an eased exposure went well, so the load returns before anything else moves."""
    return Move(verdict="load_up", end_ease=True) if case.eased else None


def up(case: ProgressCase) -> Move | None:
    """Up: nothing speaks against the next rung (or the depth still owed on this one)."""
    if (case.at_top and not case.depth_drop) or first_outcome(NOT_YET_RULES, case) is not None:
        return None
    facts: dict[str, Value] = {
        "exposures": case.exposures,
        "days": case.days_at_rung,
        "greens": case.greens,
    }
    if case.depth_drop:
        return Move(verdict="up", say="depth", depth=1, facts=facts)
    return Move(verdict="up", rung=1, facts=facts)


def may_add(case: ProgressCase) -> bool:
    """Return whether work may be added: effort to spare, and not right after a clearance."""
    return case.easy_enough and not case.held_by_hand and too_soon_after_clearance(case) is None


def sets_up(case: ProgressCase) -> Move | None:
    """Volume up: a set that was taken off comes back before any load does."""
    if not case.sets_missing or not may_add(case):
        return None
    return Move(verdict="load_up", sets=1, facts={"rpe": case.rpe, "target": case.rpe_target})


def load_up(case: ProgressCase) -> Move | None:
    """Load up: one smallest step, when the effort was below target and a cap allows it."""
    if case.load_next is None or not may_add(case):
        return None
    facts: dict[str, Value] = {
        "rpe": case.rpe,
        "target": case.rpe_target,
        "before": case.load_now,
        "after": case.load_next,
    }
    return Move(verdict="load_up", new_load=case.load_next, facts=facts)


def reps_up(case: ProgressCase) -> Move | None:
    """Volume up: one repetition more when the load cannot rise."""
    if not case.reps_room or not may_add(case):
        return None
    return Move(verdict="load_up", reps=1, facts={"rpe": case.rpe, "target": case.rpe_target})


def few_exposures(case: ProgressCase) -> Move | None:
    """Not yet: too few exposures at this rung."""
    limits = case.limits.up
    needed = limits.exposures_barbell if case.barbell else limits.exposures
    if case.exposures >= needed:
        return None
    return Move(verdict="hold", facts={"exposures": case.exposures, "needed": needed})


def few_greens(case: ProgressCase) -> Move | None:
    """Not yet: too few of the last responses were normal."""
    limits = case.limits.up
    if case.greens >= limits.greens:
        return None
    facts: dict[str, Value] = {"greens": case.greens, "needed": limits.greens, "window": limits.green_window}
    return Move(verdict="hold", facts=facts)


def few_days(case: ProgressCase) -> Move | None:
    """Not yet: too few days at this rung."""
    limits = case.limits.up
    needed = limits.days_barbell if case.barbell else limits.days
    if case.days_at_rung >= needed:
        return None
    return Move(verdict="hold", facts={"days": case.days_at_rung, "needed": needed})


def effort_too_high(case: ProgressCase) -> Move | None:
    """Not yet: the effort was above the limit for moving up, or not logged."""
    limits = case.limits.up
    limit = limits.rpe_top if case.at_top else limits.rpe
    if case.rpe is None:
        return Move(verdict="hold", say="not_logged")
    if case.rpe <= limit:
        return None
    return Move(verdict="hold", facts={"rpe": case.rpe, "limit": limit})


def range_missing(case: ProgressCase) -> Move | None:
    """Not yet: the next rung asks for range that is not there."""
    return Move(verdict="hold", facts={"missing": case.waits_for}) if case.waits_for else None


def joint_work_missing(case: ProgressCase) -> Move | None:
    """Not yet: too few of the planned training sessions were done."""
    limit = case.limits.up.adherence
    if case.adherence >= limit:
        return None
    facts: dict[str, Value] = {"percent": round(100 * case.adherence), "needed": round(100 * limit)}
    return Move(verdict="hold", facts=facts)


def too_soon_after_clearance(case: ProgressCase) -> Move | None:
    """Not yet: the first two weeks after a clearance stay at the shape stage."""
    days, limit = case.days_since_clearance, case.limits.clearance_days
    if days is None or days >= limit:
        return None
    return Move(verdict="hold", facts={"days": days, "limit": limit})


def held_by_hand(case: ProgressCase) -> Move | None:
    """Not yet: a coach holds the step."""
    return Move(verdict="hold") if case.held_by_hand else None


def deload_next(case: ProgressCase) -> Move | None:
    """Not yet: the next squat day is in a deload week."""
    return Move(verdict="hold") if case.deload_ahead else None


def still_escalating(case: ProgressCase) -> Move | None:
    """Not yet: the mornings are rising week over week."""
    return Move(verdict="hold") if case.escalating else None


def stay(_: ProgressCase) -> Move:
    """Hold: nothing asks for a change."""
    return Move(verdict="hold")


NOT_YET_RULES: tuple[Rule[ProgressCase, Move], ...] = (
    Rule(
        id="PG30",
        name="progression.after_clearance",
        summary="For 14 days after a clearance the plan stays at the shape stage.",
        sources=("house-judgement",),
        numbers=("limits/progression.clearance_days",),
        decide=too_soon_after_clearance,
    ),
    Rule(
        id="PG23",
        name="progression.held_by_hand",
        summary="While a coach holds the step, neither rung nor load rises.",
        sources=("house-judgement",),
        decide=held_by_hand,
    ),
    Rule(
        id="PG31",
        name="progression.escalating",
        summary="While mornings rise week over week nothing moves up.",
        sources=("simulation",),
        decide=still_escalating,
    ),
    Rule(
        id="PG32",
        name="progression.range_missing",
        summary="A rung is entered only when the range it asks for is there.",
        sources=("method-article", "house-judgement"),
        decide=range_missing,
    ),
    Rule(
        id="PG33",
        name="progression.effort_too_high",
        summary="Moving up needs an effort of RPE 7 or less (8 on the preferred squat).",
        sources=("house-judgement",),
        numbers=("limits/progression.up.rpe", "limits/progression.up.rpe_top"),
        decide=effort_too_high,
    ),
    Rule(
        id="PG34",
        name="progression.joint_work",
        summary="Moving up needs half of the planned training sessions.",
        sources=("simulation", "house-judgement"),
        numbers=("limits/progression.up.adherence", "limits/progression.up.adherence_days"),
        decide=joint_work_missing,
    ),
    Rule(
        id="PG35",
        name="progression.few_exposures",
        summary="Moving up needs two exposures at the rung, three on barbell rungs.",
        sources=("house-judgement",),
        numbers=(
            "limits/progression.up.exposures",
            "limits/progression.up.exposures_barbell",
            "limits/progression.up.barbell_stage",
        ),
        decide=few_exposures,
    ),
    Rule(
        id="PG36",
        name="progression.few_greens",
        summary="Moving up needs two normal responses among the last three told of; none before a problem counts.",
        sources=("simulation", "house-judgement"),
        numbers=("limits/progression.up.greens", "limits/progression.up.green_window"),
        decide=few_greens,
    ),
    Rule(
        id="PG37",
        name="progression.few_days",
        summary="Moving up needs seven days at the rung, ten on barbell rungs.",
        sources=("house-judgement",),
        numbers=("limits/progression.up.days", "limits/progression.up.days_barbell"),
        decide=few_days,
    ),
    Rule(
        id="PG38",
        name="progression.deload_next",
        summary="Nothing moves up into a deload week.",
        sources=("house-judgement",),
        decide=deload_next,
    ),
)

ADVANCING_RULES: tuple[Rule[ProgressCase, Move], ...] = (
    Rule(
        id="PG39",
        name="progression.ease_ends",
        summary="After a normal response to an eased exposure the load returns before anything else moves.",
        sources=("house-judgement",),
        decide=ease_ends,
    ),
    Rule(
        id="PG40",
        name="progression.up",
        summary="When nothing speaks against it, one variable moves up: the rung, or the depth still owed.",
        sources=("method-article", "house-judgement"),
        decide=up,
    ),
    Rule(
        id="PG41",
        name="progression.sets_up",
        summary="A set that was taken off comes back first.",
        sources=("house-judgement",),
        numbers=("limits/progression.load_up.rpe_below",),
        decide=sets_up,
    ),
    Rule(
        id="PG42",
        name="progression.load_up",
        summary="After a normal response with effort to spare the load rises by one smallest step.",
        sources=("acsm-2009", "house-judgement"),
        numbers=(
            "limits/progression.load_up.rpe_below",
            "limits/progression.load_up.weekly_rise",
            "limits/progression.load_up.weekly_rise_top",
        ),
        decide=load_up,
    ),
    Rule(
        id="PG43",
        name="progression.reps_up",
        summary="When the load cannot rise, one repetition is added up to the stage's high end.",
        sources=("acsm-2009", "house-judgement"),
        numbers=("limits/progression.load_up.rpe_below",),
        decide=reps_up,
    ),
    *NOT_YET_RULES,
    Rule(
        id="PG99",
        name="progression.stay",
        summary="Otherwise the exposure is repeated.",
        sources=("house-judgement",),
        decide=stay,
    ),
)
