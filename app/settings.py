"""Settings from the environment, prefix SQUATBACK_, checked before anything listens."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOCAL_SENDER = "Squatback <squatback@localhost>"


class Settings(BaseSettings):
    """Everything an operator may change; `docs/operations.md` explains each."""

    model_config = SettingsConfigDict(env_prefix="SQUATBACK_", env_file=".env", extra="ignore", frozen=True)

    environment: Literal["local", "production"] = "local"
    database_url: SecretStr = SecretStr("sqlite:///var/squatback.db")
    allowed_hosts: tuple[str, ...] = ("*",)
    public_url: HttpUrl | None = None
    docs: bool = True

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
    webhook_key: SecretStr | None = Field(default=None, min_length=32)
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str = Field(default=_LOCAL_SENDER, pattern=r"^[^\r\n@]*[^\s@<>]+@[^\s@<>]+>?$")
    mail_directory: Path = Path("var/mail")

    argon2_memory_kib: int = Field(default=19_456, ge=8)
    argon2_rounds: int = Field(default=2, ge=1)
    hashings_at_once: int = Field(default=2, ge=1, le=16)

    access_token_minutes: int = Field(default=15, ge=1, le=15)
    refresh_token_days: int = Field(default=30, ge=1, le=30)
    refresh_idle_days: int = Field(default=14, ge=1, le=30)
    refresh_grace_s: int = Field(default=10, ge=0, le=10)
    login_window_s: int = Field(default=300, ge=1)
    login_failures_per_account: int = Field(default=5, ge=1)
    login_failures_per_address: int = Field(default=30, ge=1)
    invitation_days: int = Field(default=7, ge=1, le=30)
    password_reset_minutes: int = Field(default=60, ge=1, le=1440)

    @model_validator(mode="after")
    def _production_names_its_hosts(self) -> Self:
        if self.environment == "production" and "*" in self.allowed_hosts:
            raise ValueError("SQUATBACK_ALLOWED_HOSTS must name the hosts in production")
        return self

    @model_validator(mode="after")
    def _mail_is_complete(self) -> Self:
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("SQUATBACK_SMTP_USER and SQUATBACK_SMTP_PASSWORD go together")
        if self.environment == "production" and self.smtp_host is not None and self.smtp_from == _LOCAL_SENDER:
            raise ValueError("SQUATBACK_SMTP_FROM must name the sender of e-mails in production")
        return self
