"""The one layer around the app: request id, host and size checks, security headers, counters, one log line."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from os import urandom
from urllib.parse import parse_qsl

from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.audit_reads import note_reads
from app.cors import CrossOrigin
from app.json_check import Batch, body_fault, flags_left, read_batch
from app.log_lines import REQUEST_ID, where, write_line
from app.metrics import Metrics
from app.problems import ProblemResponse, instance_of, messages_of, problem
from app.seats import PROBES, NoSeat
from app.settings import Settings
from app.telemetry import note_request

LOG = logging.getLogger("squatback.requests")

_HEADER_LIMIT_BYTES = 16 * 1024
_BATCH_FACTOR = 4  # sync carries up to a hundred logs
_BATCH_LISTS = ("session_logs", "check_ins")
_GOOD_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_UNCLEAN = re.compile("[\x00\ufffd\ud800-\udfff]")
_UNREAD = frozenset({"body_too_large", "receive_timeout"})
"""After these the rest of the body may still be on its way: the connection ends, instead of reading it."""
_JSON = re.compile(r"application/(?:[a-z.-]+\+)?json(?:\s*;\s*charset=\"?utf-8\"?)?\s*", re.IGNORECASE)
_UNREADABLE = b"0"  # no route takes a bare number, so a refused body stays refused, after who and whose are settled

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


_SECURITY = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in SECURITY_HEADERS.items()]
_TLS_ONLY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
"""Headers without which a GET has no body (RFC 9112, 6.3)."""


class _Refused(Exception):
    """A request that is answered before the app sees it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class _Exchange:
    """What is learned about one request on its way."""

    scope: Scope
    request_id: str
    started: float
    head: dict[bytes, bytes]
    status: int = 0
    sent_bytes: int = 0
    crash: BaseException | None = None

    def header(self, name: bytes, otherwise: str = "") -> str:
        """Return the first header of a name."""
        value = self.head.get(name)
        return otherwise if value is None else value.decode("latin-1")


