"""Screenings and clearances: what the red flags known so far mean."""

from uuid import UUID

from pydantic import TypeAdapter

from app import tables
from app.clients import screening_schemas as schemas
from app.errors import InvalidInput
from app.fact_bodies import load_body
from app.facts import NewFact, content_hash, load_facts, newest_profile
from app.flag_standing import FLAGGED, standing
from app.ids import new_id
from app.moments import check_performed_at
from app.planning import Desk, record_fact
from planner.catalogue import Catalogue
from planner.client import age_on
from planner.errors import Fault
from planner.facts import Clearance, Profile, Screening
from planner.plan import ScreeningResult
from planner.screen import screen

_RESULT = TypeAdapter(schemas.ScreeningResult)


def add_screening(desk: Desk, body: schemas.ScreeningCreate, *, screening_id: UUID | None = None) -> schemas.Screening:
    """Store a checklist, fold it into the block and answer what it means."""
    performed_at = check_performed_at(body.performed_at, client=desk.client, now=desk.now)
    answers = Screening(red_flags=body.red_flags.answers())
    new = NewFact(id=screening_id or new_id(), body=answers, performed_at=performed_at, sent_hash=content_hash(body))
    row, _ = record_fact(desk, new)
    _keep_standing(desk, row)
    return to_screening(row, newest_profile(desk.client), desk.catalogue)


def add_clearance(desk: Desk, body: schemas.ClearanceCreate, *, clearance_id: UUID | None = None) -> schemas.Clearance:
    """Store a clearance; it ends the flags received before it and says what is still missing."""
    cleared_on = body.cleared_on or desk.today
    if cleared_on > desk.today:
        raise InvalidInput(faults=(Fault("/cleared_on", "in_the_future"),))
    clearance = Clearance(cleared_on=cleared_on, cleared_by=body.cleared_by, note=body.note)
    new = NewFact(id=clearance_id or new_id(), body=clearance, performed_at=desk.now, sent_hash=content_hash(body))
    row, _ = record_fact(desk, new)
    _keep_standing(desk, row)
    return to_clearance(row)


def to_screening(row: tables.Fact, profile: Profile, catalogue: Catalogue) -> schemas.Screening:
    """Return a stored checklist as answered."""
    body = load_body(Screening, row.body)
    age = age_on(profile, row.performed_on)
    alone = screen(body.red_flags, age=age, limits=profile.limits, catalogue=catalogue.spoken(profile.locale))
    return schemas.Screening(
        **_answered(alone).__dict__,
        id=row.id,
        client_id=row.client_id,
        performed_at=row.performed_at,
        received_at=row.received_at,
        red_flags=dict(body.red_flags),
        standing=_standing_of(row),
    )


def to_clearance(row: tables.Fact) -> schemas.Clearance:
    """Return a stored clearance as answered."""
    body = load_body(Clearance, row.body)
    return schemas.Clearance(
        id=row.id,
        client_id=row.client_id,
        author_id=row.author_id,
        cleared_on=body.cleared_on,
        cleared_by=body.cleared_by,
        note=body.note,
        received_at=row.received_at,
        standing=_standing_of(row),
    )


def _keep_standing(desk: Desk, row: tables.Fact) -> None:
    """Keep what held on receipt with the fact: later answers change it, not what was told."""
    facts = load_facts(desk.session, desk.client, *FLAGGED)
    result = standing(facts, newest_profile(desk.client), desk.today, desk.catalogue)
    row.answer = _RESULT.dump_json(_answered(result)).decode()
    desk.session.add(row)
    desk.session.flush()


def _standing_of(row: tables.Fact) -> schemas.ScreeningResult:
    assert row.answer is not None
    return _RESULT.validate_json(row.answer)


def _answered(result: ScreeningResult) -> schemas.ScreeningResult:
    return _RESULT.validate_python(result, from_attributes=True)
