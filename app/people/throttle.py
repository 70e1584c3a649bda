"""Failed sign-ins, counted in the database so that every worker knows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from app.secrets import hash_secret
from app.settings import Settings
from app.tables import LoginAttempt

Judged = Literal["good", "wrong", "unfinished"]
"""What came of an attempt: `unfinished` is a right password where a code is needed too and none was sent."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What failures count against, and how many are let through in a window."""

    key: str
    limit: int


def counters(settings: Settings, *, email: str, address: str) -> tuple[Counter, ...]:
    """Return the account's and the address's counter; keys are hashes, so the table names nobody."""
    account = Counter(hash_secret(f"account:{email}"), settings.login_failures_per_account)
    return account, address_counter(settings, address)


def address_counter(settings: Settings, address: str) -> Counter:
    """Return what wrong passwords and codes from one address count against."""
    return Counter(hash_secret(f"address:{address}"), settings.login_failures_per_address)


def wait_s(session: Session, counted: tuple[Counter, ...], *, window_s: int, now: datetime) -> int:
    """Return the seconds until another attempt is let through; 0 means now."""
    return max(_wait_for(session, counter, window_s=window_s, now=now) for counter in counted)


def _wait_for(session: Session, counter: Counter, *, window_s: int, now: datetime) -> int:
    window = timedelta(seconds=window_s)
    statement = (
        select(LoginAttempt.at)
        .where(LoginAttempt.key == counter.key, LoginAttempt.at > now - window)
        .order_by(col(LoginAttempt.at).desc())
        .limit(counter.limit)
    )
    failures = session.exec(statement).all()
    if len(failures) < counter.limit:
        return 0
    return max(1, ceil((failures[-1] + window - now).total_seconds()))


def record(session: Session, counted: tuple[Counter, ...], *, judged: Judged, window_s: int, now: datetime) -> int:
    """Count an attempt that was judged; return the seconds to wait if others had used the attempts up meanwhile.

    A right guess among many sent at once has to wait like the wrong ones: else all of them would count. A good attempt
    starts the count of the first, the account, again. One that is `unfinished` does neither: a password that is right
    must not wipe out the wrong codes that were sent with it before.
    """
    for counter in counted:
        _hold(session, counter)
    wait = wait_s(session, counted, window_s=window_s, now=now)
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.at) <= now - timedelta(seconds=window_s)))
    if judged == "good" and not wait:
        forget_failures(session, counted[0])
    elif judged == "wrong" and not wait:
        session.add_all(LoginAttempt(key=counter.key, at=now) for counter in counted)
    return wait


def _hold(session: Session, counter: Counter) -> None:
    """Let one transaction at a time count under a key; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": counter.key}
        )


def forget_failures(session: Session, counter: Counter) -> None:
    """Start an account's count again after a good sign-in."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.key) == counter.key))
