"""`squatback serve` as a person runs it: from an empty directory to a member's week, and back to a quiet end."""

import os
import queue
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.support.cluster import free_port
from tests.support.serving import SQUATBACK

MEMBER = {"email": "member@demo.example", "password": "demo-member-pass"}
LOG_INS = ("coach@demo.example / demo-coach-pass", "admin@demo.example / demo-admin-pass", " / ".join(MEMBER.values()))
_BOUND_S = 60


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
        deadline = time.monotonic() + _BOUND_S
        while text not in "".join(self.said):
            try:
                self.said.append(self.lines.get(timeout=max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"{text!r} was not said in {_BOUND_S} s: {self.said}")

    def wait_until_ready(self) -> None:
        """Wait until the server takes requests."""
        deadline = time.monotonic() + _BOUND_S
        while time.monotonic() < deadline:
            try:
                if self.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail(f"not ready in {_BOUND_S} s: {self.said}")

    def get(self, path: str, token: str = "") -> httpx.Response:
        """Read something, signed in when a token is given."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=_BOUND_S, trust_env=False)

    def post(self, path: str, body: object, token: str = "") -> httpx.Response:
        """Send something, signed in when a token is given."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.post(url, json=body, headers=headers, timeout=_BOUND_S, trust_env=False)

    def sign_in(self) -> str:
        """Sign the demo member in and return the access token."""
        answer = self.post("/v1/auth/login", MEMBER)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def stop(self) -> int:
        """Ask the server to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(_BOUND_S)
        while not self.lines.empty():
            self.said.append(self.lines.get())
        return code


@contextmanager
def serving(directory: Path, command: list[str], port: int, **environment: str) -> Iterator[Server]:
    """Run a command in a directory until the context ends, without the settings of the developer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQUATBACK_") and name != "PORT"}
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=kept | {"PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Server(process, port)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(_BOUND_S)
        if process.stdout is not None:
            process.stdout.close()


def test_serve_starts_from_nothing_keeps_its_data_and_ends_quietly(tmp_path: Path) -> None:
    """The first start makes var/ with the demo gym and says where to go; the second finds what was written."""
    port = free_port()
    command = [str(SQUATBACK), "serve", "--port", str(port)]
    with serving(tmp_path, command, port) as server:
        server.wait_for(LOG_INS[-1])
        server.wait_until_ready()
        said = "".join(server.said)
        assert f"http://127.0.0.1:{port}/docs" in said
        assert all(log_in in said for log_in in LOG_INS)
        assert (tmp_path / "var" / "squatback.db").is_file()
        assert server.get("/livez").status_code == 200
        assert server.get("/docs").status_code == 200
        token = server.sign_in()
        first = server.get("/v1/me/week", token)
        assert first.status_code == 200
        assert any(day["sessions"] for day in first.json()["days"])
        own = f"/v1/clients/{server.get('/v1/me', token).json()['client_id']}"
        sent = server.post(f"{own}/check-ins", {"back_pain": {"now": 1, "worst_24h": 1}, "hours_to_settle": 6}, token)
        assert sent.status_code == 201, sent.text
        week = server.get("/v1/me/week", token).json()
        assert server.stop() == 0, server.said
        assert "Traceback" not in "".join(server.said)

    with serving(tmp_path, command, port) as server:
        server.wait_until_ready()
        assert server.get("/v1/me/week", token).json() == week
        again = server.get(f"{own}/check-ins/{sent.json()['log']['id']}", server.sign_in())
        assert again.json() == sent.json()["log"]
        assert server.stop() == 0, server.said
        assert "Traceback" not in "".join(server.said)


def test_the_makefile_passes_the_port_on() -> None:
    """`make serve PORT=…` is `squatback serve --port …`."""
    said = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.installed-runtime", "serve", "PORT=8123"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=_BOUND_S,
        check=True,
    ).stdout
    assert "squatback serve --port 8123" in said


def test_a_port_in_use_is_an_error(tmp_path: Path) -> None:
    """The command ends by itself with an exit code other than 0."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(tmp_path, [str(SQUATBACK), "serve", "--port", str(port)], port) as server:
            assert server.process.wait(_BOUND_S) != 0


def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    """The server stops listening at SIGTERM but answers what it has begun to read."""
    port = free_port()
    with serving(tmp_path, [str(SQUATBACK), "serve", "--port", str(port)], port) as server:
        server.wait_until_ready()
        body = b'{"email": "member@demo.example", "password": "demo-member-pass"}'
        head = (
            f"POST /v1/auth/login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", port), timeout=_BOUND_S) as line:
            line.sendall(head.encode() + body[:10])
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            line.sendall(body[10:])
            answer = b"".join(iter(lambda: line.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert server.process.wait(_BOUND_S) == 0
