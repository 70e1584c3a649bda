"""`squatback serve` in a process of its own that tests ask, stop and kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.support.cluster import free_port
from tests.support.forked import FORKSERVER
from tests.support.warm_server import serve

SQUATBACK = Path(sys.executable).parent / "squatback"
_BOUND_S = 60
QUIET = {
    "SQUATBACK_DELIVER_EVERY_S": "3600",
    "SQUATBACK_ARGON2_MEMORY_KIB": "8",
    "SQUATBACK_ARGON2_ROUNDS": "1",
    "SQUATBACK_CALLS_PER_MINUTE": "10000000",
}
"""Settings of servers under test: nothing runs beside the requests, passwords cost nothing, and one person is many."""
PRODUCTION = {
    "environment": "production",
    "allowed_hosts": '["127.0.0.1"]',
    "public_url": "https://gym.example",
    "webhook_key": "Jx3vQ9mZr7Lw2tYp8sKd5hNc4bGf6aEuRtWq",
    "factor_key": "Wq7tRuE5aFg3bNc9hKd2sYp6tLw8rZm4vJxQ",
}
"""What a deployment has to set: no demo gym is loaded."""


class Process(Protocol):
    """What both kinds of process have in common."""

    pid: int | None

    def exit_code(self, within_s: float) -> int | None:
        """Return how it ended, None when it still runs after that time."""


@dataclass
class Forked:
    """A process that begins with everything read: quick."""

    directory: Path
    environment: Mapping[str, str]
    port: int

    def __post_init__(self) -> None:
        arguments = (self.directory, dict(self.environment), self.port)
        self._process = FORKSERVER.Process(target=serve, args=arguments)
        self._process.start()
        self.pid = self._process.pid

    def exit_code(self, within_s: float) -> int | None:
        """Return how it ended."""
        self._process.join(within_s)
        return self._process.exitcode


@dataclass
class Installed:
    """The command as it was installed, from nothing: what an operator starts."""

    directory: Path
    environment: Mapping[str, str]
    port: int
    arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SQUATBACK_")}
        command = [str(SQUATBACK), "serve", "--port", str(self.port), *self.arguments]
        with (self.directory / "server.log").open("a") as output:
            self._process = subprocess.Popen(
                command,
                cwd=self.directory,
                env=kept | {"PYTHONUNBUFFERED": "1"} | self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.pid = self._process.pid

    def exit_code(self, within_s: float) -> int | None:
        """Return how it ended."""
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None


@dataclass
class Serving:
    """A server, what it listens on and what it has logged."""

    process: Process
    directory: Path
    port: int
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, timeout=_BOUND_S, trust_env=False)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Read something."""
        return self._http.get(path, **options)

    def post(self, path: str, body: object, **options: Any) -> httpx.Response:
        """Send something."""
        return self._http.post(path, json=body, **options)

    def standing(self) -> str:
        """Return `ready`, the reason why it is not, or nothing when it does not answer."""
        try:
            answer = self.get("/readyz").json()
        except httpx.TransportError:
            return ""
        return str(answer.get("reason", answer["status"]))

    def wait_until(self, standing: str, within_s: float = _BOUND_S) -> float:
        """Wait until `/readyz` says so; return the seconds that took."""
        started = time.monotonic()
        while (found := self.standing()) != standing:
            passed = time.monotonic() - started
            assert passed < within_s, f"{found!r} instead of {standing!r} after {passed:.1f} s: {self.log()[-2000:]}"
            time.sleep(0.01)
        return time.monotonic() - started

    def log(self) -> str:
        """Return everything it has logged."""
        return (self.directory / "server.log").read_text()

    def events(self, event: str) -> list[dict[str, Any]]:
        """Return the log lines of one kind."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, as long as it runs."""
        if self.process.pid is not None and self.process.exit_code(0) is None:
            os.kill(self.process.pid, number)

    def terminate(self, within_s: float = _BOUND_S) -> int | None:
        """Ask it to end and return its exit code."""
        self.signal(signal.SIGTERM)
        return self.process.exit_code(within_s)

    def kill(self) -> None:
        """End it at once."""
        self.signal(signal.SIGKILL)
        self.process.exit_code(_BOUND_S)
        self._http.close()


Start = Callable[[Path, Mapping[str, str], int], Process]
"""How a server is started: from a directory, with settings, on a port."""


@contextmanager
def serving(directory: Path, database_url: str, *, kind: Start = Forked, **settings: object) -> Iterator[Serving]:
    """Start a server on a database and kill it at the end; `settings` are those of app/settings.py."""
    chosen = {f"SQUATBACK_{name.upper()}": str(value) for name, value in settings.items()}
    environment = QUIET | {"SQUATBACK_DATABASE_URL": database_url} | chosen
    port = free_port()
    server = Serving(kind(directory, environment, port), directory, port)
    try:
        yield server
    finally:
        server.kill()
