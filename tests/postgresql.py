"""PostgreSQL for tests: TEST_DATABASE_URL if set, else the system's binaries, else those of a wheel."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.cluster import Server, running_cluster, system_binaries


@contextmanager
def running_server(data: Path, *, durable: bool = False) -> Iterator[Server]:
    """Yield a server: the one given, or a new one on a free port that stops afterwards; tests need not be durable."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(given)
        return
    starter = _system_server(durable=durable) if system_binaries() else _wheel_server(data)
    with starter as server:
        yield server


@contextmanager
def _system_server(*, durable: bool) -> Iterator[Server]:
    with running_cluster(durable=durable) as cluster:
        yield cluster.server


@contextmanager
def _wheel_server(data: Path) -> Iterator[Server]:
    script = Path(__file__).with_name("postgresql_wheel.py")
    command = [sys.executable, "-W", "ignore", str(script), str(data / "wheel")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError("the wheel's PostgreSQL did not start")
        yield Server(address)
        process.communicate()
