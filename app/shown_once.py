"""Answers with a secret that is shown once: what is kept for a repeated request does not hold it."""

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request, Response

from app.idempotency import KeyedRoute


def show_once(request: Request, fields: Mapping[str, str]) -> None:
    """Add fields to the answer of the running request, and to no repetition of it."""
    request.state.shown_once = fields


class ShownOnceRoute(KeyedRoute):
    """A keyed route that puts the secret into its answer after the answer was stored under its key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, wrapped."""
        handle = super().get_route_handler()

        async def showing(request: Request) -> Response:
            response = await handle(request)
            secret: Mapping[str, str] | None = getattr(request.state, "shown_once", None)
            if secret is None:
                return response
            whole = json.dumps(json.loads(bytes(response.body)) | dict(secret), separators=(",", ":"))
            kept = {name: value for name, value in response.headers.items() if name != "content-length"}
            return Response(whole, status_code=response.status_code, headers=kept)

        return showing
