"""Turns every error into application/problem+json, and documents that shape for the API's readers."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from app.accepted_language import accepted_language
from app.errors import CODE_OF, CODE_OF_STATUS, PROBLEMS, Refusal
from app.messages import SOURCE_LANGUAGE, Messages, messages_in
from app.problem_texts import detail_text, fault_text, invalid_text, title_text
from planner.errors import Fault, PlannerError

MEDIA_TYPE = "application/problem+json"
_LONGEST_POINTER_PART = 64
_FAULTS_TOLD = 50

_UNIQUE_VIOLATION = ("UNIQUE constraint failed", "duplicate key value")

Handler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]


class ProblemResponse(JSONResponse):
    """A problem as it goes over the wire."""

    media_type = MEDIA_TYPE


def problem(
    code: str,
    *,
    instance: str,
    request_id: str,
    messages: Messages,
    headers: Mapping[str, str] | None = None,
    **rest: Any,
) -> ProblemResponse:
    """Return the one shape every error has, in the language of the messages."""
    kind = PROBLEMS[code]
    standard = {"Content-Language": messages.language, "Vary": "Accept-Language"}
    if kind.retry_after_s is not None:
        standard["Retry-After"] = str(kind.retry_after_s)
    if kind.status == 401:
        standard["WWW-Authenticate"] = "Bearer"
    body = problem_body(code, instance=instance, request_id=request_id, messages=messages, **rest)
    return ProblemResponse(body, status_code=kind.status, headers=standard | dict(headers or {}))


def problem_body(
    code: str,
    *,
    instance: str,
    request_id: str,
    messages: Messages,
    detail: str | None = None,
    faults: Sequence[Fault] = (),
    members: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return a problem as JSON, for an answer of its own or inside of one."""
    return dict(members or {}) | {
        "type": f"/problems/{code}",
        "title": title_text(code, messages),
        "status": PROBLEMS[code].status,
        "detail": detail or f"{title_text(code, messages)}.",
        "instance": instance,
        "code": code,
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "message": fault_text(fault, messages)}
            for fault in faults[:_FAULTS_TOLD]
        ],
        "request_id": request_id,
    }


def _answer(request: Request, code: str, **rest: Any) -> ProblemResponse:
    request_id = getattr(request.state, "request_id", "")
    messages = messages_of(request.headers)
    return problem(code, instance=instance_of(request.url.path), request_id=request_id, messages=messages, **rest)


def messages_of(headers: Mapping[str, str]) -> Messages:
    """Return the texts of the language that a request accepts."""
    return messages_in(accepted_language(headers.get("accept-language")))


def instance_of(path: str) -> str:
    """Return the path as a problem may show it: tokens that open something by themselves are left out."""
    parts = path.split("/")
    if parts[1:2] in (["week"], ["unsubscribe"]) or parts[1:3] == ["v1", "calendars"]:
        return "/".join(parts[: 3 if parts[1] == "v1" else 2])
    return path[:200]


async def refused(request: Request, error: Exception) -> Response:
    """Answer one of our own refusals."""
    assert isinstance(error, Refusal)
    return refusal_answer(request, error)


def refusal_answer(request: Request, error: Refusal) -> Response:
    """Return the problem that a refusal is answered with, for what is stored in spite of it."""
    detail = error.detail
    return _answer(
        request,
        CODE_OF[type(error)],
        detail=None if detail is None else detail_text(detail, error.facts, messages_of(request.headers)),
        faults=error.faults,
        headers=error.headers,
        members=error.members,
    )


async def outage(request: Request, _: Exception) -> Response:
    """Answer a database that is away, busy or out of connections."""
    return _answer(request, "unavailable")


async def lost_race(request: Request, error: Exception) -> Response:
    """Answer two equal inserts at once: the retry finds the row that won; anything else is a bug."""
    assert isinstance(error, IntegrityError)
    if any(sign in str(error.orig) for sign in _UNIQUE_VIOLATION):
        return _answer(request, "request_in_progress")
    raise error


async def nonsense(request: Request, error: Exception) -> Response:
    """Answer input the planner cannot work with."""
    assert isinstance(error, PlannerError)
    return _answer(request, "invalid_input", faults=error.faults)


async def invalid(request: Request, error: Exception) -> Response:
    """Answer input that does not fit the schema, or a body that could not be read at all."""
    assert isinstance(error, RequestValidationError)
    unreadable = getattr(request.state, "body_fault", None)
    if unreadable is not None:
        code, fault = unreadable
        return _answer(request, code, faults=(fault,))
    messages = messages_of(request.headers)
    faults = tuple(field_fault(detail, messages) for detail in error.errors())
    code = "malformed_request" if any(fault.code == "json_invalid" for fault in faults) else "invalid_input"
    return _answer(request, code, faults=faults)


def field_fault(detail: ErrorDetails, messages: Messages) -> Fault:
    """Return what a schema refused: where and why, without what was sent."""
    place = detail["loc"][1:] if detail["loc"][:1] == ("body",) else detail["loc"]
    return Fault(json_pointer(place), detail["type"], invalid_text(detail, messages))


def json_pointer(parts: Sequence[str | int]) -> str:
    """Return an RFC 6901 pointer; parts a client named are cut short and made encodable."""
    return "".join(f"/{_escaped(str(part))}" for part in parts)


def _escaped(part: str) -> str:
    encodable = part[:_LONGEST_POINTER_PART].encode("utf-8", "replace").decode()
    return encodable.replace("\x00", "?").replace("~", "~0").replace("/", "~1")


async def framework_refused(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses by itself: unknown path, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return _answer(request, "method_not_allowed", headers={"Allow": ", ".join(_methods_of(request))})
    code = CODE_OF_STATUS.get(error.status_code, "internal_error")
    return _answer(request, code)


def _methods_of(request: Request) -> list[str]:
    """Return what the path takes over all routes: the framework names only the first route's methods."""
    routes = request.app.router.routes
    return [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches(dict(request.scope, method=method))[0] is Match.FULL for route in routes)
    ]


HANDLERS: dict[int | type[Exception], Handler] = {
    Refusal: refused,
    PlannerError: nonsense,
    RequestValidationError: invalid,
    HTTPException: framework_refused,
    IntegrityError: lost_race,
    **{error: outage for error in CODE_OF if not issubclass(error, Refusal)},
}

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "What every error looks like (RFC 9457). Decide by `code`; `title`, `detail` and "
    "`message` are for people, in the language that Accept-Language asks for.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "maxLength": 100, "examples": ["/problems/invalid_input"]},
        "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 1000},
        "instance": {"type": "string", "maxLength": 200},
        "code": {"type": "string", "enum": sorted(PROBLEMS)},
        "errors": {
            "type": "array",
            "maxItems": _FAULTS_TOLD,
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "maxLength": 1000,
                        "description": "JSON Pointer to the field",
                    },
                    "code": {"type": "string", "maxLength": 100},
                    "message": {"type": "string", "maxLength": 1000},
                },
            },
        },
        "request_id": {"type": "string", "maxLength": 64},
    },
}

_REFERENCE = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_EVERYWHERE = (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses=` of a route or an app that may answer these problems."""
    english = messages_in(SOURCE_LANGUAGE)
    titles = {
        status: [title_text(code, english) for code, kind in PROBLEMS.items() if kind.status == status]
        for status in statuses
    }
    return {status: {"description": "; ".join(titles[status]), **_REFERENCE} for status in statuses}


COMMON_RESPONSES = documented(*_EVERYWHERE)
