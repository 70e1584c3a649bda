"""Assessments: checked, read, stored with what they found."""

from datetime import date
from uuid import UUID

from pydantic import TypeAdapter

from app import fact_bodies, tables
from app.assessments import schemas
from app.content_hash import content_hash
from app.errors import InvalidInput
from app.fact_bodies import load_body
from app.facts import NewFact, find_fact, keep_answer, newest_profile, trained_before
from app.ids import new_id
from app.local_time import instant_of_day
from app.planning import Desk, record_fact
from planner.assess import check_assessment
from planner.begin import read_client
from planner.catalogue import Catalogue
from planner.client import age_on
from planner.errors import AssessmentError, Fault
from planner.facts import Assessment, Profile
from planner.screen import screen

_JUDGED = TypeAdapter(schemas.Judged)


def add_assessment(
    desk: Desk, body: schemas.AssessmentCreate, *, assessment_id: UUID | None = None
) -> schemas.Assessment:
    """Store an assessment, fold it into the block and answer its findings."""
    performed_on = body.performed_on or _day_of(desk, body.replaces) or desk.today
    if performed_on > desk.today:
        raise InvalidInput(faults=(Fault("/performed_on", "in_the_future"),))
    assessment = fact_bodies.to_assessment(body, performed_on=performed_on)
    on_plan = trained_before(desk.session, desk.client, performed_on)
    judged = judge(assessment, newest_profile(desk.client), desk.catalogue, on_plan=on_plan)
    new = NewFact(
        id=assessment_id or new_id(),
        body=assessment,
        performed_at=instant_of_day(performed_on, desk.client.time_zone, now=desk.now),
        performed_on=performed_on,
        replaces=body.replaces,
        sent_hash=content_hash(body),
    )
    row, _ = record_fact(desk, new)
    keep_answer(desk.session, row, _JUDGED.dump_json(judged).decode())
    return to_assessment(row)


def _day_of(desk: Desk, corrected: UUID | None) -> date | None:
    """Return the day of what an assessment corrects: a correction tells of the same day unless it names another."""
    row = None if corrected is None else find_fact(desk.session, desk.client, corrected)
    return row.performed_on if row is not None and row.kind == "assessment" else None


def judge(assessment: Assessment, profile: Profile, catalogue: Catalogue, *, on_plan: bool) -> schemas.Judged:
    """Return what an assessment says of a client; refuse one that cannot be, naming every fault.

    `on_plan` says that the client has trained by a plan since, so that pain tells nothing of the preferred squat.
    """
    faults = check_assessment(assessment, catalogue)
    if faults:
        raise AssessmentError(faults)
    on, catalogue = assessment.performed_on, catalogue.spoken(profile.locale)
    client = read_client(profile, assessment, on, catalogue, on_plan=on_plan)
    flags = screen(assessment.red_flags, age=age_on(profile, on), limits=profile.limits, catalogue=catalogue)
    return _JUDGED.validate_python(
        {
            "findings": client.finding,
            "irritability_used": client.irritability,
            "notes": client.readings.notes,
            "trouble": client.readings.trouble,
            "screening_status": flags.status,
        },
        from_attributes=True,
    )


def to_assessment(row: tables.Fact) -> schemas.Assessment:
    """Return a stored assessment as answered."""
    assert row.answer is not None
    judged = _JUDGED.validate_json(row.answer)
    assessment = load_body(Assessment, row.body)
    names = set(schemas.Assessment.model_fields) - set(schemas.Judged.model_fields)
    record = {
        "id": row.id,
        "client_id": row.client_id,
        "received_at": row.received_at,
        "replaces": row.replaces,
    }
    values = {name: getattr(assessment, name) for name in names - set(record)}
    return schemas.Assessment.model_validate(judged.__dict__ | record | values, from_attributes=True)
