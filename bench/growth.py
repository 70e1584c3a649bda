"""`python -m bench.growth`: what a week read and a check-in cost as a membership grows, on PostgreSQL.

A bulk loader copies one member inside the database: person, token, client, block, the current week and four weeks of
logs for each copy, in organizations of 500; what the logs were answered with, which no read or check-in looks at, is
left out. The members who are measured stay the same; readers are spread over all.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
from rich.console import Console
from sqlalchemy.engine import make_url

from bench.gym import Gym, fill
from bench.limits import Figure, at_most
from bench.load import Request
from bench.run import Streams, commit_id, endless, machine, sample
from bench.servers import LOAD_CORE, Server, baseline, cpu_of, pin, squatback
from tests.postgresql import running_server

SIZES: Final = (10, 10_000, 200_000)
READERS: Final = 10
RESULTS: Final = Path(__file__).with_name("growth.json")
_GROWTH: Final = 1.3
_LOGS: Final = 40  # four weeks: a morning each day, three sessions a week
_ORGANIZATION: Final = 500
_AT_ONCE: Final = 10_000
_TOKEN: Final = "bench-reader-"  # and the number of the copy


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time per request, of the service and the database together, as multiples of a bare endpoint's."""

    week: float
    check_in: float


class Loader:
    """Copies one member of a gym until there are so many."""

    def __init__(self, url: str, member: str) -> None:
        """Take the client's id of the member to copy."""
        self.connection = psycopg.connect(_address(url), autocommit=True)
        self.member = member
        self.loaded = 0
        self.connection.execute("SET session_replication_role = replica")  # rows are copied in any order
        self.connection.execute("SET synchronous_commit = off")

    def grow(self, size: int) -> None:
        """Add copies until there are `size`, and let the database look at what it has."""
        while self.loaded < size:
            upto = min(size, self.loaded + _AT_ONCE)
            for table, rows, otherwise, times in self._copied():
                self._copy(table, rows, otherwise, times, first=self.loaded, last=upto - 1)
            self.loaded = upto
        self.connection.execute("VACUUM ANALYZE")
        self.connection.execute("CHECKPOINT")

    def _copied(self) -> Iterator[tuple[str, str, Mapping[str, str], int]]:
        """Yield each table, which of its rows are the member's, what is told otherwise in a copy, how often."""
        client = f"client_id = '{self.member}'"
        blocks = f"block_id IN (SELECT id FROM blocks WHERE {client})"
        token = f"encode(sha256(convert_to('{_TOKEN}' || copy, 'UTF8')), 'hex')"
        log = {
            "id": "md5(id::text || copy || '/' || time)::uuid",
            "performed_at": "performed_at - time * interval '16 hours'",
            "performed_on": "(performed_at - time * interval '16 hours')::date",
            "answer": "NULL",
        }
        yield "organizations", f"id = (SELECT organization_id FROM clients WHERE id = '{self.member}')", {}, 1
        yield "clients", f"id = '{self.member}'", {}, 1
        yield "people", client, {"email": "copy || email"}, 1
        theirs = f"person_id IN (SELECT id FROM people WHERE {client})"
        newest = f"created_at = (SELECT max(created_at) FROM access_tokens WHERE {theirs})"
        yield "access_tokens", f"{theirs} AND {newest}", {"token_hash": token}, 1
        yield "facts", f"{client} AND kind <> 'check_in'", {}, 1
        first = f"(SELECT id FROM facts WHERE {client} AND kind = 'check_in' LIMIT 1)"
        yield "facts", f"{client} AND id = {first}", log, _LOGS
        yield "blocks", client, {}, 1
        today = "current_date BETWEEN starts_on - 1 AND ends_on + 1"
        yield "block_weeks", f"{blocks} AND is_current AND {today}", {}, 1
        yield "block_revisions", blocks, {}, 1

    def _copy(self, table: str, rows: str, otherwise: Mapping[str, str], times: int, *, first: int, last: int) -> None:
        names = self.connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY 1", (table,)
        ).fetchall()
        values = [otherwise.get(name, _value(table, name, kind)) for name, kind in names]
        columns = ", ".join(f'"{name}"' for name, _ in names)
        statement = (
            f'INSERT INTO "{table}" ({columns}) SELECT {", ".join(values)} '
            f'FROM (SELECT * FROM "{table}" WHERE {rows}) AS one, generate_series({first}, {last}) AS copy, '
            f"generate_series(1, {times}) AS time ON CONFLICT DO NOTHING"
        )
        self.connection.execute(statement.encode())


