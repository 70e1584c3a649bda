"""Bodies of sign-in, the signed-in person, people and invitations."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.new_password import Password
from app.schemas_base import AnswerModel, Email, Line, Page, RequestModel, Secret, Unfit

Role = Literal["admin", "coach", "member"]


FactorOrRecoveryCode = Annotated[
    Secret, Field(description="A one-time password of the app, or a recovery code; gaps and hyphens do not matter.")
]


class Login(RequestModel):
    """E-mail address and password, and a code for who has set up a second factor."""

    email: Email
    password: Secret
    code: FactorOrRecoveryCode | None = None


class Refresh(RequestModel):
    """The newest refresh token of a sign-in."""

    refresh_token: Secret


class Tokens(AnswerModel):
    """What a sign-in or a renewal answers; both tokens are shown here only."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # a scheme, not a secret
    expires_in: int = Field(description="Seconds until the access token ends.")
    refresh_token: str = Field(description="Good for one renewal; each renewal answers the next one.")


class PasswordChange(RequestModel):
    """The present and the new password, and a code for who has set up a second factor."""

    current_password: Secret
    new_password: Password
    code: FactorOrRecoveryCode | None = None


class SignInAnswer(AnswerModel):
    """One place where somebody is signed in."""

    id: UUID
    made_at: datetime
    last_used_at: datetime = Field(description="When it was renewed last; an app does so every quarter of an hour.")
    ends_at: datetime = Field(description="When it ends if nobody uses it before.")
    app: str | None = Field(default=None, description="The browser or app, as it names itself.", examples=["Firefox"])
    system: str | None = Field(default=None, description="What that runs on.", examples=["Android"])
    present: bool = Field(description="Whether it is the one that asks.")


class SignInPage(Page[SignInAnswer]):
    """A page of sign-ins, newest first."""


class SignInEnd(RequestModel):
    """The present password, and which sign-in ends: all but the one that asks when none is named."""

    current_password: Secret
    sign_in_id: UUID | None = None


class PasswordResetUse(RequestModel):
    """The code a coach or admin handed over, and the new password."""

    code: Secret
    new_password: Password


class Me(AnswerModel):
    """The signed-in person."""

    id: UUID
    organization_id: UUID
    email: str
    display_name: str
    role: Role
    client_id: UUID | None = Field(default=None, description="The client a member is.")
    created_at: datetime


class MeChange(RequestModel):
    """What people may change about themselves."""

    display_name: Line | None = None


class PersonAnswer(Me):
    """A person of the organization, as admins and coaches see them."""

    disabled: bool
    disabled_at: datetime | None = None


class PersonPage(Page[PersonAnswer]):
    """A page of people, newest first."""


class PersonChange(RequestModel):
    """A new role (admins only) or the end, or return, of access."""

    role: Literal["admin", "coach"] | None = None
    disabled: bool | None = None


class InvitationCreate(RequestModel):
    """Whom to invite, and as what; a member is linked to a client."""

    email: Email
    role: Role
    client_id: UUID | None = None

    @model_validator(mode="after")
    def _client_goes_with_member(self) -> Self:
        if (self.role == "member") != (self.client_id is not None):
            raise Unfit("client_of_member")
        return self


class Invitation(AnswerModel):
    """An invitation as its organization sees it."""

    id: UUID
    email: str
    role: Role
    client_id: UUID | None = None
    expires_at: datetime
    accepted_at: datetime | None = None


class NewInvitation(Invitation):
    """A new invitation with its code, which is shown here only."""

    code: str


class InvitationAccept(RequestModel):
    """The code, and how the new person signs in."""

    code: Secret
    display_name: Line
    password: Password


class PasswordResetCode(AnswerModel):
    """A code to hand over in person; it is shown here only."""

    code: str
    expires_at: datetime
