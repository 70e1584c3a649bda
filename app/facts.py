"""Facts as rows and as planner values: what somebody told us, stored once and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, or_, select, tuple_

from app import tables
from app.audit_chain import act_of
from app.changes import STORED_ONCE, note_stored
from app.errors import InvalidInput, NotFound
from app.fact_bodies import dump_body, load_body
from app.local_time import local_day
from app.paging import cut, place_in_time
from app.statements import Statement
from app.table_kit import table_of, unfollowed
from planner.adjustment import Adjustment
from planner.corrections import Telling, counting
from planner.errors import Fault
from planner.facts import (
    Assessment,
    Body,
    CheckIn,
    Clearance,
    Fact,
    Profile,
    Screening,
    SessionLog,
)

BODIES: Mapping[str, type[Body]] = {
    "profile": Profile,
    "screening": Screening,
    "assessment": Assessment,
    "clearance": Clearance,
    "session_log": SessionLog,
    "check_in": CheckIn,
    "adjustment": Adjustment,
}
_KINDS = {shape: kind for kind, shape in BODIES.items()}

_FACTS: Final = table_of(tables.Fact)
_OF_CLIENT: Final = (
    _FACTS.c.organization_id == bindparam("organization"),
    _FACTS.c.client_id == bindparam("client"),
)
_INSERT: Final = Statement(insert(_FACTS), sets=_FACTS.c.keys())
_PENDING: Final = "pending_fact"
_ANSWER: Final = Statement(
    update(_FACTS).where(*_OF_CLIENT, _FACTS.c.id == bindparam("fact")).values(answer=bindparam("told"))
)
_FIND: Final = select(tables.Fact).where(*_OF_CLIENT, _FACTS.c.id == bindparam("fact"))
_REPLACING: Final = select(_FACTS.c.id).where(*_OF_CLIENT, _FACTS.c.replaces == bindparam("fact")).limit(1)
NAMING: Final = select(*_FACTS.c).where(
    *_OF_CLIENT, or_(_FACTS.c.id == bindparam("fact"), _FACTS.c.replaces == bindparam("fact"))
)
"""A fact and what corrects it; like the others built once, which costs more than the database takes to answer."""
_NAMING: Final = Statement(NAMING)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A fact on its way into the store."""

    id: UUID
    body: Body
    performed_at: datetime
    performed_on: date | None = None  # the day itself where people give a day, not an instant
    replaces: UUID | None = None
    sent_hash: str = ""
    is_replaced: bool | None = None  # whether a correction of it is stored already; None where nobody looked
    is_answered: bool = False  # whoever records it keeps an answer in the same breath: see store_fact

    @property
    def kind(self) -> str:
        """Return the kind the row carries."""
        return _KINDS[type(self.body)]


def store_fact(session: Session, client: tables.Client, new: NewFact, *, author_id: UUID, now: datetime) -> tables.Fact:
    """Append a fact with the client's local days of event and receipt; refuse what it cannot correct.

    One that is answered is written with its answer, which saves a statement, or before anybody reads facts.
    """
    _check_replaces(session, client, new)
    values: dict[str, Any] = {
        "organization_id": client.organization_id,
        "client_id": client.id,
        "id": new.id,
        "kind": new.kind,
        "performed_at": new.performed_at,
        "performed_on": new.performed_on or local_day(new.performed_at, client.time_zone),
        "received_at": now,
        "received_on": local_day(now, client.time_zone),
        "author_id": author_id,
        "replaces": new.replaces,
        "body": dump_body(new.body),
        "body_hash": new.sent_hash,
        "answer": None,
    }
    session.flush()  # the client may be new
    session.info[_PENDING] = values
    if not new.is_answered:
        _write_pending(session)
    row = unfollowed(tables.Fact, values)
    act_of(session).about(row.id)
    if row.kind in STORED_ONCE:
        note_stored(session, client, row)
    return row


def keep_answer(session: Session, row: tables.Fact, answer: str) -> None:
    """Keep what a fact was answered with; `row` is as `store_fact` returned it."""
    row.answer = answer
    if _PENDING in session.info:
        session.info[_PENDING]["answer"] = answer
        _write_pending(session)
        return
    named = {"organization": row.organization_id, "client": row.client_id, "fact": row.id}
    _ANSWER.run(session, named | {"told": answer})


def _write_pending(session: Session) -> None:
    values = session.info.pop(_PENDING, None)
    if values is not None:
        _INSERT.run(session, values)


def _check_replaces(session: Session, client: tables.Client, new: NewFact) -> None:
    """Refuse a correction of itself or of another kind; what it corrects may come later, and is then judged there."""
    if new.replaces is None:
        return
    if new.replaces == new.id:
        raise InvalidInput(faults=(Fault("/replaces", "replaces_itself"),))
    named = find_fact(session, client, new.replaces)
    if named is not None and named.kind != new.kind:
        raise InvalidInput(faults=(Fault("/replaces", "replaces_other_kind"),))


