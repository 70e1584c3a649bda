"""What changed for a client's phones: every change has a number, and none is seen before a lower one.

Logs and check-ins never change, so they are numbered when they are stored. Everything else is compared with what was
numbered before whenever somebody asks: a week that begins, a block that ends and whatever wrote a row count alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Insert, bindparam, delete, insert, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from app import tables
from app.change_table import ClientChange
from app.statements import Statement
from app.table_kit import table_of

KEPT = timedelta(days=90)
"""How long it is remembered that a thing is gone, and how long a cursor may rest."""

STORED_ONCE = ("session_log", "check_in")

_CLIENTS: Final = table_of(tables.Client)
_CHANGES: Final = table_of(ClientChange)
_INSERT: Final = Statement(insert(_CHANGES), sets=_CHANGES.c.keys())
_TAKE: Final = (
    update(_CLIENTS)
    .where(_CLIENTS.c.organization_id == bindparam("organization"), _CLIENTS.c.id == bindparam("client"))
    .values(change_number=_CLIENTS.c.change_number + bindparam("count"))
    .returning(_CLIENTS.c.change_number)
)


def _numbered_row() -> Insert:
    """Return the statement that takes a number and writes its row, for PostgreSQL, to which each is a journey."""
    taken = _TAKE.cte("taken")
    told = [column for column in _CHANGES.c if column.name != "number"]
    values: list[ColumnElement[Any]] = [bindparam(column.name, type_=column.type) for column in told]
    return insert(_CHANGES).from_select(
        [*(column.name for column in told), "number"], select(*values).add_columns(taken.c.change_number)
    )


_NUMBERED_ROW: Final = Statement(_numbered_row())
_TAKE_NUMBERS: Final = Statement(_TAKE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something a phone holds a copy of, as it is now."""

    kind: str
    id: str
    mark: str
    revision: int = 1


def note_stored(session: Session, client: tables.Client, row: tables.Fact) -> None:
    """Number a log or check-in that was stored in this transaction."""
    values = {
        "organization_id": client.organization_id,
        "client_id": client.id,
        "kind": row.kind,
        "thing_id": str(row.id),
        "mark": "",
        "revision": 1,
        "deleted": False,
        "at": row.received_at,
    }
    if session.get_bind().dialect.name == "postgresql":
        _NUMBERED_ROW.run(session, values | {"organization": client.organization_id, "client": client.id, "count": 1})
    else:
        _INSERT.run(session, values | {"number": _numbers(session, client, 1)})


def note_present(session: Session, client: tables.Client, present: Iterable[Thing], *, now: datetime) -> None:
    """Number what is other than when somebody asked last, and what is gone; the client's row must be locked."""
    known = {(row.kind, row.thing_id): row for row in _numbered(session, client)}
    here = {(thing.kind, thing.id): thing for thing in present}
    gone = [row for key, row in known.items() if key not in here and not row.deleted]
    news = [thing for key, thing in here.items() if _is_news(thing, known.get(key))]
    if not (gone or news):
        return
    number = _numbers(session, client, len(gone) + len(news)) - len(gone) - len(news)
    for row in gone:
        number += 1
        row.number, row.at, row.deleted, row.mark, row.revision = number, now, True, "", row.revision + 1
    for thing in news:
        number += 1
        session.merge(_row(client, _not_older(thing, known.get((thing.kind, thing.id))), number, now))
    session.flush()


def forget_gone(session: Session, client: tables.Client, *, now: datetime) -> None:
    """Forget what has been gone for so long that every cursor from before it is too old."""
    session.exec(
        delete(ClientChange).where(*_of(client), col(ClientChange.deleted), col(ClientChange.at) <= now - KEPT)
    )


def changes_after(session: Session, client: tables.Client, number: int | None, *, limit: int) -> Sequence[ClientChange]:
    """Return changes with higher numbers, oldest first; without a number all that is there."""
    statement = select(ClientChange).where(*_of(client)).order_by(col(ClientChange.number)).limit(limit)
    since = col(ClientChange.deleted).is_(False) if number is None else col(ClientChange.number) > number
    return session.exec(statement.where(since)).all()


def newest_number(session: Session, client: tables.Client) -> int:
    """Return the number of the client's latest change, 0 before any."""
    statement = select(tables.Client.change_number).where(
        tables.Client.organization_id == client.organization_id, tables.Client.id == client.id
    )
    return session.exec(statement).one()


def _is_news(thing: Thing, row: ClientChange | None) -> bool:
    return row is None or row.deleted or row.mark != thing.mark


def _not_older(thing: Thing, row: ClientChange | None) -> Thing:
    """Return a thing with the revision it had before it was gone, if that is the higher one."""
    return thing if row is None else replace(thing, revision=max(thing.revision, row.revision))


def _row(client: tables.Client, thing: Thing, number: int, at: datetime) -> ClientChange:
    return ClientChange(
        organization_id=client.organization_id,
        client_id=client.id,
        kind=thing.kind,
        thing_id=thing.id,
        number=number,
        mark=thing.mark,
        revision=thing.revision,
        at=at,
    )


def _numbered(session: Session, client: tables.Client) -> Sequence[ClientChange]:
    return session.exec(select(ClientChange).where(*_of(client), col(ClientChange.kind).not_in(STORED_ONCE))).all()


def _of(client: tables.Client) -> tuple[ColumnElement[bool], ...]:
    return (col(ClientChange.organization_id) == client.organization_id, col(ClientChange.client_id) == client.id)


def _numbers(session: Session, client: tables.Client, count: int) -> int:
    """Take the next numbers and return the last of them; the client's row stays locked until the commit."""
    taken = {"organization": client.organization_id, "client": client.id, "count": count}
    number: int = _TAKE_NUMBERS.first(session, taken).change_number
    return number
