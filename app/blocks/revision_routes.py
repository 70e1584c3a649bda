"""Revisions of a block: what changed, why, by whom, and what it looked like then."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.block_days import tag
from app.blocks import revision_service as service
from app.blocks.revision_schemas import Revision, RevisionPage
from app.deps import CurrentPerson, SessionDep
from app.documents import IfNoneMatch, Responses, document
from app.paging import Cursor, Limit
from app.visible import VisibleBlock, find_client

router = APIRouter(prefix="/v1/blocks/{block_id}/revisions", tags=["Block"])

_LAST = 2**31 - 1
RevisionNumber = Annotated[
    int, Path(ge=1, le=_LAST, openapi_examples={"second": {"summary": "The second revision", "value": 2}})
]
CompareWith = Annotated[
    int | None,
    Query(
        ge=1,
        le=_LAST,
        description="Tell what differs from this revision, earlier or later; the one before when left out.",
        openapi_examples={"first": {"summary": "The first revision", "value": 1}},
    ),
]
_REVISION: Responses = {
    200: {"model": Revision, "description": "The revision"},
    304: {"description": "Your copy is current"},
}


@router.get("")
def list_revisions(block: VisibleBlock, session: SessionDep, limit: Limit = 20, cursor: Cursor = None) -> RevisionPage:
    """List what changed a block, newest first: the cause, who and when, what was decided, which weeks differ."""
    revisions, following = service.list_revisions(session, block, limit=limit, cursor=cursor)
    return RevisionPage(items=revisions, next_cursor=following)


@router.get("/{revision}", responses=_REVISION, response_model=None)
def get_revision(
    block: VisibleBlock,
    revision: RevisionNumber,
    person: CurrentPerson,
    session: SessionDep,
    compare_with: CompareWith = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read a revision: what was decided, what differs, and the weeks as readers saw them when it was made.

    `compare_with` compares it with any other revision of the block. Nothing is restored by reading an old one. While
    training is held, the client reads the weeks of earlier revisions without their exercises.
    """
    client = find_client(session, person, block.client_id)
    held = None if person.is_staff else service.lock_of(session, client)
    body = service.revision_document(
        session, block, revision, compare_with=compare_with, time_zone=client.time_zone, held=held
    )
    return document(body, etag=tag(body), if_none_match=if_none_match)
