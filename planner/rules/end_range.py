"""LD30-LD44: what the joints get: circles, targets, approach, effort, hard days.

Only measures that fall short of the preferred squat, or that are not controlled, are
trained; hard work is rationed by session, by week and by days between.
"""

from collections import Counter
from itertools import combinations

from planner.decision import Rule, Value
from planner.rules.dosing import DoseCase, Dosing
from planner.rules.load import tidy

WEEK = 7


def gentle_only(case: DoseCase) -> Dosing | None:
    """A red flag or an open question leaves an easy walk and small circles, or words alone."""
    if case.restriction not in {"gentle", "advice_only"}:
        return None
    effort = case.limits.methods.cars.rehab_effort
    return Dosing("gentle" if case.restriction == "gentle" else "nothing", {"effort": effort})


def calm_only(case: DoseCase) -> Dosing | None:
    """A flare or an easily provoked back leaves small circles and walking."""
    if case.restriction != "calm":
        return None
    calm = case.limits.block.calm
    facts: dict[str, Value] = {"walks": calm.walks, "minutes": calm.walk_s // 60}
    return Dosing("calm", facts)


def circles_every_day(case: DoseCase) -> Dosing | None:
    """The daily routine: the whole body on rest days with time for it, else the short one."""
    if case.restriction != "none":
        return None
    cars = case.limits.methods.cars
    full = not case.training_day and case.session_minutes >= cars.full_from_minutes
    return Dosing("full" if full else "short", {})


def small_circles(case: DoseCase) -> Dosing | None:
    """Circles stay small and easy while the back is easily provoked."""
    if not case.easily_provoked:
        return None
    effort = case.limits.methods.cars.rehab_effort
    return Dosing(effort, {})


def half_circle(case: DoseCase) -> Dosing | None:
    """An operated hip draws a half circle, to a right angle and not past the middle."""
    return Dosing("half", {}) if case.operated_hip else None


def falls_short(case: DoseCase) -> Dosing | None:
    """A measure is trained when it falls short of what the preferred squat asks."""
    if case.measured is None or case.needed is None or case.measured >= case.needed:
        return None
    return Dosing(case.needed - case.measured, {"measured": case.measured, "needed": case.needed})


def not_controlled(case: DoseCase) -> Dosing | None:
    """A measure is trained when much of its passive range is not reached actively."""
    if case.gap is None or case.large_gap is None or case.gap < case.large_gap:
        return None
    return Dosing(case.gap, {"gap": case.gap, "limit": case.large_gap})


def approach(case: DoseCase) -> Dosing | None:
    """Short: passive time first. Short and not controlled: active first. Not controlled: active only."""
    short, loose = falls_short(case) is not None, not_controlled(case) is not None
    if not (short or loose):
        return Dosing("load", {"limiting": True}, "load") if case.limiting else None
    if case.control or case.hypermobile:
        return Dosing("active_only", {}, "no_passive")
    choice = {(True, False): "passive_first", (True, True): "active_first", (False, True): "active_only"}
    chosen = choice[short, loose]
    return Dosing(chosen, {}, chosen)


def loaded_edges(case: DoseCase) -> Dosing | None:
    """With the range there but not owned under load, end ranges are held under load."""
    if "load_ownership" not in {case.factor, case.second}:
        return None
    return Dosing("load", {"factor": "load_ownership"})


def effort(case: DoseCase) -> Dosing | None:
    """Effort of hard end-range work rises with each week it is tolerated, up to the client's cap."""
    if not case.hard:
        return None
    steps = case.limits.methods.pails.effort_steps
    wanted = steps[min(case.week_step, len(steps) - 1)]
    if case.effort_cap is not None and case.effort_cap < wanted:
        return Dosing(case.effort_cap, {"effort": case.effort_cap}, "capped")
    return Dosing(wanted, {"step": case.week_step + 1})


def no_passive_time(case: DoseCase) -> Dosing | None:
    """Without need of more passive range, only the pulling half is done: short and active."""
    if not (case.control or case.hypermobile):
        return None
    rounds = case.limits.methods.pails.rails_only_rounds
    say = "hypermobile" if case.hypermobile else "control"
    return Dosing(rounds, {}, say)


def short_passive_time(case: DoseCase) -> Dosing | None:
    """An irritable back gets less time in the passive stretch."""
    if not case.irritable:
        return None
    seconds = case.limits.methods.pails.passive_irritable_s
    return Dosing(seconds, {"seconds": seconds})


def two_to_one(case: DoseCase) -> Dosing | None:
    """A clear side difference gives the shorter side two sets for each one on the other."""
    if case.difference is None or case.act is None or case.difference < case.act:
        return None
    sets = case.limits.methods.short_side_sets
    return Dosing(sets, {"difference": case.difference, "limit": case.act, "sets": sets})


def hard_days(case: DoseCase) -> Dosing | None:
    """Hard work for a target: as often as its spacing and the ceilings of session and week allow."""
    hard = case.limits.methods.hard
    busy = Counter(case.hard_on)
    free = [day for day in case.training_days if busy[day] < hard.targets_per_session]
    most = min(hard.times_per_week - len(case.hard_on), len(free))
    for count in range(most, 0, -1):
        spaced = [days for days in combinations(free, count) if _spaced(days, hard.day_gap)]
        if spaced:
            best = max(spaced, key=lambda days: len(set(days) & set(case.squat_days)))
            return Dosing(best, {"times": count, "gap": hard.day_gap})
    return None


def _spaced(days: tuple[int, ...], gap: int) -> bool:
    """Return whether days that repeat weekly are at least `gap` days apart."""
    following = (*days[1:], days[0] + WEEK)
    return all(after - day >= gap for day, after in zip(days, following, strict=True))


def hold_under_load(case: DoseCase) -> Dosing | None:
    """Holds under load stop short of straining."""
    if not case.under_load:
        return None
    rpe = case.limits.methods.hold_rpe
    if case.rpe_cap is not None:
        rpe = min(rpe, case.rpe_cap)
    return Dosing(rpe, {"rpe": tidy(rpe)})


_JUDGED = ("house-judgement",)
_COACHED = ("coaching-convention",)

END_RANGE_RULES: tuple[Rule[DoseCase, Dosing], ...] = (
    Rule(
        id="LD30",
        name="gentle_only",
        summary="Under a red flag or an unanswered question: an easy walk and small circles, or advice alone.",
        sources=_JUDGED,
        decide=gentle_only,
        numbers=("doses/methods.cars.rehab_effort",),
    ),
    Rule(
        id="LD31",
        name="calm_only",
        summary="In a flare or while easily provoked: small circles and short walks.",
        sources=("costa-2021", "house-judgement"),
        decide=calm_only,
        numbers=("doses/block.calm.walks", "doses/block.calm.walk_s"),
    ),
    Rule(
        id="LD32",
        name="circles_every_day",
        summary="Joint circles every day: short on training days, the whole body on rest days.",
        sources=("method-article", "basic-cars-routine"),
        decide=circles_every_day,
        numbers=("doses/methods.cars.full_from_minutes",),
    ),
    Rule(
        id="LD33",
        name="small_circles",
        summary="Circles stay small and easy while the back is easily provoked.",
        sources=("perfect-stride-cars",),
        decide=small_circles,
        numbers=("doses/methods.cars.rehab_effort",),
    ),
    Rule(
        id="LD34",
        name="half_circle",
        summary="An operated hip draws a half circle, to a right angle and not past the middle.",
        sources=("arthroplasty-precautions",),
        decide=half_circle,
    ),
    Rule(
        id="LD35",
        name="falls_short",
        summary="A measure is trained when it falls short of what the preferred squat asks.",
        sources=("method-article", "house-judgement"),
        decide=falls_short,
    ),
    Rule(
        id="LD36",
        name="not_controlled",
        summary="A measure is trained when much of its passive range is not reached actively.",
        sources=("motive-fra", "house-judgement"),
        decide=not_controlled,
    ),
    Rule(
        id="LD37",
        name="approach",
        summary="Short range takes passive time first, a large gap active work first or alone.",
        sources=("motive-pails-rails",),
        decide=approach,
    ),
    Rule(
        id="LD38",
        name="loaded_edges",
        summary="With the range there but not owned under load, end ranges are held under load.",
        sources=("method-article", "motive-pails-rails"),
        decide=loaded_edges,
    ),
    Rule(
        id="LD39",
        name="effort",
        summary="Effort of PAILs/RAILs rises over three tolerated weeks, up to the client's cap.",
        sources=("feland-2004", "house-judgement"),
        decide=effort,
        numbers=("doses/methods.pails.effort_steps",),
    ),
    Rule(
        id="LD40",
        name="no_passive_time",
        summary="For control or with hypermobile joints, only short active rounds at the end of the range.",
        sources=_JUDGED,
        decide=no_passive_time,
        numbers=("doses/methods.pails.rails_only_rounds",),
    ),
    Rule(
        id="LD41",
        name="short_passive_time",
        summary="An irritable back gets less time in the passive stretch.",
        sources=_JUDGED,
        decide=short_passive_time,
        numbers=("doses/methods.pails.passive_irritable_s",),
    ),
    Rule(
        id="LD42",
        name="two_to_one",
        summary="A clear side difference gives the shorter side two sets for each one on the other.",
        sources=_JUDGED,
        decide=two_to_one,
        numbers=("doses/methods.short_side_sets",),
    ),
    Rule(
        id="LD43",
        name="hard_days",
        summary="Hard end-range work is spaced by two days, at most twice a session and six times a week.",
        sources=_COACHED,
        decide=hard_days,
        numbers=(
            "doses/methods.hard.targets_per_session",
            "doses/methods.hard.times_per_week",
            "doses/methods.hard.day_gap",
        ),
    ),
    Rule(
        id="LD44",
        name="hold_under_load",
        summary="Holds under load stop short of straining.",
        sources=_COACHED,
        decide=hold_under_load,
        numbers=("doses/methods.hold_rpe",),
    ),
)
