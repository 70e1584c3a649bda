"""Runs the comparisons: baselines and candidates take turns, ratios are taken round by round, medians are judged."""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from bench import planner, start
from bench.gym import CALM_MORNING, MEMBERS, Gym, fill
from bench.limits import Figure, at_most, fastest
from bench.load import Load, Request, repeated, run
from bench.servers import LOAD_CORE, Server, baseline, pin, squatback

CONNECTIONS: Final = 16
WARM_UP_S: Final = 0.5
RESULTS: Final = Path(__file__).with_name("results.json")

Streams = Callable[[], Sequence[Iterator[bytes]]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One spell of load on one server."""

    cpu_us: float  # processor time of the server per request
    per_second: float
    p99_ms: float
    load: Load


@dataclass(slots=True)
class Comparison:
    """A candidate beside its baseline: how much of the baseline's speed it keeps, by processor time."""

    name: str
    against: str
    candidate: Server
    base: Server
    streams: Streams
    base_streams: Streams
    at_least: float | None = None  # share of the baseline
    p99_at_most: float | None = None  # times the baseline's
    p99_ms_at_most: float | None = None
    expected: int = 200
    taken: list[tuple[Sample, Sample]] = field(default_factory=list)

    def take(self, seconds: float) -> None:
        """Take one round: the baseline, then the candidate."""
        pair = [
            sample(server, streams, seconds)
            for server, streams in ((self.base, self.base_streams), (self.candidate, self.streams))
        ]
        for sampled, expected in zip(pair, ({200, 201}, {self.expected}), strict=True):
            wrong = {status: number for status, number in sampled.load.statuses.items() if status not in expected}
            if wrong:
                raise RuntimeError(f"{self.name}: answers other than {expected}: {wrong}")
        self.taken.append((pair[0], pair[1]))

    def ratios(self) -> list[float]:
        """Return the share of the baseline's speed in each round."""
        return [base.cpu_us / one.cpu_us for base, one in self.taken]

    def p99_ratios(self) -> list[float]:
        """Return the 99th percentile of the latency as a multiple of the baseline's, in each round."""
        return [one.p99_ms / base.p99_ms for base, one in self.taken]

    def row(self) -> dict[str, object]:
        """Return the figures as they are printed and kept."""
        ratios, bases, ones = self.ratios(), [base for base, _ in self.taken], [one for _, one in self.taken]
        return {
            "name": self.name,
            "against": self.against,
            "ratio": round(median(ratios), 3),
            "spread": [round(min(ratios), 3), round(max(ratios), 3)],
            "at_least": self.at_least,
            "cpu_us": round(median(one.cpu_us for one in ones)),
            "baseline_cpu_us": round(median(base.cpu_us for base in bases)),
            "per_second": round(median(one.per_second for one in ones)),
            "p99_ms": round(median(one.p99_ms for one in ones), 1),
            "p99_ratio": round(median(self.p99_ratios()), 2),
            "p99_at_most": self.p99_at_most,
            "p99_ms_at_most": self.p99_ms_at_most,
            "met": self.met(),
        }

    def met(self) -> bool:
        """Return whether every target of the comparison holds."""
        return (
            (self.at_least is None or median(self.ratios()) >= self.at_least)
            and (self.p99_at_most is None or median(self.p99_ratios()) <= self.p99_at_most)
            and (self.p99_ms_at_most is None or median(one.p99_ms for _, one in self.taken) <= self.p99_ms_at_most)
        )


def sample(server: Server, streams: Streams, seconds: float) -> Sample:
    """Return what a spell of load costs a server, after a short one that does not count."""
    run(server.port, streams(), seconds=WARM_UP_S)
    before = server.cpu_s()
    load = run(server.port, streams(), seconds=seconds)
    spent = server.cpu_s() - before
    return Sample(spent / load.requests * 1e6, load.requests / load.seconds, load.percentile(99), load)


def endless(requests: Sequence[Request]) -> Streams:
    """Return streams that go round some requests."""
    return lambda: repeated(requests, CONNECTIONS)


@dataclass(frozen=True, slots=True)
class Targets:
    """What is asked of one database."""

    week: float
    others: float
    p99: float


TARGETS: Final = {"SQLite": Targets(0.50, 0.40, 4), "PostgreSQL": Targets(0.30, 0.22, 10)}
_WRITE_SHARE: Final = 0.10
_WRITE_P99_MS: Final = 100
_INBOX_ROWS: Final = 10
_WORKERS_CPU: Final = 1.15
_WORKER_MIB: Final = 160


def compare(
    database: str, url: str, folder: Path, *, rounds: int, seconds: float, after_each: Callable[[], None]
) -> list[dict[str, object]]:
    """Measure the service on one database beside its baselines; `after_each` is done after every round."""
    environment = {
        "SQUATBACK_DATABASE_URL": url,
        "SQUATBACK_ENVIRONMENT": "local",
        "SQUATBACK_ARGON2_MEMORY_KIB": "8",
        "SQUATBACK_ARGON2_ROUNDS": "1",
        "SQUATBACK_CALLS_PER_MINUTE": "10000000",  # one coach stands for many people
        "BENCH_DATABASE_URL": url,
    }
    with squatback(f"first start {database}", folder, environment):
        pass  # it migrates and loads the demo gym, as a deployment does before its workers start
    with ExitStack() as stack:
        service = stack.enter_context(squatback(f"squatback {database}", folder, environment))
        base_url = f"http://127.0.0.1:{service.port}"
        gym = fill(base_url)
        week_bytes = str(_size(base_url, gym.my_week()[0]))
        block_bytes = str(_size(base_url, gym.block()[0]))
        bare = stack.enter_context(baseline("bare FastAPI", folder, environment | {"BENCH_BYTES": week_bytes}))
        bare_block = stack.enter_context(baseline("bare FastAPI", folder, environment | {"BENCH_BYTES": block_bytes}))
        asgi = stack.enter_context(baseline("bare ASGI", folder, environment | {"BENCH_BYTES": week_bytes}))
        read = stack.enter_context(baseline("raw read", folder, environment | {"BENCH_BYTES": week_bytes}))
        commit = stack.enter_context(baseline("raw commit", folder, environment))
        comparisons = _comparisons(database, gym, service, (bare, bare_block, asgi, read, commit))
        if database == "PostgreSQL":
            two = stack.enter_context(squatback("squatback with two workers", folder, environment, workers=2))
            comparisons.append(_two_workers(gym, service, two))
        for _ in range(rounds):
            for one in comparisons:
                one.take(seconds)
            after_each()
        _check_traces(service, base_url)
        return [{"database": database, **one.row()} for one in comparisons] + [
            at_most("memory of a worker, MiB", round(service.rss_mib()), _WORKER_MIB, database)
        ]


def _comparisons(database: str, gym: Gym, service: Server, bases: tuple[Server, ...]) -> list[Comparison]:
    bare, bare_block, asgi, read, commit = bases
    targets, get = TARGETS[database], endless([Request("GET", "/", gym.my_week()[0].headers)])
    again = gym.my_week_again(f"http://127.0.0.1:{service.port}")
    posted = Request("POST", "/", body=json.dumps(CALM_MORNING).encode())
    return [
        Comparison("GET /v1/me/week", "bare FastAPI", service, bare, endless(gym.my_week()), get,
                   at_least=targets.week, p99_at_most=targets.p99),
        Comparison("GET /v1/me/week, 304", "bare FastAPI", service, bare, endless(again), get,
                   at_least=targets.week, p99_at_most=targets.p99, expected=304),
        Comparison("GET /v1/clients/{client_id}/week", "bare FastAPI", service, bare, endless(gym.client_week()), get,
                   at_least=targets.others),
        Comparison("GET /v1/blocks/{block_id}", "bare FastAPI", service, bare_block, endless(gym.block()), get,
                   at_least=targets.others),
        Comparison("POST /v1/clients/{client_id}/check-ins", "raw durable commit", service, commit, gym.check_ins,
                   endless([posted]), at_least=_WRITE_SHARE, p99_ms_at_most=_WRITE_P99_MS, expected=201),
        Comparison("GET /v1/coach/inbox, 500 clients", "GET /v1/clients/{client_id}", service, service,
                   endless(gym.inbox()), endless(gym.client()), at_least=1 / _INBOX_ROWS),
        Comparison("bare FastAPI", "bare ASGI", bare, asgi, get, get),
        Comparison("raw driver read", "bare ASGI", read, asgi, get, get),
    ]  # fmt: skip


def _two_workers(gym: Gym, one: Server, two: Server) -> Comparison:
    week = endless(gym.my_week())
    return Comparison("GET /v1/me/week, two workers", "one worker", two, one, week, week, at_least=1 / _WORKERS_CPU)


def _size(base_url: str, request: Request) -> int:
    answer = httpx.get(base_url + request.path, headers=dict(request.headers) | {"Accept-Encoding": "identity"})
    return len(answer.content)


def _check_traces(service: Server, base_url: str) -> None:
    """Check that every request was counted and left its line in the log."""
    counted = sum(
        int(line.rsplit(" ", 1)[1])
        for line in httpx.get(f"{base_url}/metrics").text.splitlines()
        if line.startswith("squatback_requests_total")
    )
    logged = service.log_lines()
    if logged not in {counted, counted + 1}:  # the request for the figures themselves is counted after it is answered
        raise RuntimeError(f"{counted} requests were counted and {logged} logged")


def machine() -> dict[str, object]:
    """Return what kind of machine this is, and what ran; no names."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
        "packages": {name: version(name) for name in ("fastapi", "pydantic", "sqlalchemy", "sqlmodel", "uvicorn")},
    }


def commit_id() -> str:
    """Return the commit that is measured."""
    asked = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    return asked.stdout.strip()


def keep(rows: Sequence[dict[str, object]]) -> None:
    """Write the figures beside the code."""
    told = {"at": datetime.now(UTC).date().isoformat(), "commit": commit_id(), **machine(), "rows": list(rows)}
    RESULTS.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(*, rounds: int, seconds: float, postgresql: str | None) -> list[dict[str, object]]:
    """Measure the planner, the start, and the service on SQLite, and on PostgreSQL where a server is given."""
    planned: list[list[Figure]] = []

    def visit_planner() -> None:
        planned.append(planner.figures(rounds=rounds))

    with TemporaryDirectory(prefix="squatback-bench-") as name:
        folder = Path(name)
        visit_planner()
        rows = list(start.figures(folder))
        pin(LOAD_CORE)
        databases = {"SQLite": f"sqlite:///{folder / 'bench.db'}"}
        if postgresql is not None:
            databases["PostgreSQL"] = postgresql
        for database, url in databases.items():
            rows += compare(database, url, folder, rounds=rounds, seconds=seconds, after_each=visit_planner)
    return [*fastest(planned), *rows]


assert CONNECTIONS <= MEMBERS
