"""Adjustments and what-if questions: try, keep, list, take back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Path, Query, Response
from pydantic import StringConstraints

from app import tables
from app.adjustments import examples, service
from app.adjustments.schemas import (
    AdjustmentAnswer,
    AdjustmentCreate,
    AdjustmentPage,
)
from app.demo_ids import demo_id
from app.deps import CatalogueDep, CurrentPerson, NowDep, SessionDep
from app.desk import BlockDesk, block_desk
from app.documents import MEDIA_TYPE, Responses
from app.idempotency import KeyedDep, KeyedRoute
from app.paging import Cursor, Limit
from app.visible import VisibleBlock

router = APIRouter(prefix="/v1", tags=["Adjust"], route_class=KeyedRoute)

IfMatch = Annotated[
    Annotated[str, StringConstraints(max_length=1000)] | None,
    Header(
        description="The block's `ETag` you last read; not needed for a dry run. This page fills it in.",
        openapi_examples={
            "none": {"summary": "As last read on this page", "value": ""},
            "any": {"summary": "Whatever changed since", "value": "*"},
        },
    ),
]
DryRun = Annotated[
    bool,
    Query(
        description="Show what would change and keep nothing.",
        openapi_examples={"yes": {"summary": "Only try it", "value": True}},
    ),
]
AdjustmentId = Annotated[
    UUID,
    Path(openapi_examples={"demo": {"summary": "A note on Sam's block", "value": str(demo_id("adjustment/sam/0"))}}),
]

_ADJUSTED: Responses = {
    200: {"model": AdjustmentAnswer, "description": "What it would change (dry run)"},
    201: {"model": AdjustmentAnswer, "description": "Kept"},
}
_REVOKED: Responses = {200: {"model": AdjustmentAnswer, "description": "Taken back, or what that would change"}}


@router.get("/blocks/{block_id}/adjustments")
def list_adjustments(
    block: VisibleBlock, session: SessionDep, limit: Limit = 20, cursor: Cursor = None
) -> AdjustmentPage:
    """List what people changed in a block, newest first, with what was taken back."""
    items, following = service.list_adjustments(session, block, limit=limit, cursor=cursor)
    return AdjustmentPage(items=items, next_cursor=following)


@router.post("/blocks/{block_id}/adjustments", status_code=201, responses=_ADJUSTED, response_model=None)
def adjust_block(
    desk: BlockDesk,
    person: CurrentPerson,
    block: VisibleBlock,
    body: Annotated[AdjustmentCreate, Body(openapi_examples=examples.ADJUSTMENT)],
    _key: KeyedDep,
    *,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
) -> Response:
    """Change a block; every later replan honours it. Try it with `dry_run=true`.

    Safety rules always win; any other rule gives way when `acknowledges` names it. Members move a session within
    its week and swap an exercise of today for an equal or easier one.
    """
    asked = service.Asked(desk=desk, who=person, block=block, if_match=if_match, dry_run=dry_run)
    answer = service.adjust(asked, body)
    return _answered(answer, block, status=200 if dry_run else 201)


@router.delete("/adjustments/{adjustment_id}", responses=_REVOKED, response_model=None)
def revoke_adjustment(
    adjustment_id: AdjustmentId,
    person: CurrentPerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    *,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
) -> Response:
    """Take a change back: everything ahead is planned as if it had never been made."""
    row, block = service.find_adjustment(session, person, adjustment_id)
    desk = block_desk(block, person, session, catalogue, now)
    asked = service.Asked(desk=desk, who=person, block=block, if_match=if_match, dry_run=dry_run)
    return _answered(service.revoke(asked, row), block, status=200)


def _answered(answer: AdjustmentAnswer, block: tables.Block, *, status: int) -> Response:
    headers = {"ETag": block.etag}
    return Response(answer.model_dump_json(), status_code=status, media_type=MEDIA_TYPE, headers=headers)
