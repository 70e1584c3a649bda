"""Settings that nothing may start with are refused at once, a line each, and no line repeats what was set."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app import cli, service_commands
from app.secrets import new_secret
from app.settings import load_settings
from app.settings_checks import LOCAL_KEY

GOOD: Mapping[str, str] = {
    "ENVIRONMENT": "production",
    "ALLOWED_HOSTS": "gym.example",
    "WEBHOOK_KEY": new_secret(),
    "FACTOR_KEY": new_secret(),
    "DATABASE_URL": f"postgresql://squatback:{new_secret()}@db.example/squatback",
}
SAMPLE_KEY = "change-me-change-me-change-me-now"


@pytest.fixture(autouse=True)
def _no_dot_env(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))


def put(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, str]) -> None:
    for name, value in (GOOD | changes).items():  # type: ignore[operator]
        monkeypatch.setenv(f"SQUATBACK_{name}", value)


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: Mapping[str, str]) -> str:
    """Return what `squatback migrate` says of settings it does not start with."""
    put(monkeypatch, changes)
    monkeypatch.setattr(sys, "argv", ["squatback", "migrate"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_production_starts_with_settings_made_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are names with commas between, or JSON; a variable that is set to nothing is not set."""
    put(monkeypatch, {"ALLOWED_HOSTS": '["a.example"]', "CORS_ORIGINS": "https://b.example, http://localhost:5173"})
    monkeypatch.setenv("SQUATBACK_SMTP_HOST", "")
    settings = load_settings()

    assert settings.allowed_hosts == ("a.example",)
    assert settings.cors_origins == ("https://b.example", "http://localhost:5173")
    assert settings.smtp_host is None


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////var/lib/squatback/squatback.db",
        "postgresql:///squatback?host=/run/postgresql",
        "postgresql://squatback@db.example/squatback?passfile=/etc/squatback.pgpass",
        "postgresql://squatback@db.example/squatback?sslcert=/etc/squatback.crt&sslkey=/etc/squatback.key",
    ],
)
def test_a_database_may_know_the_service_without_a_password(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, {"DATABASE_URL": address})

    assert load_settings().database_url.get_secret_value() == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging-q7"),
        ("DEBUG", "true"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "gym.example,*.gym.example"),
        ("ALLOWED_HOSTS", "[not json"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "null"),
        ("CORS_ORIGINS", "https://*.gym.example"),
        ("CORS_ORIGINS", "https://app.gym.example/"),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "the-proxy"),
        ("WEBHOOK_KEY", ""),
        ("WEBHOOK_KEY", "q7-short-and-secret"),
        ("WEBHOOK_KEY", "abcabcabcabcabcabcabcabcabcabcabcabc"),
        ("WEBHOOK_KEY", LOCAL_KEY),
        ("WEBHOOK_KEY", SAMPLE_KEY),
        ("WEBHOOK_KEY_PREVIOUS", "q7-short-and-secret"),
        ("WEBHOOK_KEY_PREVIOUS", LOCAL_KEY),
        ("FACTOR_KEY", ""),
        ("FACTOR_KEY", LOCAL_KEY),
        ("FACTOR_KEY_PREVIOUS", "q7-short-and-secret"),
        ("SECOND_FACTOR", "q7-nobody"),
        ("DATABASE_URL", "mysql://u:q7-secret@db/x"),
        ("DATABASE_URL", "q7-secret no address"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgresql://squatback@db.example/squatback"),
        ("DATABASE_URL", "postgresql://squatback:q7-short@db.example/squatback"),
        ("DATABASE_URL", "postgresql://squatback:changeme-changeme-q7@db.example/squatback"),
        ("SMTP_PASSWORD", "a password q7 without its user"),
        ("POOL_SIZE", "q7"),
    ],
)
def test_a_fault_is_one_line_that_names_the_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 2 and shows nothing of what was set."""
    said = refused(monkeypatch, capsys, {name: value})

    assert said.count("\n") == 1
    assert said.startswith(f"SQUATBACK_{name}: ")
    assert "q7" not in said


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SMTP_USER": "u"}, "SMTP_PASSWORD"),
        ({"SMTP_USER": "u", "SMTP_PASSWORD": "q7-short"}, "SMTP_PASSWORD"),
        ({"SMTP_USER": "u", "SMTP_PASSWORD": new_secret(), "SMTP_SECURITY": "none"}, "SMTP_SECURITY"),
        ({"SMTP_HOST": "mail.example"}, "SMTP_FROM"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(
    changes: Mapping[str, str], named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(monkeypatch, capsys, changes)

    assert said.startswith(f"SQUATBACK_{named}: ")
    assert "q7" not in said


def test_no_worker_delivers_for_the_demo_gym_in_production(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], demo_gym: Path, tmp_path: Path
) -> None:
    shutil.copyfile(demo_gym, tmp_path / "copied.db")
    put(monkeypatch, {"DATABASE_URL": f"sqlite:///{tmp_path / 'copied.db'}"})
    monkeypatch.setattr(service_commands, "start_logging", lambda **_: None)
    monkeypatch.setattr(sys, "argv", ["squatback", "deliver", "--once"])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("SQUATBACK_DATABASE_URL: holds the demo gym")


def test_on_a_laptop_nothing_has_to_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same defaults that production refuses let `make serve` start."""
    monkeypatch.setenv("SQUATBACK_ENVIRONMENT", "local")

    assert load_settings().webhook_key is None


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, {"WEBHOOK_KEY_PREVIOUS": new_secret(), "SMTP_USER": "u", "SMTP_PASSWORD": new_secret()})
    settings = load_settings()
    secrets = (
        *(settings.webhook_key, settings.webhook_key_previous, settings.factor_key),
        *(settings.smtp_password, settings.database_url),
    )

    for secret in secrets:
        assert secret is not None
        assert secret.get_secret_value() not in repr(settings) + settings.model_dump_json()
