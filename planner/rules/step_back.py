"""PG01-PG11: stop, refer, re-rank, flare and step back, most protective first."""

from planner.decision import Rule, Value
from planner.rules.progression_case import Move, ProgressCase


def problem(case: ProgressCase) -> bool:
    """Return whether the exposure was a problem."""
    return case.colour == "problem"


def stop(case: ProgressCase) -> Move | None:
    """Stop: a red flag was answered yes."""
    return Move(verdict="stop") if case.colour == "red_flag" else None


def refer_long_flare(case: ProgressCase) -> Move | None:
    """Refer: a flare has not settled after two weeks."""
    limit = case.limits.flare.refer_days
    if case.flare_days <= limit:
        return None
    return Move(verdict="refer", refer=True, wait="flare", facts={"days": case.flare_days, "limit": limit})


def refer_step_backs(case: ProgressCase) -> Move | None:
    """Refer: three step-backs in six weeks, this one included."""
    limits = case.limits.step_back
    count = case.step_backs_refer + problem(case)
    if not problem(case) or count < limits.refer_count:
        return None
    facts: dict[str, Value] = {"count": count, "days": limits.refer_days}
    return Move(verdict="refer", refer=True, facts=facts)


def refer_no_change(case: ProgressCase) -> Move | None:
    """Refer: weeks of adherent training and the worst score has not changed meaningfully."""
    limits = case.limits.plateau
    if case.weeks_trained < limits.weeks or case.adherence < limits.adherence or case.above_entry:
        return None
    gained = case.worst_at_start - case.worst_mean
    changed = gained >= limits.points or gained >= limits.share * max(case.worst_at_start, 1)
    if case.worst_mean < limits.worst_mean or changed:
        return None
    facts: dict[str, Value] = {"weeks": case.weeks_trained, "mean": round(case.worst_mean, 1)}
    return Move(verdict="refer", refer=True, facts=facts)


def rerank_step_backs(case: ProgressCase) -> Move | None:
    """Re-rank: two step-backs in four weeks, this one included."""
    limits = case.limits.step_back
    count = case.step_backs_rerank + problem(case)
    if not problem(case) or count < limits.rerank_count:
        return None
    return Move(verdict="rerank", rerank=True, facts={"count": count, "days": limits.rerank_days})


def is_flare(case: ProgressCase) -> bool:
    """Return whether a problem is a flare: high or much worse in the morning, and not settling."""
    limits = case.limits.flare
    strong = case.peak >= limits.peak or case.morning_rise >= limits.rise
    lasting = case.slow_to_settle or case.morning_rise > case.limits.step_back.calm_rise
    return problem(case) and strong and lasting


def rerank_flares(case: ProgressCase) -> Move | None:
    """Re-rank: two flares in four weeks, this one included."""
    limits = case.limits.flare
    count = case.flares_before + is_flare(case)
    if not is_flare(case) or count < limits.rerank_count:
        return None
    return Move(verdict="rerank", rerank=True, facts={"count": count, "days": limits.rerank_days})


def rerank_stalled(case: ProgressCase) -> Move | None:
    """Re-rank: seven weeks without a step up, and nobody has asked why."""
    limit = case.limits.stall_days
    if case.days_unasked < limit or case.arrived:
        return None
    return Move(verdict="rerank", rerank=True, facts={"days": case.days_unasked, "limit": limit})


def flare(case: ProgressCase) -> Move | None:
    """Flare: calm content until two calm mornings, then the same rung much lighter."""
    if not is_flare(case):
        return None
    limits = case.limits.flare
    facts: dict[str, Value] = {
        "peak": case.peak,
        "rise": case.morning_rise,
        "percent": round(100 * (1 - limits.load)),
    }
    return Move(verdict="step_back", load=limits.load, wait="flare", facts=facts)


def long_flare(case: ProgressCase) -> Move | None:
    """A flare that lasts more than a week costs a stage."""
    limit = case.limits.flare.stage_back_days
    if case.flare_days <= limit or case.stage_taken:
        return None
    return Move(verdict="step_back", stage_back=True, wait="flare", facts={"days": case.flare_days, "limit": limit})


def step_back_rung(case: ProgressCase) -> Move | None:
    """Step back to the previous rung: the third problem here or within three weeks."""
    seen = max(case.step_backs_at_rung, case.step_backs_recent)
    if not problem(case) or seen < 2:
        return None
    facts: dict[str, Value] = {"count": seen + 1, "days": case.limits.step_back.again_days}
    return Move(verdict="step_back", rung=-1, wait="mornings", facts=facts)


