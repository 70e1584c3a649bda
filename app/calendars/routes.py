"""The calendar feed, opened by its private link alone."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.calendars.feed import write_feed
from app.calendars.kept_feeds import KEPT_FEEDS
from app.calendars.service import client_appointments, client_blocks, feed_tag
from app.demo_ids import CALENDAR_LINK
from app.deps import NowDep, PublicUrlDep, SessionDep
from app.documents import IfNoneMatch, Responses, document
from app.private_links import open_link

router = APIRouter(prefix="/v1/calendars", tags=["Links"])

Token = Annotated[
    str,
    Path(
        description="The secret of a link to a calendar.",
        json_schema_extra={"maxLength": 255},  # a longer one is as unknown as any other: 404, not 422
        openapi_examples={"demo": {"summary": "Sam's in the demo gym", "value": CALENDAR_LINK}},
    ),
]


class CalendarResponse(Response):
    """A calendar as it goes over the wire."""

    media_type = "text/calendar"


_FEED: Responses = {
    200: {"description": "The calendar, as iCalendar text in UTF-8"},
    304: {"description": "Your copy is current"},
}


@router.get("/{token}.ics", response_class=CalendarResponse, responses=_FEED)
def get_calendar(
    token: Token, session: SessionDep, now: NowDep, public_url: PublicUrlDep, if_none_match: IfNoneMatch = None
) -> Response:
    """Read a client's sessions as a calendar to subscribe to: no sign-in, the link is enough.

    Sessions begin at the client's `session_time` in their time zone. One that moves keeps its entry, one that is off
    is marked as cancelled. Calendar programs ask again when they like, some only once a day: what counts today is the
    week page.
    """
    client = open_link(session, token, "calendar").client
    blocks = client_blocks(session, client)
    tag = feed_tag(client, blocks, now=now, public_url=public_url)

    def write() -> str:
        return write_feed(client, client_appointments(session, client, blocks, now=now), public_url=public_url)

    body = partial(KEPT_FEEDS.text, tag, write)
    return document(
        body, etag=tag, if_none_match=if_none_match, media_type=f"{CalendarResponse.media_type}; charset=utf-8"
    )
