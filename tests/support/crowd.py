"""Sixteen people who read and write at once while something happens to the database, and what each was answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from tests.support.log_book import ClientBook, LogBook
from tests.support.serving import Serving
from tests.support.writers import Writer, make_writers

READERS_OF_EACH = 3
"""Beside one writer for each of four clients."""
_THINKS_S = 0.1
_BOUND_S = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and when it was asked for and given, on the monotonic clock."""

    asked: float
    given: float
    method: str
    status: int
    problem: bool
    retry_after: bool

    @property
    def seconds(self) -> float:
        """Return how long it took."""
        return self.given - self.asked


@dataclass
class Crowd:
    """The people, and everything they were answered."""

    book: LogBook
    server: Serving
    headers: Mapping[str, str]
    answers: list[Answer] = field(default_factory=list)
    live_s: list[float] = field(default_factory=list)
    writers: list[Writer] = field(init=False)
    _told: dict[str, int] = field(default_factory=dict)
    _over: bool = False

    def __post_init__(self) -> None:
        self.writers = make_writers(self.book, seed=7)
        for writer in self.writers:
            writer.headers = self.headers

    def during(self, happening: Callable[[], Awaitable[None]]) -> None:
        """Let everybody read and write while something happens, and until it is over."""
        asyncio.run(self._during(happening))

    async def _during(self, happening: Callable[[], Awaitable[None]]) -> None:
        self._over = False
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            base_url=self.server.url, headers=self.headers, timeout=_BOUND_S, limits=limits, trust_env=False
        ) as http:
            people = [self._probe(http)]
            for client, writer in zip(self.book.clients, self.writers, strict=True):
                people.append(self._write(http, client, writer))
                people += [self._read(http, client, number) for number in range(READERS_OF_EACH)]
            tasks = [asyncio.create_task(person) for person in people]
            try:
                await happening()
            finally:
                self._over = True
                await asyncio.gather(*tasks)

    async def _write(self, http: httpx.AsyncClient, client: ClientBook, writer: Writer) -> None:
        entry = next(writer.entries)
        while not self._over:
            headers = {"Idempotency-Key": entry.key}
            answer = await self._asked(http.post(entry.path, json=entry.body, headers=headers))
            if answer.status_code == 201:
                writer.told[entry.key] = (entry, answer.text)
                self._told[client.block_id] = answer.json()["block_revision"]
                entry = next(writer.entries)
            await asyncio.sleep(_THINKS_S)
        writer.unanswered.append(entry)

    async def _read(self, http: httpx.AsyncClient, client: ClientBook, number: int) -> None:
        path = (f"{client.path}/week", f"/v1/blocks/{client.block_id}", f"/v1/blocks/{client.block_id}/revisions")
        while not self._over:
            told = self._told.get(client.block_id, 0)
            answer = await self._asked(http.get(path[number]))
            if answer.status_code == 200 and number > 0:
                shown = answer.json()["revision"] if number == 1 else answer.json()["items"][0]["revision"]
                assert shown >= told, "a plan that was replaced before it was asked for"
            await asyncio.sleep(_THINKS_S)

    async def _probe(self, http: httpx.AsyncClient) -> None:
        while not self._over:
            asked = time.monotonic()
            assert (await http.get("/livez")).status_code == 200
            self.live_s.append(time.monotonic() - asked)
            await asyncio.sleep(_THINKS_S)

    async def _asked(self, asking: Awaitable[httpx.Response]) -> httpx.Response:
        asked = time.monotonic()
        answer = await asking
        problem = answer.headers["content-type"] == "application/problem+json"
        retry_after = "retry-after" in answer.headers
        self.answers.append(
            Answer(asked, time.monotonic(), answer.request.method, answer.status_code, problem, retry_after)
        )
        return answer

    # --- what must hold -------------------------------------------------------------------------------------------

    def statuses(self) -> Counter[int]:
        """Return how often each status was answered."""
        return Counter(answer.status for answer in self.answers)

    def assert_orderly(self) -> None:
        """Check that there were good answers and polite refusals, and nothing else."""
        assert set(self.statuses()) <= {200, 201, 409, 503}, self.statuses()
        refused = [answer for answer in self.answers if answer.status >= 400]
        assert all(answer.problem and answer.retry_after for answer in refused)

    def between(self, start: float, end: float) -> Iterator[Answer]:
        """Yield what was asked for within a time."""
        return (answer for answer in self.answers if start <= answer.asked < end)

    def recovery_s(self, back: float) -> float:
        """Return how long after the database was back it took until somebody was served, and until everybody was."""
        first = min(answer.given for answer in self.answers if answer.given > back and answer.status < 400)
        last = max([answer.given for answer in self.answers if answer.asked > back and answer.status == 503], default=0)
        return max(first, last) - back


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return sorted(values)[len(values) // 2]
