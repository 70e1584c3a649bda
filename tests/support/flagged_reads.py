"""Everything that shows somebody's plan, and what each shows of a load: the same places whatever happened before."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid4

from app.delivery.content import content_of
from app.delivery.week_mail import WeekLetter, compose
from app.delivery_table import Delivery
from tests.app.kit import CALM_MORNING, Api, Json
from tests.support.flagged_life import Life
from tests.support.loaded import loaded_in, loaded_in_rows, loaded_in_text

_STARTS: Final = re.compile(r"DTSTART[^:]*:(\d{8})")

Shown = Iterator[tuple[str, list[str]]]
"""Where something was read, and the names of what is loaded there."""


def everything(life: Life) -> Shown:
    """Read whatever shows the plan of a client, as client, coach and stranger with a link, in JSON and in words."""
    for part in PARTS:
        yield from part(life)


def weeks(life: Life) -> Shown:
    """Read every week of every block, and those that hold today: as ready bytes and through the router."""
    today, own = f"?date={life.today}", [] if life.away else [(life.me, "/v1/me/week")]
    for api, path in (*own, (life.coach, f"{life.path}/week"), (life.member, f"{life.path}/week")):
        ready, routed = _read(api, path), _read(api, path + today)
        assert ready == routed, path
        yield path, loaded_in(ready)
    for block in life.blocks:
        address = f"/v1/blocks/{block['id']}"
        yield address, loaded_in(_read(life.member, address))
        for number in range(1, block["weeks"] + 1):
            week = _read(life.member, f"{address}/weeks/{number}")
            yield f"{address}/weeks/{number}", loaded_in(_asked_for(life, block, week))


def _asked_for(life: Life, block: Json, week: Json) -> Json:
    """Return a week without the days that a finished block had behind it: what was done then is a record."""
    ended = life.ended.get(block["id"], date.min).isoformat()
    return {"days": [day for day in week.get("days", ()) if day["date"] >= ended]}


def pages(life: Life) -> Shown:
    """Read the week page signed in and by a link, on today and other days, and the calendar."""
    link = f"/week/{life.links['page']}"
    for path in (link, f"{link}?date={life.today + timedelta(days=7)}"):
        yield path, loaded_in_text(life.browser.open(path).text)
    for api in (life.member, life.coach):
        page = api.send("GET", f"/week?client={life.path.rsplit('/', 1)[1]}")
        yield "/week", loaded_in_text(page.text) if page.status_code == 200 else []
    feed = life.admin.http.get(f"/v1/calendars/{life.links['calendar']}.ics")
    yield (
        "/v1/calendars/{token}.ics",
        loaded_in_text(_entries_ahead(life, feed.text)) if feed.status_code == 200 else [],
    )


def _entries_ahead(life: Life, feed: str) -> str:
    """Return the entries of a calendar but those that a finished block had behind it."""
    ended = max(life.ended.values(), default=date.min).strftime("%Y%m%d")
    entries = ((entry, _STARTS.search(entry)) for entry in feed.split("BEGIN:VEVENT")[1:])
    return "\n".join(entry for entry, starts in entries if starts is None or starts[1] >= ended)


def answers(life: Life) -> Shown:
    """Read what answers tell besides: the newest revision, changes for phones, questions, notices, the export."""
    address = f"/v1/blocks/{life.block['id']}"
    block = _read(life.coach, address)
    newest = _read(life.coach, f"{address}/revisions/{block['revision']}")
    yield "revision", loaded_in(newest.get("weeks"))
    for number in () if life.away else (1, block["revision"]):
        earlier = _read(life.me, f"{address}/revisions/{number}")
        yield f"revision {number} to the client", loaded_in(earlier.get("weeks"))
    told = life.coach.post(f"{life.path}/sync", {"cursor": None, "session_logs": [], "check_ins": []}, 200)
    yield "sync", loaded_in(told)
    for name in ("ladder", "decisions", "adjustments"):
        yield name, loaded_in(_read(life.coach, f"{address}/{name}"))
    yield "inbox", loaded_in(_read(life.coach, "/v1/coach/inbox"))
    imagined = {"check_ins": [CALM_MORNING | {"days_ahead": days} for days in (0, 3)]}
    asked = life.coach.send("POST", f"{address}/what-if", json=imagined)
    yield "what-if", loaded_in_rows(asked.json()["difference"]) if asked.status_code == 200 else []
    dry = {"kind": "resume", "reason": "A test."}
    tried = life.coach.send("POST", f"{address}/adjustments?dry_run=true", json=dry, headers={"If-Match": "*"})
    yield "dry run", loaded_in_rows(tried.json()["difference"]) if tried.status_code < 300 else []
    first, last = life.assessments[0], life.assessments[-1]
    if first != last:
        compared = _read(life.coach, f"/v1/assessments/{last}/comparison?baseline={first}")
        following = (compared.get("next_block") or {}).get("difference", ())
        yield "comparison", loaded_in(compared) + loaded_in_rows(list(following))
    export = _read(life.coach, f"{life.path}/export")
    running = [one for one in export["blocks"] if one["id"] not in life.ended]
    planned = [week["body"] for one in running for week in one["planned_weeks"] if week["is_current"]]
    yield "export", loaded_in(planned)


def letters(life: Life) -> Shown:
    """Write the weekly e-mail as it would leave now, for every week of the block."""
    who = life.me.who
    for number in range(1, life.block["weeks"] + 1):
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
        with life.app.state.database.read() as session:
            letter = content_of(session, due, now=life.clock.now, public_url="https://squat.example")
        if isinstance(letter, WeekLetter):
            parts = compose(letter, sender="gym@squat.example", at=life.clock.now).walk()
            text = "\n".join(part.get_content() for part in parts if part.get_content_maintype() == "text")
            yield f"e-mail of week {number}", loaded_in_text(text)


def _read(api: Api, path: str) -> Json:
    """Return an answer; nothing where there is no block, no such day, or no access for somebody who is away."""
    answer = api.send("GET", path)
    assert answer.status_code in (200, 401, 404), (path, answer.text)
    read: Json = answer.json()
    return read if answer.status_code == 200 else {}


PARTS: Final[tuple[Callable[[Life], Shown], ...]] = (weeks, pages, answers, letters)
"""All of them are everything there is to read."""
