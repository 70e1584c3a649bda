"""Take loaded work out of weeks that were planned before a red flag."""

from dataclasses import replace

from planner.catalogue import Catalogue
from planner.own import is_own
from planner.plan import Day, Item, PlannedSession, Week
from planner.words import SessionStatus, Stage

LOADED_STAGES: frozenset[Stage] = frozenset({"P2", "P3", "P4", "P5", "P6"})
OUTSIDE_LOADS = frozenset({"bell", "barbell", "empty_bar", "band", "backpack", "sled", "machine"})


def is_loaded(item: Item, catalogue: Catalogue) -> bool:
    """Return whether an item puts an outside load on the client, or squats above the shape stage."""
    if item.load_kg is not None:
        return True
    if is_own(item.exercise) and item.load_text is not None:
        return True  # it says how it is loaded; the catalogue does not know it
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
