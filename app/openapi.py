"""The API's own description: frozen operation ids, the tags in working order, the Problem schema."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from app.problems import SCHEMA

TITLE = "squatback"
DESCRIPTION = """Plans training blocks for people whose lower back pays for their squats.

The working order: **assess** a client, plan a **block**, **log** sessions and mornings, read what was **decided**.
It plans training; it does not diagnose or treat. A warning sign stops training and says who should look at it.

* Sign in with `POST /v1/auth/login` and send the access token as `Authorization: Bearer …`.
* Every error is `application/problem+json`; decide by its `code`. Its texts follow `Accept-Language`.
* Everything planned for a client is in the language of their `locale`: there are texts in English and German.
* Plan reads carry a strong `ETag`; changes by a coach ask for it in `If-Match`.
"""
METHODS = ("get", "post", "put", "patch", "delete")
TAGS = [
    {"name": "Sign-in", "description": "Signing in and out, passwords, who you are."},
    {"name": "Clients", "description": "The people who train: limits, equipment, who looks after them."},
    {"name": "Screen", "description": "Red-flag checklists and clearances: before anything else."},
    {"name": "Assess", "description": "Joint-by-joint assessments and what they find."},
    {"name": "Block", "description": "Planned blocks, their ladder, decisions and revisions."},
    {"name": "Adjust", "description": "Change a block: try it first, keep it, take it back."},
    {"name": "Week", "description": "What to do today and this week."},
    {"name": "Log", "description": "Finished sessions and mornings after, and what they change."},
    {"name": "Links", "description": "Private links: a client's week and calendar, opened without signing in."},
    {"name": "Delivery", "description": "The week by e-mail, and messages to your own service."},
    {"name": "Coach", "description": "Who needs you today, most urgent first, and what resolves it."},
    {"name": "Library", "description": "Exercises, squat variations, rules and their sources."},
    {"name": "Admin", "description": "Invitations and people of the organization."},
    {"name": "Health", "description": "For operators and load balancers."},
]

_RECEIVER_ANSWERS = {
    "204": {"description": "Taken. Any 2xx will do; what else is answered is not read"},
    "410": {"description": "Gone: nothing is sent here any more"},
    "default": {"description": "Anything else is sent again later, no sooner than `Retry-After` says"},
}


def operation_id(route: APIRoute) -> str:
    """Return the function's name: short, and frozen once released."""
    return route.name


def describe_with(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Return the function that describes the app once and keeps the answer."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    return describe


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        webhooks=app.webhooks.routes,
        tags=app.openapi_tags,
        servers=[{"url": "/", "description": "This server"}],
    )
    for operation in operations_of(document):
        operation["summary"] = summary_of(operation["description"])
        for parameter in operation.get("parameters", ()):
            for example in parameter.get("examples", {}).values():
                example.setdefault("value", None)  # left out: the framework drops what is null
    for entry in document.get("webhooks", {}).values():
        entry["post"] |= {"summary": summary_of(entry["post"]["description"]), "responses": _RECEIVER_ANSWERS}
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def operations_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation of a description."""
    for path in document["paths"].values():
        yield from (path[method] for method in METHODS if method in path)


def summary_of(description: str) -> str:
    """Return the first words of a description, up to its first pause: what people read in the list."""
    return re.split(r"[.:;](?:\s|$)", description, maxsplit=1)[0]
