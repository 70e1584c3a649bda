"""Who read whose health data, and who was refused what: written down once for each reader, client, kind and UTC day.

Reads wait for no writing: each process keeps what is new in memory and writes it within seconds, and when it ends. A
process that is killed loses what it kept for those seconds. What it has written it does not write again that day;
what another process wrote is found under the lock of the chain.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date
from threading import Lock
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from sqlmodel import Session, col, select
from starlette.types import Scope

from app import audit_chain
from app.audit_chain import Act, Event
from app.audit_table import AuditEvent
from app.db import Database
from app.deps import now_of

LOG = logging.getLogger("squatback.audit")

EVERY_S: Final = 2.0
"""How often a process writes what is new; with the time that takes, reads are written within five seconds."""
_MOST_KEPT: Final = 10_000
_AT_ONCE: Final = 100  # rows in one transaction, for it holds the organization's chain

OF_MANY: Final = frozenset({"list_clients", "list_inbox", "list_audit_events", "show_week"})
"""Reads of many clients at once, told as one without a client."""


class Once(NamedTuple):
    """What is written down once only."""

    day: date
    actor_id: UUID
    client_id: UUID | None
    event: str
    action: str


class ReadTrail:
    """What one process has yet to write of reads and refusals."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._new: dict[tuple[UUID, Once], Act] = {}
        self._written: set[tuple[UUID, Once]] = set()

    def knows(self, organization_id: UUID, once: Once) -> bool:
        """Tell whether an act is written or waits for it, which is so for nearly every read of a day."""
        key = (organization_id, once)
        return key in self._written or key in self._new

    def note(self, act: Act) -> None:
        """Keep an act until it is written."""
        key = (act.organization_id, _once(act))
        with self._lock:
            if key in self._written or key in self._new:
                return
            if len(self._new) >= _MOST_KEPT:
                LOG.error(json.dumps({"event": "audit_read_lost", "action": act.action}))
                return
            self._new[key] = act

    def write(self) -> None:
        """Write what is new; what cannot be written now is kept for the next time."""
        with self._lock:
            new, self._new = self._new, {}
            latest = max((once.day for _, once in new), default=date.min)
            self._written = {key for key in self._written if key[1].day >= latest}
        for organization_id in {organization_id for organization_id, _ in new}:
            theirs = [act for (owner, _), act in new.items() if owner == organization_id]
            for first in range(0, len(theirs), _AT_ONCE):
                self._write(organization_id, theirs[first : first + _AT_ONCE])

    def _write(self, organization_id: UUID, acts: list[Act]) -> None:
        keys = {(organization_id, _once(act)): act for act in acts}
        try:
            with self._database.write() as session:
                _append_new(session, organization_id, acts)
        except Exception as error:  # whatever went wrong: they are kept, and this goes on
            LOG.warning(json.dumps({"event": "audit_reads_wait", "error": type(error).__qualname__}))
            with self._lock:
                self._new = keys | self._new
        else:
            with self._lock:
                self._written |= keys.keys()


def _once(act: Act | AuditEvent) -> Once:
    assert act.day is not None
    assert act.actor_id is not None
    return Once(act.day, act.actor_id, act.client_id, act.event, act.action)


def _append_new(session: Session, organization_id: UUID, acts: Iterable[Act]) -> None:
    """Write what no process has written: whoever holds the chain sees all that others wrote."""
    audit_chain.hold(session, organization_id)
    told = {_once(act): act for act in acts}
    row = AuditEvent
    statement = select(row).where(
        row.organization_id == organization_id,
        col(row.day).in_({once.day for once in told}),
        col(row.actor_id).in_({once.actor_id for once in told}),
    )
    known = {_once(found) for found in session.exec(statement)}
    for once, act in told.items():
        if once not in known:
            audit_chain.append(session, act)


@asynccontextmanager
async def written_regularly(trail: ReadTrail) -> AsyncIterator[None]:
    """Write what is new every few seconds, and what is left at the end."""
    limiter, ending = CapacityLimiter(1), asyncio.Event()

    async def write() -> None:
        while not ending.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await ending.wait()
            await to_thread.run_sync(trail.write, limiter=limiter)

    writing = asyncio.create_task(write())
    try:
        yield
    finally:
        ending.set()  # never cancelled: a thread that is writing would go on without anybody waiting for it
        await writing


# --- requests -----------------------------------------------------------------------------------------------------


class Asker(Protocol):
    """Who sent a request."""

    @property
    def organization_id(self) -> UUID:
        """Return whose trail it is."""

    @property
    def person_id(self) -> UUID:
        """Return who it is."""

    @property
    def is_staff(self) -> bool:
        """Tell whether they read of others."""

    @property
    def seen(self) -> set[UUID]:
        """Return the clients whom the request was about."""


def note_reads(scope: Scope, status: int) -> None:
    """Note what an answered request has read of others, or was refused."""
    state = scope["state"]
    who: Asker | None = state.get("signed_in")
    if who is None:
        return
    event: Event = "authz_fail" if status == 403 else "sensitive_read"
    if event == "sensitive_read" and not (who.is_staff and status < 400):
        return
    written: Act | None = state.get("act")
    if written is not None and written.kept:
        return  # its own row tells of it
    now, action = now_of(scope["app"]), scope["route"].name
    trail: ReadTrail = scope["app"].state.read_trail
    for client_id in _about(scope, who, event):
        once = Once(now.astimezone(UTC).date(), who.person_id, client_id, event, action)
        if not trail.knows(who.organization_id, once):
            act = Act(action=action, event=event, at=now, request_id=state["request_id"], day=once.day)
            act.by(who.organization_id, who.person_id)
            act.client_id = client_id
            trail.note(act)


def _about(scope: Scope, who: Asker, event: Event) -> Iterable[UUID | None]:
    """Return the clients whom a request was about; None where it was about many, or is no matter of clients."""
    if who.seen:
        return who.seen
    return (None,) if event == "authz_fail" or scope["route"].name in OF_MANY else ()
