"""Logs and check-ins: stored once whatever the network does, answered with what they changed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from app import tables
from app.content_hash import content_hash, says_the_same
from app.errors import IdConflict, InvalidInput
from app.fact_bodies import load_body, to_fact_body
from app.facts import NewFact, find_fact
from app.ids import new_id
from app.local_time import local_day
from app.logs import schemas
from app.logs.answered import find_session
from app.moments import check_performed_at
from app.own_exercises import find_own
from app.planning import Desk, Outcome, lock_client, record_fact
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
    before = _stored_before(desk, "session_log", body)
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
    row, outcome = _record(desk, body, log, performed_at)
    return _answer(desk, row, outcome)


def add_check_in(desk: Desk, body: schemas.CheckInCreate) -> Stored:
    """Store a check-in, fold it into the block and answer what changed."""
    before = _stored_before(desk, "check_in", body)
    if before is not None:
        return before
    at = check_performed_at(body.at, client=desk.client, now=desk.now, pointer="/at")
    values = body.model_dump(exclude={"id", "at", "replaces", "red_flags"})
    check_in = to_fact_body(CheckIn, values | {"red_flags": body.red_flags.answers()})
    row, outcome = _record(desk, body, check_in, at)
    return _answer(desk, row, outcome)


def _record(
    desk: Desk,
    sent: schemas.SessionLogCreate | schemas.CheckInCreate,
    body: SessionLog | CheckIn,
    performed_at: datetime,
) -> tuple[tables.Fact, Outcome]:
    new = NewFact(
        id=sent.id or new_id(),
        body=body,
        performed_at=performed_at,
        replaces=sent.replaces,
        sent_hash=content_hash(sent),
    )
    return record_fact(desk, new)


def _stored_before(desk: Desk, kind: str, sent: schemas.SessionLogCreate | schemas.CheckInCreate) -> Stored | None:
    """Return the answer given when the same was sent before; refuse another content under the same id."""
    if sent.id is None:
        return None
    lock_client(desk.session, desk.client)
    row = find_fact(desk.session, desk.client, sent.id)
    if row is None:
        return None
    if row.kind == kind and row.answer is not None and says_the_same(sent, row.body_hash):
        return Stored(id=sent.id, body=row.answer, already=True)
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
        "answers": None if answers is None else asdict(answers),
    }


def _item_id(item: schemas.LoggedItemBody, answers: AnsweredSession | None) -> str | None:
    """Return the planned item meant; an exercise that the session holds once needs no id."""
    if item.item_id is not None:
        return str(item.item_id)
    same = [asked.item_id for asked in answers.items if asked.exercise == item.exercise] if answers else []
    return same[0] if len(same) == 1 else None


def _answer(desk: Desk, row: tables.Fact, outcome: Outcome) -> Stored:
    """Keep the answer with the fact, so that a retry gets the same bytes."""
    shape: type[BaseModel] = schemas.SessionLogAnswer if row.kind == "session_log" else schemas.CheckInAnswer
    answer = shape.model_validate(
        {"log": to_log(row)} | {name: getattr(outcome, name) for name in schemas.Consequences.model_fields},
        from_attributes=True,
    )
    row.answer = answer.model_dump_json()
    desk.session.add(row)
    desk.session.flush()
    return Stored(id=row.id, body=row.answer, already=False)


def to_log(row: tables.Fact) -> schemas.SessionLog | schemas.CheckIn:
    """Return a stored log or check-in as answered."""
    return to_session_log(row) if row.kind == "session_log" else to_check_in(row)


def to_session_log(row: tables.Fact) -> schemas.SessionLog:
    """Return a stored session log as answered."""
    values = asdict(load_body(SessionLog, row.body)) | _record_of(row) | {"performed_at": row.performed_at}
    return schemas.SessionLog.model_validate(values)


def to_check_in(row: tables.Fact) -> schemas.CheckIn:
    """Return a stored check-in as answered."""
    values = asdict(load_body(CheckIn, row.body)) | _record_of(row) | {"at": row.performed_at}
    return schemas.CheckIn.model_validate(values)


def _record_of(row: tables.Fact) -> dict[str, object]:
    return {"id": row.id, "client_id": row.client_id, "received_at": row.received_at, "replaces": row.replaces}
