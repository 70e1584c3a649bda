"""The reads that phones make every morning, ahead of the router: one statement on the event loop, ready bytes.

Answered here is only the ordinary case: a valid token, no parameters, a running block that holds today. Whatever
else there is to say, from 401 to a week of last year, is left to the ordinary route of the same path, so that every
rule stands once: what a week or a block says on a day comes from the functions which that route calls.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.block_days import week_number
from app.block_documents import block_bytes, block_language, block_tag, week_in
from app.compressed import prefers_gzip
from app.deps import now_of
from app.documents import LONGEST_TAGS, document, packed
from app.hot_store import BlockRow, HotStore, RunningBlock
from app.ids import as_uuid, id_text
from app.local_time import local_day
from app.schema import Standing
from app.secrets import hash_secret
from app.telemetry import name_span

_DAY: Final = timedelta(days=1)
_MY_WEEK: Final = "/v1/me/week"
_OTHERS: Final = re.compile(r"/v1/(clients|blocks)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(/week)?")
_BEARER: Final = "bearer "


class HotRoute(NamedTuple):
    """What the log, the counters and the audit trail call a read: template and name of its ordinary route."""

    path: str
    name: str


_ROUTES: Final = {
    (None, None): HotRoute(_MY_WEEK, "get_my_week"),
    ("clients", "/week"): HotRoute("/v1/clients/{client_id}/week", "get_client_week"),
    ("blocks", None): HotRoute("/v1/blocks/{block_id}", "get_block"),
}


class Read(NamedTuple):
    """A read that may be answered here."""

    route: HotRoute
    of: UUID | None  # the client or block in the path
    token: str
    gzip: bool
    if_none_match: str | None

    @property
    def is_refused(self) -> bool:
        """Tell whether the router will refuse it, for more tags than are described."""
        return self.if_none_match is not None and len(self.if_none_match) > LONGEST_TAGS


class HotReads:
    """Answers the reads above, and passes on everything else."""

    def __init__(self, app: ASGIApp, *, traced: bool) -> None:
        self.app, self._traced = app, traced

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a read, or let the router do it."""
        read = asked(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        answer = None if read is None or read.is_refused else await _answer(scope, read)
        if read is None or answer is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = read.route
        if self._traced:
            name_span("GET", read.route.path)
        await answer(scope, receive, send)


def asked(scope: Scope) -> Read | None:
    """Return the read a request asks for; None, for the router, with a parameter, no bearer token or another path."""
    if scope["query_string"]:
        return None
    path: str = scope["path"]
    if path == _MY_WEEK:
        route, of = _ROUTES[None, None], None
    else:
        match = _OTHERS.fullmatch(path)
        known = None if match is None else _ROUTES.get((match[1], match[3]))
        if match is None or known is None:
            return None
        route, of = known, UUID(match[2])
    headers = _headers(scope["headers"])
    credentials = headers.get(b"authorization", "")
    if credentials[: len(_BEARER)].lower() != _BEARER:
        return None
    return Read(
        route=route,
        of=of,
        token=credentials[len(_BEARER) :].strip(),
        gzip=_takes_gzip(headers.get(b"accept-encoding")),
        if_none_match=headers.get(b"if-none-match"),
    )


_WANTED: Final = frozenset({b"authorization", b"accept-encoding", b"if-none-match"})


def _headers(raw: Sequence[tuple[bytes, bytes]]) -> Mapping[bytes, str]:
    """Return the headers that matter; several of one name are one list."""
    found: dict[bytes, str] = {}
    for name, value in raw:
        if name in _WANTED:
            text = value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
    return found


_takes_gzip = lru_cache(maxsize=256)(prefers_gzip)


async def _answer(scope: Scope, read: Read) -> Response | None:
    app = scope["app"]
    if app.state.schema_watch.standing is not Standing.READY:
        return None
    store: HotStore = app.state.hot_store
    now = now_of(app)
    find = _block if read.route is _ROUTES["blocks", None] else _week
    found = await find(store, read, now)
    if found is None:
        return None
    row, answer = found
    state = scope["state"]
    state["person_id"], state["signed_in"] = id_text(row.person_id), Asker(row)
    return answer


class Asker(NamedTuple):
    """Who asks, and about whom, as the audit trail takes it."""

    row: RunningBlock | BlockRow

    @property
    def organization_id(self) -> UUID:
        """Return whose trail it is."""
        return as_uuid(self.row.organization_id)

    @property
    def person_id(self) -> UUID:
        """Return who asks."""
        return as_uuid(self.row.person_id)

    @property
    def seen(self) -> set[UUID]:
        """Return the client."""
        return {as_uuid(self.row.client_id)}

    @property
    def is_staff(self) -> bool:
        """Tell whether it is somebody other than the client."""
        return self.row.role in STAFF


async def _week(store: HotStore, read: Read, now: datetime) -> tuple[RunningBlock, Response] | None:
    """Return the week that holds today, for the client who asks or whom a coach asks about."""
    utc_day = now.astimezone(UTC).date()  # somewhere it is yesterday or tomorrow
    found = await store.weeks(hash_secret(read.token), now, read.of, earliest=utc_day - _DAY, latest=utc_day + _DAY)
    if found is None or not _may_see(found[0]):
        return None
    block, weeks = found
    today = local_day(now, block.time_zone)
    number = week_number(block, today)
    stored = {week.version: (week.body, week.packed) for week in weeks if week.week_number == number}
    if number is None or not stored:
        return None
    week = week_in(block, number, stored, today)
    return block, packed(week, gzip=read.gzip, if_none_match=read.if_none_match)


async def _block(store: HotStore, read: Read, now: datetime) -> tuple[BlockRow, Response] | None:
    """Return a block as it stands."""
    assert read.of is not None
    row = await store.block(hash_secret(read.token), now, read.of)
    if row is None or not _may_see(row):
        return None
    today: date = local_day(now, row.time_zone)
    body, etag = block_bytes(row, row.document, today), block_tag(row, today)
    language = block_language(row.locale, row, today)
    return row, document(body, etag=etag, if_none_match=read.if_none_match, language=language)


def _may_see(row: RunningBlock | BlockRow) -> bool:
    """Return whether the asker is staff or the client asked about."""
    return row.role in STAFF or row.member_of == row.client_id


STAFF: Final = frozenset({"admin", "coach"})
