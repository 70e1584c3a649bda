"""What a phone has to read again: everything that changed for a client since its cursor, in pages."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from sqlmodel import Session, col, select

from app import tables
from app.adjustments.stored import standing, to_adjustment
from app.block_days import last_day
from app.block_documents import block_document, block_tag, week_body
from app.change_table import ClientChange
from app.changes import KEPT, STORED_ONCE, Thing, changes_after, forget_gone, newest_number, note_present
from app.client_locks import lock_client
from app.clients.answered import to_client
from app.errors import CursorExpired, InvalidCursor
from app.local_time import local_day
from app.logs.service import to_log
from app.logs.sync_service import Phone
from app.open_blocks import open_block
from app.paging import place, seal
from app.plan_store import shown_today
from app.revisions import Shown, bodies_at
from app.visible import find_client

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Up to where a phone has read: the number of a change, since when it is complete, and of which record."""

    number: int
    complete_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What changed as JSON, and where the phone goes on."""

    changes: Sequence[str]
    next_cursor: str
    has_more: bool
    block_revision: int | None
    block_etag: str | None
    lock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """What a client's phone shows now: the record, and the running block with its weeks and adjustments."""

    session: Session
    client: tables.Client
    block: tables.Block | None
    shown: Shown | None
    adjustments: dict[str, tables.Fact]
    now: datetime

    def weeks(self) -> dict[str, int]:
        """Return the number of each week by its id."""
        if self.block is None or self.shown is None:
            return {}
        return {f"{self.block.id}/{number}": number for number in self.shown.weeks}


def opened(phone: Phone, cursor: str | None) -> Cursor | None:
    """Return what a cursor says; refuse one that is broken or of another client."""
    key = place(cursor, scope=_scope(phone), parts=3)
    if key is None:
        return None
    try:
        at, created_at = (datetime.fromisoformat(instant).astimezone(UTC) for instant in key[1:])
        return Cursor(number=int(key[0]), complete_at=at, created_at=created_at)
    except (ValueError, OverflowError):
        raise InvalidCursor from None


def news_since(phone: Phone, cursor: Cursor | None) -> News:
    """Return what changed since a cursor; without one, everything there is.

    The client's row is locked: no change is on its way, so none can turn up behind the cursor that is answered.
    """
    with phone.database.write() as session:
        client = find_client(session, phone.person, phone.client_id)
        lock_client(session, client)
        session.refresh(client)
        here = _here(session, client, phone.now)
        if cursor is not None:
            _check(cursor, session, client, phone.now)
        forget_gone(session, client, now=phone.now)
        note_present(session, client, _things(here), now=phone.now)
        rows = changes_after(session, client, None if cursor is None else cursor.number, limit=PAGE + 1)
        return _answered(here, rows, cursor, phone)


def _check(cursor: Cursor, session: Session, client: tables.Client, now: datetime) -> None:
    """Refuse a cursor from before what is remembered, or of a record that was loaded or restored since."""
    foreign = cursor.created_at != client.created_at or cursor.number > newest_number(session, client)
    if foreign or cursor.complete_at <= now - KEPT:
        raise CursorExpired("stored_read_again")


def _answered(here: _Here, rows: Sequence[ClientChange], cursor: Cursor | None, phone: Phone) -> News:
    page, has_more = rows[:PAGE], len(rows) > PAGE
    reached = page[-1].number if has_more else newest_number(here.session, here.client)
    # A phone in the middle of its pages has not seen what went away since it began.
    begun = phone.now if cursor is None or not has_more else cursor.complete_at
    key = (str(reached), begun.isoformat(), here.client.created_at.isoformat())
    block, today = here.block, local_day(here.now, here.client.time_zone)
    lock = None if block is None else json.loads(block.document).get("lock")
    bodies = dict(_bodies(here, [row for row in page if not row.deleted]))
    return News(
        changes=[_change(row, bodies.get((row.kind, row.thing_id))) for row in page],
        next_cursor=seal(_scope(phone), key),
        has_more=has_more,
        block_revision=None if block is None else block.revision,
        block_etag=None if block is None else block_tag(block, today),
        lock=compact(lock),
    )


def _change(row: ClientChange, body: str | None) -> str:
    head = {"type": row.kind, "id": row.thing_id, "revision": row.revision, "deleted": row.deleted}
    return f'{compact(head)[:-1]},"body":{body or "null"}}}'


def compact(value: object) -> str:
    """Return JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _scope(phone: Phone) -> str:
    return f"{phone.person.organization_id}/{phone.client_id}/sync"


# --- what there is ------------------------------------------------------------------------------------------------


def _here(session: Session, client: tables.Client, now: datetime) -> _Here:
    today = local_day(now, client.time_zone)
    block = open_block(session, client)
    if block is not None and today > last_day(block):
        block = None
    shown = None if block is None else shown_today(session, block, today)
    made = {} if block is None else {str(row.id): row for row in standing(session, block)}
    return _Here(session=session, client=client, block=block, shown=shown, adjustments=made, now=now)


def _things(here: _Here) -> Iterator[Thing]:
    """Yield everything that may change, each with what tells that it did."""
    client, block = here.client, here.block
    record = to_client(client).model_dump_json()
    mark = sha256(record.encode()).hexdigest()[:32]
    yield Thing(kind="profile", id=str(client.id), mark=mark, revision=client.version)
    if block is None or here.shown is None:
        return
    yield Thing(kind="block", id=str(block.id), mark=block.etag, revision=block.revision)
    for week_id, number in here.weeks().items():
        shown = here.shown.weeks[number]
        mark = f"{shown.version}/{shown.revision}"
        yield Thing(kind="week", id=week_id, mark=mark, revision=block.revision)
    for adjustment_id in here.adjustments:
        yield Thing(kind="adjustment", id=adjustment_id, mark=str(block.id))


def _bodies(here: _Here, rows: Sequence[ClientChange]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield what is shown of each thing, as the reads of the API show it."""
    wanted = {(row.kind, row.thing_id) for row in rows}
    block = here.block
    if ("profile", str(here.client.id)) in wanted:
        yield ("profile", str(here.client.id)), to_client(here.client).model_dump_json()
    if block is not None and here.shown is not None:
        today = local_day(here.now, here.client.time_zone)
        yield ("block", str(block.id)), block_document(block, today)
        weeks = {week_id: number for week_id, number in here.weeks().items() if ("week", week_id) in wanted}
        found = bodies_at(here.session, block, {number: here.shown.weeks[number] for number in weeks.values()})
        for week_id, number in weeks.items():
            yield ("week", week_id), week_body(block, found[number], block.etag, block.revision)
        for adjustment_id, row in here.adjustments.items():
            yield ("adjustment", adjustment_id), to_adjustment(row, block.id, revoked=False).model_dump_json()
    yield from _stored_once(here, [UUID(row.thing_id) for row in rows if row.kind in STORED_ONCE])


def _stored_once(here: _Here, ids: Sequence[UUID]) -> Iterator[tuple[tuple[str, str], str]]:
    if not ids:
        return
    statement = select(tables.Fact).where(
        tables.Fact.organization_id == here.client.organization_id,
        tables.Fact.client_id == here.client.id,
        col(tables.Fact.id).in_(ids),
    )
    for row in here.session.exec(statement):
        yield (row.kind, str(row.id)), to_log(row).model_dump_json()
