"""Access and refresh tokens: issued in families, rotated at each renewal, ended at once.

A family is a sign-in and has a row of its own. Whoever renews or ends it locks that row first, so that no renewal on
its way outlives the end.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.audit_chain import act_of
from app.ids import new_id
from app.people.devices import Device
from app.people.schemas import Tokens
from app.secrets import hash_secret, new_secret
from app.settings import Settings
from app.sign_in_tables import SignIn
from app.tables import AccessToken, Person, RefreshToken


def start_family(session: Session, person: Person, *, device: Device, settings: Settings, now: datetime) -> Tokens:
    """Issue the first pair of a sign-in, and clear away the person's expired tokens."""
    _forget_expired(session, person, now=now)
    ends = now + timedelta(days=settings.refresh_token_days)
    begun = SignIn(
        organization_id=person.organization_id,
        id=new_id(),
        person_id=person.id,
        app=device.app,
        system=device.system,
        made_at=now,
        used_at=now,
        ends_at=ends,
    )
    return _issue(session, person, begun, ends=ends, settings=settings, now=now)


def rotate(session: Session, token: str, *, settings: Settings, now: datetime, shared: bool = False) -> Tokens | None:
    """Exchange a refresh token for the next pair; None refuses, and a reused token ends its whole family.

    `shared` is for a cookie, which several tabs send at once: each gets a pair that is good, whichever the browser
    keeps in the end, and the first of them that is used shuts the others.
    """
    sign_in, row = _locked_family(session, hash_secret(token))
    if row is None:
        return None
    person = session.get(Person, (row.organization_id, row.person_id))
    assert person is not None
    if row.used_at is not None or row.revoked_at is not None:
        if not _answer_was_lost(session, row, settings=settings, now=now):
            end_family(session, row.organization_id, row.family_id, now=now)
            _tell_reuse(session, person)
            return None
    elif not _is_alive(row, person, now=now):
        return None
    if sign_in is None:  # ended by another process since the token was read
        return None
    if row.used_at is None:
        _shut_others(session, row, now=now)
    return _replace(session, row, person, sign_in, settings=settings, now=now, shared=shared)


def _tell_reuse(session: Session, person: Person) -> None:
    """Say in the audit trail that a token came twice: whose it was, for who sent it is not known."""
    act = act_of(session)
    act.event, act.organization_id, act.object_id = "authn_token_reuse", person.organization_id, person.id


def _shut_others(session: Session, row: RefreshToken, *, now: datetime) -> None:
    """Revoke what else was issued instead of this token: whoever sends that now is somebody else."""
    session.exec(
        update(RefreshToken)
        .where(
            col(RefreshToken.organization_id) == row.organization_id,
            col(RefreshToken.family_id) == row.family_id,
            col(RefreshToken.token_hash) != row.token_hash,
            col(RefreshToken.used_at).is_(None),
            col(RefreshToken.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )


def _locked_family(session: Session, token_hash: str) -> tuple[SignIn | None, RefreshToken | None]:
    """Return a token with its sign-in, which is locked first."""
    known = session.exec(select(RefreshToken).where(RefreshToken.token_hash == token_hash)).first()
    if known is None:
        return None, None
    sign_in = session.get(SignIn, (known.organization_id, known.family_id), with_for_update=True)
    session.expire(known)
    return sign_in, _locked(session, token_hash)


def _locked(session: Session, token_hash: str) -> RefreshToken | None:
    statement = select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update()
    return session.exec(statement).first()


def _is_alive(row: RefreshToken, person: Person, *, now: datetime) -> bool:
    unchanged = person.disabled_at is None and person.session_version == row.session_version
    return unchanged and now < row.expires_at and now < row.idle_expires_at


def _answer_was_lost(session: Session, row: RefreshToken, *, settings: Settings, now: datetime) -> bool:
    """Tell whether this is the immediate predecessor of a token nobody has used, sent again within the grace."""
    if row.revoked_at is not None or row.used_at is None or row.replaced_by is None:
        return False
    if now - row.used_at > timedelta(seconds=settings.refresh_grace_s):
        return False
    successor = _locked(session, row.replaced_by)
    return successor is not None and successor.used_at is None and successor.revoked_at is None


def _replace(
    session: Session,
    row: RefreshToken,
    person: Person,
    sign_in: SignIn,
    *,
    settings: Settings,
    now: datetime,
    shared: bool,
) -> Tokens:
    """Issue the successor; one whose answer was lost is revoked, so the family stays one chain, unless it is shared."""
    if row.replaced_by is not None and not shared:
        lost = _locked(session, row.replaced_by)
        assert lost is not None
        lost.revoked_at = now
    pair = _issue(session, person, sign_in, ends=row.expires_at, settings=settings, now=now)
    row.used_at = row.used_at or now
    row.replaced_by = hash_secret(pair.refresh_token)
    session.add(row)
    return pair


def _issue(
    session: Session, person: Person, sign_in: SignIn, *, ends: datetime, settings: Settings, now: datetime
) -> Tokens:
    act_of(session).by(person.organization_id, person.id)
    access, refresh = new_secret(), new_secret()
    lifetime = timedelta(minutes=settings.access_token_minutes)
    sign_in.used_at, sign_in.ends_at = now, min(now + timedelta(days=settings.refresh_idle_days), ends)
    session.add(sign_in)
    session.add(
        AccessToken(
            token_hash=hash_secret(access),
            organization_id=person.organization_id,
            person_id=person.id,
            family_id=sign_in.id,
            session_version=person.session_version,
            expires_at=now + lifetime,
            created_at=now,
        )
    )
    session.add(
        RefreshToken(
            token_hash=hash_secret(refresh),
            organization_id=person.organization_id,
            person_id=person.id,
            family_id=sign_in.id,
            session_version=person.session_version,
            issued_at=now,
            idle_expires_at=sign_in.ends_at,
            expires_at=ends,
        )
    )
    session.flush()
    return Tokens(access_token=access, expires_in=int(lifetime.total_seconds()), refresh_token=refresh)


def end_family(session: Session, organization_id: UUID, family_id: UUID, *, now: datetime) -> None:
    """End one sign-in on every worker at once."""
    session.exec(delete(SignIn).where(col(SignIn.organization_id) == organization_id, col(SignIn.id) == family_id))
    session.exec(
        delete(AccessToken).where(
            col(AccessToken.organization_id) == organization_id, col(AccessToken.family_id) == family_id
        )
    )
    session.exec(
        update(RefreshToken)
        .where(
            col(RefreshToken.organization_id) == organization_id,
            col(RefreshToken.family_id) == family_id,
            col(RefreshToken.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )


def end_all_sessions(session: Session, person: Person) -> None:
    """Make every token of a person outdated: they carry the version they were issued under."""
    _forget_sign_ins(session, person)
    person.session_version += 1
    session.add(person)
    session.flush()


def _forget_sign_ins(session: Session, person: Person, *, ended_by: datetime | None = None) -> None:
    """Delete the person's sign-ins, or those that had ended by an instant."""
    theirs = [col(SignIn.organization_id) == person.organization_id, col(SignIn.person_id) == person.id]
    ended = [] if ended_by is None else [col(SignIn.ends_at) <= ended_by]
    session.exec(delete(SignIn).where(*theirs, *ended))


def _forget_expired(session: Session, person: Person, *, now: datetime) -> None:
    _forget_sign_ins(session, person, ended_by=now)
    for table in (AccessToken, RefreshToken):
        session.exec(
            delete(table).where(
                col(table.organization_id) == person.organization_id,
                col(table.person_id) == person.id,
                col(table.expires_at) <= now,
            )
        )
