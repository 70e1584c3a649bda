"""compose.yaml is whole: its services and settings exist, its secrets have no default, it runs the image."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.cli import cli
from app.settings import Settings
from tests.support.dockerfile import instructions

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build")}
SETTINGS = {f"SQUATBACK_{name.upper()}": field for name, field in Settings.model_fields.items()}
CONDITIONS = {"service_healthy", "service_completed_successfully", "service_started"}


def test_services_and_volumes_that_are_named_exist() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES
            assert how["condition"] in CONDITIONS
            if how["condition"] == "service_healthy":
                assert SERVICES[other]["healthcheck"]["test"]
        named = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert named <= COMPOSE["volumes"].keys()


def test_it_has_a_database_a_migration_a_server_and_a_worker() -> None:
    """Nothing serves before the schema is there."""
    commands = {name: service["command"][:2] for name, service in OURS.items()}

    assert commands == {name: ["squatback", command] for name, command in {
        "migrate": "migrate", "server": "serve", "deliver": "deliver",
    }.items()}  # fmt: skip
    assert {command for _, command in commands.values()} <= {
        one.name or one.callback.__name__ for one in cli.registered_commands if one.callback
    }  # type: ignore[union-attr]
    for name in ("server", "deliver"):
        assert OURS[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert OURS["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_every_setting_it_names_exists() -> None:
    """A setting that was renamed fails here, not on the day of a deployment."""
    assert set(re.findall(r"SQUATBACK_\w+", TEXT)) - {"SQUATBACK_IMAGE"} <= SETTINGS.keys()


@pytest.mark.parametrize(
    "name", ["POSTGRES_PASSWORD", "SQUATBACK_WEBHOOK_KEY", "SQUATBACK_FACTOR_KEY", "SQUATBACK_ALLOWED_HOSTS"]
)
def test_what_has_to_be_made_has_no_default(name: str) -> None:
    """Compose refuses to start without it."""
    uses = re.findall(rf"\$\{{{name}(\W[^}}]*)\}}", TEXT)

    assert uses
    assert all(use.startswith(":?") for use in uses)


def test_no_secret_is_written_down() -> None:
    """Every value of a secret comes from outside."""
    secrets = {
        "SQUATBACK_WEBHOOK_KEY",
        "SQUATBACK_WEBHOOK_KEY_PREVIOUS",
        "SQUATBACK_FACTOR_KEY",
        "SQUATBACK_FACTOR_KEY_PREVIOUS",
        "SQUATBACK_SMTP_PASSWORD",
        "POSTGRES_PASSWORD",
    }
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert name not in secrets or re.fullmatch(rf"\$\{{{name}:[-?][^}}]*\}}", value)
            assert not re.search(r"://[^:/]+:[^$@]", str(value))


def test_all_are_restarted_checked_and_read_only() -> None:
    """A service without a health check says why in the file."""
    for name, service in SERVICES.items():
        assert service["read_only"] is True
        assert service["restart"] in {"unless-stopped", "on-failure"}
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["healthcheck"].get("test") or service["healthcheck"]["disable"], name
    assert len(re.findall(r"disable: true  # \w+", TEXT)) == 2
    assert all(service["cap_drop"] == ["ALL"] for service in OURS.values())


def test_the_server_is_asked_where_it_listens_and_reached_through_a_proxy_alone() -> None:
    """Its port is that of the image; it is open on this machine only."""
    (exposed,) = [step.rest for step in instructions((ROOT / "Dockerfile").read_text()) if step.word == "EXPOSE"]
    server = OURS["server"]

    assert server["command"][server["command"].index("--port") + 1] == exposed
    assert f":{exposed}/readyz" in server["healthcheck"]["test"][-1]
    assert server["ports"] == [f"127.0.0.1:{exposed}:{exposed}"]


def test_what_the_image_writes_to_is_there_for_its_user() -> None:
    """A read-only root needs its writable folders named: the image's volume and /tmp."""
    (volume,) = [step.rest for step in instructions((ROOT / "Dockerfile").read_text()) if step.word == "VOLUME"]

    assert all({"/tmp", volume} <= set(service["tmpfs"]) for service in OURS.values())
