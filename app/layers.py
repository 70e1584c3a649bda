"""FastAPI with layers around all of its own: what they answer never reaches it, and costs nothing there."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.middleware import Middleware
from starlette.types import ASGIApp


class LayeredApp(FastAPI):
    """An app inside `layers`, the first of which is outermost, and takes what nothing else has caught."""

    def __init__(self, *, layers: Sequence[Middleware], **options: Any) -> None:
        super().__init__(**options)
        self._layers = tuple(layers)
        self.add_exception_handler(Exception, _hand_on)

    def build_middleware_stack(self) -> ASGIApp:
        """Return what every request goes through."""
        app = super().build_middleware_stack()
        for layer, positional, named in reversed(self._layers):
            app = layer(app, *positional, **named)
        return app


async def _hand_on(_: Request, error: Exception) -> Response:
    """Leave a crash to the outermost layer: Starlette's own would answer it here."""
    raise error
