"""The layer of adjustments: applied to the planned days again after every replan, in the order they were made.

An adjustment that a rule objects to is not applied and is reported as a conflict, unless the
rule may be overruled and the adjustment names it. Days that have begun stay as they were
shown; a session of today that is still planned may be changed by an adjustment made today. A
session that was moved while its day lay ahead is planned again when that day has begun.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, TypedDict

from planner.adjust import conflicts
from planner.adjusted_items import known_as_easier, more_than, numbered, same_but_words, told
from planner.adjusted_limits import exceeds, speaks_against
from planner.adjustment import AdjustedPlace
from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.choices import Choices
from planner.day import earned_day
from planner.found import Found, asks_for_others, has_squats, is_at
from planner.minutes import item_seconds, minutes_of
from planner.plan import Conflict, Day, Item, PlannedSession, Week
from planner.rules.adjusting import TARGET_GONE, AdjustCase
from planner.standing import is_calm
from planner.state import Standing, State
from planner.withhold import is_loaded

WEEK: Final = 7
Days = dict[date, list[PlannedSession]]
Objections = dict[tuple[str, str], Conflict]
"""What speaks against adjustments, by adjustment and rule."""


class Length(TypedDict):
    """How long a session gets, by the names a case has for it."""

    minutes: int
    session_minutes: int


@dataclass(slots=True, kw_only=True)
class Layer:
    """Applies a client's adjustments to one version of the weeks.

    `days` are today, as it was shown, and the days ahead. `left` are sessions planned again: they
    were moved off a day while it lay ahead, and it has begun since.
    """

    request: BlockRequest
    state: State
    catalogue: Catalogue
    choices: Choices
    step: int  # of the end-range work
    today: date
    days: Days = field(default_factory=dict)
    left: Days = field(default_factory=dict)
    planned: dict[date, Day] = field(default_factory=dict)  # days that have begun, as they would be planned now
    conflicts: Objections = field(default_factory=dict)

    def lay(self, weeks: Iterable[Week]) -> None:
        """Take the days of some weeks, and what was moved off days that have begun."""
        listed = (day for week in weeks for day in week.days)
        self.days = {day.date: list(day.sessions) for day in listed if day.date >= self.today}
        for standing in self.state.adjustments:
            place, to_date = standing.body.place, standing.body.to_date
            if place is None or to_date is None or not standing.on <= place.on <= self.today < to_date:
                continue
            if place.session_id not in self.state.statuses:
                again = (one for one in self._planned(place.on).sessions if one.id == place.session_id)
                self.left[place.on] = [*self.left.get(place.on, ()), *again]

    def _planned(self, on: date) -> Day:
        """Return a day as it would be planned now, whatever was shown on it."""
        if on not in self.planned:
            day = earned_day(self.request, self.state, on, catalogue=self.catalogue, choices=self.choices)
            self.planned[on] = day
        return self.planned[on]

    def stands_today(self, session: PlannedSession) -> bool:
        """Return whether today shows a session already."""
        return any(one.id == session.id for one in self.days.get(self.today, ()))

    def take_off(self, session_id: str) -> None:
        """Take a session off the days ahead."""
        for day in [day for day in self.days if day > self.today]:
            self.days[day] = [one for one in self.days[day] if one.id != session_id]

    # --- what an adjustment reaches ---

    def open_days(self, standing: Standing) -> Iterator[tuple[date, list[PlannedSession]]]:
        """Yield the days an adjustment may change: ahead, within its scope and before it expires."""
        body, place = standing.body, standing.body.place
        last = body.expires_on or date.max
        first = place.on if place else standing.on
        for day, among in [*sorted(self.days.items()), *self.left.items()]:
            today_too = body.scope == "session" and standing.on == self.today
            begun = day == self.today and among is self.days.get(day)
            if (today_too or not begun) and day <= last and self._in_scope(body.scope, day, first):
                yield day, among

    def _in_scope(self, scope: str, day: date, first: date) -> bool:
        if scope == "session":
            return True  # the session's id decides
        if scope == "week":
            return self.week_of(day) == self.week_of(first)
        return day >= first

    def week_of(self, day: date) -> int:
        """Return the index of a day's block week."""
        return (day - self.request.starts_on).days // WEEK

    def sessions(self, standing: Standing) -> list[Found]:
        """Return the planned sessions an adjustment is about."""
        place = standing.body.place
        if place is None:
            return []
        by_id = standing.body.scope == "session"
        return [
            Found(day, among, index)
            for day, among in self.open_days(standing)
            for index, one in enumerate(among)
            if one.status == "planned" and (one.id == place.session_id if by_id else one.kind == place.session_kind)
        ]

    def session_to_move(self, standing: Standing) -> Found | None:
        """Return the session to be moved as it is planned now: of a day that has begun never what was shown."""
        found = self.sessions(standing)
        return next((one for one in found if one.among is not self.days.get(self.today)), None)

    def over(self, standing: Standing) -> bool:
        """Return whether everything an adjustment could change lies behind."""
        body, place = standing.body, standing.body.place
        expired = body.expires_on is not None and body.expires_on <= self.today
        last = body.to_date or (standing.on if place is None else place.on)
        if body.scope == "week":
            last += timedelta(days=WEEK - 1 - (last - self.request.starts_on).days % WEEK)
        return expired or (body.scope != "rest_of_block" and last <= self.today)

    def squat_gap(self, day: date, session: PlannedSession, *, same_day: bool) -> int | None:
        """Return the days from a day to the nearest other squats, None without any; `same_day` counts its own."""
        ahead = {other for other, among in self.days.items() if other > self.today and asks_for_others(session, among)}
        return min(
            (abs((other - day).days) for other in ahead | self._squatted(session) if same_day or other != day),
            default=None,
        )

    def _squatted(self, session: PlannedSession) -> set[date]:
        """Return the begun days with squats: those that were logged, and today while others are due."""
        latest = () if self.state.latest is None else (self.state.latest,)
        done = {one.on for one in (*self.state.history, *latest)}
        due = [one for one in self._planned(self.today).sessions if one.id not in self.state.statuses]
        by_hand = any(self._squats_today(one, session, due) for one in self.state.adjustments)
        return done | {self.today} if by_hand or asks_for_others(session, due) else done

    def _squats_today(self, standing: Standing, session: PlannedSession, due: Iterable[PlannedSession]) -> bool:
        """Return whether an adjustment may have put squats of another session into today."""
        body, place = standing.body, standing.body.place
        if place is None or place.session_id == session.id or place.session_id in self.state.statuses:
            return False
        if body.to_date is not None:
            return body.to_date == self.today and place.session_kind == "squat"
        there = any(one.id == place.session_id or one.kind == place.session_kind for one in due if one.id != session.id)
        return there and body.exercise in self.catalogue.variations and place.on <= self.today

    # --- objections ---

    def objects(self, standing: Standing, case: AdjustCase) -> bool:
        """Return whether a rule holds against an adjustment; what it says is kept as a conflict."""
        found = conflicts(standing, self.case(standing, case), self.catalogue)
        for one in found:
            self.conflicts.setdefault((one.adjustment_id, one.rule), one)
        return bool(found)

    def case(self, standing: Standing, case: AdjustCase) -> AdjustCase:
        """Return a case with what is the same for every adjustment."""
        cleared = self.state.screen.cleared_on
        return replace(
            case,
            locked=self.state.locked,
            calm=is_calm(self.state, self.catalogue),
            by_member=standing.body.by_member,
            days_since_clearance=None if cleared is None else (self.today - cleared).days,
            clearance_days=self.catalogue.limits.progression.clearance_days,
            least_gap_days=self.catalogue.doses.block.squat_day_gap,
        )

    # --- changing ---

    def put(self, found: Found, items: Iterable[Item]) -> None:
        """Put other items into a session, numbered anew; its minutes follow."""
        session = found.session
        listed = tuple(numbered(session.id, items))
        found.put(replace(session, items=listed, minutes=self.minutes(session, listed)))

    def minutes(self, session: PlannedSession, items: Iterable[Item]) -> int:
        """Return how long a session takes with other items."""
        more = sum(map(self._seconds, items)) - sum(map(self._seconds, session.items))
        return session.minutes + minutes_of(more)

    def _seconds(self, item: Item) -> int:
        known = self.catalogue.variations.get(item.exercise) or self.catalogue.exercises.get(item.exercise)
        return 0 if known is None else item_seconds(item, known, self.catalogue)  # an own one that was taken back

    def each_item(self, standing: Standing, change: Callable[[Item], Item]) -> None:
        """Change every item an adjustment is about; each change is held against the rules first."""
        place = standing.body.place
        assert place is not None  # no change of an item is made without one
        met = [self.change_items(found, standing, place, change) for found in self.sessions(standing)]
        self.check_met(standing, met=any(met))

    def change_items(
        self, found: Found, standing: Standing, at: AdjustedPlace | str, change: Callable[[Item], Item]
    ) -> bool:
        """Change the items of a session at a place, or of an exercise; return whether there are any."""
        items, met = list(found.session.items), False
        for number, item in enumerate(items):
            if not (is_at(at, item) if isinstance(at, AdjustedPlace) else item.exercise == at):
                continue
            met, changed = True, change(item)
            if same_but_words(changed, item):
                continue
            after = [*items[:number], changed, *items[number + 1 :]]
            if not self.objects(standing, self._changed_case(found, changed, item, after)):
                items[number] = self._with_reason(changed, standing)
        if items != list(found.session.items):
            self.put(found, items)
        return met

    def check_met(self, standing: Standing, *, met: bool) -> None:
        """Tell that what an adjustment changes is gone, unless it lies behind; a new one is told that it began."""
        if met:
            return
        if not self.over(standing):
            self.objects(standing, AdjustCase(found=False))
        elif standing.id == self.state.last_id:
            self.objects(standing, AdjustCase(begun=True))

    def _changed_case(self, found: Found, changed: Item, before: Item, after: Iterable[Item]) -> AdjustCase:
        swapped = changed.exercise != before.exercise
        harder = more_than(changed, before, self.catalogue)
        limit, missing = speaks_against(changed, self.state.client, self.catalogue) if swapped else ("", "")
        if swapped or harder:
            limit = limit or self.exceeded(changed)
        squats = changed.category == "squat" and not has_squats(found.session)
        return AdjustCase(
            adds=bool(harder) or swapped,
            loaded=is_loaded(changed, self.catalogue),
            against=limit,
            missing=missing,
            harder=harder,
            unlinked=swapped and not known_as_easier(changed.exercise, than=before.exercise, catalogue=self.catalogue),
            gap_days=self.squat_gap(found.day, found.session, same_day=False) if squats else None,
            **self.length(found.session, after),
        )

    def exceeded(self, item: Item) -> str:
        """Return the client's condition whose limit an item exceeds, in words; "" when none is."""
        on = self.state.assessment.performed_on
        return exceeds(item, client=self.state.client, on=on, catalogue=self.catalogue)

    def length(self, session: PlannedSession, items: Iterable[Item]) -> Length:
        """Return how long a session gets, as a case has it: nothing to say when it gets no longer."""
        minutes = self.minutes(session, items)
        return Length(minutes=minutes, session_minutes=self.state.profile.session_minutes * (minutes > session.minutes))

    def _with_reason(self, item: Item, standing: Standing) -> Item:
        reason = told(standing, self.catalogue)
        return item if reason.stands_in(item.because) else replace(item, because=(reason, *item.because)[:3])


def conflicts_of(earned: Objections, projected: Objections) -> tuple[Conflict, ...]:
    """Return what speaks against adjustments in either version of the weeks; gone is only what is in neither."""
    found = earned | projected
    in_both = earned.keys() & projected.keys()
    return tuple(one for key, one in found.items() if one.rule != TARGET_GONE.id or key in in_both)
