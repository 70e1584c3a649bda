"""What the days ahead follow from: restriction, waits, effort, deloads, positions."""

from datetime import date

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.load_steps import gate_open
from planner.plan import Lock
from planner.position import Due, PlanContext, Restriction
from planner.project import Projections, projected_squats
from planner.screening_state import screened
from planner.standing import deloads, is_calm, waiting
from planner.state import PlanInputs, State

WEEK_DAYS = 7


def weeks_in(request: BlockRequest, today: date) -> int:
    """Return how many whole weeks of the block are over."""
    return max(0, (today - request.starts_on).days // WEEK_DAYS)


def restriction(state: State, catalogue: Catalogue) -> Restriction:
    """Return what may be shown now: red flags first, then a flare."""
    if state.status in ("emergency", "same_day"):
        return "advice_only"
    if state.locked:
        return "gentle"
    return "calm" if is_calm(state, catalogue) else "none"


def lock_of(state: State, on: date, catalogue: Catalogue) -> Lock | None:
    """Return why nothing loaded is planned and what ends it, None when nothing holds it back."""
    if not state.locked:
        return None
    result = screened(state.screen, state.profile, on, catalogue)
    return Lock(urgency=state.status, text=result.text, unlock=result.unlock)


def context_of(
    state: State, request: BlockRequest, catalogue: Catalogue, *, allowed: Restriction, step: int
) -> PlanContext:
    """Return the context days are planned in; `step` = weeks of end-range work tolerated."""
    return PlanContext(
        block_id=request.id,
        starts_on=request.starts_on,
        weeks=request.weeks,
        client=state.client,
        ladder=state.ladder,
        catalogue=catalogue,
        judged_on=state.assessment.performed_on,
        restriction=allowed,
        pain_now=pain_now(state),
        end_range_step=step,
    )


def pain_now(state: State) -> int | None:
    """Return the latest morning score, None before the first."""
    return state.mornings[-1].now if state.mornings else None


def effort_step(state: State, weeks_in: int, catalogue: Catalogue) -> int:
    """Return how far the end-range effort has stepped up; a problem response takes it to the start.

    A step needs a week of the block and the training sessions of a week.
    """
    steps = catalogue.doses.methods.pails.effort_steps
    if state.latest is not None and state.latest.colour == "problem":
        return 0
    done = state.sessions_done // catalogue.limits.progression.effort_sessions
    return min(done, weeks_in, len(steps) - 1)


def plan_inputs(
    request: BlockRequest, state: State, *, catalogue: Catalogue, today: date, kept: Projections
) -> PlanInputs:
    """Return what the weeks ahead follow from, as known today; `kept` is of the same client and ladder."""
    allowed = restriction(state, catalogue)
    lighter = deloads(state, request.frame, catalogue)
    ahead = () if state.locked else projected_squats(state, request, today, lighter, catalogue, kept)
    return PlanInputs(
        restriction=allowed,
        waits=waiting(state, state.progress, catalogue),
        effort_step=effort_step(state, weeks_in(request, state.last_on), catalogue),
        pain_now=pain_now(state) if allowed == "calm" else None,
        deloads=lighter,
        due=Due(state.position, gate_open(state, catalogue)),
        ahead=ahead,
    )
