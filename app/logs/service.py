"""Logs and check-ins: stored once whatever the network does, answered with what they changed."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from app import tables
from app.client_locks import lock_client
from app.content_hash import content_hash, says_the_same
from app.errors import IdConflict, InvalidInput
from app.fact_bodies import load_body, to_fact_body
from app.facts import NewFact, keep_answer, look_up
from app.ids import new_id
from app.local_time import local_day
from app.logs import schemas
from app.logs.answered import find_session
from app.moments import check_performed_at
from app.own_exercises import find_own
from app.planning import Desk, Outcome, record_fact
from planner.errors import Fault
from planner.facts import AnsweredSession, CheckIn, SessionLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The answer to a log or check-in as JSON, and whether it was stored before."""

    id: UUID
    body: str
    already: bool


def add_session_log(desk: Desk, body: schemas.SessionLogCreate) -> Stored:
    """Store a session log with what it answers, fold it into the block and answer what changed."""
    before, is_replaced = _stored_before(desk, "session_log", body)
    if before is not None:
        return before
    performed_at = check_performed_at(body.performed_at, client=desk.client, now=desk.now)
    answers = None
    if body.session_id is not None:
        on = local_day(performed_at, desk.client.time_zone)
        named = [item.item_id for item in body.items if item.item_id is not None]
        answers = find_session(desk.session, desk.client, body.session_id, on=on, naming=named)
    faults = tuple(_faults(desk, body, answers))
    if faults:
        raise InvalidInput(faults=faults)
    log = to_fact_body(SessionLog, _session_log_values(body, answers))
    return _record(desk, body, log, performed_at, is_replaced=is_replaced)


def add_check_in(desk: Desk, body: schemas.CheckInCreate) -> Stored:
    """Store a check-in, fold it into the block and answer what changed."""
    before, is_replaced = _stored_before(desk, "check_in", body)
    if before is not None:
        return before
    at = check_performed_at(body.at, client=desk.client, now=desk.now, pointer="/at")
    values = body.model_dump(exclude={"id", "at", "replaces", "red_flags"})
    check_in = to_fact_body(CheckIn, values | {"red_flags": body.red_flags.answers()})
    return _record(desk, body, check_in, at, is_replaced=is_replaced)


def _record(
    desk: Desk,
    sent: schemas.SessionLogCreate | schemas.CheckInCreate,
    body: SessionLog | CheckIn,
    performed_at: datetime,
    *,
    is_replaced: bool,
) -> Stored:
    """Store a log, fold it into the block and keep the answer with it, so that a retry gets the same bytes."""
    new = NewFact(
        id=sent.id or new_id(),
        body=body,
        performed_at=performed_at,
        replaces=sent.replaces,
        sent_hash=content_hash(sent),
        is_replaced=is_replaced,
        is_answered=True,
    )
    row, outcome = record_fact(desk, new)
    told = _answer(to_log(row, body), outcome).model_dump_json()
    keep_answer(desk.session, row, told)
    return Stored(id=row.id, body=told, already=False)


def _stored_before(
    desk: Desk, kind: str, sent: schemas.SessionLogCreate | schemas.CheckInCreate
) -> tuple[Stored | None, bool]:
    """Return the answer given when the same was sent before, and whether a correction came before what it corrects.

    Refuses another content under the same id.
    """
    if sent.id is None:
        return None, False
    lock_client(desk.session, desk.client)
    row, is_replaced = look_up(desk.session, desk.client, sent.id)
    if row is None:
        return None, is_replaced
    if row.kind == kind and row.answer is not None and says_the_same(sent, row.body_hash):
        return Stored(id=sent.id, body=row.answer, already=True), is_replaced
    members = {"stored": to_log(row).model_dump(mode="json")} if row.kind == kind else {}
    raise IdConflict("correct_with_new_id", members=members)


def _faults(desk: Desk, body: schemas.SessionLogCreate, answers: AnsweredSession | None) -> Iterator[Fault]:
    """Yield what the log names but the client was never given."""
    if body.session_id is not None and answers is None:
        yield Fault("/session_id", "unknown_session")
        return
    known = {item.item_id for item in answers.items} if answers else set()
    for index, item in enumerate(body.items):
        if item.item_id is not None and str(item.item_id) not in known:
            yield Fault(f"/items/{index}/item_id", "unknown_item", say="session")
        if item.exercise is not None and not _is_known(desk, item.exercise):
            yield Fault(f"/items/{index}/exercise", "unknown_exercise")


def _is_known(desk: Desk, exercise: str) -> bool:
    """Tell whether an exercise is in the library or among the organization's own."""
    catalogue = desk.catalogue
    if exercise in catalogue.exercises or exercise in catalogue.variations:
        return True
    return find_own(desk.session, desk.client.organization_id, exercise) is not None


def _session_log_values(body: schemas.SessionLogCreate, answers: AnsweredSession | None) -> dict[str, object]:
    values = body.model_dump(exclude={"id", "performed_at", "replaces", "session_id", "items"})
    items = [item.model_dump(exclude={"item_id"}) | {"item_id": _item_id(item, answers)} for item in body.items]
    session_id = None if body.session_id is None else str(body.session_id)
    return values | {
        "session_id": session_id,
        "items": items,
        "answers": answers,
    }


def _item_id(item: schemas.LoggedItemBody, answers: AnsweredSession | None) -> str | None:
    """Return the planned item meant; an exercise that the session holds once needs no id."""
    if item.item_id is not None:
        return str(item.item_id)
    same = [asked.item_id for asked in answers.items if asked.exercise == item.exercise] if answers else []
    return same[0] if len(same) == 1 else None


def _answer(log: schemas.SessionLog | schemas.CheckIn, outcome: Outcome) -> schemas.Consequences:
    """Return what a log led to, beside the log."""
    shape: type[schemas.Consequences] = (
        schemas.SessionLogAnswer if isinstance(log, schemas.SessionLog) else schemas.CheckInAnswer
    )
    told = {name: getattr(outcome, name) for name in schemas.Consequences.model_fields}
    return shape.model_validate({"log": log} | told, from_attributes=True)


def to_log(row: tables.Fact, body: SessionLog | CheckIn | None = None) -> schemas.SessionLog | schemas.CheckIn:
    """Return a stored log or check-in as answered; `body` is what it says, where that is known already."""
    if row.kind == "session_log":
        told = _told(row, body or load_body(SessionLog, row.body), "performed_at")
        return schemas.SessionLog.model_validate(told, from_attributes=True)
    told = _told(row, body or load_body(CheckIn, row.body), "at")
    return schemas.CheckIn.model_validate(told, from_attributes=True)


def to_session_log(row: tables.Fact) -> schemas.SessionLog:
    """Return a stored session log as answered."""
    log = to_log(row)
    assert isinstance(log, schemas.SessionLog)
    return log


def to_check_in(row: tables.Fact) -> schemas.CheckIn:
    """Return a stored check-in as answered."""
    check_in = to_log(row)
    assert isinstance(check_in, schemas.CheckIn)
    return check_in


def _told(row: tables.Fact, body: SessionLog | CheckIn, moment: str) -> dict[str, object]:
    ids = {"id": row.id, "client_id": row.client_id, "replaces": row.replaces}
    said = {field.name: getattr(body, field.name) for field in fields(body)}
    return said | ids | {"received_at": row.received_at, moment: row.performed_at}
