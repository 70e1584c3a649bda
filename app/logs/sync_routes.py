"""Sync: a phone's batch in, what changed meanwhile out."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response

from app.deps import CatalogueDep, CurrentPerson, DatabaseDep, NowDep
from app.documents import MEDIA_TYPE, Responses
from app.logs import examples
from app.logs.sync_changes import News, compact, news_since, opened
from app.logs.sync_schemas import SyncAnswer, SyncCreate
from app.logs.sync_service import Phone, Result, store_batch
from app.messages import Messages
from app.problem_texts import detail_text
from app.problems import documented, instance_of, messages_of, problem_body
from app.visible import ClientId, active_client, find_client

router = APIRouter(prefix="/v1/clients/{client_id}", tags=["Log"])

_SYNCED: Responses = {
    200: {"model": SyncAnswer, "description": "A result for each item, and what changed since the cursor"},
    **documented(410),
}


def phone(
    client_id: ClientId,
    person: CurrentPerson,
    database: DatabaseDep,
    catalogue: CatalogueDep,
    now: NowDep,
    request: Request,
) -> Phone:
    """Return who syncs for whom; the transactions of a batch begin later, one for each item."""
    with database.read() as session:
        active_client(find_client(session, person, client_id))
    return Phone(
        database=database,
        catalogue=catalogue,
        person=person,
        client_id=client_id,
        now=now,
        messages=messages_of(request.headers),
        request_id=request.state.request_id,
    )


@router.post("/sync", responses=_SYNCED, response_model=None)
def sync(
    who: Annotated[Phone, Depends(phone)],
    request: Request,
    body: Annotated[SyncCreate, Body(openapi_examples=examples.SYNC)],
) -> Response:
    """Sync a phone: send what was recorded without a connection, at most 100 items, read what changed meanwhile.

    Each item is judged by itself: a bad one is refused, the others are stored. Each has an `id` made by the phone, so
    sending again changes nothing: whoever got no answer sends the same once more. A red flag holds back everything
    loaded at once.
    """
    cursor = opened(who, body.cursor)
    results = store_batch(who, body, getattr(request.state, "item_faults", {}))
    return Response(_answer(results, news_since(who, cursor), who, request), media_type=MEDIA_TYPE)


def _answer(results: list[Result], news: News, who: Phone, request: Request) -> str:
    """Return the answer as JSON; what is stored as JSON goes into it as it is."""
    told = ",".join(_result(result, who.messages, request) for result in results)
    rest = {
        "next_cursor": news.next_cursor,
        "has_more": news.has_more,
        "block_revision": news.block_revision,
        "block_etag": news.block_etag,
    }
    return f'{{"results":[{told}],"changes":[{",".join(news.changes)}],{compact(rest)[1:-1]},"lock":{news.lock}}}'


def _result(result: Result, messages: Messages, request: Request) -> str:
    problem = None
    if result.problem is not None:
        problem = problem_body(
            result.problem,
            instance=instance_of(request.url.path),
            request_id=request.state.request_id,
            messages=messages,
            detail=None if result.detail is None else detail_text(result.detail, result.facts, messages),
            faults=result.faults,
            members=result.members,
        )
    named = None if result.id is None else str(result.id)
    head = compact({"pointer": result.pointer, "id": named, "status": result.status})
    return f'{head[:-1]},"response":{result.answer or "null"},"problem":{compact(problem)}}}'
