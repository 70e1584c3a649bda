"""A few connections to read by on the event loop, beside the pool: for the hot reads and for the schema watch."""

import sqlite3
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Dialect, make_url
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from app.settings import Settings


class NoAnswer(Exception):
    """A statement cannot be answered just now."""


class NoTable(NoAnswer):
    """A statement names a table that is not there."""


class Connections(Protocol):
    """How statements reach one kind of database; values stand in the order in which the statement asks for them."""

    dialect: Dialect

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a statement; NoAnswer when the database cannot be read just now."""

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
        except sqlite3.Error as error:
            await self.close()
            raise (NoTable if "no such table" in str(error) else NoAnswer) from error

    async def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()
            self._open = None


def open_connections(settings: Settings, *, places: int, limit_s: float) -> Connections:
    """Return connections to the database of the settings; nothing connects yet."""
    url = make_url(settings.database_url.get_secret_value())
    if url.get_backend_name() == "sqlite":
        return SqliteConnections(url.database or "")
    beside: Connections = import_module("app.postgresql_connections").open_beside(  # SQLite needs no asyncpg in memory
        url, settings, places=places, limit_s=limit_s
    )
    return beside