class Layer:
    """Pure ASGI, so that it costs microseconds and never buffers an answer."""

    def __init__(self, app: ASGIApp, *, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics
        self.hosts = frozenset(host.lower() for host in settings.allowed_hosts)
        self._traced = settings.traces_url is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or pass the lifespan through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = dict(reversed(scope["headers"]))
        exchange = _Exchange(scope, _request_id(head), time.perf_counter(), head)
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        REQUEST_ID.set(exchange.request_id)
        if self._traced:
            note_request(exchange.request_id)
        self.metrics.in_flight += 1
        try:
            await self._answer(exchange, receive, _sender(exchange, send))
        finally:
            self.metrics.in_flight -= 1
            self._record(exchange)

    async def _answer(self, exchange: _Exchange, receive: Receive, send: Send) -> None:
        scope = exchange.scope
        try:
            self._check_head(exchange)
            body = None if _is_bodiless(exchange) else await self._read_body(exchange, receive)
        except _Refused as refused:
            await self._refuse(refused.code, exchange, receive, send)
            return
        if body and scope["path"].startswith("/v1/"):
            body = _readable(scope, body)
        try:
            await self.app(scope, receive if body is None else _replay(body, receive), send)
        except NoSeat:
            await self._refuse("unavailable", exchange, receive, send)
        except Exception as crash:
            exchange.crash = crash
            if not exchange.status:
                await self._refuse("internal_error", exchange, receive, send)

    async def _refuse(self, code: str, exchange: _Exchange, receive: Receive, send: Send) -> None:
        """Answer a problem, for web apps of other origins to read where the app itself would let them."""
        refusal = _problem(code, exchange)
        if code in _UNREAD:
            refusal.headers["Connection"] = "close"
        answer: ASGIApp = refusal
        if self.settings.cors_origins and exchange.scope["method"] != "OPTIONS":
            answer = CrossOrigin(answer, origins=self.settings.cors_origins)
        await answer(exchange.scope, receive, send)

    def _check_head(self, exchange: _Exchange) -> None:
        scope = exchange.scope
        if scope["path"] not in PROBES and not self._is_served(exchange.header(b"host")):
            raise _Refused("unknown_host")
        if sum(map(len, chain.from_iterable(scope["headers"]))) > _HEADER_LIMIT_BYTES:
            raise _Refused("headers_too_large")
        query: bytes = scope.get("query_string", b"")
        if not _clean(scope["path"]) or b"%00" in query or (b"&" in query and _names_twice(query)):
            raise _Refused("malformed_request")
        if exchange.header(b"content-encoding", "identity").lower() != "identity":
            raise _Refused("unsupported_media_type")
        if b"content-length" in exchange.head and _length(exchange.head) > self._limit(scope):
            raise _Refused("body_too_large")

    def _is_served(self, host: str) -> bool:
        return "*" in self.hosts or host.rsplit(":", 1)[0].lower() in self.hosts

    def _limit(self, scope: Scope) -> int:
        return self.settings.body_limit_bytes * (_BATCH_FACTOR if _is_batch(scope) else 1)

    async def _read_body(self, exchange: _Exchange, receive: Receive) -> bytes:
        """Return the whole body: it must be small and arrive in time, however it is framed."""
        try:
            async with asyncio.timeout(self.settings.body_deadline_s):
                body = await self._collect(receive, self._limit(exchange.scope))
        except TimeoutError:
            raise _Refused("receive_timeout") from None
        wants_json = exchange.scope["path"].startswith("/v1/")
        if body and wants_json and not _JSON.fullmatch(exchange.header(b"content-type")):
            raise _Refused("unsupported_media_type")
        return body

    async def _collect(self, receive: Receive, limit: int) -> bytes:
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Refused("malformed_request")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                raise _Refused("body_too_large")
        return bytes(body)

    def _record(self, exchange: _Exchange) -> None:
        scope, status, seconds = exchange.scope, exchange.status, time.perf_counter() - exchange.started
        note_reads(scope, status)
        route = getattr(scope.get("route"), "path", "unmatched")
        method = _known(scope["method"])
        self.metrics.observe(method=method, route=route, status=status, seconds=seconds)
        # Put together by hand: what changes with each request are numbers and ids, which need no escaping.
        person_id = scope["state"].get("person_id")
        who = "null" if person_id is None else f'"{person_id}"'
        line = (
            f'{{"event":"request","request_id":"{exchange.request_id}",{_what(method, route, status)},'
            f'"ms":{seconds * 1000:.1f},"bytes":{exchange.sent_bytes},"person_id":{who}}}'
        )
        if exchange.crash is None:
            write_line(LOG, line)
            return
        error = _json(where(exchange.crash))
        LOG.error(f"{line[:-1]},{error[1:]}", exc_info=exchange.crash if self.settings.debug else None)


@lru_cache(maxsize=1024)
def _what(method: str, route: str, status: int) -> str:
    """Return how a log line tells what was asked and answered, without its braces."""
    return _json({"method": method, "route": route, "status": status})[1:-1]


def _request_id(head: Mapping[bytes, bytes]) -> str:
    """Take the caller's id when it is harmless, so that one id follows a request through proxies."""
    given = head.get(b"x-request-id")
    if given is not None and _GOOD_REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    return urandom(16).hex()


def _problem(code: str, exchange: _Exchange) -> ProblemResponse:
    path, messages = instance_of(exchange.scope["path"]), messages_of(Headers(scope=exchange.scope))
    return problem(code, instance=path, request_id=exchange.request_id, messages=messages)


def _sender(exchange: _Exchange, send: Send) -> Send:
    def observed(message: Message) -> Awaitable[None]:
        """No coroutine of its own: there is nothing to wait for but the sending."""
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            given = message.get("headers", ())
            added = _added(tuple([name for name, _ in given]), exchange.scope.get("scheme") == "https")
            message["headers"] = [*given, *added, (b"x-request-id", exchange.request_id.encode("ascii"))]
        elif message["type"] == "http.response.body":
            exchange.sent_bytes += len(message.get("body", b""))
        return send(message)

    return observed


@lru_cache(maxsize=256)
def _added(given: tuple[bytes, ...], over_tls: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return the security headers that an answer with these headers lacks."""
    names = {name.lower() for name in given}
    return (*(pair for pair in _SECURITY if pair[0] not in names), *((_TLS_ONLY,) if over_tls else ()))


def _is_bodiless(exchange: _Exchange) -> bool:
    """Tell whether a request has no body by its head."""
    return exchange.scope["method"] == "GET" and _FRAMING.isdisjoint(exchange.head)


def _is_batch(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.endswith("/sync")


def _readable(scope: Scope, body: bytes) -> bytes:
    """Note what is wrong with the body and hand on one that no route accepts, or what is left of a batch."""
    found = read_batch(body, _BATCH_LISTS) if _is_batch(scope) else body_fault(body)
    if isinstance(found, Batch):
        scope["state"]["item_faults"] = found.faults
        return found.body
    if found is None:
        return body
    scope["state"]["body_fault"] = found
    return flags_left(body) or _UNREADABLE


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _clean(path: str) -> bool:
    return _UNCLEAN.search(path) is None


def _names_twice(query: bytes) -> bool:
    """Tell whether a parameter is given twice: none is a list, and readers differ in which of the two they take."""
    names = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    return len(set(names)) < len(names)


def _length(head: Mapping[bytes, bytes]) -> int:
    """Return the length that is announced, 0 where that is no number."""
    told = head[b"content-length"]
    return int(told) if told.isdigit() and len(told) < 16 else 0


def _json(line: Mapping[str, object]) -> str:
    return to_json(line).decode()


def _known(method: str) -> str:
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
