"""What is shown of days that had begun when a lock came: never a loaded item, and no more than the urgency allows."""

from collections.abc import Callable
from dataclasses import replace

from planner.catalogue import Catalogue
from planner.daily import GENTLE
from planner.plan import Day, Item, Lock, PlannedSession, Week
from planner.withhold import withhold
from planner.words import ScreeningStatus

_ADVICE_ALONE: frozenset[ScreeningStatus] = frozenset({"emergency", "same_day"})
_OPEN = ("planned", "withheld")


def withheld(week: Week, lock: Lock, catalogue: Catalogue) -> Week:
    """Return a week that had begun as it may be shown under a lock: advice alone, or the gentle list."""
    if lock.urgency in _ADVICE_ALONE:
        return _each_session(week, _emptied)
    allowed = frozenset(exercise for role in (*GENTLE, "walk") for exercise in catalogue.programmes.roles[role])
    effort = catalogue.doses.methods.cars.rehab_effort
    return _each_session(withhold(week, catalogue), lambda session: _gentle(session, allowed, effort))


def _each_session(week: Week, change: Callable[[PlannedSession], PlannedSession]) -> Week:
    return replace(week, days=tuple(Day(day.date, tuple(map(change, day.sessions))) for day in week.days))


def _emptied(session: PlannedSession) -> PlannedSession:
    """Return a session without its exercises; what was done of it stays in the log."""
    return replace(session, items=(), status="withheld" if session.status in _OPEN else session.status)


def _gentle(session: PlannedSession, allowed: frozenset[str], effort: int) -> PlannedSession:
    """Return a session with small circles and easy walking only; a finished one stays as it was, unloaded."""
    if session.status not in _OPEN:
        return session
    left = tuple(_eased(item, effort) for item in session.items if item.exercise in allowed)
    status = session.status if len(left) == len(session.items) else "withheld"
    return replace(session, items=left, status=status)


def _eased(item: Item, effort: int) -> Item:
    """Return the item at no more than the effort for an easily provoked back."""
    if item.effort_percent is None or item.effort_percent <= effort:
        return item
    return replace(item, effort_percent=effort)
