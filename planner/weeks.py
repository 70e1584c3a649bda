"""Plan the weeks of a block from its state: earned weeks, projected weeks, days that stay as shown.

A day that had begun keeps what the client was shown; only the status of its sessions
follows the logs. Days after `today` are planned anew. A week ahead has two versions:
earned (nothing more is earned) and projected (every response normal).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.load_steps import gate_open
from planner.plan import Day, Item, Lock, PlannedSession, Week
from planner.position import PlanContext, Position, Restriction
from planner.project import projected_positions
from planner.schedule import is_squat_day, retest_day, retest_weeks
from planner.screening_state import screened
from planner.session import Choices, Sessions, focus, prepare
from planner.standing import deloads, waiting
from planner.state import PlanInputs, State
from planner.words import BlockStatus, SessionStatus, Stage

WEEK_DAYS = 7
LOADED_STAGES: frozenset[Stage] = frozenset({"P2", "P3", "P4", "P5", "P6"})
OUTSIDE_LOADS = frozenset({"bell", "barbell", "empty_bar", "band", "backpack", "sled", "machine"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The weeks that may have changed, by version."""

    earned: tuple[Week, ...]
    projected: tuple[Week, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What every day of a plan has in common, and the makers of days prepared so far."""

    request: BlockRequest
    state: State
    inputs: PlanInputs
    catalogue: Catalogue
    today: date
    status: BlockStatus
    lock: Lock | None
    choices: Choices
    prepared: dict[tuple[Restriction, int], Sessions] = field(default_factory=dict)

    def sessions(self, allowed: Restriction, step: int) -> Sessions:
        """Return the maker of days for a restriction and an effort step, prepared once."""
        key = (allowed, step)
        if key not in self.prepared:
            context = context_of(self.state, self.request, self.catalogue, allowed=allowed, step=step)
            self.prepared[key] = prepare(context, self.choices)
        return self.prepared[key]


def restriction(state: State, catalogue: Catalogue) -> Restriction:
    """Return what may be shown now: red flags first, then a flare."""
    if state.status in ("emergency", "same_day"):
        return "advice_only"
    if state.locked:
        return "gentle"
    flare = state.progress.wait == "flare" and waiting(state, state.progress, catalogue)
    return "calm" if flare else "none"


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
        gate_open=gate_open(state, catalogue),
        restriction=allowed,
        pain_now=_pain_now(state),
        end_range_step=step,
    )


def _pain_now(state: State) -> int | None:
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


def plan_inputs(request: BlockRequest, state: State, *, catalogue: Catalogue, today: date) -> PlanInputs:
    """Return what the weeks ahead follow from, as known today."""
    allowed = restriction(state, catalogue)
    ahead = {} if state.locked else projected_positions(state, request, today, catalogue)
    return PlanInputs(
        restriction=allowed,
        waits=waiting(state, state.progress, catalogue),
        effort_step=effort_step(state, weeks_in(request, today), catalogue),
        gate_open=gate_open(state, catalogue),
        pain_now=_pain_now(state) if allowed == "calm" else None,
        deloads=tuple(sorted(deloads(state, request.frame, catalogue))),
        position=state.position,
        ahead=tuple(ahead.items()),
    )


def plan_weeks(
    request: BlockRequest,
    state: State,
    inputs: PlanInputs,
    *,
    catalogue: Catalogue,
    today: date,
    shown: Mapping[int, Week],
    choices: Choices,
) -> Weeks:
    """Return every week in `shown` or still running or ahead, earned and (ahead only) projected."""
    lock = lock_of(state, today, catalogue)
    sheet = Sheet(
        request=request,
        state=state,
        inputs=inputs,
        catalogue=catalogue,
        today=today,
        status="active" if lock is None else "locked",
        lock=lock,
        choices=choices,
    )
    return Weeks(earned=tuple(_earned(sheet, shown)), projected=tuple(_projected(sheet)))


def kept_weeks(shown: Mapping[int, Week], state: State) -> Weeks:
    """Return the weeks in `shown` with what the logs say of their sessions; nothing else changed."""
    weeks = (with_statuses(shown[number], state.statuses) for number in sorted(shown))
    return Weeks(earned=tuple(weeks), projected=())


def weeks_in(request: BlockRequest, today: date) -> int:
    """Return how many whole weeks of the block are over."""
    return max(0, (today - request.starts_on).days // WEEK_DAYS)


def _earned(sheet: Sheet, shown: Mapping[int, Week]) -> list[Week]:
    state, request, today, inputs = sheet.state, sheet.request, sheet.today, sheet.inputs
    allowed = inputs.restriction
    sessions = sheet.sessions(allowed, inputs.effort_step)
    position = None if inputs.waits and allowed == "none" else state.position
    stage: Stage = "P0" if allowed != "none" else _stage(state, state.position)
    weeks = []
    for number in range(1, request.weeks + 1):
        before = shown.get(number)
        if week_start(request, number + 1) > today + timedelta(days=1):
            planned = _week(sheet, sessions, number, stage, lambda _: position, projected=False)
            weeks.append(planned if before is None else spliced(before, planned, today, state.statuses))
        elif before is not None:
            weeks.append(with_statuses(before, state.statuses))
    return weeks


def _projected(sheet: Sheet) -> list[Week]:
    state, request, today = sheet.state, sheet.request, sheet.today
    ahead = [n for n in range(1, request.weeks + 1) if week_start(request, n) > today]
    if not ahead or state.locked:
        return []
    positions = dict(sheet.inputs.ahead)
    steps = _carried(sheet, positions)
    top = len(sheet.catalogue.doses.methods.pails.effort_steps) - 1
    weeks = []
    for number in ahead:
        sessions = sheet.sessions("none", min(top, max(sheet.inputs.effort_step, number - 1)))
        stage = _stage(state, _first_position(request, number, positions) or state.position)
        weeks.append(_week(sheet, sessions, number, stage, steps.get, projected=True))
    return weeks


def _carried(sheet: Sheet, positions: Mapping[date, Position]) -> dict[date, Position]:
    """Return the position of every day ahead: other days follow the squat day before them."""
    request, profile = sheet.request, sheet.state.profile
    carried: dict[date, Position] = {}
    last = sheet.state.position
    for offset in range(WEEK_DAYS * request.weeks):
        day = request.starts_on + timedelta(days=offset)
        last = positions.get(day, last)
        if day in positions or not is_squat_day(profile, day, sheet.catalogue):
            carried[day] = last
    return carried


def _first_position(request: BlockRequest, number: int, positions: Mapping[date, Position]) -> Position | None:
    start = week_start(request, number)
    days = (start + timedelta(days=offset) for offset in range(WEEK_DAYS))
    return next((positions[day] for day in days if day in positions), None)


def _stage(state: State, position: Position) -> Stage:
    return state.ladder.rungs[position.rung].stage


def week_start(request: BlockRequest, number: int) -> date:
    """Return the first day of a block week, counted from 1."""
    return request.starts_on + timedelta(days=WEEK_DAYS * (number - 1))


def _week(
    sheet: Sheet,
    sessions: Sessions,
    number: int,
    stage: Stage,
    position_on: Callable[[date], Position | None],
    *,
    projected: bool,
) -> Week:
    """Return a whole week planned anew."""
    request, catalogue = sheet.request, sheet.catalogue
    start = week_start(request, number)
    deload = number in sheet.inputs.deloads
    measured = retest_day(sessions.context, number) if number in retest_weeks(request.weeks, catalogue) else None
    days = tuple(
        sessions.day(
            day,
            position=position_on(day),
            week=number,
            deload=deload,
            retest=day == measured,
        )
        for day in (start + timedelta(days=offset) for offset in range(WEEK_DAYS))
    )
    return Week(
        week_number=number,
        starts_on=start,
        ends_on=start + timedelta(days=WEEK_DAYS - 1),
        projected=projected,
        status=sheet.status,
        lock=sheet.lock,
        focus=focus(sessions.context, stage),
        stage=stage,
        deload=deload,
        days=days,
    )


def spliced(before: Week, planned: Week, today: date, statuses: Mapping[str, SessionStatus]) -> Week:
    """Return a running week: days that had begun as they were shown, the rest as planned now."""
    kept = {day.date: day for day in before.days if day.date <= today}
    days = tuple(kept.get(day.date, day) for day in planned.days)
    return with_statuses(replace(planned, days=days), statuses)


def with_statuses(week: Week, statuses: Mapping[str, SessionStatus]) -> Week:
    """Return the week with what the logs say of its sessions."""
    return replace(
        week,
        days=tuple(Day(day.date, tuple(_with_status(one, statuses) for one in day.sessions)) for day in week.days),
    )


def _with_status(session: PlannedSession, statuses: Mapping[str, SessionStatus]) -> PlannedSession:
    status = statuses.get(session.id, session.status)
    return session if status == session.status else replace(session, status=status)


def is_loaded(item: Item, catalogue: Catalogue) -> bool:
    """Return whether an item puts an outside load on the client, or squats above the shape stage."""
    if item.load_kg is not None:
        return True
    exercise = catalogue.exercises.get(item.exercise)
    if exercise is not None and exercise.load in OUTSIDE_LOADS:
        return True
    return item.category == "squat" and item.stage in LOADED_STAGES


def withhold(week: Week, catalogue: Catalogue) -> Week:
    """Return the week without any loaded item: what is shown of begun days while a lock holds."""
    return replace(
        week,
        days=tuple(Day(day.date, tuple(_withheld(one, catalogue) for one in day.sessions)) for day in week.days),
    )


def _withheld(session: PlannedSession, catalogue: Catalogue) -> PlannedSession:
    left = tuple(item for item in session.items if not is_loaded(item, catalogue))
    if len(left) == len(session.items):
        return session
    status: SessionStatus = "withheld" if session.status == "planned" else session.status
    return replace(session, items=left, status=status)
