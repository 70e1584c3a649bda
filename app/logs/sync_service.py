"""A phone's batch: each item is judged and stored by itself, whatever becomes of the others.

Every item has a transaction of its own, so that what is stored stays stored, and nothing waits for long. Items with a
red flag come first, the others as they happened, which is what a plan is changed by at the least cost; the plan does
not depend on it.
"""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.audit_chain import Act
from app.db import Database
from app.desk import recording_desk
from app.errors import CODE_OF, IdConflict, InvalidInput, Refusal
from app.logs.schemas import CheckInCreate, SessionLogCreate, SyncedCheckInCreate, SyncedSessionLogCreate
from app.logs.service import Stored, add_check_in, add_session_log
from app.logs.sync_schemas import SyncCreate, SyncStatus
from app.messages import Messages
from app.planning import Desk
from app.problems import field_fault
from app.red_flags import told_yes
from app.refused_flags import readable_id, with_flags_kept
from app.signed_in import SignedIn
from planner.catalogue import Catalogue
from planner.errors import Fault, PlannerError

LOG = logging.getLogger("squatback.sync")

Sent = SessionLogCreate | CheckInCreate
_AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""The database does not answer: the whole batch is sent again, and finds what was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """Who syncs for which client, with what, when and in which language."""

    database: Database
    catalogue: Catalogue
    person: SignedIn
    client_id: UUID
    now: datetime
    messages: Messages
    request_id: str = ""

    def act(self, action: str) -> Act:
        """Return what storing one item does."""
        act = Act(action=action, event="sensitive_create", at=self.now, request_id=self.request_id)
        act.by(self.person.organization_id, self.person.person_id)
        act.client_id = self.client_id
        return act


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a batch: where it stood, and what it says if that can be read."""

    pointer: str
    id: UUID | None
    value: object
    sent: Sent | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of an item; `problem` and what follows it say why it was not stored."""

    pointer: str
    id: UUID | None
    status: SyncStatus
    answer: str | None = None
    problem: str | None = None
    detail: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    members: Mapping[str, object] | None = None


def store_batch(phone: Phone, body: SyncCreate, unreadable: Mapping[str, Fault]) -> list[Result]:
    """Store what can be stored; return a result for each item in the order they were sent, logs first."""
    items = list(_items(phone, body, unreadable))
    results = {item.pointer: _stored(phone, item) for item in _in_turn(items, phone.now)}
    return [results[item.pointer] for item in items]


def _items(phone: Phone, body: SyncCreate, unreadable: Mapping[str, Fault]) -> Iterator[Item]:
    """Yield every item with what is wrong with it, pointers counted from the whole body."""
    sent: tuple[tuple[str, Sequence[object], type[Sent]], ...] = (
        ("/session_logs", body.session_logs, SyncedSessionLogCreate),
        ("/check_ins", body.check_ins, SyncedCheckInCreate),
    )
    for name, values, shape in sent:
        for index, value in enumerate(values):
            pointer = f"{name}/{index}"
            fault = unreadable.get(pointer)
            yield _item(phone, pointer, value, shape) if fault is None else _refused(pointer, value, (fault,))


def _item(phone: Phone, pointer: str, value: object, shape: type[Sent]) -> Item:
    try:
        sent = shape.model_validate(value)
    except ValidationError as error:
        return _refused(
            pointer, value, _below(pointer, tuple(field_fault(detail, phone.messages) for detail in error.errors()))
        )
    return Item(pointer=pointer, id=sent.id, value=value, sent=sent)


def _refused(pointer: str, value: object, faults: tuple[Fault, ...]) -> Item:
    return Item(pointer=pointer, id=readable_id(value), value=value, sent=None, faults=faults)


def _below(pointer: str, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    return tuple(replace(fault, pointer=pointer + fault.pointer) for fault in faults)


def _in_turn(items: Sequence[Item], now: datetime) -> list[Item]:
    """Return the items in the order they are stored; of several with one id the first sent stays first."""
    first: dict[UUID, tuple[bool, datetime]] = {}

    def turn(item: Item) -> tuple[bool, datetime]:
        own = (not _is_flagged(item), _performed_at(item) or now)
        return own if item.id is None else first.setdefault(item.id, own)

    turns = [turn(item) for item in items]
    return [items[place] for place in sorted(range(len(items)), key=lambda place: (turns[place], place))]


def _is_flagged(item: Item) -> bool:
    return bool(told_yes(item.value))


def _performed_at(item: Item) -> datetime | None:
    if item.sent is None:
        return None
    at = item.sent.at if isinstance(item.sent, CheckInCreate) else item.sent.performed_at
    return None if at is None else at.astimezone(UTC)


def _stored(phone: Phone, item: Item) -> Result:
    """Store one item, or the red flags of one that is refused; whatever is wrong with it stays its own."""
    try:
        done = _added(phone, item)
        if isinstance(done, Refusal):
            done = _flags_kept(phone, item, done)
    except (Refusal, *_AWAY):  # not about this item: the client is gone, or the database does not answer
        raise
    except Exception as error:
        _log(error)
        return Result(pointer=item.pointer, id=item.id, status="refused", problem="internal_error")
    if isinstance(done, Refusal):
        return _problem(item, done, "conflict" if isinstance(done, IdConflict) else "refused")
    status: SyncStatus = "already_stored" if done.already else "stored"
    return Result(pointer=item.pointer, id=done.id, status=status, answer=done.body)


def _added(phone: Phone, item: Item) -> Stored | Refusal:
    """Store one item, or return why it is refused."""
    if item.sent is None:
        return InvalidInput(faults=item.faults)
    try:
        return _add(phone, item.sent)
    except (InvalidInput, PlannerError) as error:
        return InvalidInput(faults=_below(item.pointer, error.faults))
    except IdConflict as refusal:
        return refusal


def _flags_kept(phone: Phone, item: Item, refusal: Refusal) -> Refusal:
    """Keep the red flags of an item that is refused; return the refusal, which says so."""
    if not told_yes(item.value):
        return refusal
    with _desk(phone, "add_screening") as desk:
        return with_flags_kept(desk, item.value, refusal) or refusal


def _problem(item: Item, refusal: Refusal, status: SyncStatus) -> Result:
    return Result(
        pointer=item.pointer,
        id=item.id,
        status=status,
        problem=CODE_OF[type(refusal)],
        detail=refusal.detail,
        facts=refusal.facts,
        faults=refusal.faults,
        members=refusal.members,
    )


def _add(phone: Phone, sent: Sent) -> Stored:
    if isinstance(sent, CheckInCreate):
        with _desk(phone, "add_check_in") as desk:
            return add_check_in(desk, sent)
    with _desk(phone, "add_session_log") as desk:
        return add_session_log(desk, sent)


@contextmanager
def _desk(phone: Phone, action: str) -> Iterator[Desk]:
    """Yield a desk with a transaction of its own."""
    with phone.database.write(phone.act(action)) as session:
        yield recording_desk(session, phone.person, phone.client_id, catalogue=phone.catalogue, now=phone.now)


def _log(error: Exception) -> None:
    """Say where an item failed; the text of an error may hold what somebody wrote about themselves."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno} {where.name}"
    LOG.error(json.dumps({"event": "item_not_stored", "error": type(error).__qualname__, "at": at}))
