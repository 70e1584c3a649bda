"""Blocks and weeks: plan, read."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from sqlmodel import Session

from app import tables
from app.block_documents import block_document, block_language, block_tag
from app.blocks import examples, service
from app.blocks.schemas import Block, BlockCreate, BlockPage, DecisionPage, Ladder, Week
from app.compressed import GzipDep
from app.demo_ids import demo_id
from app.deps import CatalogueDep, CurrentPerson, MemberPerson, NowDep, SessionDep
from app.documents import MEDIA_TYPE, IfNoneMatch, Packed, Responses, document, packed
from app.idempotency import KeyedDep, KeyedRoute
from app.local_time import local_day
from app.paging import Cursor, Limit
from app.planning import Desk
from app.schemas_base import Day
from app.signed_in import SignedIn
from app.visible import VisibleBlock, VisibleClient, active_client, find_client

router = APIRouter(prefix="/v1", route_class=KeyedRoute)

PlannedForId = Annotated[
    UUID,
    Path(
        description="Id of a client.",
        openapi_examples={"demo": {"summary": "Ana, who has no block yet", "value": str(demo_id("client/ana"))}},
    ),
]
WeekNumber = Annotated[int, Path(ge=1, le=52, openapi_examples={"first": {"summary": "The first week", "value": 1}})]
OnDate = Annotated[
    Day | None,
    Query(
        alias="date",
        description="Any day of the week you want; today in the client's time zone when left out.",
        openapi_examples={"today": {"summary": "The week of today"}},
    ),
]
FinishCurrent = Annotated[
    bool,
    Query(
        description="Finish the client's unfinished block first.",
        openapi_examples={"no": {"summary": "No", "value": False}},
    ),
]
DryRun = Annotated[
    bool,
    Query(
        description="Store nothing: show the block, its weeks and what would differ from an unfinished one.",
        openapi_examples={"no": {"summary": "Store it", "value": False}},
    ),
]

_UNCHANGED: Responses = {304: {"description": "Your copy is current"}}
_BLOCK: Responses = {200: {"model": Block, "description": "The block"}, **_UNCHANGED}
_WEEK: Responses = {200: {"model": Week, "description": "The week"}, **_UNCHANGED}
_PLANNED: Responses = {
    200: {"model": Block, "description": "What the block would be (dry run)"},
    201: {"model": Block, "description": "The new block"},
}


def planning_desk(
    client_id: PlannedForId, person: CurrentPerson, session: SessionDep, catalogue: CatalogueDep, now: NowDep
) -> Desk:
    """Return the desk for a new block; its example is a client who has none yet."""
    client = active_client(find_client(session, person, client_id))
    return Desk(session=session, client=client, author_id=person.person_id, catalogue=catalogue, now=now)


PlanningDesk = Annotated[Desk, Depends(planning_desk)]


@router.get("/clients/{client_id}/blocks", tags=["Block"])
def list_blocks(
    client: VisibleClient, session: SessionDep, now: NowDep, limit: Limit = 20, cursor: Cursor = None
) -> BlockPage:
    """List a client's blocks, newest first."""
    rows, following = service.list_blocks(session, client, limit=limit, cursor=cursor)
    today = local_day(now, client.time_zone)
    return BlockPage(items=[service.to_summary(row, today) for row in rows], next_cursor=following)


@router.post("/clients/{client_id}/blocks", status_code=201, tags=["Block"], responses=_PLANNED, response_model=None)
def plan_block(
    desk: PlanningDesk,
    person: CurrentPerson,
    body: Annotated[BlockCreate, Body(openapi_examples=examples.BLOCK)],
    _key: KeyedDep,
    *,
    finish_current: FinishCurrent = False,
    dry_run: DryRun = False,
) -> Response:
    """Plan a block from an assessment. Under a red flag it is created locked, with nothing loaded.

    One unfinished block per client: `finish_current=true` finishes it first. Try it with `dry_run=true`.
    """
    if dry_run:
        return Response(service.try_block(desk, person, body), media_type=MEDIA_TYPE)
    block = service.plan_block(desk, person, body, finish_current=finish_current)
    headers = {"Location": f"/v1/blocks/{block.id}", "ETag": block.etag}
    return Response(block_document(block, desk.today), status_code=201, media_type=MEDIA_TYPE, headers=headers)


@router.get("/blocks/{block_id}", tags=["Block"], responses=_BLOCK, response_model=None)
def get_block(
    block: VisibleBlock, person: CurrentPerson, session: SessionDep, now: NowDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Read a block as it stands: finding, ladder, criteria, re-tests, texts for the client."""
    client = find_client(session, person, block.client_id)
    today = local_day(now, client.time_zone)
    body, etag = block_document(block, today), block_tag(block, today)
    language = block_language(client.locale, block, today)
    return document(body, etag=etag, if_none_match=if_none_match, language=language)


@router.get("/blocks/{block_id}/weeks/{week_number}", tags=["Week"], responses=_WEEK, response_model=None)
def get_block_week(
    block: VisibleBlock,
    week_number: WeekNumber,
    person: CurrentPerson,
    session: SessionDep,
    now: NowDep,
    gzip: GzipDep,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read one week of a block: projected while it lies ahead, earned from the day it begins."""
    week = service.week_document(session, block, week_number, _today(session, person, block, now))
    return packed(week, gzip=gzip, if_none_match=if_none_match)


@router.get("/blocks/{block_id}/ladder", tags=["Block"])
def get_ladder(block: VisibleBlock) -> Ladder:
    """Read the steps to the preferred squat, where the client stands and what the next step needs."""
    return service.to_ladder(block)


@router.get("/blocks/{block_id}/decisions", tags=["Block"])
def list_decisions(block: VisibleBlock, session: SessionDep, limit: Limit = 20, cursor: Cursor = None) -> DecisionPage:
    """List what was decided in a block and why, newest first."""
    decisions, following = service.list_decisions(session, block, limit=limit, cursor=cursor)
    return DecisionPage(items=decisions, next_cursor=following)


@router.get("/clients/{client_id}/week", tags=["Week"], responses=_WEEK, response_model=None)
def get_client_week(
    client: VisibleClient,
    session: SessionDep,
    now: NowDep,
    gzip: GzipDep,
    on: OnDate = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read the week that holds a date; 404 `no_block` outside any block."""
    return packed(_week(client, session, now, on), gzip=gzip, if_none_match=if_none_match)


@router.get("/me/week", tags=["Week"], responses=_WEEK, response_model=None)
def get_my_week(
    person: MemberPerson,
    session: SessionDep,
    now: NowDep,
    gzip: GzipDep,
    on: OnDate = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read your week: the one that holds a date, today when left out. Ask for gzip: it was compressed when stored."""
    assert person.client_id is not None
    week = _week(find_client(session, person, person.client_id), session, now, on)
    return packed(week, gzip=gzip, if_none_match=if_none_match)


def _week(client: tables.Client, session: Session, now: datetime, on: Day | None) -> Packed:
    today = local_day(now, client.time_zone)
    return service.week_holding(session, client, on or today, today)


def _today(session: Session, person: SignedIn, block: tables.Block, now: datetime) -> Day:
    """Return the present day where the block's client is."""
    return local_day(now, find_client(session, person, block.client_id).time_zone)
