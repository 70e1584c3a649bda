"""Assessments: record, list, read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import WrapValidator

from app.assessments import comparison_service, examples, service
from app.assessments.comparison_schemas import Comparison
from app.assessments.schemas import Assessment, AssessmentCreate, AssessmentPage
from app.demo_ids import demo_id
from app.deps import CatalogueDep, CurrentPerson, NowDep, SessionDep
from app.desk import ClientDesk
from app.errors import Forbidden
from app.facts import list_facts
from app.idempotency import KeyedDep, KeyedRoute
from app.paging import Cursor, Limit
from app.planning import Desk
from app.refused_flags import answered, or_unread
from app.visible import VisibleClient, find_assessment, find_client

router = APIRouter(prefix="/v1", tags=["Assess"], route_class=KeyedRoute)

AssessmentId = Annotated[
    UUID, Path(openapi_examples={"demo": {"summary": "Sam's assessment", "value": str(demo_id("assessment/sam"))}})
]
BaselineId = Annotated[
    UUID,
    Query(
        description="Id of an earlier assessment of the same client.",
        openapi_examples={
            "first": {"summary": "Sam's first assessment", "value": str(demo_id("assessment/sam/first"))}
        },
    ),
]
SentAssessment = Annotated[AssessmentCreate, WrapValidator(or_unread)]


@router.get("/clients/{client_id}/assessments")
def list_assessments(
    client: VisibleClient, session: SessionDep, limit: Limit = 20, cursor: Cursor = None
) -> AssessmentPage:
    """List a client's assessments with their findings, newest first."""
    rows, following = list_facts(session, client, "assessment", limit=limit, cursor=cursor)
    return AssessmentPage(items=[service.to_assessment(row) for row in rows], next_cursor=following)


@router.post("/clients/{client_id}/assessments", status_code=201, response_model=Assessment)
def add_assessment(
    desk: ClientDesk,
    person: CurrentPerson,
    request: Request,
    response: Response,
    body: Annotated[SentAssessment, Body(openapi_examples=examples.ASSESSMENT)],
    _key: KeyedDep,
) -> Assessment | Response:
    """Record an assessment and read what limits the squat, with all evidence.

    A running block takes it as a re-test. Send another with `replaces` to correct it. A red flag holds back everything
    loaded, also when the rest is refused: the problem then names the `screening` that keeps it.
    """

    def add(read: AssessmentCreate) -> Assessment:
        if read.setting == "clinic" and not person.is_staff:
            raise Forbidden("home_assessment_only")
        assessment = service.add_assessment(desk, read)
        response.headers["Location"] = f"/v1/assessments/{assessment.id}"
        return assessment

    return answered(request, desk, body, add)


@router.get("/assessments/{assessment_id}")
def get_assessment(assessment_id: AssessmentId, person: CurrentPerson, session: SessionDep) -> Assessment:
    """Read an assessment and its findings."""
    return service.to_assessment(find_assessment(session, person, assessment_id))


@router.get("/assessments/{assessment_id}/comparison")
def compare_assessments(
    assessment_id: AssessmentId,
    baseline: BaselineId,
    person: CurrentPerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
) -> Comparison:
    """Compare with an earlier assessment: real change or noise, what is resolved or new, and the block that follows.

    Each range tells the error it is judged by; other tools and places are not compared. Time of day and training
    before are not recorded: measure cold each time. Both are read anew for the squat the client prefers today.
    `next_block` is what its `request` makes when it is sent as it stands; here nothing is stored.
    """
    row = find_assessment(session, person, assessment_id)
    client = find_client(session, person, row.client_id)
    desk = Desk(session=session, client=client, author_id=person.person_id, catalogue=catalogue, now=now)
    return comparison_service.compare_with(desk, person, row, baseline)
