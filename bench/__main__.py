"""`python -m bench`: prints the comparisons, keeps them in bench/results.json and fails when a target is missed."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.run import keep, main
from tests.postgresql import running_server


def _told(rows: list[dict[str, object]]) -> Table:
    table = Table("database", "what", "share of", "ratio", "spread", "asked", "µs CPU", "req/s", "p99 ms", "met")
    for row in rows:
        if "ratio" in row:
            table.add_row(
                str(row["database"]), str(row["name"]), str(row["against"]), str(row["ratio"]), str(row["spread"]),
                str(row["at_least"] or "–"), str(row["cpu_us"]), str(row["per_second"]), str(row["p99_ms"]),
                "yes" if row["met"] else "NO",
            )  # fmt: skip
        else:
            table.add_row(
                str(row["database"]), str(row["name"]), "", str(row["value"]), "", str(row["at_most"]), "", "", "",
                "yes" if row["met"] else "NO",
            )  # fmt: skip
    return table


def cli() -> None:
    """Measure and judge."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one spell of load")
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    asked = parser.parse_args()
    if asked.sqlite_only:
        rows = main(rounds=asked.rounds, seconds=asked.seconds, postgresql=None)
    else:
        with (
            TemporaryDirectory(prefix="squatback-bench-pg-") as folder,
            running_server(Path(folder), durable=True) as server,
            server.database() as url,
        ):
            rows = main(rounds=asked.rounds, seconds=asked.seconds, postgresql=url)
    keep(rows)
    Console(width=170).print(_told(rows))
    missed = [str(row["name"]) for row in rows if not row["met"]]
    if missed:
        sys.exit(f"Missed: {', '.join(missed)}")


if __name__ == "__main__":
    cli()