def step_back_depth(case: ProgressCase) -> Move | None:
    """Step back one depth: the second problem here or within three weeks."""
    seen = max(case.step_backs_at_rung, case.step_backs_recent)
    if not problem(case) or seen < 1:
        return None
    facts: dict[str, Value] = {"count": seen + 1, "days": case.limits.step_back.again_days}
    return Move(verdict="step_back", depth=-1, wait="mornings", facts=facts)


def step_back_load(case: ProgressCase) -> Move | None:
    """Step back in load and sets: a problem response."""
    if not problem(case):
        return None
    limits = case.limits.step_back
    facts: dict[str, Value] = {"percent": round(100 * (1 - limits.load)), "sets": limits.sets}
    return Move(verdict="step_back", load=limits.load, sets=-limits.sets, wait="mornings", facts=facts)


STEP_BACK_RULES: tuple[Rule[ProgressCase, Move], ...] = (
    Rule(
        id="PG01",
        name="progression.stop",
        summary="A red flag stops training until a clearance.",
        sources=("method-article", "finucane-2020"),
        decide=stop,
    ),
    Rule(
        id="PG02",
        name="progression.refer_long_flare",
        summary="A flare that has not settled after 14 days is a reason to see a professional.",
        sources=("house-judgement",),
        numbers=("limits/progression.flare.refer_days",),
        decide=refer_long_flare,
    ),
    Rule(
        id="PG03",
        name="progression.refer_step_backs",
        summary="Three step-backs in six weeks are a reason to see a professional.",
        sources=("house-judgement",),
        numbers=(
            "limits/progression.step_back.refer_count",
            "limits/progression.step_back.refer_days",
        ),
        decide=refer_step_backs,
    ),
    Rule(
        id="PG04",
        name="progression.refer_no_change",
        summary="Six adherent weeks without meaningful change are a reason to see a professional.",
        sources=("ostelo-2008", "house-judgement"),
        numbers=(
            "limits/progression.plateau.weeks",
            "limits/progression.plateau.points",
            "limits/progression.plateau.share",
            "limits/progression.plateau.worst_mean",
            "limits/progression.plateau.adherence",
        ),
        decide=refer_no_change,
    ),
    Rule(
        id="PG05",
        name="progression.rerank_step_backs",
        summary="Two step-backs in four weeks ask for a re-assessment.",
        sources=("house-judgement",),
        numbers=(
            "limits/progression.step_back.rerank_count",
            "limits/progression.step_back.rerank_days",
        ),
        decide=rerank_step_backs,
    ),
    Rule(
        id="PG06",
        name="progression.rerank_flares",
        summary="Two flares in four weeks ask for a re-assessment.",
        sources=("house-judgement",),
        numbers=("limits/progression.flare.rerank_count", "limits/progression.flare.rerank_days"),
        decide=rerank_flares,
    ),
    Rule(
        id="PG19",
        name="progression.rerank_stalled",
        summary="Seven weeks without a step up or a question about it ask for a re-assessment. "
        "Two squats at the top have arrived.",
        sources=("simulation", "house-judgement"),
        numbers=("limits/progression.stall_days", "limits/progression.up.exposures"),
        decide=rerank_stalled,
    ),
    Rule(
        id="PG07",
        name="progression.long_flare",
        summary="A flare of more than seven days costs a stage.",
        sources=("house-judgement",),
        numbers=("limits/progression.flare.stage_back_days",),
        decide=long_flare,
    ),
    Rule(
        id="PG08",
        name="progression.flare",
        summary="A flare means calm content until two calm mornings, then the same rung 35 % lighter.",
        sources=("house-judgement", "costa-2021"),
        numbers=(
            "limits/progression.flare.peak",
            "limits/progression.flare.rise",
            "limits/progression.flare.settle_h",
            "limits/progression.flare.load",
        ),
        decide=flare,
    ),
    Rule(
        id="PG09",
        name="progression.step_back_rung",
        summary="A third problem at a rung or within three weeks goes back one rung.",
        sources=("house-judgement",),
        numbers=("limits/progression.step_back.again_days",),
        decide=step_back_rung,
    ),
    Rule(
        id="PG10",
        name="progression.step_back_depth",
        summary="A second problem at a rung or within three weeks takes off one depth.",
        sources=("house-judgement",),
        numbers=("limits/progression.step_back.again_days",),
        decide=step_back_depth,
    ),
    Rule(
        id="PG11",
        name="progression.step_back_load",
        summary="A problem response takes off 20 % of the load and one set.",
        sources=("house-judgement", "method-article"),
        numbers=("limits/progression.step_back.load", "limits/progression.step_back.sets"),
        decide=step_back_load,
    ),
)
