"""Plan the weeks of a block from its state: earned weeks, projected weeks, days that stay as shown.

A day that had begun keeps what the client was shown; only the status of its sessions
follows the logs. Days after `today` are planned anew where anything they follow from has
changed. A week ahead has two versions: earned (nothing more is earned) and projected
(every response normal).
"""

from collections.abc import Mapping
from datetime import date, timedelta

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.inputs import WEEK_DAYS, context_of, lock_of
from planner.layer import Layer, Objections, conflicts_of
from planner.layer_kinds import laid_over
from planner.outline import Outline, Outlines, Shown, week_start
from planner.own import with_own
from planner.plan import Conflict, Day, Lock, PlannedSession, Week
from planner.position import Due
from planner.schedule import retest_day, retest_weeks
from planner.session import focus
from planner.state import PlanInputs, State
from planner.values import dataclass, replace
from planner.words import BlockStatus, SessionStatus
from planner.workbench import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The weeks that may have changed, by version.

    `held` are the projected weeks that are as they were stored; an earned week ahead that is
    not in `earned` holds as well. `replanned` tells whether any day was planned anew.
    """

    earned: tuple[Week, ...]
    projected: tuple[Week, ...]
    held: tuple[int, ...]
    replanned: bool
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What every day of a plan has in common.

    `stored` is what the stored weeks follow from, None when none of them may hold.
    """

    request: BlockRequest
    state: State
    catalogue: Catalogue
    today: date
    status: BlockStatus
    lock: Lock | None
    tools: Tools
    outlines: Outlines
    stored: Outlines | None

    def holds(self, outline: Outline) -> bool:
        """Return whether a week is as it was stored: nothing it follows from has changed."""
        if self.stored is None:
            return False
        number = outline.number
        before = self.stored.projected(number) if outline.projected else self.stored.earned(number)
        if before != outline:
            return False
        pairs = zip(self.stored.seen(before), self.outlines.seen(outline), strict=True)
        return all(self._alike(one, other, outline) for one, other in pairs)

    def _alike(self, one: Shown, other: Shown, outline: Outline) -> bool:
        """Return whether a day shows the same: squats of two positions may, be it at another count or gate."""
        if not (isinstance(one, Due) and isinstance(other, Due)):
            return one == other
        if one.shape() == other.shape():
            return True
        context = context_of(self.state, self.request, self.catalogue, allowed="none", step=0)
        items = [self.tools.choices.squat(context, due, deload=outline.deload).item for due in (one, other)]
        return items[0] == items[1]


def plan_weeks(
    request: BlockRequest,
    state: State,
    inputs: PlanInputs,
    *,
    catalogue: Catalogue,
    today: date,
    shown: Mapping[int, Week],
    stored: PlanInputs | None,
    tools: Tools,
) -> Weeks:
    """Return every week in `shown`, and those ahead (earned and projected) that are not as stored.

    `stored` is what the stored weeks were planned from, None to plan all weeks.
    """
    if stored == inputs:
        return _as_stored(request, state, today, shown)
    lock = lock_of(state, today, catalogue)
    sheet = Sheet(
        request=request,
        state=state,
        catalogue=catalogue,
        today=today,
        status="active" if lock is None else "locked",
        lock=lock,
        tools=tools,
        outlines=Outlines(request, state, inputs, today, catalogue),
        stored=None if stored is None else Outlines(request, state, stored, today, catalogue),
    )
    ahead = _projected_ahead(sheet)
    earned = [one for one in _earned_ahead(sheet) if not sheet.holds(one)]
    projected = [one for one in ahead if not sheet.holds(one)]
    planned, coming = _earned(sheet, earned, shown), [_week(sheet, one) for one in projected]
    told, against = _adjusted(sheet, inputs, planned)
    numbers = {week.week_number for week in coming}
    begun = [week for week in planned if week.week_number not in numbers]  # sessions move between these and those ahead
    around, against_coming = _adjusted(sheet, inputs, begun + coming)
    return Weeks(
        earned=tuple(told),
        projected=tuple([week for week in around if week.week_number in numbers]),
        conflicts=(*state.refused, *conflicts_of(against, against_coming if coming else against)),
        held=tuple([one.number for one in ahead if one not in projected]),
        replanned=stored is None or bool(earned or projected),
    )


