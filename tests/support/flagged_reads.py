"""Everything that shows somebody's plan, and what each shows of a load: the same places whatever happened before."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from app.delivery.content import content_of
from app.delivery.week_mail import WeekLetter, compose
from app.delivery_table import Delivery
from tests.app.kit import CALM_MORNING, Api, Json
from tests.support.flagged_life import Life
from tests.support.loaded import loaded_in, loaded_in_rows, loaded_in_text

_STARTS: Final = re.compile(r"DTSTART[^:]*:(\d{8})")

Read = Callable[[Life], list[str]]
"""Reads something, and returns the names of what is loaded there."""


class Place(NamedTuple):
    """Where a plan is read."""

    where: str
    read: Read


def everything(life: Life) -> list[tuple[str, list[str]]]:
    """Read whatever shows the plan of a client, as client, coach and stranger with a link, in JSON and in words."""
    return [(place.where, place.read(life)) for place in places(life)]


def places(life: Life) -> list[Place]:
    """Return all places there are by now."""
    found = [Place(where, read) for where, read in _ALWAYS.items()]
    for block in life.blocks:
        address = f"/v1/blocks/{block['id']}"
        weeks = [f"{address}/weeks/{number}" for number in _numbers(block)]
        found.append(Place(address, partial(_block, address=address)))
        found += [Place(week, partial(_week, block=block, address=week)) for week in weeks]
    letters = [Place(f"e-mail of week {number}", partial(_letter, number=number)) for number in _numbers(life.block)]
    return found + letters


def _numbers(block: Json) -> range:
    return range(1, block["weeks"] + 1)


# --- weeks, and the blocks they belong to -------------------------------------------------------------------------


def todays_week(life: Life) -> list[str]:
    """Read the week that holds today as the client does; as their coach while they have no access."""
    return loaded_in(_read(life.coach, f"{life.path}/week") if life.away else _read(life.me, "/v1/me/week"))


def _ready_and_routed(api: Api, path: str, today: date) -> list[str]:
    """Read the week that holds today both as ready bytes and through the router."""
    ready, routed = _read(api, path), _read(api, f"{path}?date={today}")
    assert ready == routed, path
    return loaded_in(ready)


def _own_week(life: Life) -> list[str]:
    return [] if life.away else _ready_and_routed(life.me, "/v1/me/week", life.today)


def _coach_week(life: Life) -> list[str]:
    return _ready_and_routed(life.coach, f"{life.path}/week", life.today)


def _member_week(life: Life) -> list[str]:
    return _ready_and_routed(life.member, f"{life.path}/week", life.today)


def _block(life: Life, *, address: str) -> list[str]:
    return loaded_in(_read(life.member, address))


def _week(life: Life, *, block: Json, address: str) -> list[str]:
    """Read a week but for the days that a finished block had behind it: what was done then is a record."""
    ended = life.ended.get(block["id"], date.min).isoformat()
    days = _read(life.member, address).get("days", ())
    return loaded_in([day for day in days if day["date"] >= ended])


# --- what people read as text -------------------------------------------------------------------------------------


def _linked_page(life: Life, *, days: int) -> list[str]:
    day = f"?date={life.today + timedelta(days=days)}" if days else ""
    return loaded_in_text(life.browser.open(f"/week/{life.links['page']}{day}").text)


def _own_page(life: Life) -> list[str]:
    return _page(life, life.member)


def _coach_page(life: Life) -> list[str]:
    return _page(life, life.coach)


def _page(life: Life, api: Api) -> list[str]:
    page = api.send("GET", f"/week?client={life.path.rsplit('/', 1)[1]}")
    return loaded_in_text(page.text) if page.status_code == 200 else []


def _calendar(life: Life) -> list[str]:
    feed = life.http.get(f"/v1/calendars/{life.links['calendar']}.ics")
    return loaded_in_text(_entries_ahead(life, feed.text)) if feed.status_code == 200 else []


def _entries_ahead(life: Life, feed: str) -> str:
    """Return the entries of a calendar but those that a finished block had behind it."""
    ended = max(life.ended.values(), default=date.min).strftime("%Y%m%d")
    entries = ((entry, _STARTS.search(entry)) for entry in feed.split("BEGIN:VEVENT")[1:])
    return "\n".join(entry for entry, starts in entries if starts is None or starts[1] >= ended)


def _letter(life: Life, *, number: int) -> list[str]:
    """Write the weekly e-mail as it would leave now."""
    who = life.me.who
    assert who.client_id is not None
    due = Delivery(
        organization_id=who.organization_id,
        client_id=who.client_id,
        block_id=UUID(life.block["id"]),
        week_number=number,
        event="week.ready",
        channel="email",
        receiver_id=who.person_id,
        message_id=f"<{uuid4()}@squat.example>",
    )
    with life.http.app.state.database.read() as session:
        letter = content_of(session, due, now=life.clock.now, public_url="https://squat.example")
    if not isinstance(letter, WeekLetter):
        return []
    parts = compose(letter, sender="gym@squat.example", at=life.clock.now).walk()
    return loaded_in_text("\n".join(part.get_content() for part in parts if part.get_content_maintype() == "text"))


# --- what answers tell besides ------------------------------------------------------------------------------------


def _newest_revision(life: Life) -> list[str]:
    return loaded_in(_revision(life, life.coach, _running(life)["revision"]))


def _first_revision(life: Life) -> list[str]:
    return [] if life.away else loaded_in(_revision(life, life.me, 1))


def _own_revision(life: Life) -> list[str]:
    return [] if life.away else loaded_in(_revision(life, life.me, _running(life)["revision"]))


def _revision(life: Life, api: Api, number: int) -> object:
    return _read(api, f"/v1/blocks/{life.block['id']}/revisions/{number}").get("weeks")


def _running(life: Life) -> Json:
    return _read(life.coach, f"/v1/blocks/{life.block['id']}")


def _sync(life: Life) -> list[str]:
    return loaded_in(life.coach.post(f"{life.path}/sync", {"cursor": None, "session_logs": [], "check_ins": []}, 200))


def _of_block(life: Life, *, name: str) -> list[str]:
    return loaded_in(_read(life.coach, f"/v1/blocks/{life.block['id']}/{name}"))


def _inbox(life: Life) -> list[str]:
    return loaded_in(_read(life.coach, "/v1/coach/inbox"))


def _what_if(life: Life) -> list[str]:
    imagined = {"check_ins": [CALM_MORNING | {"days_ahead": days} for days in (0, 3)]}
    asked = life.coach.send("POST", f"/v1/blocks/{life.block['id']}/what-if", json=imagined)
    return loaded_in_rows(asked.json()["difference"]) if asked.status_code == 200 else []


def _dry_run(life: Life) -> list[str]:
    address, body = f"/v1/blocks/{life.block['id']}/adjustments", {"kind": "resume", "reason": "A test."}
    tried = life.coach.send("POST", f"{address}?dry_run=true", json=body, headers={"If-Match": "*"})
    return loaded_in_rows(tried.json()["difference"]) if tried.status_code < 300 else []


def _comparison(life: Life) -> list[str]:
    first, last = life.assessments[0], life.assessments[-1]
    if first == last:
        return []
    asked = life.coach.send("GET", f"/v1/assessments/{last}/comparison?baseline={first}")
    if asked.status_code == 422:  # after a move to the west the last may be dated before the first
        assert asked.json()["errors"][0]["code"] == "later_assessment"
        return []
    assert asked.status_code in (200, 404), asked.text
    compared = asked.json()
    following = (compared.get("next_block") or {}).get("difference", ())
    return loaded_in(compared) + loaded_in_rows(list(following))


def _export(life: Life) -> list[str]:
    blocks = _read(life.coach, f"{life.path}/export")["blocks"]
    running = [one for one in blocks if one["id"] not in life.ended]
    return loaded_in([week["body"] for one in running for week in one["planned_weeks"] if week["is_current"]])


def _read(api: Api, path: str) -> Json:
    """Return an answer; nothing where there is no block, no such day, or no access for somebody who is away."""
    answer = api.send("GET", path)
    assert answer.status_code in (200, 401, 404), (path, answer.text)
    read: Json = answer.json()
    return read if answer.status_code == 200 else {}


_ALWAYS: Final[Mapping[str, Read]] = {
    "/v1/me/week": _own_week,
    "/v1/clients/{client_id}/week": _coach_week,
    "/v1/clients/{client_id}/week to the client": _member_week,
    "/week/{token}": partial(_linked_page, days=0),
    "/week/{token} in a week": partial(_linked_page, days=7),
    "/week": _own_page,
    "/week to the coach": _coach_page,
    "/v1/calendars/{token}.ics": _calendar,
    "revision": _newest_revision,
    "revision 1 to the client": _first_revision,
    "revision to the client": _own_revision,
    "sync": _sync,
    "ladder": partial(_of_block, name="ladder"),
    "decisions": partial(_of_block, name="decisions"),
    "adjustments": partial(_of_block, name="adjustments"),
    "inbox": _inbox,
    "what-if": _what_if,
    "dry run": _dry_run,
    "comparison": _comparison,
    "export": _export,
}
