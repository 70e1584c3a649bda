"""The trend of a client, and the picture of a block."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.block_days import tag
from app.deps import CatalogueDep, CurrentPerson, NowDep, SessionDep
from app.documents import IfNoneMatch, Responses, document
from app.facts import newest_profile
from app.local_time import local_day
from app.messages import messages_for
from app.trend.chart import draw
from app.trend.schemas import Trend
from app.trend.service import Asked, block_trend, trend
from app.visible import VisibleBlock, VisibleClient, find_client

MOST_WEEKS = 157
"""Three years."""
_SVG = "image/svg+xml"
_PICTURE_POLICY = "default-src 'none'; frame-ancestors 'none'"

router = APIRouter(prefix="/v1")

RangeWeeks = Annotated[
    int,
    Query(
        ge=1,
        le=MOST_WEEKS,
        description="How many weeks back from today, in the client's time zone.",
        openapi_examples={"months": {"summary": "The last three months", "value": 12}},
    ),
]
_TREND: Responses = {
    200: {"model": Trend, "description": "The trend"},
    304: {"description": "Your copy is current"},
}
_CHART: Responses = {
    200: {"content": {_SVG: {"schema": {"type": "string", "maxLength": 200_000}}}, "description": "The picture"},
    304: {"description": "Your copy is current"},
}


@router.get("/clients/{client_id}/trend", tags=["Week"], responses=_TREND, response_model=None)
def get_trend(
    client: VisibleClient,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    weeks: RangeWeeks = 12,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read the climb over time: squats, how the back took them, mornings, decisions. The data behind the pictures."""
    today = local_day(now, client.time_zone)
    first = today - timedelta(weeks=weeks) + timedelta(days=1)
    asked = Asked(client=client, first=first, last=today, today=today, catalogue=catalogue)
    body = trend(session, asked).model_dump_json(exclude_none=True)
    return document(body, etag=tag(body), if_none_match=if_none_match)


@router.get("/blocks/{block_id}/chart.svg", tags=["Block"], responses=_CHART, response_class=Response)
def get_chart(
    block: VisibleBlock,
    person: CurrentPerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Read a block as a picture: ladder climbed, how the back took each squat, mornings, loads, decisions."""
    client = find_client(session, person, block.client_id)
    seen = block_trend(session, block, client, local_day(now, client.time_zone), catalogue)
    words = messages_for(client.locale)
    picture = draw(seen, words, units=newest_profile(client).units)
    answer = document(picture, etag=tag(picture), if_none_match=if_none_match, media_type=_SVG, language=words.language)
    answer.headers["Content-Security-Policy"] = _PICTURE_POLICY
    return answer
