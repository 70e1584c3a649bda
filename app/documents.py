"""Ready JSON documents with strong entity tags: served as stored, not at all when the reader has them."""

from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import StringConstraints

from app.schemas_base import LeftOut

MEDIA_TYPE = "application/json"
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}

Responses = dict[int | str, dict[str, Any]]
"""What `responses=` of a route takes: answers that are bytes still name their schema."""

IfNoneMatch = Annotated[
    Annotated[str, StringConstraints(max_length=1000)] | None,
    LeftOut,
    Header(
        description="The `ETag` of the copy you have: 304 without a body when it is still current.",
        openapi_examples={
            "none": {"summary": "Read it in full"},
            "copy": {"summary": "The tag of an older copy", "value": '"the-tag-of-your-copy"'},
        },
    ),
]


def document(body: str, *, etag: str, if_none_match: str | None, media_type: str = MEDIA_TYPE) -> Response:
    """Return a document, or 304 when the reader's copy is current."""
    headers = _PRIVATE | {"ETag": etag}
    if if_none_match is not None and _names(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _names(condition: str, etag: str) -> bool:
    """Tell whether a list of tags names this one; a weak tag names the same document for reading."""
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return etag in tags or "*" in tags
