"""An authenticator app, as tests use one: codes of a secret at an instant, and people who have set one up."""

from datetime import datetime

from fastapi.testclient import TestClient
from httpx2 import Response
from pyotp import TOTP

from app.db import Database
from app.factor_tables import SecondFactor
from app.people import factor_secrets
from app.people.factor_secrets import Whose
from app.settings import Settings
from tests.gym import PASSWORD, Account

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of tests alone


def code_at(now: datetime, *, secret: str = SECRET, steps: int = 0) -> str:
    """Return what the app shows some steps of 30 s before or after an instant."""
    return TOTP(secret).at(int(now.timestamp()) + 30 * steps)


def give_factor(database: Database, settings: Settings, who: Account, now: datetime, *, pending: bool = False) -> None:
    """Let somebody have a second factor in force, and a new secret that waits, if asked for."""
    whose = Whose(who.organization_id, who.person_id)
    sealed = factor_secrets.encrypted(SECRET, whose, factor_secrets.factor_keys(settings))
    row = SecondFactor(
        organization_id=who.organization_id,
        person_id=who.person_id,
        secret=sealed,
        confirmed_at=now,
        pending=sealed if pending else None,
        pending_at=now if pending else None,
    )
    with database.write() as session:
        session.add(row)


def sign_in_with(client: TestClient, who: Account, code: str | None, password: str = PASSWORD) -> Response:
    """Try to sign in, with a code or without one."""
    more = {} if code is None else {"code": code}
    return client.post("/v1/auth/login", json={"email": who.email, "password": password} | more)
