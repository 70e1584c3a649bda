"""A few connections to read by on the event loop, beside the pool: for the hot reads and for the schema watch."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import quote

import asyncpg
from sqlalchemy import URL, Dialect, make_url
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from app.db import server_settings
from app.settings import Settings

NO_ANSWER: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that is lost while it is taken
    sqlite3.Error,
    TimeoutError,
    OSError,
)
"""What `fetch` raises when a statement cannot be answered just now."""


class Connections(Protocol):
    """How statements reach one kind of database; values stand in the order in which the statement asks for them."""

    dialect: Dialect

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement; one of NO_ANSWER when the database cannot be read just now."""

    async def close(self) -> None:
        """Let the connections go."""


class SqliteConnections:
    """One connection that only reads, on the event loop: a read of a few rows takes microseconds."""

    dialect: Dialect = sqlite_dialect()

    def __init__(self, path: str) -> None:
        self._address = f"file:{quote(path)}?mode=rw"  # never makes the file
        self._open: sqlite3.Connection | None = None

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement."""
        try:
            if self._open is None:
                self._open = sqlite3.connect(
                    self._address, uri=True, isolation_level=None, timeout=0, check_same_thread=False
                )
                self._open.execute("PRAGMA synchronous=FULL")  # the last one to close writes the log back
                self._open.execute("PRAGMA query_only=ON")
            return self._open.execute(sql, values).fetchall()
        except sqlite3.Error:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()
            self._open = None


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
        if self._places.locked():
            async with asyncio.timeout(self._limit_s):
                await self._places.acquire()
        else:
            await self._places.acquire()  # which is at once
        try:
            return await self._asked(sql, values)
        finally:
            self._places.release()

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


def open_connections(settings: Settings, *, places: int, limit_s: float) -> Connections:
    """Return connections to the database of the settings; nothing connects yet."""
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() == "sqlite":
        return SqliteConnections(url.database or "")
    return PostgresqlConnections(_address(url), server_settings(settings), places=places, limit_s=limit_s)


def _address(url: URL) -> str:
    """Return an address without the options that only libpq knows: asyncpg would send them to the server."""
    query = {name: value for name, value in url.query.items() if name in _KNOWN_TO_BOTH}
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


_KNOWN_TO_BOTH: Final = frozenset(
    {"application_name", "host", "passfile", "port", "sslcert", "sslcrl", "sslkey", "sslmode", "sslpassword",
     "sslrootcert", "target_session_attrs"}
)  # fmt: skip