def _as_stored(request: BlockRequest, state: State, today: date, shown: Mapping[int, Week]) -> Weeks:
    """Return the weeks when nothing that they follow from has changed: none is planned, all of them hold.

    Nothing is adjusted either: the stored weeks of adjusted plans never hold.
    """
    told = [with_statuses(shown[number], state.statuses) for number in sorted(shown)]
    return Weeks(
        earned=tuple(told),
        projected=(),
        held=() if state.locked else tuple(_numbers_ahead(request, today)),
        replanned=False,
        conflicts=state.refused,
    )


def _adjusted(sheet: Sheet, inputs: PlanInputs, weeks: list[Week]) -> tuple[list[Week], Objections]:
    """Return the weeks under the client's adjustments, and what speaks against some of them."""
    if not sheet.state.adjustments:
        return weeks, {}
    layer = Layer(
        request=sheet.request,
        state=sheet.state,
        catalogue=with_own(sheet.catalogue, sheet.state.adjustments),
        choices=sheet.tools.choices,
        step=inputs.effort_step,
        today=sheet.today,
    )
    return laid_over(layer, weeks), layer.conflicts


def _earned_ahead(sheet: Sheet) -> list[Outline]:
    """Return the outlines of the weeks with days after today."""
    numbers = range(1, sheet.request.weeks + 1)
    tomorrow = sheet.today + timedelta(days=1)
    return [sheet.outlines.earned(n) for n in numbers if week_start(sheet.request, n + 1) > tomorrow]


def _projected_ahead(sheet: Sheet) -> list[Outline]:
    """Return the outlines of the weeks that begin after today, as they would go on; none while locked."""
    if sheet.state.locked:
        return []
    return [sheet.outlines.projected(number) for number in _numbers_ahead(sheet.request, sheet.today)]


def _numbers_ahead(request: BlockRequest, today: date) -> list[int]:
    """Return the numbers of the weeks that begin after today."""
    return [number for number in range(1, request.weeks + 1) if week_start(request, number) > today]


def _earned(sheet: Sheet, changed: list[Outline], shown: Mapping[int, Week]) -> list[Week]:
    """Return the changed weeks, and those in `shown` with what the logs say of their sessions."""
    statuses = sheet.state.statuses
    weeks = {number: with_statuses(week, statuses) for number, week in shown.items()}
    for outline in changed:
        planned, before = _week(sheet, outline), shown.get(outline.number)
        weeks[outline.number] = planned if before is None else spliced(before, planned, sheet.today, statuses)
    return [weeks[number] for number in sorted(weeks)]


def _week(sheet: Sheet, outline: Outline) -> Week:
    """Return a whole week planned anew."""
    request, number = sheet.request, outline.number
    sessions = sheet.tools.sessions(sheet.state, outline.restriction, outline.step)
    start = week_start(request, number)
    measured = retest_day(sessions.context, number) if number in retest_weeks(request.weeks, sheet.catalogue) else None
    dates = [start + timedelta(days=offset) for offset in range(WEEK_DAYS)]
    days = [
        sessions.day(day, due=due, week=number, deload=outline.deload, retest=day == measured)
        for day, due in zip(dates, outline.squats, strict=True)
    ]
    return Week(
        week_number=number,
        starts_on=start,
        ends_on=start + timedelta(days=WEEK_DAYS - 1),
        projected=outline.projected,
        status=sheet.status,
        lock=sheet.lock,
        focus=focus(sessions.context, outline.stage),
        stage=outline.stage,
        deload=outline.deload,
        days=tuple(days),
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
