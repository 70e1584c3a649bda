"""Settings from the environment, prefix SQUATBACK_, checked before anything listens."""

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_core.core_schema import ValidationInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import settings_checks as checks
from app.bad_settings import BadSettings

_PREFIX: Final = "SQUATBACK_"
_LOCAL_SENDER: Final = "Squatback <squatback@localhost>"


def _listed(value: object) -> object:
    """Read a list from a variable: names with commas between, or JSON."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError("must be a list: names with commas between, or JSON") from None
    return [name.strip() for name in value.split(",") if name.strip()]


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Key = Annotated[SecretStr, AfterValidator(checks.long_key)]


class Settings(BaseSettings):
    """Everything an operator may change; `docs/operations.md` explains each."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    environment: Literal["local", "production"] = "local"
    debug: bool = False
    database_url: Annotated[SecretStr, AfterValidator(checks.known_database)] = SecretStr("sqlite:///var/squatback.db")
    allowed_hosts: Names = ("*",)
    public_url: HttpUrl | None = None
    cors_origins: Annotated[Names, AfterValidator(checks.exact_origins)] = ()
    trusted_proxies: Annotated[Names, AfterValidator(checks.networks)] = ()
    docs: bool = True
    traces_url: HttpUrl | None = None
    traces_share: float = Field(default=1.0, ge=0, le=1)

    worker_threads: int = Field(default=8, ge=1, le=64)
    pool_size: int = Field(default=8, ge=1, le=64)
    hot_connections: int = Field(default=4, ge=1, le=64)
    pool_wait_s: float = Field(default=2.0, gt=0, le=30)
    statement_timeout_s: float = Field(default=5.0, gt=0, le=60)
    linger_s: float = Field(default=0.0, ge=0, le=60)
    body_limit_bytes: int = Field(default=256 * 1024, ge=1024)
    body_deadline_s: float = Field(default=20.0, gt=0)

    forecast_runs: int = Field(default=400, ge=1, le=5000)
    forecast_limit_s: float = Field(default=180.0, gt=0, le=3600)

    deliver_every_s: float = Field(default=15.0, ge=1, le=3600)
    webhook_key: Key | None = None
    webhook_key_previous: Key | None = None
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_from: str = Field(default=_LOCAL_SENDER, pattern=r"^[^\r\n@]*[^\s@<>]+@[^\s@<>]+>?$")
    mail_directory: Path = Path("var/mail")

    second_factor: Literal["offered", "staff", "everybody"] = "offered"
    factor_key: Key | None = None
    factor_key_previous: Key | None = None
    argon2_memory_kib: int = Field(default=19_456, ge=8)
    argon2_rounds: int = Field(default=2, ge=1)
    hashings_at_once: int = Field(default=2, ge=1, le=16)

    access_token_minutes: int = Field(default=15, ge=1, le=15)
    refresh_token_days: int = Field(default=30, ge=1, le=30)
    refresh_idle_days: int = Field(default=14, ge=1, le=30)
    refresh_grace_s: int = Field(default=10, ge=0, le=10)
    calls_per_minute: int = Field(default=600, ge=60)
    login_window_s: int = Field(default=300, ge=1)
    login_failures_per_account: int = Field(default=5, ge=1)
    login_failures_per_address: int = Field(default=30, ge=1)
    invitation_days: int = Field(default=7, ge=1, le=30)
    password_reset_minutes: int = Field(default=60, ge=1, le=1440)

    @field_validator(*checks.PRODUCTION)
    @classmethod
    def _fit_for_production(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse in production what does for a laptop; field by field, so that all faults are told at once."""
        fault = checks.PRODUCTION[str(info.field_name)](value) if info.data.get("environment") == "production" else None
        if fault is not None:
            raise ValueError(fault)
        return value

    @field_validator("smtp_password")
    @classmethod
    def _password_goes_with_a_user(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (info.data.get("smtp_user") is None) != (value is None):
            raise ValueError("goes together with SQUATBACK_SMTP_USER")
        return value

    @field_validator("smtp_security")
    @classmethod
    def _password_is_sent_encrypted(cls, value: str, info: ValidationInfo) -> str:
        production = info.data.get("environment") == "production"
        if production and value == "none" and info.data.get("smtp_password") is not None:
            raise ValueError("must be starttls or tls in production: the password would travel readable")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _production_names_its_sender(cls, value: str, info: ValidationInfo) -> str:
        production = info.data.get("environment") == "production"
        if production and info.data.get("smtp_host") is not None and value == _LOCAL_SENDER:
            raise ValueError("must name the sender of e-mails in production")
        return value


def load_settings() -> Settings:
    """Read the settings; BadSettings names every one that is missing or wrong, and no value."""
    try:
        return Settings()
    except ValidationError as error:
        faults = (f"{_PREFIX}{str(fault['loc'][0]).upper()}: {_reason(fault['msg'])}" for fault in error.errors())
        raise BadSettings(tuple(faults)) from None


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