def corrected_ids(session: Session, client: tables.Client) -> frozenset[UUID]:
    """Return the ids of a client's facts that no longer count because others correct them."""
    fact = tables.Fact
    mine = (fact.organization_id == client.organization_id, fact.client_id == client.id)
    named = select(fact.replaces).where(*mine, col(fact.replaces).is_not(None))
    statement = select(fact).where(*mine, or_(col(fact.replaces).is_not(None), col(fact.id).in_(named)))
    tellings = (
        Telling(id=row.id, kind=row.kind, replaces=row.replaces, received_at=row.received_at, at=row.performed_at)
        for row in session.exec(statement)
    )
    return frozenset(counting(tellings))


def to_fact(row: tables.Fact, body: Body | None = None) -> Fact:
    """Return a stored fact as the planner takes it; `body` is what it says, where that is known already."""
    return Fact(
        id=str(row.id),
        at=row.performed_at,
        on=row.performed_on,
        received_at=row.received_at,
        received_on=row.received_on,
        body=load_body(BODIES[row.kind], row.body) if body is None else body,
        replaces=None if row.replaces is None else str(row.replaces),
    )


def fact_rows(session: Session, client: tables.Client, *kinds: str) -> Sequence[tables.Fact]:
    """Return the rows of a client's facts (of some kinds, or all) in the order they are folded."""
    _write_pending(session)
    statement = (
        select(tables.Fact)
        .where(
            tables.Fact.organization_id == client.organization_id,
            tables.Fact.client_id == client.id,
            col(tables.Fact.kind).in_(kinds or tuple(BODIES)),
        )
        .order_by(col(tables.Fact.performed_at), col(tables.Fact.id))
    )
    return session.exec(statement).all()


def load_facts(session: Session, client: tables.Client, *kinds: str) -> tuple[Fact, ...]:
    """Return the client's facts (of some kinds, or all) in the order they are folded."""
    return tuple(to_fact(row) for row in fact_rows(session, client, *kinds))


def trained_before(session: Session, client: tables.Client, on: date) -> bool:
    """Return whether the client has logged a session before a day."""
    statement = select(tables.Fact.id).where(
        tables.Fact.organization_id == client.organization_id,
        tables.Fact.client_id == client.id,
        tables.Fact.kind == "session_log",
        tables.Fact.performed_on < on,
    )
    return session.exec(statement.limit(1)).first() is not None


def is_replaced(session: Session, client: tables.Client, fact_id: UUID) -> bool:
    """Tell whether a correction of a fact is stored: a phone may deliver it before the fact itself."""
    named = {"organization": client.organization_id, "client": client.id, "fact": fact_id}
    return session.execute(_REPLACING, named).first() is not None


def find_fact(session: Session, client: tables.Client, fact_id: UUID) -> tables.Fact | None:
    """Return a client's fact by its id, None when there is none."""
    named = {"organization": client.organization_id, "client": client.id, "fact": fact_id}
    return session.scalars(_FIND, named).first()


def look_up(session: Session, client: tables.Client, fact_id: UUID) -> tuple[tables.Fact | None, bool]:
    """Return a client's fact by its id if there is one, and whether a correction of it is stored."""
    named = {"organization": client.organization_id, "client": client.id, "fact": fact_id}
    rows = _NAMING.all(session, named)
    found = next((tables.Fact(**row._asdict()) for row in rows if row.id == fact_id), None)
    return found, any(row.replaces == fact_id for row in rows)


def get_fact(session: Session, client: tables.Client, kind: str, fact_id: UUID) -> tables.Fact:
    """Return a client's fact of one kind."""
    row = find_fact(session, client, fact_id)
    if row is None or row.kind != kind:
        raise NotFound
    return row


def list_facts(
    session: Session, client: tables.Client, kind: str, *, limit: int, cursor: str | None
) -> tuple[Sequence[tables.Fact], str | None]:
    """Return a page of a client's facts of one kind, newest first."""
    scope = f"{client.id}/{kind}"
    statement = (
        select(tables.Fact)
        .where(
            tables.Fact.organization_id == client.organization_id,
            tables.Fact.client_id == client.id,
            tables.Fact.kind == kind,
        )
        .order_by(col(tables.Fact.performed_at).desc(), col(tables.Fact.id).desc())
        .limit(limit + 1)
    )
    after = place_in_time(cursor, scope=scope)
    if after is not None:
        statement = statement.where(tuple_(tables.Fact.performed_at, tables.Fact.id) < tuple_(*after))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (row.performed_at.isoformat(), str(row.id)))


def newest_profile(client: tables.Client) -> Profile:
    """Return what the client's record says now."""
    return load_body(Profile, client.profile)
