"""The planned session a log answers, found among everything the client was ever shown."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from app import tables
from planner.facts import AnsweredItem, AnsweredSession
from planner.plan import Item, PlannedSession, Week
from planner.wire import load_week

_FROM_ITEM = ("exercise", "category", "side", "sets", "reps", "hold_s", "load_kg", "rpe_max", "depth", "stage", "rung")


def find_session(
    session: Session, client: tables.Client, session_id: UUID, *, on: date, naming: Collection[UUID] = ()
) -> AnsweredSession | None:
    """Return the planned session by its id: as shown on the day it was done, else as any revision planned it.

    A phone without a connection goes on with what it was shown, so the version that holds all items named is taken;
    where none does, because the plan changed in the middle, the items of several versions are put together.
    """
    wanted, known = set(map(str, naming)), list[AnsweredSession]()
    for body in _weeks_naming(session, client, session_id, on):
        for found in _sessions_of(load_week(body)):
            if found.session_id != str(session_id):
                continue
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
    for body in _weeks_naming(session, client, item_id, on):
        for found in _sessions_of(load_week(body)):
            item = next((one for one in found.items if one.item_id == str(item_id)), None)
            if item is not None:
                return found, item
    return None


def _weeks_naming(session: Session, client: tables.Client, planned_id: UUID, on: date) -> Iterator[str]:
    """Yield stored weeks that hold the session or item, most likely seen first."""
    week = tables.BlockWeek
    statement = (
        select(week.body)
        .join(
            tables.Block,
            (col(tables.Block.organization_id) == week.organization_id) & (col(tables.Block.id) == week.block_id),
        )
        .where(week.organization_id == client.organization_id, tables.Block.client_id == client.id)
    )
    shown = statement.where(col(week.is_current), week.version == "earned", week.starts_on <= on, week.ends_on >= on)
    yield from session.exec(shown)
    named = statement.where(col(week.body).contains(f'"id":"{planned_id}"', autoescape=True))
    yield from session.exec(named.order_by(col(week.version) == "withheld", col(week.revision).desc()))


def _sessions_of(week: Week) -> Iterator[AnsweredSession]:
    for day in week.days:
        for planned in day.sessions:
            yield _snapshot(planned, day.date)


def _snapshot(planned: PlannedSession, on: date) -> AnsweredSession:
    items = tuple(_answered(item) for item in planned.items)
    return AnsweredSession(session_id=planned.id, kind=planned.kind, planned_on=on, items=items)


def _answered(item: Item) -> AnsweredItem:
    values = {name: getattr(item, name) for name in _FROM_ITEM}
    return AnsweredItem(item_id=item.id, modifiers=item.modifiers or (), **values)
