"""The bare endpoints that the service is measured against, each as little as it can be.

`python -m bench.baselines NAME PORT` serves one of them with the flags of the real server.
"""

import os
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

import psycopg
import uvicorn
from fastapi import FastAPI, Response
from sqlalchemy.engine import make_url

from app.logs.schemas import CheckInCreate
from app.server import FLAGS

Asgi = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]

_JSON: Final = [(b"content-type", b"application/json")]


def sized(count: int) -> bytes:
    """Return a JSON document of so many bytes."""
    return b'{"week":"' + b"x" * (count - 11) + b'"}'


def bare_asgi() -> Asgi:
    """Return an application that answers ready bytes and knows no routes."""
    body = sized(int(os.environ["BENCH_BYTES"]))

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await _answer(send, body)

    return app


def bare_fastapi() -> FastAPI:
    """Return FastAPI with one endpoint that returns a prebuilt response."""
    app = FastAPI(openapi_url=None)
    prebuilt = Response(sized(int(os.environ["BENCH_BYTES"])), media_type="application/json")

    @app.get("/", response_model=None)
    async def ready() -> Response:
        return prebuilt

    return app


def raw_read() -> Asgi:
    """Return an application that reads one row by its key with the driver, on a kept connection."""
    read = _reader()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await _answer(send, await read())

    return app


def raw_commit() -> FastAPI:
    """Return FastAPI with one endpoint that checks a check-in's body, inserts it, counts it and commits durably."""
    app, write = FastAPI(openapi_url=None), _writer()

    @app.post("/", response_model=None, status_code=201)
    async def store(body: CheckInCreate) -> Response:
        await write(str(uuid4()), body.model_dump_json())
        return Response(b'{"stored":true}', 201, media_type="application/json")

    return app


def _reader() -> Callable[[], Awaitable[bytes]]:
    statement = "SELECT document FROM bench_documents WHERE id = 1"
    body = sized(int(os.environ["BENCH_BYTES"])).decode()
    setup = "CREATE TABLE IF NOT EXISTS bench_documents (id INTEGER PRIMARY KEY, document TEXT)"
    if _is_sqlite():
        connection = _sqlite()
        connection.execute(setup)
        connection.execute("INSERT OR REPLACE INTO bench_documents VALUES (1, ?)", (body,))

        async def read() -> bytes:
            return str(connection.execute(statement).fetchone()[0]).encode()

        return read
    with psycopg.connect(_url(), autocommit=True) as first:
        first.execute(setup)
        first.execute("INSERT INTO bench_documents VALUES (1, %s) ON CONFLICT (id) DO NOTHING", (body,))
    pool = _Pool()

    async def read_postgresql() -> bytes:
        return str((await (await (await pool.connection()).execute(statement)).fetchone() or [""])[0]).encode()

    return read_postgresql


def _writer() -> Callable[[str, str], Awaitable[None]]:
    tables = (
        "CREATE TABLE IF NOT EXISTS bench_rows (id TEXT PRIMARY KEY, body TEXT)",
        "CREATE TABLE IF NOT EXISTS bench_versions (id INTEGER PRIMARY KEY, version INTEGER)",
        "INSERT INTO bench_versions VALUES (1, 0) ON CONFLICT DO NOTHING",
    )
    count = "UPDATE bench_versions SET version = version + 1 WHERE id = 1"
    if _is_sqlite():
        connection = _sqlite()
        for statement in tables:
            connection.execute(statement)

        async def write(key: str, body: str) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO bench_rows VALUES (?, ?)", (key, body))
            connection.execute(count)
            connection.execute("COMMIT")

        return write
    with psycopg.connect(_url(), autocommit=True) as first:
        for statement in tables:
            first.execute(statement)
    pool = _Pool()

    async def write_postgresql(key: str, body: str) -> None:
        connection = await pool.connection()
        insert = f"WITH one AS (INSERT INTO bench_rows VALUES (%s, %s)) {count}"  # one statement is one transaction
        await connection.execute(insert, (key, body))

    return write_postgresql


class _Pool:
    """Kept autocommit connections, used in turn; psycopg queues what overlaps on one."""

    def __init__(self) -> None:
        self._open: list[psycopg.AsyncConnection[Any]] = []
        self._turn = 0

    async def connection(self) -> "psycopg.AsyncConnection[Any]":
        """Return the next connection."""
        if len(self._open) < _CONNECTIONS:
            self._open.append(await psycopg.AsyncConnection.connect(_url(), autocommit=True, prepare_threshold=1))
        self._turn = (self._turn + 1) % len(self._open)
        return self._open[self._turn]


_CONNECTIONS: Final = 8


def _is_sqlite() -> bool:
    return os.environ["BENCH_DATABASE_URL"].startswith("sqlite")


def _sqlite() -> sqlite3.Connection:
    path = make_url(os.environ["BENCH_DATABASE_URL"]).database or ""
    connection = sqlite3.connect(f"{path}.bench", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _url() -> str:
    return make_url(os.environ["BENCH_DATABASE_URL"]).set(drivername="postgresql").render_as_string(hide_password=False)


async def _answer(send: Callable[[Any], Awaitable[None]], body: bytes) -> None:
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": _JSON + length})
    await send({"type": "http.response.body", "body": body})


BASELINES: Final[dict[str, Callable[[], Any]]] = {
    "bare ASGI": bare_asgi,
    "bare FastAPI": bare_fastapi,
    "raw read": raw_read,
    "raw commit": raw_commit,
}


def main() -> None:
    """Serve the baseline named on the command line until told to stop."""
    name, port = sys.argv[1], int(sys.argv[2])
    uvicorn.run(BASELINES[name](), host="127.0.0.1", port=port, **FLAGS)


if __name__ == "__main__":
    main()
