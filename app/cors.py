"""Lets web apps of an exact allow-list call the API from browsers; without a list no app is let in."""

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_ASKED_WITH: Final = ("Authorization", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-ID")
_READ_IN_ANSWERS: Final = (
    "Allow", "Content-Language", "ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-ID",
)  # fmt: skip


class CrossOrigin(CORSMiddleware):
    """Answers preflights of listed origins and marks answers for them; tokens travel in headers, never in cookies."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=frozenset(origins),
            allow_methods=_METHODS,
            allow_headers=_ASKED_WITH,
            expose_headers=_READ_IN_ANSWERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight that is allowed; anything else goes on, and is marked for a listed origin."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS" and {"origin", "access-control-request-method"} <= set(headers.keys()):
            answer = self.preflight_response(request_headers=headers)
            if answer.status_code == 200:
                await answer(scope, receive, send)
                return
        await self.simple_response(scope, receive, send, request_headers=headers)
