"""Screenings and clearances: what the red flags known so far mean."""

from datetime import datetime
from uuid import UUID

from app import tables
from app.clients import screening_schemas as schemas
from app.content_hash import content_hash
from app.errors import InvalidInput
from app.fact_bodies import load_body
from app.facts import newest_profile
from app.ids import new_id
from app.moments import check_performed_at
from app.planning import Desk
from app.screenings import RESULT, keep_answers
from planner.catalogue import Catalogue
from planner.client import age_on
from planner.errors import Fault
from planner.facts import Clearance, Profile, Screening
from planner.plan import ScreeningResult
from planner.screen import screen


def add_screening(desk: Desk, body: schemas.ScreeningCreate, *, screening_id: UUID | None = None) -> schemas.Screening:
    """Store a checklist, fold it into the block and answer what it means."""
    answers = Screening(red_flags=body.red_flags.answers())
    performed_at = _performed_at(desk, body.performed_at, flagged="yes" in answers.red_flags.values())
    row = keep_answers(
        desk, answers, fact_id=screening_id or new_id(), performed_at=performed_at, sent_hash=content_hash(body)
    )
    return to_screening(row, newest_profile(desk.client), desk.catalogue)


def leave_open(desk: Desk) -> schemas.Screening:
    """Store that something on the checklist applies, and not what: training is held until that is answered."""
    row = keep_answers(desk, Screening(red_flags={}, left_open=True), fact_id=new_id(), performed_at=desk.now)
    return to_screening(row, newest_profile(desk.client), desk.catalogue)


def _performed_at(desk: Desk, sent: datetime | None, *, flagged: bool) -> datetime:
    """Return when a checklist was answered; a red flag is never refused because of a clock, it counts as told now."""
    try:
        return check_performed_at(sent, client=desk.client, now=desk.now)
    except InvalidInput:
        if not flagged:
            raise
        return desk.now


def add_clearance(desk: Desk, body: schemas.ClearanceCreate, *, clearance_id: UUID | None = None) -> schemas.Clearance:
    """Store a clearance; it ends the flags received before it and says what is still missing."""
    cleared_on = body.cleared_on or desk.today
    if cleared_on > desk.today:
        raise InvalidInput(faults=(Fault("/cleared_on", "in_the_future"),))
    clearance = Clearance(cleared_on=cleared_on, cleared_by=body.cleared_by, note=body.note)
    row = keep_answers(
        desk, clearance, fact_id=clearance_id or new_id(), performed_at=desk.now, sent_hash=content_hash(body)
    )
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
        left_open=body.left_open,
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


def _standing_of(row: tables.Fact) -> schemas.ScreeningResult:
    assert row.answer is not None
    return RESULT.validate_json(row.answer)


def _answered(result: ScreeningResult) -> schemas.ScreeningResult:
    return RESULT.validate_python(result, from_attributes=True)
