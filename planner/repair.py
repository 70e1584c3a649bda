"""Repair of a row of steps: what a client cannot do is replaced by the cheapest way around it."""

from collections.abc import Callable
from typing import Final

from planner.catalogue import LadderStep
from planner.decision import Reason
from planner.reach import FREE, Block, Reach
from planner.route import Key, distance, edge_cost, find_route, graph_of, step_row
from planner.rules.ladder import LD10, LD11, LD12, LadderCase
from planner.scores import stage_of
from planner.values import dataclass, replace
from planner.words import STAGES


@dataclass(frozen=True, slots=True)
class Placed:
    """A step in its place: curated, or found by search with the reason for what it replaces."""

    step: LadderStep
    curated: bool = True
    replaced: Reason | None = None


Run = list[tuple[LadderStep, Block]]
"""Blocked steps in a row, each with what blocks it."""


def repaired(
    steps: list[LadderStep], reach: Reach, curated_pairs: frozenset[tuple[Key, Key]]
) -> tuple[list[Placed], list[Reason]]:
    """Return the steps with the blocked ones replaced, and the reasons, told once each.

    The last step stays whatever its range: it is the goal and can wait.
    """
    placed: list[Placed] = []
    told: list[Reason] = []
    run: Run = []
    for step in steps:
        block = reach.block(step)
        if block != FREE and step is not steps[-1]:
            run.append((step, block))
            continue
        found, reasons = _bridge(placed[-1].step if placed else None, run, step, reach, curated_pairs)
        placed += [*found, Placed(step)]
        told += reasons
        run = []
    return placed, told


def _bridge(
    before: LadderStep | None,
    run: Run,
    step: LadderStep,
    reach: Reach,
    curated_pairs: frozenset[tuple[Key, Key]],
) -> tuple[list[Placed], list[Reason]]:
    """Return what stands between two steps, and why it replaces what was there.

    When nothing that fits leads on, blocked steps that only lack range stay and wait.
    """
    wanted = run[0][0] if run else step
    if not run and (before is None or _joined(before, step, reach, curated_pairs)):
        return [], []
    route = _between(before, step, wanted, reach, FITTING)
    if route is not None or not any(block[0] == "range" for _, block in run):
        reasons = [_reason(one, block, reach) for one, block in run]
        why = reasons[0] if reasons else None
        if route is None:
            route = _between(before, step, wanted, reach, ALLOWED)
        return [Placed(one, curated=False, replaced=why) for one in route or []], reasons
    return _waiting(before, run, step, reach, curated_pairs)


def _waiting(
    before: LadderStep | None,
    run: Run,
    step: LadderStep,
    reach: Reach,
    curated_pairs: frozenset[tuple[Key, Key]],
) -> tuple[list[Placed], list[Reason]]:
    """Return the blocked steps that only lack range, joined up; the others are left out with a reason."""
    placed: list[Placed] = []
    for one in [*(one for one, block in run if block[0] == "range"), step]:
        if before is not None and not _joined(before, one, reach, curated_pairs):
            route = _between(before, one, one, reach, ALLOWED) or []
            placed += [Placed(found, curated=False) for found in route]
        placed.append(Placed(one))
        before = one
    reasons = [_reason(one, block, reach) for one, block in run if block[0] != "range"]
    return placed[:-1], reasons


def _joined(before: LadderStep, step: LadderStep, reach: Reach, curated_pairs: frozenset[tuple[Key, Key]]) -> bool:
    """Return whether a step may follow another: as curated, or by a rise a search would allow."""
    if (key_of(before), key_of(step)) in curated_pairs:
        return True
    return _rise(before, step, reach) is not None


def key_of(step: LadderStep) -> Key:
    """Return what makes two steps the same squat."""
    return step.variation, step.depth, step.modifiers


def _rise(before: LadderStep, step: LadderStep, reach: Reach, *, loose: bool = False) -> float | None:
    limits = graph_of(reach.catalogue, reach.deepest, loose=loose).limits
    rows = step_row(before, reach.catalogue), step_row(step, reach.catalogue)
    return edge_cost(rows[0], before.depth, rows[1], step.depth, limits)


def small_rise(before: LadderStep, step: LadderStep, reach: Reach) -> bool:
    """Return whether one step rises no more above another than a search allows."""
    return _rise(before, step, reach) is not None


