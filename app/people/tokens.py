"""Access and refresh tokens: issued in families, rotated at each renewal, ended at once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from app.audit_chain import act_of
from app.ids import new_id
from app.people.schemas import Tokens
from app.secrets import hash_secret, new_secret
from app.settings import Settings
from app.tables import AccessToken, Person, RefreshToken


def start_family(session: Session, person: Person, *, settings: Settings, now: datetime) -> Tokens:
    """Issue the first pair of a sign-in, and clear away the person's expired tokens."""
    _forget_expired(session, person, now=now)
    ends = now + timedelta(days=settings.refresh_token_days)
    return _issue(session, person, family_id=new_id(), ends=ends, settings=settings, now=now)


def rotate(session: Session, token: str, *, settings: Settings, now: datetime, shared: bool = False) -> Tokens | None:
    """Exchange a refresh token for the next pair; None refuses, and a reused token ends its whole family.

    `shared` is for a cookie, which several tabs send at once: each gets a pair that is good, whichever the browser
    keeps in the end, and the first of them that is used shuts the others.
    """
    row = _locked(session, hash_secret(token))
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
    if row.used_at is None:
        _shut_others(session, row, now=now)
    return _replace(session, row, person, settings=settings, now=now, shared=shared)


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
    session: Session, row: RefreshToken, person: Person, *, settings: Settings, now: datetime, shared: bool
) -> Tokens:
    """Issue the successor; one whose answer was lost is revoked, so the family stays one chain, unless it is shared."""
    if row.replaced_by is not None and not shared:
        lost = _locked(session, row.replaced_by)
        assert lost is not None
        lost.revoked_at = now
    pair = _issue(session, person, family_id=row.family_id, ends=row.expires_at, settings=settings, now=now)
    row.used_at = row.used_at or now
    row.replaced_by = hash_secret(pair.refresh_token)
    session.add(row)
    return pair


def _issue(
    session: Session, person: Person, *, family_id: UUID, ends: datetime, settings: Settings, now: datetime
) -> Tokens:
    act_of(session).by(person.organization_id, person.id)
    access, refresh = new_secret(), new_secret()
    lifetime = timedelta(minutes=settings.access_token_minutes)
    idle = now + timedelta(days=settings.refresh_idle_days)
    session.add(
        AccessToken(
            token_hash=hash_secret(access),
            organization_id=person.organization_id,
            person_id=person.id,
            family_id=family_id,
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
            family_id=family_id,
            session_version=person.session_version,
            issued_at=now,
            idle_expires_at=min(idle, ends),
            expires_at=ends,
        )
    )
    session.flush()
    return Tokens(access_token=access, expires_in=int(lifetime.total_seconds()), refresh_token=refresh)


def end_family(session: Session, organization_id: UUID, family_id: UUID, *, now: datetime) -> None:
    """End one sign-in on every worker at once."""
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
    person.session_version += 1
    session.add(person)
    session.flush()


def _forget_expired(session: Session, person: Person, *, now: datetime) -> None:
    for table in (AccessToken, RefreshToken):
        session.exec(
            delete(table).where(
                col(table.organization_id) == person.organization_id,
                col(table.person_id) == person.id,
                col(table.expires_at) <= now,
            )
        )
