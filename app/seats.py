"""How many requests are in the app at once: no more than it has threads and connections for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from app.schema import Standing
from app.settings import Settings

PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""What is always let in, and asked by address: probes know no host name."""

HASHES_PASSWORDS: Final = frozenset(
    {"/v1/auth/login", "/v1/auth/password-resets", "/v1/invitations/accept", "/v1/me/password", "/v1/me/sign-ins/end"}
    | {f"/v1/me/second-factor{more}" for more in ("", "/recovery-codes", "/removal")}
    | {"/week/sign-in", "/week/sign-ins", "/week/second-factor/change"}
)
_LONGEST_HASHING_QUEUE: Final = 50


class NoSeat(Exception):
    """None was free in time."""


class Seats:
    """Lets as many requests into the app as never wait for a thread or connection that another waiting one holds."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self.app, self._wait_s = app, settings.pool_wait_s
        self._seats = asyncio.Semaphore(min(settings.worker_threads, settings.pool_size))
        self._hashing = asyncio.Semaphore(settings.hashings_at_once)
        self._waiting_to_hash = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in when its turn has come; NoSeat when it does not come in time."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self.app(scope, receive, send)
        elif scope["path"] in HASHES_PASSWORDS and scope["method"] == "POST":
            async with self._turn_to_hash(scope):
                await self._in_a_seat(scope, receive, send)
        else:
            await self._in_a_seat(scope, receive, send)

    async def _in_a_seat(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._taken(self._seats, scope)
        try:
            await self.app(scope, receive, send)
        finally:
            self._seats.release()

    @asynccontextmanager
    async def _turn_to_hash(self, scope: Scope) -> AsyncIterator[None]:
        """Wait outside, so that a flood of sign-ins takes nobody else's seat; beyond its queue there is no waiting."""
        if self._waiting_to_hash >= _LONGEST_HASHING_QUEUE:
            raise NoSeat
        self._waiting_to_hash += 1
        try:
            await self._taken(self._hashing, scope)
        finally:
            self._waiting_to_hash -= 1
        try:
            yield
        finally:
            self._hashing.release()

    async def _taken(self, seats: asyncio.Semaphore, scope: Scope) -> None:
        if not seats.locked():
            await seats.acquire()  # which is at once
            return
        if scope["app"].state.schema_watch.standing is not Standing.READY:
            raise NoSeat  # those who sit wait for a database that is away
        try:
            async with asyncio.timeout(self._wait_s):
                await seats.acquire()
        except TimeoutError:
            raise NoSeat from None
