"""The second factor of a person as it is stored: whether a code is good, and what a change of it does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, func, select

from app.factor_tables import EnrolmentToken, RecoveryCode, SecondFactor
from app.people import factor_secrets
from app.people.factor_secrets import Whose
from app.people.throttle import Judged
from app.secrets import hash_secret, new_secret
from app.settings import Settings
from app.tables import Person

PENDING: Final = timedelta(minutes=15)
"""How long a new secret waits to be confirmed, and its token is good."""


def whose(person: Person) -> Whose:
    """Return the ids of a person."""
    return Whose(person.organization_id, person.id)


def is_demanded(settings: Settings, role: str) -> bool:
    """Tell whether people in a role may sign in with a second factor only."""
    return settings.second_factor == "everybody" or (settings.second_factor == "staff" and role != "member")


def factor_of(session: Session, who: Whose, *, lock: bool = False) -> SecondFactor | None:
    """Return what a person has of a second factor; it may wait to be confirmed."""
    return session.get(SecondFactor, (who.organization_id, who.person_id), with_for_update=lock or None)


def is_on(factor: SecondFactor | None) -> bool:
    """Tell whether a second factor is in force."""
    return factor is not None and factor.secret is not None


def judged(session: Session, who: Whose, code: str | None, *, settings: Settings, now: datetime) -> Judged:
    """Judge the code that goes with a right password, and use it up if it is good."""
    factor = factor_of(session, who)
    if factor is None or factor.secret is None:
        return "good"
    if code is None:
        return "unfinished"
    code = factor_secrets.typed(code)
    good = _take_step(session, who, factor.secret, code, settings=settings, now=now) or _take_recovery(
        session, who, code
    )
    return "good" if good else "wrong"


def _take_step(session: Session, who: Whose, stored: str, code: str, *, settings: Settings, now: datetime) -> bool:
    """Take a one-time password of a step after the last one taken: of two who send one, one is let in."""
    keys = factor_secrets.factor_keys(settings)
    secret = factor_secrets.decrypted(stored, who, keys)
    step = None if secret is None else factor_secrets.step_of(secret, code, now=now)
    if secret is None or step is None:
        return False
    renewed = stored if factor_secrets.is_of_newest_key(stored, who, keys) else _encrypted(secret, who, settings)
    taken = session.execute(
        update(SecondFactor)
        .where(
            col(SecondFactor.organization_id) == who.organization_id,
            col(SecondFactor.person_id) == who.person_id,
            col(SecondFactor.secret) == stored,
            col(SecondFactor.last_step) < step,
        )
        .values(last_step=step, secret=renewed)
    )
    return _changed_one(taken)


def _take_recovery(session: Session, who: Whose, code: str) -> bool:
    taken = session.execute(
        delete(RecoveryCode).where(
            col(RecoveryCode.organization_id) == who.organization_id,
            col(RecoveryCode.person_id) == who.person_id,
            col(RecoveryCode.code_hash) == hash_secret(code),
        )
    )
    return _changed_one(taken)


def _changed_one(result: object) -> bool:
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _encrypted(secret: str, who: Whose, settings: Settings) -> str:
    return factor_secrets.encrypted(secret, who, factor_secrets.factor_keys(settings))


# --- changes ------------------------------------------------------------------------------------------------------


def put_pending(session: Session, who: Whose, *, settings: Settings, now: datetime) -> str:
    """Make a new secret that waits to be confirmed, and return it; one in force stays so until then."""
    secret = factor_secrets.new_secret_key()
    factor = factor_of(session, who, lock=True) or SecondFactor(
        organization_id=who.organization_id, person_id=who.person_id
    )
    factor.pending, factor.pending_at = _encrypted(secret, who, settings), now
    session.add(factor)
    return secret


def pending_step(
    factor: SecondFactor | None, who: Whose, code: str, *, settings: Settings, now: datetime
) -> int | None:
    """Return the step of a code of the secret that waits to be confirmed, None for a wrong one or when none waits."""
    if factor is None or factor.pending is None or factor.pending_at is None or now >= factor.pending_at + PENDING:
        return None
    secret = factor_secrets.decrypted(factor.pending, who, factor_secrets.factor_keys(settings))
    return None if secret is None else factor_secrets.step_of(secret, factor_secrets.typed(code), now=now)


def put_in_force(session: Session, factor: SecondFactor, *, step: int, now: datetime) -> None:
    """Let the secret that waited count from now on; the code that confirmed it is used up."""
    factor.secret, factor.confirmed_at, factor.last_step = factor.pending, now, step
    factor.pending = factor.pending_at = None
    session.add(factor)
    session.flush()


def renew_recovery_codes(session: Session, who: Whose) -> list[str]:
    """Replace a person's recovery codes; the new ones are shown once."""
    codes = factor_secrets.new_recovery_codes()
    _forget_theirs(session, who, [RecoveryCode])
    session.add_all(
        RecoveryCode(
            organization_id=who.organization_id,
            person_id=who.person_id,
            code_hash=hash_secret(factor_secrets.typed(code)),
        )
        for code in codes
    )
    session.flush()
    return codes


def recovery_codes_left(session: Session, who: Whose) -> int:
    """Return how many recovery codes were not used."""
    statement = select(func.count()).where(
        RecoveryCode.organization_id == who.organization_id, RecoveryCode.person_id == who.person_id
    )
    return session.exec(statement).one()


def remove(session: Session, who: Whose) -> None:
    """Forget a person's second factor with all that belongs to it."""
    _forget_theirs(session, who, [SecondFactor, RecoveryCode, EnrolmentToken])


def _forget_theirs(
    session: Session, who: Whose, tables: Sequence[type[SecondFactor | RecoveryCode | EnrolmentToken]]
) -> None:
    for table in tables:
        session.execute(
            delete(table).where(
                col(table.organization_id) == who.organization_id, col(table.person_id) == who.person_id
            )
        )


# --- tokens -------------------------------------------------------------------------------------------------------


def issue_enrolment_token(session: Session, person: Person, *, now: datetime) -> str:
    """Return a token that sets up a second factor for a person and opens nothing else; earlier ones end."""
    token = new_secret()
    _forget_theirs(session, whose(person), [EnrolmentToken])
    session.add(
        EnrolmentToken(
            token_hash=hash_secret(token),
            organization_id=person.organization_id,
            person_id=person.id,
            session_version=person.session_version,
            expires_at=now + PENDING,
        )
    )
    session.flush()
    return token


def enrolling(session: Session, token: str, *, now: datetime) -> Whose | None:
    """Return whose second factor a token sets up, None when it is nobody's any more."""
    statement = (
        select(Person)
        .join(
            EnrolmentToken,
            (col(EnrolmentToken.organization_id) == Person.organization_id)
            & (col(EnrolmentToken.person_id) == Person.id),
        )
        .where(
            EnrolmentToken.token_hash == hash_secret(token),
            EnrolmentToken.expires_at > now,
            EnrolmentToken.session_version == Person.session_version,
            col(Person.disabled_at).is_(None),
        )
    )
    person = session.exec(statement).first()
    return None if person is None else whose(person)