def _value(table: str, name: str, kind: str) -> str:
    """Return how a column is told in a copy: ids follow from the first ones, so that rows still belong together."""
    if kind != "uuid":
        return f'"{name}"'
    shared = name == "organization_id" or (table == "organizations" and name == "id")
    return f'md5("{name}"::text || {f"copy / {_ORGANIZATION}" if shared else "copy"})::uuid'


def measure(url: str, folder: Path, *, sizes: Sequence[int], seconds: float, rounds: int) -> list[Figure]:
    """Load one size after the other and measure the same requests at each."""
    environment = {
        "SQUATBACK_DATABASE_URL": url,
        "SQUATBACK_ARGON2_MEMORY_KIB": "8",
        "SQUATBACK_ARGON2_ROUNDS": "1",
        "SQUATBACK_CALLS_PER_MINUTE": "10000000",  # one coach stands for many people
        "SQUATBACK_STATEMENT_TIMEOUT_S": "30",
        "BENCH_DATABASE_URL": url,
        "BENCH_BYTES": "22000",
    }
    with ExitStack() as stack:
        service = stack.enter_context(squatback("squatback", folder, environment))
        bare = stack.enter_context(baseline("bare FastAPI", folder, environment))
        gym = fill(f"http://127.0.0.1:{service.port}", clients=16)
        _one_morning(service, gym)
        loader = Loader(url, gym.members[0].client_id)
        costs = {size: _cost_at(size, loader, gym, service, bare, url, seconds, rounds) for size in sizes}
    first = costs[sizes[0]]
    return [
        figure
        for size in sizes[1:]
        for figure in (
            at_most(f"week read, {size} / {sizes[0]} clients, times", costs[size].week / first.week, _GROWTH),
            at_most(f"check-in, {size} / {sizes[0]} clients, times", costs[size].check_in / first.check_in, _GROWTH),
        )
    ]


def _one_morning(service: Server, gym: Gym) -> None:
    """Let every member have told one morning, which the loader copies."""
    sample(service, gym.check_ins, 0.5)


def _cost_at(
    size: int, loader: Loader, gym: Gym, service: Server, bare: Server, url: str, seconds: float, rounds: int
) -> Cost:
    loader.grow(size)
    copies = [round(place * (size - 1) / (READERS - 1)) for place in range(READERS)]
    weeks = endless([Request("GET", "/v1/me/week", {"Authorization": f"Bearer {_TOKEN}{copy}"}) for copy in copies])
    taken = [
        Cost(*[_multiple(service, bare, url, streams, status, seconds) for streams, status in asked])
        for asked in [((weeks, 200), (gym.check_ins, 201))] * rounds
    ]
    return Cost(median(one.week for one in taken), median(one.check_in for one in taken))


def _multiple(service: Server, bare: Server, url: str, streams: Streams, status: int, seconds: float) -> float:
    """Return what a request costs service and database, as a multiple of what the bare endpoint costs beside it."""
    base = sample(bare, endless([Request("GET", "/")]), seconds)
    before = _database_cpu_s(url)
    one = sample(service, streams, seconds)
    if set(one.load.statuses) != {status}:
        raise RuntimeError(f"answers other than {status}: {one.load.statuses}")
    database_us = (_database_cpu_s(url) - before) / one.load.requests * 1e6
    return (one.cpu_us + database_us) / base.cpu_us


def _database_cpu_s(url: str) -> float:
    """Return the processor seconds of the server's processes that run now; connections are kept open."""
    with psycopg.connect(_address(url)) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    pid = int((Path(row[0]) / "postmaster.pid").read_text().split("\n", 1)[0])
    return cpu_of(pid)


def _address(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def cli() -> None:
    """Measure, print, keep, judge."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    asked = parser.parse_args()
    with (
        TemporaryDirectory(prefix="squatback-growth-") as name,
        running_server(Path(name)) as server,
        server.database() as url,
    ):
        pin(LOAD_CORE)
        figures: list[dict[str, Any]] = measure(
            url, Path(name), sizes=asked.sizes, seconds=asked.seconds, rounds=asked.rounds
        )
    RESULTS.write_text(json.dumps({"commit": commit_id(), **machine(), "rows": figures}, indent=2) + "\n")
    for figure in figures:
        Console().print(figure)
    missed = [str(figure["name"]) for figure in figures if not figure["met"]]
    if missed:
        sys.exit(f"Missed: {', '.join(missed)}")


if __name__ == "__main__":
    cli()
