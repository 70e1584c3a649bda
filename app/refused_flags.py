"""Red flags of what is refused: kept as a screening made now, and the refusal says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError, ValidatorFunctionWrapHandler

from app.errors import CODE_OF, InvalidInput, MalformedRequest, Refusal
from app.planning import Desk
from app.problems import field_fault, messages_of, refusal_answer
from app.red_flags import told_yes
from app.screenings import keep_refused
from planner.errors import PlannerError

Body = TypeVar("Body", bound=BaseModel)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A body that does not fit its schema: what was sent, and why it is refused."""

    sent: object
    error: ValidationError


def or_unread(sent: object, read: ValidatorFunctionWrapHandler) -> object:
    """Return a body as its schema reads it, or an `Unread`: its red flags count although it is refused."""
    try:
        return read(sent)
    except ValidationError as error:
        return Unread(sent=sent, error=error)


def answered(request: Request, desk: Desk, body: Body | Unread, answer: Callable[[Body], Answer]) -> Answer | Response:
    """Answer a body, or refuse it: by a problem that is returned, so that red flags that were kept are committed."""
    try:
        return answer(as_read(body))
    except (RequestValidationError, Refusal, PlannerError) as error:
        sent = body.sent if isinstance(body, Unread) else body.model_dump(mode="json")
        kept = with_flags_kept(desk, sent, _refusal(error, request))
        if kept is None:
            raise
        return refusal_answer(request, kept)


def as_read(body: Body | Unread) -> Body:
    """Return a body as its schema read it; RequestValidationError when it could not."""
    if isinstance(body, Unread):
        raise RequestValidationError(body.error.errors())
    return body


def _refusal(error: Exception, request: Request) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, PlannerError):
        return InvalidInput(faults=error.faults)
    assert isinstance(error, RequestValidationError)
    unreadable = getattr(request.state, "body_fault", None)
    if unreadable is not None:
        code, fault = unreadable
        return (MalformedRequest if code == CODE_OF[MalformedRequest] else InvalidInput)(faults=(fault,))
    messages = messages_of(request.headers)
    return InvalidInput(faults=tuple(field_fault(detail, messages) for detail in error.errors()))


def with_flags_kept(desk: Desk, sent: object, refusal: Refusal) -> Refusal | None:
    """Return the refusal of what was sent, telling that its red flags were kept; None when it tells of none."""
    flags = told_yes(sent)
    if not flags:
        return None
    kept = keep_refused(desk, flags, readable_id(sent))
    told = {"screening": {"id": str(kept), "red_flags": dict.fromkeys(flags, "yes")}}
    return type(refusal)("flag_stored", faults=refusal.faults, members=refusal.members | told)


def readable_id(sent: object) -> UUID | None:
    """Return the id of something that may be unreadable otherwise."""
    try:
        return UUID(sent["id"]) if isinstance(sent, dict) else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
