"""`squatback serve` as a person runs it: from an empty directory to a member's week, and back to a quiet end."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support.server_process import BOUND_S, MEMBER, SQUATBACK, free_port, serving

LOG_INS = ("coach@demo.example / demo-coach-pass", "admin@demo.example / demo-admin-pass", " / ".join(MEMBER.values()))


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


def test_a_server_on_sqlite_loads_nothing_that_only_others_need(tmp_path: Path) -> None:
    """Drivers of PostgreSQL, the client of webhooks, the cipher of kept answers, what a terminal is written with.

    A worker would hold some twenty MiB of them for as long as it lives.
    """
    code = (
        "import sys; import app.cli, app.service_commands; from app.main import create_served_app; "
        "app = create_served_app(); from app.db import open_database; from app.hot_store import open_hot_store; "
        "open_database(app.state.settings); open_hot_store(app.state.settings); print(*sys.modules)"
    )
    address = {"SQUATBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'served.db'}"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | address
    )
    loaded = set(done.stdout.split())

    assert "app.hot_reads" in loaded
    assert loaded & {"psycopg", "asyncpg", "httpx", "cryptography", "rich", "alembic"} == set()


def test_the_makefile_passes_the_port_on() -> None:
    """`make serve PORT=…` is `squatback serve --port …`."""
    said = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.installed-runtime", "serve", "PORT=8123"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=BOUND_S,
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
            assert server.process.wait(BOUND_S) != 0


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
        with socket.create_connection(("127.0.0.1", port), timeout=BOUND_S) as line:
            line.sendall(head.encode() + body[:10])
            time.sleep(0.3)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            line.sendall(body[10:])
            answer = b"".join(iter(lambda: line.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert server.process.wait(BOUND_S) == 0
