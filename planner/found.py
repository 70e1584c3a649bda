"""What an adjustment points at: a session where it stands now, an item of it, squats among them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.adjustment import AdjustedPlace
from planner.plan import Item, PlannedSession


@dataclass(frozen=True, slots=True)
class Found:
    """A session that an adjustment is about, where it stands now."""

    day: date
    among: list[PlannedSession]
    index: int

    @property
    def session(self) -> PlannedSession:
        """Return the session as it is now."""
        return self.among[self.index]

    def put(self, session: PlannedSession) -> None:
        """Put another version in its place."""
        self.among[self.index] = session


def asks_for_others(session: PlannedSession, among: Iterable[PlannedSession]) -> bool:
    """Return whether another session than this one asks for squats."""
    return any(one.id != session.id and has_squats(one) for one in among)


def has_squats(session: PlannedSession) -> bool:
    """Return whether a session asks for squats."""
    squats = session.kind == "squat" or any(item.category == "squat" for item in session.items)
    return squats and session.status != "skipped"


def is_at(place: AdjustedPlace, item: Item) -> bool:
    """Return whether an item is the one a place names; without a side, on any."""
    return item.exercise == place.exercise and place.side in (None, item.side)
