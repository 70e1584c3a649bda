"""A phone's batch: each item is judged and stored by itself, whatever becomes of the others.

Every item has a transaction of its own, so that what is stored stays stored, and nothing waits for long. Items with a
red flag come first, the others as they happened, which is what a plan is changed by at the least cost; the plan does
not depend on it.
"""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import Database
from app.deps import SignedIn
from app.errors import CODE_OF, IdConflict, InvalidInput, Refusal
from app.logs.schemas import CheckInCreate, SessionLogCreate
from app.logs.service import Stored, add_check_in, add_session_log
from app.logs.sync_schemas import SyncCreate, SyncStatus
from app.messages import Messages
from app.planning import Desk
from app.problems import field_fault
from app.visible import active_client, find_client
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a batch: where it stood, and what it says if that can be read."""

    pointer: str
    id: UUID | None
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
        ("/session_logs", body.session_logs, SessionLogCreate),
        ("/check_ins", body.check_ins, CheckInCreate),
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
    return Item(pointer=pointer, id=sent.id, sent=sent)


def _refused(pointer: str, value: object, faults: tuple[Fault, ...]) -> Item:
    return Item(pointer=pointer, id=_readable_id(value), sent=None, faults=faults)


def _readable_id(value: object) -> UUID | None:
    try:
        return UUID(value["id"]) if isinstance(value, dict) else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


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
    return isinstance(item.sent, CheckInCreate) and "yes" in item.sent.red_flags.answers().values()


def _performed_at(item: Item) -> datetime | None:
    if item.sent is None:
        return None
    at = item.sent.at if isinstance(item.sent, CheckInCreate) else item.sent.performed_at
    return None if at is None else at.astimezone(UTC)


def _stored(phone: Phone, item: Item) -> Result:
    """Store one item; whatever is wrong with it stays its own."""
    if item.sent is None:
        return _problem(item, InvalidInput(faults=item.faults))
    try:
        done = _add(phone, item.sent)
    except InvalidInput as refusal:
        return _problem(item, InvalidInput(faults=_below(item.pointer, refusal.faults)))
    except PlannerError as error:
        return _problem(item, InvalidInput(faults=_below(item.pointer, error.faults)))
    except IdConflict as refusal:
        return _problem(item, refusal, "conflict")
    except (Refusal, *_AWAY):  # not about this item: the client is gone, or the database does not answer
        raise
    except Exception as error:
        _log(error)
        return Result(pointer=item.pointer, id=item.id, status="refused", problem="internal_error")
    status: SyncStatus = "already_stored" if done.already else "stored"
    return Result(pointer=item.pointer, id=done.id, status=status, answer=done.body)


def _problem(item: Item, refusal: Refusal, status: SyncStatus = "refused") -> Result:
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
    with phone.database.write() as session:
        desk = Desk(
            session=session,
            client=active_client(find_client(session, phone.person, phone.client_id)),
            author_id=phone.person.person_id,
            catalogue=phone.catalogue,
            now=phone.now,
        )
        return add_check_in(desk, sent) if isinstance(sent, CheckInCreate) else add_session_log(desk, sent)


def _log(error: Exception) -> None:
    """Say where an item failed; the text of an error may hold what somebody wrote about themselves."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno} {where.name}"
    LOG.error(json.dumps({"event": "item_not_stored", "error": type(error).__qualname__, "at": at}))
