"""The planned session a log answers, found among everything the client was ever shown."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, select

from app import tables
from app.block_weeks import week_tagged
from app.table_kit import table_of
from planner.facts import AnsweredItem, AnsweredSession
from planner.plan import Day, Item, PlannedSession, Week
from planner.wire import load_week

_FROM_ITEM = ("exercise", "category", "side", "sets", "reps", "hold_s", "load_kg", "rpe_max", "depth", "stage", "rung")


_WEEK: Final = table_of(tables.BlockWeek)
_BLOCK: Final = table_of(tables.Block)
_OF_CLIENT: Final = (
    _WEEK.c.organization_id == bindparam("organization"),
    _BLOCK.c.client_id == bindparam("client"),
)
_WITH_BLOCK: Final = _WEEK.join(
    _BLOCK, (_BLOCK.c.organization_id == _WEEK.c.organization_id) & (_BLOCK.c.id == _WEEK.c.block_id)
)
_SHOWN: Final = (
    select(_WEEK.c.block_id, _WEEK.c.etag)
    .select_from(_WITH_BLOCK)
    .where(*_OF_CLIENT, _WEEK.c.is_current, _WEEK.c.version == "earned")
    .where(_WEEK.c.starts_on <= bindparam("on"), _WEEK.c.ends_on >= bindparam("on"))
)
_NAMING: Final = (
    select(_WEEK.c.body)
    .select_from(_WITH_BLOCK)
    .where(*_OF_CLIENT, _WEEK.c.body.contains(bindparam("named")))  # an id holds no sign that LIKE knows
    .order_by(_WEEK.c.version == "withheld", _WEEK.c.revision.desc())
)


def find_session(
    session: Session, client: tables.Client, session_id: UUID, *, on: date, naming: Collection[UUID] = ()
) -> AnsweredSession | None:
    """Return the planned session by its id: as shown on the day it was done, else as any revision planned it.

    A phone without a connection goes on with what it was shown, so the version that holds all items named is taken;
    where none does, because the plan changed in the middle, the items of several versions are put together.
    """
    wanted, known = set(map(str, naming)), list[AnsweredSession]()
    for week in _weeks_naming(session, client, session_id, on):
        for day, planned in _sessions_of(week):
            if planned.id != str(session_id):
                continue
            found = _snapshot(planned, day.date)
            if wanted <= {item.item_id for item in found.items}:
                return found
            known.append(found)
    return _put_together(known, wanted) if known else None


def _put_together(versions: Sequence[AnsweredSession], wanted: set[str]) -> AnsweredSession:
    """Return the first version with those items of the others that are wanted too."""
    items = {item.item_id: item for item in versions[0].items}
    for item in (item for version in versions[1:] for item in version.items):
        if item.item_id in wanted:
            items.setdefault(item.item_id, item)
    return replace(versions[0], items=tuple(items.values()))


def find_item(
    session: Session, client: tables.Client, item_id: UUID, *, on: date
) -> tuple[AnsweredSession, AnsweredItem] | None:
    """Return a planned item by its id, with the session that holds it."""
    for week in _weeks_naming(session, client, item_id, on):
        for day, planned in _sessions_of(week):
            item = next((one for one in planned.items if one.id == str(item_id)), None)
            if item is not None:
                return _snapshot(planned, day.date), _answered(item)
    return None


def _weeks_naming(session: Session, client: tables.Client, planned_id: UUID, on: date) -> Iterator[Week]:
    """Yield stored weeks that hold the session or item, most likely seen first."""
    mine = {"organization": client.organization_id, "client": client.id}
    for block_id, etag in session.execute(_SHOWN, mine | {"on": on}).all():
        yield week_tagged(session, client.organization_id, block_id, etag)
    for body in session.scalars(_NAMING, mine | {"named": f'"id":"{planned_id}"'}):
        yield load_week(body)


def _sessions_of(week: Week) -> Iterator[tuple[Day, PlannedSession]]:
    return ((day, planned) for day in week.days for planned in day.sessions)


def _snapshot(planned: PlannedSession, on: date) -> AnsweredSession:
    items = tuple(_answered(item) for item in planned.items)
    return AnsweredSession(session_id=planned.id, kind=planned.kind, planned_on=on, items=items)


def _answered(item: Item) -> AnsweredItem:
    values = {name: getattr(item, name) for name in _FROM_ITEM}
    return AnsweredItem(item_id=item.id, modifiers=item.modifiers or (), **values)
