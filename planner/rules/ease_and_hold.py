"""PG12-PG18: ease the next exposure, or hold where it is."""

from planner.decision import Rule, Value
from planner.rules.progression_case import Move, ProgressCase


def watch_counts(case: ProgressCase) -> bool:
    """Return whether this exposure is a watch response; a morning nobody told of is none."""
    return case.colour == "watch" and case.morning_known


def ease_high_peak(case: ProgressCase) -> Move | None:
    """Ease the next exposure: a lone high peak, or two watches in a row at the same spot."""
    limits = case.limits.ease
    high = case.peak >= limits.high_peak
    if case.colour != "watch" or not (high or case.same_spot_twice):
        return None
    facts: dict[str, Value] = {"peak": case.peak, "percent": round(100 * (1 - limits.high_load))}
    return Move(verdict="ease", say="peak" if high else "same_spot", ease=limits.high_load, facts=facts)


def ease_watches(case: ProgressCase) -> Move | None:
    """Ease load and sets: two watches in the last four, or one on a bad day."""
    limits = case.limits.ease
    if not watch_counts(case):
        return None
    take: dict[str, Value] = {"percent": round(100 * (1 - limits.load)), "sets": limits.sets}
    if case.watches >= limits.watches:
        facts = take | {"count": case.watches, "window": limits.window}
        return Move(verdict="ease", load=limits.load, sets=-limits.sets, facts=facts)
    if case.sleep_h is not None and case.sleep_h < limits.sleep_h:
        facts = take | {"sleep_h": case.sleep_h, "limit": limits.sleep_h}
        return Move(verdict="ease", say="sleep", load=limits.load, sets=-limits.sets, facts=facts)
    if case.stress is not None and case.stress >= limits.stress:
        facts = take | {"stress": case.stress, "limit": limits.stress}
        return Move(verdict="ease", say="stress", load=limits.load, sets=-limits.sets, facts=facts)
    return None


def hold_response(case: ProgressCase) -> Move | None:
    """Hold: the response is watched, or the next morning is not known."""
    if case.colour == "pending":
        return Move(verdict="hold", say="pending")
    if case.colour != "watch":
        return None
    return Move(verdict="hold", say="default" if watch_counts(case) else "untold")


def hold_gate(case: ProgressCase) -> Move | None:
    """Hold: a technique gate was missed."""
    return None if case.gates_passed else Move(verdict="hold")


def hold_leg_soreness(case: ProgressCase) -> Move | None:
    """Hold the load: the legs are very sore. Soreness never steps back."""
    limit = case.limits.leg_soreness
    if case.leg_soreness is None or case.leg_soreness < limit:
        return None
    return Move(verdict="hold", facts={"soreness": case.leg_soreness, "limit": limit})


def hold_open_question(case: ProgressCase) -> Move | None:
    """Hold: a re-assessment or a professional's look was asked for."""
    if case.refer_advised:
        return Move(verdict="hold", say="refer")
    return Move(verdict="hold", say="rerank") if case.rerank_due else None


def hold_waiting(case: ProgressCase) -> Move | None:
    """Hold: a flare is not over."""
    return Move(verdict="hold", wait="flare") if case.flare_days else None


EASE_AND_HOLD_RULES: tuple[Rule[ProgressCase, Move], ...] = (
    Rule(
        id="PG12",
        name="progression.ease_high_peak",
        summary="A lone high peak, or two watches in a row at the same spot, eases one exposure by 20 %.",
        sources=("simulation", "house-judgement"),
        numbers=("limits/progression.ease.high_peak", "limits/progression.ease.high_load"),
        decide=ease_high_peak,
    ),
    Rule(
        id="PG13",
        name="progression.ease_watches",
        summary="Two watches in four exposures, or one after bad sleep or high stress, ease load and sets. "
        "A morning nobody told of is no watch.",
        sources=("house-judgement", "costa-2021"),
        numbers=(
            "limits/progression.ease.watches",
            "limits/progression.ease.window",
            "limits/progression.ease.load",
            "limits/progression.ease.sets",
            "limits/progression.ease.sleep_h",
            "limits/progression.ease.stress",
        ),
        decide=ease_watches,
    ),
    Rule(
        id="PG14",
        name="progression.hold_waiting",
        summary="While a flare lasts nothing moves up.",
        sources=("house-judgement",),
        decide=hold_waiting,
    ),
    Rule(
        id="PG15",
        name="progression.hold_response",
        summary="A watched or pending response holds, and so does one whose next morning nobody told of.",
        sources=("house-judgement",),
        decide=hold_response,
    ),
    Rule(
        id="PG16",
        name="progression.hold_gate",
        summary="A missed technique gate holds.",
        sources=("method-article", "house-judgement"),
        decide=hold_gate,
    ),
    Rule(
        id="PG17",
        name="progression.hold_leg_soreness",
        summary="Very sore legs repeat the same load.",
        sources=("cleary-2002", "house-judgement"),
        numbers=("limits/progression.leg_soreness",),
        decide=hold_leg_soreness,
    ),
    Rule(
        id="PG18",
        name="progression.hold_open_question",
        summary="Until a re-assessment or a professional's look is done, nothing moves up.",
        sources=("house-judgement",),
        decide=hold_open_question,
    ),
)
