"""Requests to an app on an event loop of this thread: no portal, no redirects, no cookies, a third of the time.

Whatever the app would give to a thread is done at once, for nobody else is asking; what several ask for `together`
goes to threads as it does in a server.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Any, Self
from urllib.parse import urlencode

import pytest
from anyio import to_thread
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.support.quick import Headers, answered, scope_of


class Direct(TestClient):
    """A client of one app, whose lifespan is its own; used by the thread that opened it."""

    app: FastAPI

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app)
        self._alone = True
        self._loop = asyncio.new_event_loop()
        self._patched = pytest.MonkeyPatch()
        self._lifespan: AbstractAsyncContextManager[Any] = app.router.lifespan_context(app)

    def __enter__(self) -> Self:
        """Start the app."""
        self._patched.setattr(to_thread, "run_sync", self._at_once_or(to_thread.run_sync))
        self._loop.run_until_complete(self._lifespan.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the app."""
        self._loop.run_until_complete(self._lifespan.__aexit__(None, None, None))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self._patched.undo()

    def request(self, method: str, url: str, **options: Any) -> Response:  # type: ignore[override]
        """Send a request with `headers`, and `json` or `data` as its body."""
        headers, body = _content(options)
        asked = answered(self.app, scope_of(method, url.encode(), headers), body)
        if self._alone:
            answer = self._loop.run_until_complete(asked)
        else:
            answer = asyncio.run_coroutine_threadsafe(asked, self._loop).result()
        answer.read()
        return answer

    def together(self, *calls: Callable[[], object]) -> None:
        """Make calls that send requests, each in a thread of its own, and wait for all."""
        with ThreadPoolExecutor(len(calls)) as pool:

            async def all_of_them() -> None:
                await asyncio.gather(*(self._loop.run_in_executor(pool, call) for call in calls))

            self._alone = False
            try:
                self._loop.run_until_complete(all_of_them())
            finally:
                self._alone = True

    def _at_once_or(self, in_a_thread: Callable[..., Any]) -> Callable[..., Any]:
        async def run(function: Callable[..., object], *args: object, **options: object) -> object:
            return function(*args) if self._alone else await in_a_thread(function, *args, **options)

        return run


def _content(options: dict[str, Any]) -> tuple[Headers, bytes]:
    """Return the headers and the body of a request."""
    headers = {"host": "testserver"} | (options.get("headers") or {})
    body = b""
    if options.get("json") is not None:
        headers["content-type"], body = "application/json", json.dumps(options["json"]).encode()
    elif options.get("data") is not None:
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode(options["data"], doseq=True).encode()
    headers["content-length"] = str(len(body))
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()], body
