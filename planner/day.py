"""One day of a running block, without planning the weeks around it."""

from datetime import date

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.inputs import context_of, effort_step, restriction, weeks_in
from planner.load_steps import gate_open
from planner.plan import Day
from planner.position import Due
from planner.schedule import retest_day, retest_weeks, week_of
from planner.session import Choices, prepare
from planner.standing import deloads, waiting
from planner.state import State


def earned_day(
    request: BlockRequest, state: State, on: date, *, catalogue: Catalogue, choices: Choices | None = None
) -> Day:
    """Return a day after the last fact as the earned week of a full plan shows it.

    `choices` of the same client, kept by the caller, saves work on the next day.
    """
    allowed = restriction(state, catalogue)
    step = effort_step(state, weeks_in(request, state.last_on), catalogue)
    context = context_of(state, request, catalogue, allowed=allowed, step=step)
    number = week_of(context, on)
    waits = waiting(state, state.progress, catalogue) and allowed == "none"
    measured = retest_day(context, number) if number in retest_weeks(request.weeks, catalogue) else None
    return prepare(context, choices).day(
        on,
        due=None if waits else Due(state.position, gate_open(state, catalogue)),
        week=number,
        deload=number in deloads(state, request.frame, catalogue),
        retest=on == measured,
    )
