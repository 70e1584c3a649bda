"""The library: exercises, squat variations, rules, sources, norms. The same for everybody who is signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.deps import CatalogueDep, current_person
from app.library import service
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
from app.paging import Cursor, Limit
from planner.words import Category

router = APIRouter(prefix="/v1/library", tags=["Library"], dependencies=[Depends(current_person)])

ExerciseId = Annotated[
    str,
    Path(
        max_length=80,
        openapi_examples={"car": {"summary": "Hip CAR, hands-and-knees", "value": "hip_car_hands_and_knees"}},
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


@router.get("/exercises")
def list_exercises(
    catalogue: CatalogueDep,
    limit: Limit = 20,
    cursor: Cursor = None,
    category: OfCategory = None,
    target: ForTarget = None,
) -> ExercisePage:
    """List the exercises: cue, steps, dose, what forbids them."""
    found = service.exercises(catalogue, category=category, target=target)
    scope = f"exercises/{category}/{target}"
    items, following = service.page_of(Exercise, found, scope=scope, limit=limit, cursor=cursor)
    return ExercisePage(items=items, next_cursor=following)


@router.get("/exercises/{exercise_id}")
def get_exercise(exercise_id: ExerciseId, catalogue: CatalogueDep) -> Exercise:
    """Read one exercise."""
    return service.with_id(Exercise, exercise_id, service.entry(catalogue.exercises, exercise_id))


@router.get("/squat-variations")
def list_squat_variations(catalogue: CatalogueDep, limit: Limit = 20, cursor: Cursor = None) -> SquatVariationPage:
    """List the squat variations and what each asks of hip, ankle, trunk and control."""
    items, following = service.page_of(
        SquatVariation, catalogue.variations, scope="variations", limit=limit, cursor=cursor
    )
    return SquatVariationPage(items=items, next_cursor=following)


@router.get("/squat-variations/{variation_id}")
def get_squat_variation(variation_id: VariationId, catalogue: CatalogueDep) -> SquatVariation:
    """Read one squat variation."""
    return service.with_id(SquatVariation, variation_id, service.entry(catalogue.variations, variation_id))


@router.get("/rules")
def list_rules(catalogue: CatalogueDep, limit: Limit = 20, cursor: Cursor = None) -> RulePage:
    """List the rules in the order they speak: screening, finding, ladder, response, progression."""
    ids, following = service.page_ids(service.rule_ids(), scope="rules", limit=limit, cursor=cursor)
    return RulePage(items=[service.get_rule(rule_id, catalogue) for rule_id in ids], next_cursor=following)


@router.get("/rules/{rule_id}")
def get_rule(rule_id: RuleId, catalogue: CatalogueDep) -> Rule:
    """Read the rule behind a decision: its numbers, their sources and how sure they are."""
    return service.get_rule(rule_id, catalogue)


@router.get("/sources")
def list_sources(catalogue: CatalogueDep, limit: Limit = 20, cursor: Cursor = None) -> SourcePage:
    """List where the numbers and methods come from."""
    items, following = service.page_of(Source, catalogue.sources, scope="sources", limit=limit, cursor=cursor)
    return SourcePage(items=items, next_cursor=following)


@router.get("/norms")
def get_norms(catalogue: CatalogueDep) -> Norms:
    """Read what is measured, how exactly, and what squats ask for."""
    return service.norms(catalogue)
