"""Connections to PostgreSQL beside the pool, through asyncpg: on the event loop it takes half of what psycopg takes."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg
from sqlalchemy import URL, Dialect
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from app.connections import NoAnswer, NoTable
from app.db import server_settings
from app.settings import Settings

_FAILURES: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that is lost while it is taken
    TimeoutError,
    OSError,
)


class PostgresqlConnections:
    """A few connections that stay open, used in turn by whoever has a place; statements stay prepared on them.

    Waiting for a place and waiting for an answer are each bounded by `limit_s` seconds.
    """

    dialect: Dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]

    def __init__(self, address: str, options: Mapping[str, str], *, places: int, limit_s: float) -> None:
        self._address, self._options, self._limit_s = address, dict(options), limit_s
        self._places = asyncio.Semaphore(places)
        self._idle: list[asyncpg.Connection] = []

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement."""
        try:
            await self._place()
            try:
                return await self._asked(sql, values)
            finally:
                self._places.release()
        except asyncpg.UndefinedTableError as error:
            raise NoTable from error
        except _FAILURES as error:
            raise NoAnswer from error

    async def _place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # which is at once
            return
        async with asyncio.timeout(self._limit_s):
            await self._places.acquire()

    async def _asked(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        connection = self._open() or await self._connected()
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *values, timeout=self._limit_s)
        except BaseException:
            connection.terminate()  # nobody knows what is still running on it
            raise
        self._idle.append(connection)
        return rows

    def _open(self) -> asyncpg.Connection | None:
        """Return the idle connection that was used last and is still open."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def _connected(self) -> asyncpg.Connection:
        return await asyncpg.connect(self._address, timeout=self._limit_s, server_settings=self._options)

    async def close(self) -> None:
        """Close the connections that nobody uses."""
        for connection in self._idle:
            connection.terminate()
        self._idle.clear()


def open_beside(url: URL, settings: Settings, *, places: int, limit_s: float) -> PostgresqlConnections:
    """Return connections to the database of an address; nothing connects yet."""
    return PostgresqlConnections(_address(url), server_settings(settings), places=places, limit_s=limit_s)


def _address(url: URL) -> str:
    """Return an address without the options that only libpq knows: asyncpg would send them to the server."""
    query = {name: value for name, value in url.query.items() if name in _KNOWN_TO_BOTH}
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


_KNOWN_TO_BOTH: Final = frozenset(
    {"application_name", "host", "passfile", "port", "sslcert", "sslcrl", "sslkey", "sslmode", "sslpassword",
     "sslrootcert", "target_session_attrs"}
)  # fmt: skip
