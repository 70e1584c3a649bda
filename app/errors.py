"""Problem details (RFC 9457): one closed list of codes, one table from error class to code.

Nothing of what was sent is ever echoed: not its values, not an exception's text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.schema import WrongSchema
from planner.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of problem: its status and how soon a retry makes sense; its title is among the messages."""

    status: int
    retry_after_s: int | None = None


PROBLEMS: dict[str, Kind] = {
    "malformed_request": Kind(status=400),
    "invalid_cursor": Kind(status=400),
    "unknown_host": Kind(status=400),
    "unauthenticated": Kind(status=401),
    "invalid_credentials": Kind(status=401),
    "invalid_refresh_token": Kind(status=401),
    "second_factor_needed": Kind(status=401),
    "forbidden": Kind(status=403),
    "second_factor_demanded": Kind(status=403),
    "not_found": Kind(status=404),
    "no_block": Kind(status=404),
    "method_not_allowed": Kind(status=405),
    "receive_timeout": Kind(status=408),
    "conflict": Kind(status=409),
    "id_conflict": Kind(status=409),
    "block_open": Kind(status=409),
    "block_finished": Kind(status=409),
    "block_locked": Kind(status=409),
    "email_taken": Kind(status=409),
    "exercise_in_use": Kind(status=409),
    "answer_gone": Kind(status=409),
    "request_in_progress": Kind(status=409, retry_after_s=1),
    "cursor_expired": Kind(status=410),
    "stale_etag": Kind(status=412),
    "body_too_large": Kind(status=413),
    "unsupported_media_type": Kind(status=415),
    "invalid_input": Kind(status=422),
    "invalid_code": Kind(status=422),
    "key_reused": Kind(status=422),
    "if_match_required": Kind(status=428),
    "too_many_attempts": Kind(status=429, retry_after_s=60),
    "too_many_calls": Kind(status=429, retry_after_s=1),
    "headers_too_large": Kind(status=431),
    "internal_error": Kind(status=500),
    "unavailable": Kind(status=503, retry_after_s=1),
    "forecast_failed": Kind(status=503, retry_after_s=300),
}


class Refusal(Exception):
    """A request that is answered with a problem; subclasses name the code in CODE_OF.

    `detail` is the key of a sentence in seeds/messages/<language>/problems.yaml, filled from `facts`.
    """

    def __init__(
        self,
        detail: str | None = None,
        *,
        facts: Mapping[str, str | int] | None = None,
        faults: tuple[Fault, ...] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail or "")
        self.detail, self.facts, self.faults = detail, dict(facts or {}), faults
        self.headers, self.members = dict(headers or {}), dict(members or {})


class MalformedRequest(Refusal):
    """The request cannot be read."""


class InvalidCursor(Refusal):
    """A list cursor that is broken, foreign or of another query."""


class Unauthenticated(Refusal):
    """No bearer token, or one that is not valid any more."""


class InvalidCredentials(Refusal):
    """Wrong e-mail address or password; never says which."""


class SecondFactorNeeded(Refusal):
    """The password is right; a code is missing or wrong."""


class SecondFactorDemanded(Refusal):
    """Nobody in this role signs in without a second factor; `members` carry a token that sets one up."""


class InvalidRefreshToken(Refusal):
    """A refresh token that is unknown, used, expired or revoked."""


class Forbidden(Refusal):
    """The object is visible, the function is not this role's."""


class NotFound(Refusal):
    """Missing, or somebody else's: the answer is the same."""


class NoBlock(Refusal):
    """The date lies outside any block."""


class Conflict(Refusal):
    """The state forbids it, for good."""


class IdConflict(Refusal):
    """Same id, other body; `members` carries the stored one."""


class BlockOpen(Refusal):
    """The client already has an unfinished block."""


class BlockFinished(Refusal):
    """The block takes no more changes."""


class BlockLocked(Refusal):
    """Nothing loaded is planned, so there is nothing to look ahead to."""


class EmailTaken(Refusal):
    """Another person signs in with this address."""


class ExerciseInUse(Refusal):
    """An own exercise that was added never changes; `members` carries the newest version."""


class RequestInProgress(Refusal):
    """The first request with this Idempotency-Key has not finished."""


class AnswerGone(Refusal):
    """Done before under this Idempotency-Key; another sign-in cannot read the secret that was answered."""


class CursorExpired(Refusal):
    """The sync cursor is older than what is kept."""


class StaleEtag(Refusal):
    """If-Match does not name the current tag; `members` and `headers` carry it."""


class InvalidInput(Refusal):
    """Well-formed but refused; `faults` name the fields."""


class InvalidCode(Refusal):
    """An invitation or reset code that is wrong, used or expired."""


class KeyReused(Refusal):
    """The Idempotency-Key came before with another request."""


class IfMatchRequired(Refusal):
    """A change that must name the tag it is based on."""


class TooManyAttempts(Refusal):
    """Throttled; `headers` carry Retry-After."""


class TooManyCalls(Refusal):
    """A signed-in person calls faster than anybody needs to; `headers` carry Retry-After."""


class Unavailable(Refusal):
    """Cannot be done at the moment; a retry will do."""


class ForecastFailed(Refusal):
    """The last run of this forecast failed; `headers` say when the next may start."""


CODE_OF: dict[type[Exception], str] = {
    MalformedRequest: "malformed_request",
    InvalidCursor: "invalid_cursor",
    Unauthenticated: "unauthenticated",
    InvalidCredentials: "invalid_credentials",
    InvalidRefreshToken: "invalid_refresh_token",
    SecondFactorNeeded: "second_factor_needed",
    SecondFactorDemanded: "second_factor_demanded",
    Forbidden: "forbidden",
    NotFound: "not_found",
    NoBlock: "no_block",
    Conflict: "conflict",
    IdConflict: "id_conflict",
    BlockOpen: "block_open",
    BlockFinished: "block_finished",
    BlockLocked: "block_locked",
    EmailTaken: "email_taken",
    ExerciseInUse: "exercise_in_use",
    RequestInProgress: "request_in_progress",
    AnswerGone: "answer_gone",
    CursorExpired: "cursor_expired",
    StaleEtag: "stale_etag",
    InvalidInput: "invalid_input",
    InvalidCode: "invalid_code",
    KeyReused: "key_reused",
    IfMatchRequired: "if_match_required",
    TooManyAttempts: "too_many_attempts",
    TooManyCalls: "too_many_calls",
    Unavailable: "unavailable",
    ForecastFailed: "forecast_failed",
    OperationalError: "unavailable",
    InterfaceError: "unavailable",
    PoolTimeout: "unavailable",
    WrongSchema: "unavailable",
}

CODE_OF_STATUS = {
    400: "malformed_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}
"""What the framework itself refuses, by its status."""
