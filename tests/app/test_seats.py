"""How many requests the app takes in at once: as many as it has threads and connections for."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.asgi import Layer
from app.metrics import Metrics
from app.schema import Standing
from app.seats import Seats
from tests.conftest import settings_for

THREADS = 2
READY = SimpleNamespace(state=SimpleNamespace(schema_watch=SimpleNamespace(standing=Standing.READY)))
"""An app whose database is there."""


class Slow:
    """An app whose requests stay until they are let go, and which remembers how many were inside at once."""

    def __init__(self) -> None:
        self.inside = self.most = 0
        self.let_go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.let_go.wait()
        self.inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _asked(layer: Layer, path: str) -> int:
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await layer({"type": "http", "method": "GET", "path": path, "headers": [], "app": READY}, receive, send)
    return statuses[0]


def _layer(app: Slow) -> Layer:
    settings = settings_for("sqlite://", worker_threads=THREADS, pool_wait_s=0.05)
    return Layer(Seats(app, settings=settings), settings=settings, metrics=Metrics())


def test_who_finds_no_seat_in_time_is_asked_to_come_again() -> None:
    async def crowd() -> tuple[list[int], int]:
        app = Slow()
        layer = _layer(app)
        asked = [asyncio.create_task(_asked(layer, "/v1/me")) for _ in range(5)]
        await asyncio.sleep(0.2)
        app.let_go.set()
        return await asyncio.gather(*asked), app.most

    statuses, most = asyncio.run(crowd())
    assert sorted(statuses) == [200, 200, 503, 503, 503]
    assert most == THREADS


@pytest.mark.parametrize("probe", ["/livez", "/readyz", "/metrics"])
def test_probes_need_no_seat(probe: str) -> None:
    async def crowd() -> int:
        app = Slow()
        layer = _layer(app)
        asked = [asyncio.create_task(_asked(layer, "/v1/me")) for _ in range(THREADS)]
        await asyncio.sleep(0)
        probed = asyncio.create_task(_asked(layer, probe))
        await asyncio.sleep(0)
        inside = app.inside
        app.let_go.set()
        await asyncio.gather(*asked, probed)
        return inside

    assert asyncio.run(crowd()) == THREADS + 1
