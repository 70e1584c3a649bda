"""A network that does to requests what networks do: slow, cut half-way, answers that never arrive; by a seeded plan."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

_DELAY_S = 0.05
_BOUND_S = 60


class Fate(StrEnum):
    """What becomes of one request."""

    PASSES = "passes"
    IS_DELAYED = "is delayed by 50 ms"
    IS_CUT = "is cut half-way"
    LOSES_ITS_ANSWER = "is answered, and the answer is dropped"
    HALF_AN_ANSWER = "is answered, and half of that arrives"
    IS_GIVEN_UP = "arrives whole, and both sides are hung up on before the answer"


BAD = tuple(fate for fate in Fate if fate is not Fate.PASSES)


class _EndedError(Exception):
    """The connection has been ended on purpose."""


@dataclass(slots=True)
class FaultProxy:
    """A port that leads to a server, for HTTP/1.1 messages with a length."""

    server_port: int
    seed: int
    share: float
    port: int = 0
    met: Counter[Fate] = field(default_factory=Counter)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    def _next(self) -> Fate:
        fate = self._chance.choice(BAD) if self._chance.random() < self.share else Fate.PASSES
        self.met[fate] += 1
        return fate

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        """Listen until the end."""
        listening = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await end.wait()
        listening.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            while True:
                await self._carry(await _message(reader), server_reader, server_writer, writer)
        except (_EndedError, asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # the end of this connection, whoever ended it
        finally:
            for each in (writer, server_writer):
                each.transport.abort()

    async def _carry(
        self,
        request: bytes,
        server_reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Carry one request and its answer, as far as its fate allows."""
        fate = self._next()
        if fate is Fate.IS_DELAYED:
            await asyncio.sleep(_DELAY_S)
        server_writer.write(request[: -len(request) // 4] if fate is Fate.IS_CUT else request)
        await server_writer.drain()
        if fate in (Fate.IS_CUT, Fate.IS_GIVEN_UP):
            await asyncio.sleep(0)  # so that what was written leaves before the end
            raise _EndedError
        answer = await _message(server_reader)
        if fate is Fate.LOSES_ITS_ANSWER:
            raise _EndedError
        writer.write(answer[: len(answer) // 2] if fate is Fate.HALF_AN_ANSWER else answer)
        await writer.drain()
        if fate is Fate.HALF_AN_ANSWER:
            raise _EndedError


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    headers = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
    return head + await reader.readexactly(int(headers.get(b"content-length", b"0")))


@contextmanager
def fault_proxy(server_port: int, *, seed: int, share: float) -> Iterator[FaultProxy]:
    """Stand between people and a server; the given share of all requests meets a fault."""
    proxy, ready, loop, end = (
        FaultProxy(server_port, seed, share),
        threading.Event(),
        asyncio.new_event_loop(),
        asyncio.Event(),
    )

    async def serve() -> None:
        await proxy.serve(ready, end)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(_BOUND_S)
        yield proxy
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(_BOUND_S)
        loop.close()
