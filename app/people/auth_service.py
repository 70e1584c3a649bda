"""Signing in and out, renewing, and new passwords.

A refusal must not undo what it counted or revoked, so these functions open their own transactions and
raise after them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from app.audit_chain import Act, Event, append
from app.db import ANY_ORGANIZATION, Database
from app.errors import InvalidCode, InvalidCredentials, InvalidRefreshToken, TooManyAttempts, Unauthenticated
from app.passwords import Hasher
from app.people import throttle, tokens
from app.people.devices import Device
from app.people.schemas import Login, PasswordChange, PasswordResetUse, Tokens
from app.secrets import hash_secret
from app.settings import Settings
from app.signed_in import SignedIn
from app.tables import PasswordReset, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every sign-in function needs."""

    database: Database
    hasher: Hasher
    settings: Settings
    address: str
    act: Act
    """What is written down of it."""
    device: Device
    """What is signed in with."""


def sign_in(desk: Desk, login: Login, *, now: datetime) -> Tokens:
    """Return a new pair of tokens for the right password; wrong and unknown look and last the same."""
    person, renewed = _prove(desk, email=login.email, password=login.password.get_secret_value(), now=now)
    with desk.database.write(desk.act) as session:
        current = session.get(Person, (person.organization_id, person.id))
        if current is None or current.password_hash != person.password_hash or current.disabled_at is not None:
            raise InvalidCredentials
        current.password_hash = renewed or current.password_hash
        session.add(current)
        return tokens.start_family(session, current, device=desk.device, settings=desk.settings, now=now)


def prove_again(desk: Desk, who: SignedIn, *, password: str, now: datetime) -> None:
    """Refuse whoever is signed in and does not know the password; wrong ones are counted like those of a sign-in."""
    with desk.database.read() as session:
        known = session.get(Person, (who.organization_id, who.person_id))
    if known is None:
        raise Unauthenticated
    _prove(desk, email=known.email, password=password, now=now)


def _prove(desk: Desk, *, email: str, password: str, now: datetime) -> tuple[Person, str | None]:
    """Return the person the password belongs to, counting the failure if it belongs to none."""
    counted = throttle.counters(desk.settings, email=email, address=desk.address)
    window_s = desk.settings.login_window_s
    with desk.database.read() as session:
        _refuse_after(throttle.wait_s(session, counted, window_s=window_s, now=now))
        person = _by_email(session, email)
    fits, renewed = desk.hasher.verify(password, person.password_hash if person else None)
    good = person is not None and fits and person.disabled_at is None
    with desk.database.write() as session:
        wait = throttle.record(session, counted, good=good, window_s=window_s, now=now)
        if not good:
            append(session, _failure(desk, person, at_limit=bool(wait)))
    _refuse_after(wait)
    if person is None or not good:
        raise InvalidCredentials
    return person, renewed


def _failure(desk: Desk, person: Person | None, *, at_limit: bool) -> Act:
    """Return what is written down of a failed sign-in: as much for an unknown account as for a known one."""
    event: Event = "authn_login_fail_max" if at_limit else "authn_login_fail"
    act = replace(desk.act, event=event)
    if person is not None:
        act.organization_id, act.object_id = person.organization_id, person.id
    return act


@contextmanager
def guesses_counted(desk: Desk, *, now: datetime) -> Iterator[None]:
    """Count a wrong code against the address it came from; one that sent too many is refused before any work."""
    counted = (throttle.address_counter(desk.settings, desk.address),)
    window_s = desk.settings.login_window_s
    with desk.database.read() as session:
        _refuse_after(throttle.wait_s(session, counted, window_s=window_s, now=now))
    try:
        yield
    except InvalidCode:
        with desk.database.write() as session:
            wait = throttle.record(session, counted, good=False, window_s=window_s, now=now)
        _refuse_after(wait)
        raise


def _by_email(session: Session, email: str) -> Person | None:
    statement = select(Person).where(Person.email == email)
    return session.exec(statement, execution_options=ANY_ORGANIZATION).first()


def _refuse_after(wait: int) -> None:
    if wait:
        raise TooManyAttempts(headers={"Retry-After": str(wait)})


def renew(desk: Desk, refresh_token: str, *, now: datetime, shared: bool = False) -> Tokens:
    """Return the next pair; a refusal keeps the revocation it may have caused. `shared`: by the tabs of a browser."""
    act = replace(desk.act, event="authn_token_created")
    with desk.database.write(act) as session:
        pair = tokens.rotate(session, refresh_token, settings=desk.settings, now=now, shared=shared)
    if pair is None:
        raise InvalidRefreshToken
    return pair


def change_password(desk: Desk, who: SignedIn, change: PasswordChange, *, now: datetime) -> Tokens:
    """Set a new password, end every session of the person and return a fresh pair for this one."""
    prove_again(desk, who, password=change.current_password.get_secret_value(), now=now)
    new_hash = desk.hasher.hash(change.new_password.get_secret_value())
    with desk.database.write(desk.act) as session:
        person = session.get_one(Person, (who.organization_id, who.person_id))
        person.password_hash = new_hash
        tokens.end_all_sessions(session, person)
        return tokens.start_family(session, person, device=desk.device, settings=desk.settings, now=now)


def use_reset_code(desk: Desk, body: PasswordResetUse, *, now: datetime) -> None:
    """Set a new password with a code that was handed over; every code and session of the person ends."""
    with guesses_counted(desk, now=now):
        email = _use_code(desk, body, now=now)
    with desk.database.write() as session:
        counted = throttle.counters(desk.settings, email=email, address=desk.address)
        throttle.forget_failures(session, counted[0])


def _use_code(desk: Desk, body: PasswordResetUse, *, now: datetime) -> str:
    """Set the new password and return whose it is; hashed first, so that no answer tells of a code by its time."""
    new_hash = desk.hasher.hash(body.new_password.get_secret_value())
    with desk.database.write(desk.act) as session:
        reset = _open_reset(session, body.code.get_secret_value(), now=now)
        person = session.get_one(Person, (reset.organization_id, reset.person_id))
        if person.disabled_at is not None:
            raise InvalidCode
        desk.act.by(person.organization_id, person.id)
        person.password_hash = new_hash
        tokens.end_all_sessions(session, person)
        for code in _open_codes(session, person):
            code.used_at = now
            session.add(code)
        return person.email


def _open_reset(session: Session, code: str, *, now: datetime) -> PasswordReset:
    statement = select(PasswordReset).where(PasswordReset.code_hash == hash_secret(code)).with_for_update()
    reset = session.exec(statement).first()
    if reset is None or reset.used_at is not None or reset.expires_at <= now:
        raise InvalidCode
    return reset


def _open_codes(session: Session, person: Person) -> list[PasswordReset]:
    statement = select(PasswordReset).where(
        PasswordReset.organization_id == person.organization_id,
        PasswordReset.person_id == person.id,
        col(PasswordReset.used_at).is_(None),
    )
    return list(session.exec(statement))
