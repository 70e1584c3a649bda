"""Starlette's client of an app, with one change of threads for a request instead of nine: a millisecond less of each.

The app runs beside the test, on a loop in a thread of its own, as it does under Starlette's; a request is handed over
once, and its whole answer comes back once.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any, Final
from urllib.parse import unquote

from fastapi.testclient import TestClient
from httpx2 import BaseTransport, ByteStream, Request, Response
from starlette.types import ASGIApp

Message = MutableMapping[str, Any]
Headers = list[tuple[bytes, bytes]]

_PORTS: Final = {"http": 80, "https": 443}


class Quick(TestClient):
    """A client of one app, which runs as long as the client is open."""

    def __init__(
        self, app: ASGIApp, *, base_url: str = "http://testserver", raise_server_exceptions: bool = True
    ) -> None:
        super().__init__(app, base_url, raise_server_exceptions)
        self._transport = _HandedOver(self, raises=raise_server_exceptions)


class _HandedOver(BaseTransport):
    """Lets the thread of a client's app answer."""

    def __init__(self, client: Quick, *, raises: bool) -> None:
        self._client, self._raises = client, raises

    def handle_request(self, request: Request) -> Response:
        """Return the answer of the app, or raise what the app raised."""
        url, portal = request.url, self._client.portal
        assert portal is not None, "the client is not open"
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        scope = scope_of(request.method, url.raw_path, headers, scheme=url.scheme, host=url.host)
        return portal.call(answered, self._client.app, scope, request.read(), self._raises)


def scope_of(
    method: str, target: bytes, headers: Headers, *, scheme: str = "http", host: str = "testserver"
) -> Message:
    """Return what tells an app about a request; its target is a path with what is asked of it."""
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("testclient", 50000),
        "server": (host, _PORTS[scheme]),
        "state": {},
    }


async def answered(app: ASGIApp, scope: Message, body: bytes, raises: bool = True) -> Response:
    """Return the whole answer of an app; nobody hangs up before it is complete.

    What the app raises after it has answered is raised here too, if it `raises`.
    """
    messages: list[Message] = []
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return unread.pop() if unread else await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        messages.append(message)

    try:
        await app(scope, receive, send)
    except Exception:
        if raises:
            raise
    start, *parts = messages
    content = b"".join(part.get("body", b"") for part in parts if scope["method"] != "HEAD")
    return Response(start["status"], headers=start["headers"], stream=ByteStream(content))
