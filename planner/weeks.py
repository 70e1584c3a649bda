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
from planner.inputs import WEEK_DAYS, context_of, lock_of
from planner.plan import Day, Lock, PlannedSession, Week
from planner.position import Position, Restriction
from planner.schedule import is_squat_day, retest_day, retest_weeks
from planner.session import Choices, Sessions, focus, prepare
from planner.state import PlanInputs, State
from planner.words import BlockStatus, SessionStatus, Stage


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
