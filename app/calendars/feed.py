"""Appointments as an iCalendar feed (RFC 5545, RFC 7986): equal appointments give equal bytes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from icalendar import CLASS, STATUS, TRANSP, Calendar, Event, vText

from app import tables
from app.block_days import tag
from app.calendars.appointments import Appointment, Item, Plan
from app.calendars.zone_rules import zone_rules
from app.dose_words import dose_text
from app.local_time import zone
from app.messages import Messages, messages_for

PRODUCT: Final = "-//squatback//calendar//EN"
_REFRESH: Final = timedelta(hours=6)
_PER_CLIENT_VERSION: Final = 4  # see docs/decisions/0015: outweighs a week that a change of zone takes back
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """For whom a calendar is written, in which words and where their week page is."""

    client: tables.Client
    words: Messages
    page_url: str

    def text(self, key: str, **facts: object) -> str:
        """Return a text of the calendar in the client's language."""
        return self.words(f"calendar.{key}", **facts)


def write_feed(client: tables.Client, found: Sequence[Appointment], *, public_url: str) -> str:
    """Return the calendar of a client as text/calendar."""
    feed = Feed(client=client, words=messages_for(client.locale), page_url=f"{public_url}/week")
    name = feed.text("name", product=feed.words("common.product"), name=_plain(client.display_name))
    calendar = Calendar.new(
        name=name,
        prodid=PRODUCT,
        method="PUBLISH",
        calscale="GREGORIAN",
        refresh_interval=_REFRESH,
        uid=client.id,
    )
    calendar["REFRESH-INTERVAL"].params["VALUE"] = "DURATION"
    calendar.add("X-PUBLISHED-TTL", vText("PT6H"))
    calendar.add("X-WR-TIMEZONE", vText(client.time_zone))
    years = [one.plan.on.year for one in found] or [client.created_at.year]
    calendar.add_component(zone_rules(client.time_zone, min(years) - 1, max(years) + 2))
    for one in found:
        calendar.add_component(_event(feed, one))
    text: bytes = calendar.to_ical()
    return text.decode()


@lru_cache(maxsize=64)
def words_tag(locale: str) -> str:
    """Return what tells the words of one language and release from others."""
    return tag(*messages_for(locale).texts.items())


def _event(feed: Feed, one: Appointment) -> Event:
    plan, off = one.plan, one.cancelled
    title = feed.text(plan.kind, minutes=plan.minutes)
    busy = plan.has_hour and not off
    since = one.since.astimezone(UTC).replace(microsecond=0)
    event = Event.new(
        uid=one.id,
        sequence=sequence(feed.client, one),
        stamp=since,
        last_modified=since,
        start=_start(feed.client, plan),
        summary=feed.text("cancelled", title=title) if off else title,
        description="\n".join(_cancelled_lines(feed) if off else _lines(feed, plan)),
        status=STATUS.CANCELLED if off else STATUS.CONFIRMED,
        transparency=TRANSP.OPAQUE if busy else TRANSP.TRANSPARENT,
        classification=CLASS.PRIVATE,
        categories=[feed.text("category")],
        url=feed.page_url,
    )
    event.add("duration", timedelta(minutes=plan.minutes) if plan.has_hour else timedelta(days=1))
    return event


def sequence(client: tables.Client, one: Appointment) -> int:
    """Return the number of an entry: it rises with every change of the session and of the client."""
    return one.stamp + client.version * _PER_CLIENT_VERSION


def _start(client: tables.Client, plan: Plan) -> date | datetime:
    """Return when a session begins: at the client's hour of its day, after those before it; or the day itself."""
    if not plan.has_hour:
        return plan.on
    hour = datetime.combine(plan.on, time.fromisoformat(client.session_time))
    return (hour + timedelta(minutes=plan.waits_min)).replace(tzinfo=zone(client.time_zone))


def _cancelled_lines(feed: Feed) -> Iterator[str]:
    """Yield what is said of a session that is off: not why, and nothing that could still be lifted."""
    yield feed.text("cancelled_note")
    yield feed.text("page", url=feed.page_url)


def _lines(feed: Feed, plan: Plan) -> Iterator[str]:
    yield from (_item(feed, item) for item in plan.items)
    if plan.circles_min:
        yield feed.text("circles_too", minutes=plan.circles_min)
    if plan.ahead:
        yield feed.text("ahead")
    yield feed.text("page", url=feed.page_url)


def _item(feed: Feed, item: Item) -> str:
    box = feed.words("dose.box", centimetres=item.box_height_cm) if item.box_height_cm else ""
    dose = ", ".join(filter(None, (dose_text(item, feed.words), item.load_text, box)))
    name = _plain(item.name)
    if item.side in {"left", "right"}:
        return feed.text("item_side", name=name, side=feed.words(f"dose.side_{item.side}"), dose=dose)
    return feed.text("item", name=name, dose=dose)


def _plain(text: str) -> str:
    """Return a name without the control characters that no calendar may hold."""
    return _CONTROL.sub(" ", text).replace("\n", " ")
