"""Bodies of the second factor."""

from datetime import datetime

from pydantic import Field

from app.people.schemas import FactorOrRecoveryCode, Tokens
from app.schemas_base import AnswerModel, RequestModel, Secret


class FactorStanding(AnswerModel):
    """What the signed-in person has of a second factor."""

    on: bool
    confirmed_at: datetime | None = None
    recovery_codes_left: int
    demanded: bool = Field(description="Whether this service lets people in your role in with one only.")


class FactorStart(RequestModel):
    """The present password, and a code of the factor that is in force, if there is one."""

    current_password: Secret
    code: FactorOrRecoveryCode | None = None


class FactorSecret(AnswerModel):
    """What an authenticator app is told; it is shown here only, and counts once it is confirmed."""

    secret: str = Field(description="In Base32, for apps into which it is typed.")
    otpauth_url: str = Field(description="The same as an address, for apps that read a picture of it (QR code).")


class FactorCode(RequestModel):
    """A one-time password of the new secret."""

    code: Secret


class FactorConfirmed(AnswerModel):
    """The second factor is in force. All this is shown here only."""

    recovery_codes: list[str] = Field(description="Each good once, in place of a one-time password.")
    tokens: Tokens


class FactorProof(RequestModel):
    """The present password and a code."""

    current_password: Secret
    code: FactorOrRecoveryCode


class RecoveryCodes(AnswerModel):
    """New recovery codes, shown here only; earlier ones are worth nothing any more."""

    recovery_codes: list[str]
