"""What the fold makes of adjustments: which stand, and what holding, placing and resuming change at once.

Everything else an adjustment changes is laid over the planned days: `planner.layer`.
"""

from datetime import date

from planner.adjustment import Adjustment
from planner.catalogue import Catalogue
from planner.decision import Rule
from planner.facts import Fact
from planner.plan import Conflict
from planner.rules.adjusting import OVERRULABLE_RULES, SAFETY_RULES, AdjustCase, Objection
from planner.standing import enter_rung, is_calm
from planner.state import Standing, State
from planner.values import replace
from planner.words import AdjustmentKind


def after_adjustment(state: State, fact: Fact, adjustment: Adjustment, catalogue: Catalogue) -> State:
    """Return the state with one more adjustment standing."""
    standing = Standing(id=fact.id, on=fact.on, body=adjustment)
    if adjustment.kind == "resume":
        return _resumed(state, fact.on, catalogue)
    state = replace(state, adjustments=(*state.adjustments, standing))
    if adjustment.kind == "place_on_rung":
        return _placed(state, standing, catalogue)
    return state


def standing_on(state: State, kind: AdjustmentKind, on: date) -> Standing | None:
    """Return the latest adjustment of a kind that holds on a day, None without one."""
    held = [one for one in state.adjustments if one.body.kind == kind and _holds(one, on)]
    return held[-1] if held else None


def _holds(standing: Standing, on: date) -> bool:
    last = standing.body.expires_on
    return standing.on <= on and (last is None or on <= last)


def _resumed(state: State, on: date, catalogue: Catalogue) -> State:
    """Return the state without pauses; after a long one the rung starts with its first dose again."""
    kept = tuple(one for one in state.adjustments if one.body.kind != "pause")
    state = replace(state, adjustments=kept)
    last = state.latest.on if state.latest else (state.history[-1].on if state.history else None)
    if last is None or (on - last).days <= catalogue.limits.progression.carry_days:
        return state
    progress = replace(state.progress, position=enter_rung(state, state.position.rung, on, catalogue))
    return replace(state, base=progress, progress=progress, latest=None, history=state.settled_history)


def _placed(state: State, standing: Standing, catalogue: Catalogue) -> State:
    """Return the state on the rung asked for, or with what speaks against it."""
    rungs, wanted = state.ladder.rungs, standing.body.rung
    known = wanted is not None and 0 <= wanted < len(rungs)
    index = wanted if known and wanted is not None else state.position.rung
    higher = index > state.position.rung
    cleared = state.screen.cleared_on
    case = AdjustCase(
        adds=higher,
        loaded=higher,
        locked=state.locked,
        calm=is_calm(state, catalogue),
        found=known,
        by_member=standing.body.by_member,
        harder="step" if higher or standing.body.by_member else "",
        range_missing=rungs[index].waits_for,
        days_since_clearance=None if cleared is None else (standing.on - cleared).days,
        clearance_days=catalogue.limits.progression.clearance_days,
    )
    against = conflicts(standing, case, catalogue)
    if against:
        return replace(state, refused=against)
    progress = replace(state.progress, position=enter_rung(state, index, standing.on, catalogue), moved_on=standing.on)
    moved = replace(state, base=progress, progress=progress, latest=None, history=state.settled_history)
    return replace(moved, refused=())  # what an earlier placing was refused for is past


def conflicts(standing: Standing, case: AdjustCase, catalogue: Catalogue) -> tuple[Conflict, ...]:
    """Return every rule that holds against an adjustment: safety always, others unless acknowledged."""
    found = [*_objections(SAFETY_RULES, case), *_objections(OVERRULABLE_RULES, case)]
    return tuple(
        _conflict(standing, rule, objection, catalogue)
        for rule, objection in found
        if rule in SAFETY_RULES or rule.id not in standing.body.acknowledges
    )


def _objections(
    rules: tuple[Rule[AdjustCase, Objection], ...], case: AdjustCase
) -> list[tuple[Rule[AdjustCase, Objection], Objection]]:
    return [(rule, said) for rule in rules if (said := rule.decide(case)) is not None]


def _conflict(
    standing: Standing, rule: Rule[AdjustCase, Objection], objection: Objection, catalogue: Catalogue
) -> Conflict:
    reason = catalogue.reason(rule.id, objection.say, **objection.facts)
    return Conflict(
        adjustment_id=standing.id,
        rule=rule.id,
        text=reason.text,
        facts=reason.facts,
        overrulable=rule in OVERRULABLE_RULES,
    )
