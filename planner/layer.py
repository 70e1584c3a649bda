"""The layer of adjustments: applied to the planned days again after every replan, in the order they were made.

An adjustment that a rule objects to is not applied and is reported as a conflict, unless the
rule may be overruled and the adjustment names it. Days that have begun stay as they were
shown; a session of today that is still planned may be changed by an adjustment made today.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from planner.adjust import conflicts
from planner.adjusted_items import against, known_as_easier, more_than, told
from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.choices import Choices
from planner.identity import Ids, item_name
from planner.plan import Conflict, Item, PlannedSession
from planner.rules.adjusting import TARGET_GONE, AdjustCase
from planner.standing import is_calm
from planner.state import Standing, State
from planner.withhold import is_loaded

WEEK: Final = 7
Days = dict[date, list[PlannedSession]]
Objections = dict[tuple[str, str], Conflict]
"""What speaks against adjustments, by adjustment and rule."""


@dataclass(slots=True, kw_only=True)
class Layer:
    """Applies a client's adjustments to one version of the weeks."""

    request: BlockRequest
    state: State
    catalogue: Catalogue
    choices: Choices
    step: int  # of the end-range work
    today: date
    days: Days = field(default_factory=dict)
    conflicts: Objections = field(default_factory=dict)

    # --- what an adjustment reaches ---

    def open_days(self, standing: Standing) -> Iterator[date]:
        """Yield the days an adjustment may change: ahead, within its scope and before it expires."""
        body, place = standing.body, standing.body.place
        last = body.expires_on or date.max
        first = place.on if place else standing.on
        for day in sorted(self.days):
            today_too = body.scope == "session" and day == self.today == standing.on
            if (day > self.today or today_too) and day <= last and self._in_scope(body.scope, day, first):
                yield day

    def _in_scope(self, scope: str, day: date, first: date) -> bool:
        if scope == "session":
            return True  # the session's id decides
        if scope == "week":
            return self.week_of(day) == self.week_of(first)
        return day >= first

    def week_of(self, day: date) -> int:
        """Return the index of a day's block week."""
        return (day - self.request.starts_on).days // WEEK

    def sessions(self, standing: Standing) -> Iterator[tuple[date, int, PlannedSession]]:
        """Yield the planned sessions an adjustment is about, with their day and place in it."""
        place = standing.body.place
        if place is None:
            return
        for day in self.open_days(standing):
            for index, one in enumerate(self.days[day]):
                named = (
                    one.id == place.session_id if standing.body.scope == "session" else one.kind == place.session_kind
                )
                if named and one.status == "planned":
                    yield day, index, one

    def over(self, standing: Standing) -> bool:
        """Return whether everything an adjustment could change lies behind."""
        place = standing.body.place
        expired = standing.body.expires_on is not None and standing.body.expires_on <= self.today
        behind = standing.body.scope == "session" and place is not None and place.on <= self.today
        return expired or behind

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

    def put(self, day: date, index: int, session: PlannedSession, items: Iterable[Item]) -> None:
        """Put a session back with other items, numbered anew."""
        self.days[day][index] = replace(session, items=tuple(numbered(session.id, items)))

    def each_item(self, standing: Standing, change: Callable[[Item], Item]) -> None:
        """Change every item an adjustment is about; each change is held against the rules first."""
        place, found = standing.body.place, False
        for day, index, session in self.sessions(standing):
            items = list(session.items)
            for number, item in enumerate(items):
                if place is None or item.exercise != place.exercise or place.side not in (None, item.side):
                    continue
                found = True
                changed = change(item)
                if not self.objects(standing, self._changed_case(changed, item)):
                    items[number] = self._with_reason(changed, standing)
            if items != list(session.items):
                self.put(day, index, session, items)
        if not found and not self.over(standing):
            self.objects(standing, AdjustCase(found=False))

    def _changed_case(self, changed: Item, before: Item) -> AdjustCase:
        limit, missing = "", ""
        if changed.exercise != before.exercise:
            limit, missing = against(changed.exercise, changed.side, self.state.client, self.catalogue)
        harder = more_than(changed, before, self.catalogue)
        swapped = changed.exercise != before.exercise
        return AdjustCase(
            adds=bool(harder) or swapped,
            loaded=is_loaded(changed, self.catalogue),
            against=limit,
            missing=missing,
            harder=harder,
            unlinked=swapped and not known_as_easier(changed.exercise, than=before.exercise, catalogue=self.catalogue),
        )

    def _with_reason(self, item: Item, standing: Standing) -> Item:
        reason = told(standing, self.catalogue)
        return item if reason in item.because else replace(item, because=(reason, *item.because)[:3])


def numbered(session_id: str, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items of a session with the ids that follow from what they are."""
    ids, seen = Ids(session_id), set[bytes]()
    for item in items:
        ordinal = 0
        while (name := item_name(item.exercise, item.side, ordinal)) in seen:
            ordinal += 1
        seen.add(name)
        yield item if item.id == ids[name] else replace(item, id=ids[name])


def conflicts_of(earned: Objections, projected: Objections) -> tuple[Conflict, ...]:
    """Return what speaks against adjustments in either version of the weeks; gone is only what is in neither."""
    found = earned | projected
    in_both = earned.keys() & projected.keys()
    return tuple(one for key, one in found.items() if one.rule != TARGET_GONE.id or key in in_both)
