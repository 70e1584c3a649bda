"""Build a block, and replan it when a fact arrives. The engineer's way in.

`build` folds all facts of a client; `replan` folds one more onto a stored state. Both give
the same block when the same facts are known: that is the law behind everything here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date

from planner.begin import BlockRequest
from planner.block import plan_block
from planner.catalogue import Catalogue
from planner.decision import Decision
from planner.facts import Assessment, CheckIn, Fact, Screening
from planner.fold import fold, follows, step
from planner.inputs import plan_inputs
from planner.plan import Block, Week
from planner.state import PlanInputs, State
from planner.values import dataclass, replace
from planner.weeks import plan_weeks
from planner.withhold import withhold
from planner.words import Colour
from planner.workbench import workbench_of

NOTHING_SHOWN: Mapping[int, Week] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A block after a fact: state to keep, block to show, what was decided.

    After a `replan` the block has the weeks of `shown` and those ahead that changed; other
    weeks are as stored before, of the projected ones those in `held`. With `replanned` False
    no day ahead changed. `response` is the colour of the latest squat exposure, or `red_flag`.
    """

    state: State
    block: Block
    replanned: bool = True
    held: tuple[int, ...] = ()
    decisions: tuple[Decision, ...] = field(default=())
    response: Colour | None = None


def build(
    request: BlockRequest,
    facts: Iterable[Fact],
    *,
    catalogue: Catalogue,
    today: date,
    shown: Mapping[int, Week] = NOTHING_SHOWN,
) -> Planned:
    """Return the block that all facts of a client add up to on a day.

    `facts` may come in any order. `shown` holds the stored weeks that have begun; their
    begun days stay as they were. Raises BlockError when no block can be built.
    """
    state, decisions = fold(request, facts, catalogue)
    return _planned(request, state, decisions, catalogue, today, shown)


def replan(
    request: BlockRequest,
    state: State,
    fact: Fact,
    *,
    catalogue: Catalogue,
    today: date,
    shown: Mapping[int, Week],
) -> Planned | None:
    """Return the block after one more fact; None when it is out of order, from before the block, a correction or
    another locale.

    None asks for `build` with all facts.
    """
    if not follows(state, fact, request):
        return None
    catalogue = catalogue.spoken(state.profile.locale)
    before = state
    state, decisions = step(state, fact, request, catalogue)
    return _planned(request, state, decisions, catalogue, today, shown, fact, before)


def _planned(
    request: BlockRequest,
    state: State,
    decisions: list[Decision],
    catalogue: Catalogue,
    today: date,
    shown: Mapping[int, Week],
    fact: Fact | None = None,
    before: State | None = None,
) -> Planned:
    made = tuple(decisions)
    catalogue = catalogue.spoken(state.profile.locale)
    workbench = workbench_of(state)
    tools = workbench.take(request, state, catalogue)
    inputs = plan_inputs(request, state, catalogue=catalogue, today=today, kept=tools.projections)
    weeks = plan_weeks(
        request,
        state,
        inputs,
        catalogue=catalogue,
        today=today,
        shown=shown,
        stored=None if before is None else _stored(before, state),
        tools=tools,
    )
    block = plan_block(request, state, weeks, catalogue=catalogue, today=today, tools=tools, decisions=made)
    workbench.put_back(tools)
    before_that = state.planned_from
    state = replace(state, planned_from=before_that if before_that == inputs else inputs, workbench=workbench)
    return Planned(
        state=state,
        block=block,
        replanned=weeks.replanned,
        held=weeks.held,
        decisions=made,
        response=_response(state, fact),
    )


def _stored(before: State, state: State) -> PlanInputs | None:
    """Return what the stored weeks follow from; None when a new client, ladder or lock changes them all."""
    known = before.client is state.client and before.ladder is state.ladder
    if before.adjustments or state.adjustments:
        return None  # what an adjustment reaches is not in the inputs
    return before.planned_from if known and before.status == state.status else None


def _response(state: State, fact: Fact | None) -> Colour | None:
    body = fact.body if fact is not None else None
    if isinstance(body, Assessment | CheckIn | Screening) and "yes" in body.red_flags.values():
        return "red_flag"
    return state.latest.colour if state.latest is not None else None


__all__ = ["BlockRequest", "Planned", "build", "replan", "withhold"]
