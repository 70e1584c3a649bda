"""The library: exercises, squat variations, rules, sources, norms; beside them an organization's own exercises."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Response

from app.deps import CatalogueDep, CoachPerson, CurrentPerson, NowDep, SessionDep, current_person
from app.documents import MEDIA_TYPE, Responses
from app.idempotency import KeyedDep, KeyedRoute
from app.library import examples, own_service, service, video_service
from app.library.own_schemas import ExerciseCreate
from app.library.schemas import (
    Exercise,
    ExercisePage,
    Norms,
    Rule,
    RulePage,
    Source,
    SourcePage,
    SquatVariation,
    SquatVariationPage,
)
from app.own_exercises import find_own
from app.paging import Cursor, Limit
from app.reader import ReaderCatalogue, in_source_language, partly_in_source_language
from app.video_links import video_links
from planner.own import version_key
from planner.words import Category

router = APIRouter(
    prefix="/v1/library", tags=["Library"], dependencies=[Depends(current_person)], route_class=KeyedRoute
)

ExerciseId = Annotated[
    str,
    Path(
        max_length=80,
        description="Of your own exercises also one version: `own_…@1`; without it the newest.",
        openapi_examples={
            "car": {"summary": "Hip CAR, hands-and-knees", "value": "hip_car_hands_and_knees"},
            "own": {"summary": "The demo gym's own exercise", "value": examples.OWN_ID},
            "version": {"summary": "Its first version", "value": f"{examples.OWN_ID}@1"},
        },
    ),
]
VariationId = Annotated[
    str, Path(max_length=80, openapi_examples={"goblet": {"summary": "Goblet squat", "value": "goblet_squat"}})
]
RuleId = Annotated[str, Path(max_length=10, openapi_examples={"problem": {"summary": "A high peak", "value": "SY02"}})]
OfCategory = Annotated[
    Category | None,
    Query(description="Only of this category.", openapi_examples={"cars": {"summary": "CARs", "value": "cars"}}),
]
ForTarget = Annotated[
    str | None,
    Query(
        max_length=60,
        description="Only for this part of the body.",
        openapi_examples={"hip": {"summary": "Hip", "value": "hip"}},
    ),
]


_ADDED: Responses = {
    200: {"model": Exercise, "description": "There before: nothing changed"},
    201: {"model": Exercise, "description": "Added"},
}


@router.get("/exercises")
def list_exercises(
    catalogue: ReaderCatalogue,
    person: CurrentPerson,
    session: SessionDep,
    limit: Limit = 20,
    cursor: Cursor = None,
    category: OfCategory = None,
    target: ForTarget = None,
) -> ExercisePage:
    """List the exercises: cue, steps, dose, what forbids them. Those of your own organization stand among them.

    In the language of the member's client, for staff in English; own ones as written.
    """
    own = own_service.list_own(session, person.organization_id)
    found = service.exercises(catalogue, own, category=category, target=target)
    scope = f"{person.organization_id}/exercises/{category}/{target}"
    items, following = service.page_of(Exercise, found, scope=scope, limit=limit, cursor=cursor)
    videos = video_links(session, person.organization_id)
    return ExercisePage(items=[video_service.with_video(item, videos) for item in items], next_cursor=following)


@router.post("/exercises", status_code=201, responses=_ADDED, response_model=None)
def add_exercise(
    person: CoachPerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    body: Annotated[ExerciseCreate, Body(openapi_examples=examples.EXERCISE)],
    _key: KeyedDep,
) -> Response:
    """Add an exercise of your own, checked like those of the library. Coaches prescribe it by an adjustment.

    What was added never changes. Send it again with the next `version` to change it: plans keep the version they
    were given, and every version can be read. The same again changes nothing.
    """
    stored = own_service.add_exercise(session, person, body, catalogue, now=now)
    headers = {"Location": f"{router.prefix}/exercises/{version_key(stored.row.id, stored.row.version)}"}
    answer = own_service.to_answer(stored.row).model_dump_json()
    return Response(answer, status_code=200 if stored.already else 201, media_type=MEDIA_TYPE, headers=headers)


@router.get("/exercises/{exercise_id}")
def get_exercise(
    exercise_id: ExerciseId, catalogue: ReaderCatalogue, person: CurrentPerson, session: SessionDep
) -> Exercise:
    """Read one exercise."""
    videos = video_links(session, person.organization_id)
    own = find_own(session, person.organization_id, exercise_id)
    if own is not None:
        return video_service.with_video(own_service.to_answer(own), videos)
    found = service.with_id(Exercise, exercise_id, service.entry(catalogue.exercises, exercise_id))
    return video_service.with_video(found, videos)


@router.get("/squat-variations")
def list_squat_variations(
    catalogue: ReaderCatalogue, person: CurrentPerson, session: SessionDep, limit: Limit = 20, cursor: Cursor = None
) -> SquatVariationPage:
    """List the squat variations and what each asks of hip, ankle, trunk and control."""
    items, following = service.page_of(
        SquatVariation, catalogue.variations, scope="variations", limit=limit, cursor=cursor
    )
    videos = video_links(session, person.organization_id)
    return SquatVariationPage(items=[video_service.with_video(item, videos) for item in items], next_cursor=following)


@router.get("/squat-variations/{variation_id}")
def get_squat_variation(
    variation_id: VariationId, catalogue: ReaderCatalogue, person: CurrentPerson, session: SessionDep
) -> SquatVariation:
    """Read one squat variation."""
    found = service.with_id(SquatVariation, variation_id, service.entry(catalogue.variations, variation_id))
    return video_service.with_video(found, video_links(session, person.organization_id))


@router.get("/rules", dependencies=[Depends(in_source_language)])
def list_rules(catalogue: CatalogueDep, limit: Limit = 20, cursor: Cursor = None) -> RulePage:
    """List the rules in the order they speak: screening, finding, ladder, response, progression."""
    ids, following = service.page_ids(service.rule_ids(), scope="rules", limit=limit, cursor=cursor)
    return RulePage(items=[service.get_rule(rule_id, catalogue) for rule_id in ids], next_cursor=following)


@router.get("/rules/{rule_id}", dependencies=[Depends(in_source_language)])
def get_rule(rule_id: RuleId, catalogue: CatalogueDep) -> Rule:
    """Read the rule behind a decision: its numbers, their sources and how sure they are."""
    return service.get_rule(rule_id, catalogue)


@router.get("/sources", dependencies=[Depends(in_source_language)])
def list_sources(catalogue: CatalogueDep, limit: Limit = 20, cursor: Cursor = None) -> SourcePage:
    """List where the numbers and methods come from."""
    items, following = service.page_of(Source, catalogue.sources, scope="sources", limit=limit, cursor=cursor)
    return SourcePage(items=items, next_cursor=following)


@router.get("/norms")
def get_norms(catalogue: ReaderCatalogue, _: Annotated[None, Depends(partly_in_source_language)]) -> Norms:
    """Read what is measured, how exactly, and what squats ask for. Notes of numbers are in English."""
    return service.norms(catalogue)
