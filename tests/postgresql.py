"""PostgreSQL for tests: TEST_DATABASE_URL if set, else the system's binaries, else those of a wheel."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

_SYSTEM_BINARIES = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server on which tests make and drop databases."""

    base_url: str

    def url(self, name: str) -> str:
        """Return the address of one of its databases."""
        return make_url(self.base_url).set(database=name).render_as_string(hide_password=False)

    def create(self, name: str, *, template: str = "template1") -> None:
        """Create a database, as a copy of `template`."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def database(self, *, template: str = "template1") -> Iterator[str]:
        """Yield the address of a database that lives as long as the block."""
        name = f"test_{uuid4().hex}"
        self.create(name, template=template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def _run(self, statement: str) -> None:
        address = make_url(self.base_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_server(data: Path, *, durable: bool = False) -> Iterator[Server]:
    """Yield a server: the one given, or a new one on a free port that stops afterwards; tests need not be durable."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(given)
        return
    system = _system_binaries()
    starter = _system_server(system, durable=durable) if system else _wheel_server(data)
    with starter as server:
        yield server


def _system_binaries() -> Path | None:
    """Return the newest installed server's programs, if the present user can run them as somebody not root."""
    runnable = os.geteuid() != 0 or shutil.which("runuser")
    found = [path for path in _SYSTEM_BINARIES.glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: int(path.parent.name)) if found and runnable else None


@contextmanager
def _system_server(binaries: Path, *, durable: bool) -> Iterator[Server]:
    data = Path(mkdtemp(prefix="squatback-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(data, "postgres")
    port, cluster = _free_port(), data / "cluster"

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(binaries / program), "-D", str(cluster), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    run("initdb", "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C")
    fsync = "on" if durable else "off"
    options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1 -c fsync={fsync} -c max_connections=200"
    run("pg_ctl", "-w", "-s", "-l", str(data / "log"), "-o", options, "start")
    try:
        yield Server(f"postgresql://postgres@127.0.0.1:{port}/postgres")
    finally:
        run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")
        shutil.rmtree(data, ignore_errors=True)


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
