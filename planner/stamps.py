"""Sessions with their ids: a session is planned once and stamped for every day that holds it."""

from collections.abc import Iterable

from planner.decision import Reason
from planner.identity import SLOTS, Ids, item_name, session_name, session_ordinal
from planner.minutes import Draft, Stamp
from planner.plan import Item, PlannedSession
from planner.values import dataclass
from planner.words import SessionKind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A session without ids: what every day of the same kind shares."""

    kind: SessionKind
    title: str
    minutes: int
    because: tuple[Reason, ...]
    stamps: tuple[Stamp, ...]


@dataclass(slots=True)
class Place:
    """A kind of session on one day of a block: its ids, and what was stamped for it last."""

    id: str
    ids: Ids
    sheet: Sheet | None = None
    session: PlannedSession | None = None


class Stamper:
    """Stamps the sessions of one block; the earned and the projected version of a day share ids."""

    def __init__(self, block_id: str) -> None:
        self._ids = Ids(block_id)
        self._places: dict[tuple[int, SessionKind], Place] = {}

    def session(self, sheet: Sheet, offset: int) -> PlannedSession:
        """Return the session of a sheet on a day of the block, counted from 0."""
        key = (offset, sheet.kind)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._place(offset, sheet.kind)
        if place.session is None or place.sheet is not sheet:
            place.sheet, place.session = sheet, _stamped(sheet, place)
        return place.session

    def _place(self, offset: int, kind: SessionKind) -> Place:
        own = self._ids[session_name(session_ordinal(offset, SLOTS[kind]), kind)]
        return Place(own, Ids(own))


def _stamped(sheet: Sheet, place: Place) -> PlannedSession:
    ids = place.ids
    items = tuple([Item(ids[name], *rest) for name, rest in sheet.stamps])  # type: ignore[arg-type]
    return PlannedSession(place.id, sheet.kind, sheet.title, sheet.minutes, items, "planned", sheet.because)


def stamps(drafts: Iterable[Draft]) -> tuple[Stamp, ...]:
    """Return what is needed to make the items of a session again and again."""
    found: dict[bytes, tuple[object, ...]] = {}
    for draft in drafts:
        name, said = draft.stamp()
        ordinal = 0
        while name in found:
            ordinal += 1
            name = item_name(draft.item.exercise, draft.item.side, ordinal)
        found[name] = said
    return tuple(found.items())
