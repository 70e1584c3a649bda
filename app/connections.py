"""A few connections to read by on the event loop, beside the pool: for the hot reads and for the schema watch."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol
from urllib.parse import quote

import psycopg
from sqlalchemy import Dialect, make_url
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from app.bounded import BoundedAsyncConnection
from app.db import postgresql_options
from app.settings import Settings

NO_ANSWER: Final = (psycopg.Error, sqlite3.Error, TimeoutError, OSError)
"""What `fetch` raises when a statement cannot be answered just now."""


class Connections(Protocol):
    """How statements reach one kind of database."""

    dialect: Dialect

    async def fetch(self, sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement; one of NO_ANSWER when the database cannot be read just now."""

    async def close(self) -> None:
        """Let the connections go."""


class SqliteConnections:
    """One connection that only reads, on the event loop: a read of a few rows takes microseconds."""

    dialect: Dialect = sqlite_dialect(paramstyle="named")

    def __init__(self, path: str) -> None:
        self._address = f"file:{quote(path)}?mode=rw"  # never makes the file
        self._open: sqlite3.Connection | None = None

    async def fetch(self, sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
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
    """A few connections that stay open, used in turn by whoever has a place.

    Waiting for a place and waiting for an answer are each bounded by `limit_s` seconds.
    """

    dialect: Dialect = psycopg_dialect()  # type: ignore[no-untyped-call]

    def __init__(self, address: str, options: Mapping[str, Any], *, places: int, limit_s: float) -> None:
        self._address, self._options, self._limit_s = address, dict(options), limit_s
        self._places = asyncio.Semaphore(places)
        self._idle: list[BoundedAsyncConnection] = []

    async def fetch(self, sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement."""
        async with asyncio.timeout(self._limit_s):
            await self._places.acquire()
        try:
            return await self._asked(sql, values)
        finally:
            self._places.release()

    async def _asked(self, sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        connection = self._idle.pop() if self._idle else await self._connected()
        try:
            cursor = await connection.execute(sql.encode(), values, prepare=True)
            rows = await cursor.fetchall()
        except BaseException:
            await connection.close()
            raise
        self._idle.append(connection)
        return rows

    async def _connected(self) -> BoundedAsyncConnection:
        async with asyncio.timeout(self._limit_s):
            connection = await BoundedAsyncConnection.connect(self._address, autocommit=True, **self._options)
        connection.limit_s = self._limit_s
        return connection

    async def close(self) -> None:
        """Close the connections that nobody uses."""
        for connection in self._idle:
            with suppress(psycopg.Error):
                await connection.close()
        self._idle.clear()


def open_connections(settings: Settings, *, places: int, limit_s: float) -> Connections:
    """Return connections to the database of the settings; nothing connects yet."""
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() == "sqlite":
        return SqliteConnections(url.database or "")
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresqlConnections(address, postgresql_options(settings), places=places, limit_s=limit_s)
