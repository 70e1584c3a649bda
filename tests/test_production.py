"""`squatback` in production, as a process: what it refuses to start with, and what it is once it runs."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from app.secrets import new_secret
from tests.support.server_process import BOUND_S, SQUATBACK

GOOD: Mapping[str, str] = {
    "SQUATBACK_ENVIRONMENT": "production",
    "SQUATBACK_ALLOWED_HOSTS": "127.0.0.1",
    "SQUATBACK_WEBHOOK_KEY": new_secret(),
    "SQUATBACK_FACTOR_KEY": new_secret(),
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
            "SQUATBACK_FACTOR_KEY": "q7-short-too",
        },
    )

    assert [line.partition(": ")[0].removeprefix("SQUATBACK_") for line in said.splitlines()] == [
        "DEBUG", "DATABASE_URL", "ALLOWED_HOSTS", "CORS_ORIGINS", "TRUSTED_PROXIES",
        "WEBHOOK_KEY", "WEBHOOK_KEY_PREVIOUS", "SMTP_PASSWORD", "FACTOR_KEY",
    ]  # fmt: skip
    assert "q7" not in said
    assert list(tmp_path.iterdir()) == []


def test_production_refuses_a_database_with_the_demo_accounts(tmp_path: Path, demo_gym: Path) -> None:
    """A laptop's file that was copied to the server is not served: everybody knows its passwords."""
    shutil.copyfile(demo_gym, tmp_path / "copied.db")
    said = refusal(tmp_path, "serve", {**GOOD, "SQUATBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'copied.db'}"})

    assert said.startswith("SQUATBACK_DATABASE_URL: holds the demo gym")
    assert said.count("\n") == 1
