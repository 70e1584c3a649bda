"""The signed-in person, the people of an organization, invitations and reset codes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select, tuple_

from app.audit_chain import act_of
from app.db import ANY_ORGANIZATION
from app.errors import Conflict, EmailTaken, Forbidden, InvalidCode, NotFound
from app.paging import cut, place_in_time
from app.people import tokens
from app.people.schemas import InvitationCreate, MeChange, PersonChange
from app.secrets import hash_secret, new_secret
from app.settings import Settings
from app.signed_in import SignedIn
from app.tables import Client, Invitation, Organization, PasswordReset, Person


def found_organization(
    session: Session, *, name: str, email: str, display_name: str, password_hash: str, now: datetime
) -> Person:
    """Make an organization and its first admin."""
    organization = Organization(name=name, created_at=now)
    session.add(organization)
    session.flush()
    admin = Person(
        organization_id=organization.id,
        email=email.lower(),
        display_name=display_name,
        password_hash=password_hash,
        role="admin",
        created_at=now,
    )
    session.add(admin)
    session.flush()
    act = act_of(session)
    act.organization_id = organization.id
    act.about(admin.id)
    return admin


def get_person(session: Session, who: SignedIn, person_id: UUID) -> Person:
    """Return a person of the asker's organization."""
    person = session.get(Person, (who.organization_id, person_id))
    if person is None:
        raise NotFound
    return person


def list_people(
    session: Session, who: SignedIn, *, role: str | None, limit: int, cursor: str | None
) -> tuple[Sequence[Person], str | None]:
    """Return a page of the asker's organization's people, newest first; of one role, or all."""
    scope = f"{who.organization_id}/people/{role}"
    statement = (
        select(Person)
        .where(Person.organization_id == who.organization_id)
        .order_by(col(Person.created_at).desc(), col(Person.id).desc())
        .limit(limit + 1)
    )
    if role is not None:
        statement = statement.where(Person.role == role)
    after = place_in_time(cursor, scope=scope)
    if after is not None:
        statement = statement.where(tuple_(Person.created_at, Person.id) < tuple_(*after))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (row.created_at.isoformat(), str(row.id)))


def change_me(session: Session, who: SignedIn, change: MeChange) -> Person:
    """Change what people may change about themselves."""
    person = get_person(session, who, who.person_id)
    if change.display_name is not None:
        person.display_name = change.display_name
    session.add(person)
    return person


def change_person(session: Session, who: SignedIn, person_id: UUID, change: PersonChange, *, now: datetime) -> Person:
    """Change a role or end access; both end every session of the person at once."""
    person = get_person(session, who, person_id)
    _may_manage(who, person)
    if change.role is not None:
        _change_role(session, who, person, change.role)
    if change.disabled is not None:
        _set_disabled(session, person, disabled=change.disabled, now=now)
    session.add(person)
    return person


def _may_manage(who: SignedIn, person: Person) -> None:
    """Admins manage everybody, coaches manage members."""
    if who.role != "admin" and person.role != "member":
        raise Forbidden


def _change_role(session: Session, who: SignedIn, person: Person, role: str) -> None:
    if who.role != "admin":
        raise Forbidden
    if person.role == "member":
        raise Conflict("member_role")
    if role == person.role:
        return
    _keep_an_admin(session, person)
    person.role = role
    tokens.end_all_sessions(session, person)


def _set_disabled(session: Session, person: Person, *, disabled: bool, now: datetime) -> None:
    if disabled == (person.disabled_at is not None):
        return
    if disabled:
        _keep_an_admin(session, person)
    person.disabled_at = now if disabled else None
    tokens.end_all_sessions(session, person)


def _keep_an_admin(session: Session, person: Person) -> None:
    """Refuse to take away the last admin: nobody could give the role back."""
    if person.role != "admin" or person.disabled_at is not None:
        return
    admins = session.exec(
        select(Person.id)
        .where(
            Person.organization_id == person.organization_id,
            Person.role == "admin",
            col(Person.disabled_at).is_(None),
        )
        .with_for_update()
    ).all()
    if len(admins) <= 1:
        raise Conflict("last_admin")


def invite(
    session: Session, who: SignedIn, body: InvitationCreate, *, settings: Settings, now: datetime
) -> tuple[Invitation, str]:
    """Store an invitation; return it with the code that is shown once."""
    if who.role != "admin" and body.role != "member":
        raise Forbidden
    if body.client_id is not None and session.get(Client, (who.organization_id, body.client_id)) is None:
        raise NotFound
    code = new_secret()
    invitation = Invitation(
        organization_id=who.organization_id,
        code_hash=hash_secret(code),
        email=body.email,
        role=body.role,
        client_id=body.client_id,
        created_by=who.person_id,
        created_at=now,
        expires_at=now + timedelta(days=settings.invitation_days),
    )
    session.add(invitation)
    session.flush()
    act_of(session).about(invitation.id)
    return invitation, code


def get_invitation(session: Session, who: SignedIn, invitation_id: UUID) -> Invitation:
    """Return an invitation of the asker's organization, without its code."""
    invitation = session.get(Invitation, (who.organization_id, invitation_id))
    if invitation is None:
        raise NotFound
    return invitation


def accept_invitation(session: Session, *, code: str, display_name: str, password_hash: str, now: datetime) -> Person:
    """Use an invitation up and make the person it was for."""
    invitation = _open_invitation(session, code, now=now)
    taken = select(func.count()).select_from(Person).where(Person.email == invitation.email)
    if session.exec(taken, execution_options=ANY_ORGANIZATION).one():
        raise EmailTaken
    person = Person(
        organization_id=invitation.organization_id,
        email=invitation.email,
        display_name=display_name,
        password_hash=password_hash,
        role=invitation.role,
        client_id=invitation.client_id,
        created_at=now,
    )
    invitation.accepted_at = now
    session.add_all([invitation, person])
    session.flush()
    act_of(session).by(person.organization_id, person.id)
    act_of(session).client_id = person.client_id
    return person


def _open_invitation(session: Session, code: str, *, now: datetime) -> Invitation:
    statement = select(Invitation).where(Invitation.code_hash == hash_secret(code)).with_for_update()
    invitation = session.exec(statement, execution_options=ANY_ORGANIZATION).first()
    if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= now:
        raise InvalidCode
    return invitation


def issue_reset_code(
    session: Session, who: SignedIn, person_id: UUID, *, settings: Settings, now: datetime
) -> tuple[PasswordReset, str]:
    """Store a reset code for somebody the asker manages; return it with the code that is shown once."""
    person = get_person(session, who, person_id)
    _may_manage(who, person)
    code = new_secret()
    reset = PasswordReset(
        code_hash=hash_secret(code),
        organization_id=person.organization_id,
        person_id=person.id,
        issued_by=who.person_id,
        created_at=now,
        expires_at=now + timedelta(minutes=settings.password_reset_minutes),
    )
    session.add(reset)
    session.flush()
    return reset, code
