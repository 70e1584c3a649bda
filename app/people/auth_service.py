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
from app.errors import (
    InvalidCode,
    InvalidCredentials,
    InvalidRefreshToken,
    SecondFactorDemanded,
    SecondFactorNeeded,
    TooManyAttempts,
    Unauthenticated,
)
from app.passwords import Hasher
from app.people import factors, throttle, tokens
from app.people.devices import Device
from app.people.factor_secrets import Whose
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
    code = None if login.code is None else login.code.get_secret_value()
    shown = _Shown(email=login.email, password=login.password.get_secret_value(), code=code)
    person, renewed = _prove(desk, shown, now=now)
    with desk.database.write(desk.act) as session:
        current = session.get(Person, (person.organization_id, person.id))
        if current is None or _has_changed(current, since=person):
            raise InvalidCredentials
        current.password_hash = renewed or current.password_hash
        session.add(current)
        factor = factors.factor_of(session, factors.whose(current))
        if factors.is_on(factor) or not factors.is_demanded(desk.settings, current.role):
            return tokens.start_family(session, current, device=desk.device, settings=desk.settings, now=now)
        desk.act.by(current.organization_id, current.id)
        desk.act.event = "authn_token_created"
        token = factors.issue_enrolment_token(session, current, now=now)
    lasts = int(factors.PENDING.total_seconds())
    raise SecondFactorDemanded(members={"enrolment_token": token, "expires_in": lasts})


def enrolment_token(desk: Desk, whose: Whose, *, now: datetime) -> str:
    """Return a token that sets up a second factor, for somebody whose password was judged just now."""
    with desk.database.write() as session:
        return factors.issue_enrolment_token(session, session.get_one(Person, tuple(whose)), now=now)


def _has_changed(person: Person, *, since: Person) -> bool:
    """Tell whether what somebody proved a moment ago is outdated; a second factor that was set up counts too."""
    kept = person.password_hash == since.password_hash and person.session_version == since.session_version
    return not kept or person.disabled_at is not None


def prove_again(desk: Desk, whose: Whose, *, password: str, code: str | None, now: datetime) -> None:
    """Refuse whoever is signed in and does not know the password, or lacks the code that goes with it."""
    _prove(desk, _Shown(email=_email_of(desk, whose), password=password, code=code), now=now)


def prove_password(desk: Desk, whose: Whose, password: str, *, now: datetime) -> None:
    """Refuse whoever is signed in and does not know the password; wrong ones are counted like those of a sign-in."""
    _prove(desk, _Shown(email=_email_of(desk, whose), password=password, asks_code=False), now=now)


def prove_pending(desk: Desk, whose: Whose, code: str, *, now: datetime) -> tuple[str, int]:
    """Return the secret that a code confirms, encrypted, and its step; wrong codes count like wrong passwords."""
    with desk.database.write() as session:
        person = session.get(Person, tuple(whose))
        if person is None:
            raise Unauthenticated
        factor = factors.factor_of(session, whose)
        step = factors.pending_step(factor, whose, code, settings=desk.settings, now=now)
        sealed = factor.pending if factor else None
        counted = throttle.counters(desk.settings, email=person.email, address=desk.address)
        judged: throttle.Judged = "wrong" if step is None else "unfinished"
        wait = throttle.record(session, counted, judged=judged, window_s=desk.settings.login_window_s, now=now)
        if step is None:
            append(session, _failure(desk, person, at_limit=bool(wait)))
    refuse_after(wait)
    if sealed is None or step is None:
        raise InvalidCode
    return sealed, step


def _email_of(desk: Desk, whose: Whose) -> str:
    with desk.database.read() as session:
        known = session.get(Person, tuple(whose))
    if known is None:
        raise Unauthenticated
    return known.email


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What somebody shows to prove who they are; whether a second factor is asked for, if they have one."""

    email: str
    password: str
    code: str | None = None
    asks_code: bool = True


def _prove(desk: Desk, shown: _Shown, *, now: datetime) -> tuple[Person, str | None]:
    """Return the person that what is shown belongs to, counting the failure if it belongs to none."""
    counted = throttle.counters(desk.settings, email=shown.email, address=desk.address)
    window_s = desk.settings.login_window_s
    with desk.database.read() as session:
        refuse_after(throttle.wait_s(session, counted, window_s=window_s, now=now))
        person = _by_email(session, shown.email)
    fits, renewed = desk.hasher.verify(shown.password, person.password_hash if person else None)
    known = person if person is not None and fits and person.disabled_at is None else None
    with desk.database.write() as session:
        judged = _judged(desk, session, known, shown, now=now)
        counts = "unfinished" if judged == "good" and not shown.asks_code else judged
        wait = throttle.record(session, counted, judged=counts, window_s=window_s, now=now)
        if judged != "good":
            append(session, _failure(desk, person, at_limit=bool(wait)))
    refuse_after(wait)
    if known is None:
        raise InvalidCredentials
    if judged == "unfinished":
        raise SecondFactorNeeded
    if judged == "wrong":
        raise SecondFactorNeeded("wrong_factor_code")
    return known, renewed


def _judged(desk: Desk, session: Session, known: Person | None, shown: _Shown, *, now: datetime) -> throttle.Judged:
    """Judge a password that was compared, and the code that goes with it: only after a right one is it looked at."""
    if known is None:
        return "wrong"
    if not shown.asks_code:
        return "good"
    return factors.judged(session, factors.whose(known), shown.code, settings=desk.settings, now=now)


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
        refuse_after(throttle.wait_s(session, counted, window_s=window_s, now=now))
    try:
        yield
    except InvalidCode:
        with desk.database.write() as session:
            wait = throttle.record(session, counted, judged="wrong", window_s=window_s, now=now)
        refuse_after(wait)
        raise


def _by_email(session: Session, email: str) -> Person | None:
    statement = select(Person).where(Person.email == email)
    return session.exec(statement, execution_options=ANY_ORGANIZATION).first()


def refuse_after(wait: int) -> None:
    """Send somebody away who has to wait so many seconds."""
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
    password, code = change.current_password.get_secret_value(), change.code
    shown = None if code is None else code.get_secret_value()
    prove_again(desk, Whose(who.organization_id, who.person_id), password=password, code=shown, now=now)
    new_hash = desk.hasher.hash(change.new_password.get_secret_value())
    with desk.database.write(desk.act) as session:
        person = session.get_one(Person, (who.organization_id, who.person_id))
        person.password_hash = new_hash
        tokens.end_all_sessions(session, person)
        return tokens.start_family(session, person, device=desk.device, settings=desk.settings, now=now)


def use_reset_code(desk: Desk, body: PasswordResetUse, *, now: datetime) -> None:
    """Set a new password with a code that was handed over; every code and session of the person ends."""
    with guesses_counted(desk, now=now):
        whose, email = _use_code(desk, body, now=now)
    with desk.database.write() as session:
        if factors.is_on(factors.factor_of(session, whose)):
            return  # a reset is no way around the few guesses there are at the code of a second factor
        counted = throttle.counters(desk.settings, email=email, address=desk.address)
        throttle.forget_failures(session, counted[0])


def _use_code(desk: Desk, body: PasswordResetUse, *, now: datetime) -> tuple[Whose, str]:
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
        return factors.whose(person), person.email


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
