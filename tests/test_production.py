"""`squatback` in production, as a process: what it refuses to start with, and what it is once it runs."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx

from app.secrets import new_secret
from tests.support.server_process import BOUND_S, SQUATBACK, free_port, serving

GOOD: Mapping[str, str] = {
    "SQUATBACK_ENVIRONMENT": "production",
    "SQUATBACK_ALLOWED_HOSTS": "127.0.0.1",
    "SQUATBACK_WEBHOOK_KEY": new_secret(),
}


def refusal(directory: Path, command: str, environment: Mapping[str, str]) -> str:
    """Return what a command says that ends by itself, without success."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQUATBACK_")}
    done = subprocess.run(
        [str(SQUATBACK), command], cwd=directory, env=kept | environment, capture_output=True, text=True,
        timeout=BOUND_S, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    return done.stderr


def test_production_tells_every_fault_at_once_and_no_secret(tmp_path: Path) -> None:
    """Short and sample secrets, debug, wildcards for origins, hosts and proxies: a line each, nothing listens."""
    said = refusal(
        tmp_path,
        "serve",
        {
            "SQUATBACK_ENVIRONMENT": "production",
            "SQUATBACK_DEBUG": "true",
            "SQUATBACK_DATABASE_URL": "postgresql://squatback:q7-short@127.0.0.1/squatback",
            "SQUATBACK_CORS_ORIGINS": "*",
            "SQUATBACK_TRUSTED_PROXIES": "*",
            "SQUATBACK_WEBHOOK_KEY": "q7-much-too-short",
            "SQUATBACK_WEBHOOK_KEY_PREVIOUS": "change-me-change-me-change-me-q7",
            "SQUATBACK_SMTP_USER": "gym",
            "SQUATBACK_SMTP_PASSWORD": "q7-changeme",
        },
    )

    assert [line.partition(": ")[0].removeprefix("SQUATBACK_") for line in said.splitlines()] == [
        "DEBUG", "DATABASE_URL", "ALLOWED_HOSTS", "CORS_ORIGINS", "TRUSTED_PROXIES",
        "WEBHOOK_KEY", "WEBHOOK_KEY_PREVIOUS", "SMTP_PASSWORD",
    ]  # fmt: skip
    assert "q7" not in said
    assert list(tmp_path.iterdir()) == []


def test_production_starts_with_nothing_left_out(tmp_path: Path) -> None:
    """Neither hosts nor key have a default there."""
    said = refusal(tmp_path, "deliver", {"SQUATBACK_ENVIRONMENT": "production"})

    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "SQUATBACK_ALLOWED_HOSTS",
        "SQUATBACK_WEBHOOK_KEY",
    ]


def test_production_refuses_a_database_with_the_demo_accounts(tmp_path: Path, demo_gym: Path) -> None:
    """A laptop's file that was copied to the server is not served: everybody knows its passwords."""
    shutil.copyfile(demo_gym, tmp_path / "copied.db")
    said = refusal(tmp_path, "serve", {**GOOD, "SQUATBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'copied.db'}"})

    assert said.startswith("SQUATBACK_DATABASE_URL: holds the demo gym")
    assert said.count("\n") == 1


def test_every_line_of_a_production_server_is_json_and_tells_no_secret(tmp_path: Path) -> None:
    """What uvicorn says too; a path that opens something is not even logged when it is misused."""
    port, canary = free_port(), "zk7canaryq"
    settings = {**GOOD, "SQUATBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'gym.db'}"}
    with serving(tmp_path, [str(SQUATBACK), "serve", "--port", str(port)], port, **settings) as server:
        server.wait_until_ready()
        refused = server.post("/v1/auth/login", {"email": f"{canary}@gym.example", "password": canary})
        assert refused.status_code == 401
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "a" * 24}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            for _ in range(20):
                http.get(f"/week/{canary}", headers={**upgrade, "Sec-WebSocket-Version": "13"})
        assert server.stop() == 0
    said = "".join(server.said)
    lines = [json.loads(line) for line in said.splitlines()]
    routes = [line["route"] for line in lines if line["event"] == "request"]

    assert routes.count("/week/{token}") == 20
    assert "/v1/auth/login" in routes
    assert canary not in said
    assert settings["SQUATBACK_WEBHOOK_KEY"] not in said