def _reason(step: LadderStep, block: Block, reach: Reach) -> Reason:
    case = LadderCase(
        limits=reach.catalogue.limits.ladder,
        squat=reach.variation(step).name,
        obstacle=block[0],
        thing=block[1],
    )
    for rule in (LD11, LD12, LD10):
        told = rule.decide(case)
        if told is not None:
            return reach.catalogue.reason(rule.id, told.case, **told.facts)
    raise AssertionError(block)


FITTING: Final = ((True, True, False), (False, True, False))
"""Searches in turn: (in stage order, fitting now, larger steps allowed)."""
ALLOWED: Final = (
    (True, False, False),
    (False, False, False),
    (False, True, True),
    (False, False, True),
)


def _between(
    before: LadderStep | None,
    step: LadderStep,
    wanted: LadderStep,
    reach: Reach,
    searches: tuple[tuple[bool, bool, bool], ...],
) -> list[LadderStep] | None:
    """Return the steps of the first search that leads from one step to another, None without a way."""
    first = STAGES.index(before.stage) if before else 0
    last = STAGES.index(step.stage)
    for in_order, fitting, loose in searches:

        def allowed(one: LadderStep, in_order: bool = in_order, fitting: bool = fitting) -> bool:
            if in_order and not first <= STAGES.index(one.stage) <= last:
                return False
            return reach.fits(one) if fitting else reach.thing_missing(one) == FREE

        route = _route(before, step, wanted, reach, allowed, loose=loose)
        if route is not None:
            return _staged(route, first, last)
    return None


def _staged(route: list[LadderStep], lowest: int, highest: int) -> list[LadderStep]:
    """Return searched steps with stages that never fall: a later stage comes down to the next one."""
    staged: list[LadderStep] = []
    for one in reversed(route):
        highest = max(lowest, min(STAGES.index(one.stage), highest))
        staged.append(replace(one, stage=STAGES[highest]))
    return staged[::-1]


def _route(
    before: LadderStep | None,
    step: LadderStep,
    wanted: LadderStep,
    reach: Reach,
    allowed: Callable[[LadderStep], bool],
    *,
    loose: bool,
) -> list[LadderStep] | None:
    catalogue, graph = reach.catalogue, graph_of(reach.catalogue, reach.deepest, loose=loose)
    taken = {key_of(step)} | ({key_of(before)} if before else set())
    goal_family = reach.variation(step).family

    def may_pass(key: Key) -> bool:
        if key in taken:
            return False
        one = _as_step(key, step, reach)
        overhead = reach.variation(one).family == "overhead"
        return (not overhead or goal_family == "overhead") and allowed(one)

    if before is None:
        row = step_row(wanted, catalogue)
        start = [
            (distance(row, wanted.depth, graph.rows[node], key[1]) + len(key[2]), node)
            for node, key in enumerate(graph.keys)
            if catalogue.variations[key[0]].unloaded
        ]
        direct = None
    else:
        start = graph.edges_from(step_row(before, catalogue), before.depth)
        direct = _rise(before, step, reach, loose=loose)
    goal = (step_row(step, catalogue), step.depth)
    keys = find_route(graph, start=start, goal=goal, may_pass=may_pass, direct=direct)
    return None if keys is None else [_as_step(key, step, reach) for key in keys]


def _as_step(key: Key, goal: LadderStep, reach: Reach) -> LadderStep:
    name, depth, modifiers = key
    stage = stage_of(reach.catalogue.variations[name], depth, modifiers, goal, reach.catalogue)
    return LadderStep(stage=stage, variation=name, depth=depth, modifiers=modifiers)


def first_step(wanted: LadderStep, reach: Reach) -> LadderStep:
    """Return the unloaded squat most like a wanted first one that the client can do today."""
    catalogue, graph = reach.catalogue, graph_of(reach.catalogue, reach.deepest)
    row = step_row(wanted, catalogue)
    unloaded = [
        (distance(row, wanted.depth, graph.rows[node], key[1]) + len(key[2]), node)
        for node, key in enumerate(graph.keys)
        if catalogue.variations[key[0]].unloaded
    ]
    steps = [_as_step(graph.keys[node], wanted, reach) for _, node in sorted(unloaded)]
    fitting = (step for step in steps if reach.fits(step))
    return next(fitting, min(steps, key=lambda step: (step.depth, step.variation)))
