"""A small load generator: connections that are kept, each sending its next request when it has the last answer."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def wire(self) -> bytes:
        """Return its bytes as HTTP/1.1 sends them."""
        headers = {"Host": "127.0.0.1", **self.headers}
        if self.body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{head}\r\n".encode() + self.body


@dataclass(slots=True)
class Load:
    """What a spell of load came to; latencies in seconds."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def requests(self) -> int:
        """Return how many answers came."""
        return len(self.latencies)

    def percentile(self, percent: float) -> float:
        """Return the latency that so many percent of the answers did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000 if ordered else 0.0


class _Connection(asyncio.Protocol):
    """One connection; answers are recognised by their length, which every answer here has."""

    def __init__(self, requests: Iterator[bytes], load: Load, until: float, done: asyncio.Future[None]) -> None:
        self.requests, self.load, self.until, self.done = requests, load, until, done
        self.transport: asyncio.Transport | None = None
        self.answer = bytearray()
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self.answer += data
        end = self.answer.find(b"\r\n\r\n")
        if end < 0 or len(self.answer) < end + 4 + _length(self.answer[:end]):
            return
        self.load.latencies.append(time.perf_counter() - self.sent_at)
        self.load.statuses[int(self.answer[9:12])] += 1
        self.answer.clear()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.load.statuses[0] += 1  # the server hung up
            self.done.set_result(None)

    def _send(self) -> None:
        assert self.transport is not None
        request = next(self.requests, None)
        if request is None or time.perf_counter() >= self.until:
            self.done.set_result(None)
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)


def _length(head: bytearray) -> int:
    at = head.lower().find(b"content-length:")
    if at < 0:
        return 0
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


async def _spell(port: int, streams: Sequence[Iterator[bytes]], seconds: float) -> Load:
    load, loop = Load(), asyncio.get_running_loop()
    started = time.perf_counter()
    waiting: list[asyncio.Future[None]] = []
    for stream in streams:
        done: asyncio.Future[None] = loop.create_future()
        waiting.append(done)
        await loop.create_connection(
            lambda stream=stream, done=done: _Connection(stream, load, started + seconds, done),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    await asyncio.wait_for(asyncio.gather(*waiting), timeout=seconds + 30)
    load.seconds = time.perf_counter() - started
    return load


def run(port: int, requests: Sequence[Iterator[bytes]], *, seconds: float) -> Load:
    """Send each stream of requests over a connection of its own until the time is up."""
    return asyncio.run(_spell(port, requests, seconds))


def repeated(requests: Sequence[Request], connections: int) -> list[Iterator[bytes]]:
    """Return streams that go round the requests for ever, each beginning at another one."""
    wires = [request.wire() for request in requests]
    return [(wires[(first + turn) % len(wires)] for turn in count()) for first in range(connections)]
