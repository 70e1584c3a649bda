"""The signed-in person, the people of an organization and how they join."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Body, Path, Query, Response

from app.demo_ids import INVITATION_CODE as DEMO_CODE
from app.demo_ids import MEMBER, demo_id
from app.deps import CoachPerson, CurrentPerson, NowDep, SessionDep, SettingsDep
from app.idempotency import KeyedRoute, SecretKeyedDep
from app.paging import Cursor, Limit
from app.people import auth_service, people_service
from app.people.auth_routes import DeskDep, HashingDep
from app.people.auth_service import Desk
from app.people.schemas import (
    Invitation,
    InvitationAccept,
    InvitationCreate,
    Me,
    MeChange,
    NewInvitation,
    PasswordResetCode,
    PersonAnswer,
    PersonChange,
    PersonPage,
    Role,
)
from app.problems import documented
from app.tables import Person

router = APIRouter(prefix="/v1", route_class=KeyedRoute)

PersonId = Annotated[
    UUID,
    Path(
        description="Id of a person who signs in.",
        openapi_examples={"demo": {"summary": "The demo gym's member", "value": str(MEMBER)}},
    ),
]
InvitationId = Annotated[
    UUID,
    Path(
        description="Id of an invitation.",
        openapi_examples={"demo": {"summary": "Ana's, not accepted yet", "value": str(demo_id("invitation/ana"))}},
    ),
]
InRole = Annotated[
    Role | None,
    Query(
        alias="role",
        description="Only people in this role; everybody when left out.",
        openapi_examples={
            "all": {"summary": "Everybody"},
            "coach": {"summary": "Coaches", "value": "coach"},
        },
    ),
]

_INVITATION_EXAMPLES = {
    "coach": {
        "summary": "Another coach (admins only)",
        "value": {"email": "new.coach@demo.example", "role": "coach"},
    },
    "member": {
        "summary": "A client who wants to sign in",
        "value": {"email": "tara@demo.example", "role": "member", "client_id": str(demo_id("client/tara"))},
    },
}
_ACCEPT_EXAMPLES = {
    "ana": {
        "summary": "Ana of the demo gym joins",
        "value": {"code": DEMO_CODE, "display_name": "Ana", "password": "demo-ana-pass"},
    }
}
_ME_EXAMPLES = {"name": {"summary": "Another name", "value": {"display_name": "Kim"}}}
_PERSON_EXAMPLES = {
    "disable": {"summary": "End their access", "value": {"disabled": True}},
    "enable": {"summary": "Give it back", "value": {"disabled": False}},
}


def _me(person: Person) -> Me:
    return Me.model_validate(person, from_attributes=True)


def _accept(desk: Desk, body: InvitationAccept, *, now: datetime) -> Me:
    with auth_service.guesses_counted(desk, now=now):
        password_hash = desk.hasher.hash(body.password.get_secret_value())
        with desk.database.write(desk.act) as session:
            person = people_service.accept_invitation(
                session,
                code=body.code.get_secret_value(),
                display_name=body.display_name,
                password_hash=password_hash,
                now=now,
            )
            return _me(person)


def _person(person: Person) -> PersonAnswer:
    return PersonAnswer(
        **_me(person).model_dump(), disabled=person.disabled_at is not None, disabled_at=person.disabled_at
    )


@router.get("/me", tags=["Sign-in"])
def get_me(person: CurrentPerson, session: SessionDep) -> Me:
    """Read who is signed in; members find their `client_id` here."""
    return _me(people_service.get_person(session, person, person.person_id))


@router.patch("/me", tags=["Sign-in"])
def change_me(
    person: CurrentPerson, session: SessionDep, body: Annotated[MeChange, Body(openapi_examples=_ME_EXAMPLES)]
) -> Me:
    """Change your display name."""
    return _me(people_service.change_me(session, person, body))


@router.get("/people", tags=["Admin"])
def list_people(
    person: CoachPerson, session: SessionDep, limit: Limit = 20, cursor: Cursor = None, role: InRole = None
) -> PersonPage:
    """List who signs in to your organization, newest first; those whose access has ended too."""
    rows, following = people_service.list_people(session, person, role=role, limit=limit, cursor=cursor)
    return PersonPage(items=[_person(row) for row in rows], next_cursor=following)


@router.get("/people/{person_id}", tags=["Admin"])
def get_person(person_id: PersonId, person: CoachPerson, session: SessionDep) -> PersonAnswer:
    """Read a person of your organization."""
    return _person(people_service.get_person(session, person, person_id))


@router.patch("/people/{person_id}", tags=["Admin"], responses=documented(409))
def change_person(
    person_id: PersonId,
    person: CoachPerson,
    session: SessionDep,
    now: NowDep,
    body: Annotated[PersonChange, Body(openapi_examples=_PERSON_EXAMPLES)],
) -> PersonAnswer:
    """Change what somebody may do, end their access or give it back.

    Admins change roles and everybody's access, coaches the access of members. It takes effect at once, everywhere:
    every sign-in of the person ends. Send the old values to undo.
    """
    return _person(people_service.change_person(session, person, person_id, body, now=now))


@router.post("/people/{person_id}/password-reset", tags=["Admin"])
def issue_reset_code(
    person_id: PersonId,
    person: CoachPerson,
    session: SessionDep,
    settings: SettingsDep,
    now: NowDep,
    _key: SecretKeyedDep,
) -> PasswordResetCode:
    """Make a code with which the person sets a new password; hand it over yourself, it is shown once."""
    reset, code = people_service.issue_reset_code(session, person, person_id, settings=settings, now=now)
    return PasswordResetCode(code=code, expires_at=reset.expires_at)


@router.post("/invitations", status_code=201, tags=["Admin"], responses=documented(409, 422))
def invite(
    person: CoachPerson,
    session: SessionDep,
    settings: SettingsDep,
    now: NowDep,
    response: Response,
    body: Annotated[InvitationCreate, Body(openapi_examples=_INVITATION_EXAMPLES)],
    _key: SecretKeyedDep,
) -> NewInvitation:
    """Invite a coach or admin (admins) or a member; the code is shown once."""
    invitation, code = people_service.invite(session, person, body, settings=settings, now=now)
    response.headers["Location"] = f"/v1/invitations/{invitation.id}"
    return NewInvitation(**invitation.model_dump(include=set(Invitation.model_fields)), code=code)


@router.get("/invitations/{invitation_id}", tags=["Admin"])
def get_invitation(invitation_id: InvitationId, person: CoachPerson, session: SessionDep) -> Invitation:
    """Read an invitation: whom it is for and whether it was accepted."""
    found = people_service.get_invitation(session, person, invitation_id)
    return Invitation.model_validate(found, from_attributes=True)


@router.post("/invitations/accept", status_code=201, tags=["Sign-in"], responses=documented(409, 422, 429))
async def accept_invitation(
    body: Annotated[InvitationAccept, Body(openapi_examples=_ACCEPT_EXAMPLES)],
    response: Response,
    desk: DeskDep,
    hashing: HashingDep,
    now: NowDep,
) -> Me:
    """Join with the code of an invitation; then sign in with the password chosen here."""
    me = await to_thread.run_sync(partial(_accept, desk, body, now=now), limiter=hashing)
    response.headers["Location"] = f"/v1/people/{me.id}"
    return me
