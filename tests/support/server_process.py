"""`squatback serve` as a process of its own: what it says, what it answers, how it ends."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

SQUATBACK = Path(sys.executable).parent / "squatback"
MEMBER = {"email": "member@demo.example", "password": "demo-member-pass"}
BOUND_S = 60


@dataclass
class Server:
    """A running server: its process, where it listens and what it has said."""

    process: subprocess.Popen[str]
    port: int
    said: list[str] = field(default_factory=list)
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def wait_for(self, text: str) -> None:
        """Wait until the server has said a text."""
        deadline = time.monotonic() + BOUND_S
        while text not in "".join(self.said):
            try:
                self.said.append(self.lines.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"{text!r} was not said in {BOUND_S} s: {self.said}")

    def wait_until_ready(self) -> None:
        """Wait until the server takes requests."""
        deadline = time.monotonic() + BOUND_S
        while time.monotonic() < deadline:
            try:
                if self.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail(f"not ready in {BOUND_S} s: {self.said}")

    def get(self, path: str, token: str = "") -> httpx.Response:
        """Read something, signed in when a token is given."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=BOUND_S, trust_env=False)

    def post(self, path: str, body: object, token: str = "") -> httpx.Response:
        """Send something, signed in when a token is given."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.post(url, json=body, headers=headers, timeout=BOUND_S, trust_env=False)

    def sign_in(self) -> str:
        """Sign the demo member in and return the access token."""
        answer = self.post("/v1/auth/login", MEMBER)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def stop(self) -> int:
        """Ask the server to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(BOUND_S)
        while not self.lines.empty():
            self.said.append(self.lines.get())
        return code


@contextmanager
def serving(
    directory: Path,
    command: list[str],
    port: int,
    *,
    only: Mapping[str, str] | None = None,
    process: Mapping[str, Any] | None = None,
    **environment: str,
) -> Iterator[Server]:
    """Run a command in a directory until the context ends, without the settings of the developer.

    `only` is its whole environment, in place of what is left of the developer's; `process` says as whom it runs.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQUATBACK_") and name != "PORT"}
    started = subprocess.Popen(
        command,
        cwd=directory,
        env=dict(only) if only else kept | {"PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **(process or {}),
    )
    try:
        yield Server(started, port)
    finally:
        if started.poll() is None:
            started.kill()
            started.wait(BOUND_S)
        if started.stdout is not None:
            started.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
