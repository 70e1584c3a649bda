"""Setting up, renewing and taking away a second factor: each for the password, and for a code once there is one."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import SecretStr
from sqlmodel import Session

from app.errors import Conflict, Forbidden, InvalidCode, NotFound
from app.people import auth_service, factors, tokens
from app.people.auth_service import Desk
from app.people.factor_schemas import FactorProof, FactorStart
from app.people.factor_secrets import Whose, address_of
from app.people.schemas import Tokens
from app.settings import Settings
from app.signed_in import SignedIn
from app.tables import Person


class Begun(NamedTuple):
    """A secret that waits to be confirmed, and the address an app reads it from."""

    secret: str
    address: str


class Confirmed(NamedTuple):
    """What somebody has once their second factor is in force: recovery codes, and a sign-in."""

    recovery_codes: list[str]
    tokens: Tokens


class Standing(NamedTuple):
    """What a person has of a second factor."""

    confirmed_at: datetime | None
    recovery_codes_left: int
    demanded: bool


def standing(session: Session, who: SignedIn, *, settings: Settings) -> Standing:
    """Return what the signed-in person has."""
    whose = Whose(who.organization_id, who.person_id)
    factor = factors.factor_of(session, whose)
    left = factors.recovery_codes_left(session, whose)
    return Standing(factor.confirmed_at if factor else None, left, factors.is_demanded(settings, who.role))


def begin(desk: Desk, whose: Whose, body: FactorStart, *, now: datetime) -> Begun:
    """Make a new secret for whoever knows the password, and has the factor that is in force."""
    auth_service.prove_again(
        desk, whose, password=body.current_password.get_secret_value(), code=_told(body.code), now=now
    )
    return begin_proven(desk, whose, now=now)


def begin_proven(desk: Desk, whose: Whose, *, now: datetime) -> Begun:
    """Make a new secret for somebody whose password was judged just now."""
    desk.act.by(*whose)
    with desk.database.write(desk.act) as session:
        person = session.get_one(Person, tuple(whose))
        secret = factors.put_pending(session, whose, settings=desk.settings, now=now)
        return Begun(secret, address_of(secret, person.email))


def confirm(desk: Desk, whose: Whose, code: str, *, now: datetime) -> Confirmed:
    """Put the new secret in force for a code of it; every other sign-in ends, this one goes on with new tokens."""
    sealed, step = auth_service.prove_pending(desk, whose, code, now=now)
    desk.act.by(*whose)
    with desk.database.write(desk.act) as session:
        person = session.get_one(Person, tuple(whose))
        factor = factors.factor_of(session, whose, lock=True)
        if factor is None or factor.pending != sealed:
            raise InvalidCode
        factors.put_in_force(session, factor, step=step, now=now)
        codes = factors.renew_recovery_codes(session, whose)
        return Confirmed(codes, _signed_in_anew(desk, session, person, now=now))


def new_recovery_codes(desk: Desk, who: SignedIn, body: FactorProof, *, now: datetime) -> list[str]:
    """Replace the recovery codes of somebody who proves password and factor."""
    whose = _proven(desk, who, body, now=now)
    with desk.database.write(desk.act) as session:
        return factors.renew_recovery_codes(session, whose)


def remove(desk: Desk, who: SignedIn, body: FactorProof, *, now: datetime) -> Tokens:
    """Take the second factor away; every other sign-in ends, this one goes on with new tokens."""
    if factors.is_demanded(desk.settings, who.role):
        raise Conflict("factor_demanded")
    whose = _proven(desk, who, body, now=now)
    with desk.database.write(desk.act) as session:
        factors.remove(session, whose)
        return _signed_in_anew(desk, session, session.get_one(Person, tuple(whose)), now=now)


def _proven(desk: Desk, who: SignedIn, body: FactorProof, *, now: datetime) -> Whose:
    """Return whose factor it is, once password and code have been judged."""
    whose = Whose(who.organization_id, who.person_id)
    with desk.database.read() as session:
        if not factors.is_on(factors.factor_of(session, whose)):
            raise Conflict("no_factor")
    password, code = body.current_password.get_secret_value(), body.code.get_secret_value()
    auth_service.prove_again(desk, whose, password=password, code=code, now=now)
    desk.act.by(*whose)
    return whose


def _signed_in_anew(desk: Desk, session: Session, person: Person, *, now: datetime) -> Tokens:
    tokens.end_all_sessions(session, person)
    return tokens.start_family(session, person, device=desk.device, settings=desk.settings, now=now)


def reset(session: Session, who: SignedIn, person_id: UUID) -> None:
    """Take away the second factor of somebody who has lost it, and end their sign-ins; an admin does that for others.

    Not for oneself: who has taken over an admin's sign-in must not get rid of the factor that way.
    """
    person = session.get(Person, (who.organization_id, person_id))
    if person is None:
        raise NotFound
    if who.role != "admin":
        raise Forbidden
    if person.id == who.person_id:
        raise Conflict("own_factor")
    factors.remove(session, factors.whose(person))
    tokens.end_all_sessions(session, person)


def _told(code: SecretStr | None) -> str | None:
    return None if code is None else code.get_secret_value()
