"""Ready JSON documents with strong entity tags: served as stored, not at all when the reader has them."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Header, Response
from pydantic import StringConstraints

from app.compressed import deflated, gzipped
from app.schemas_base import LeftOut

MEDIA_TYPE = "application/json"
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
_PACKED = _PRIVATE | {"Vary": "Authorization, Accept-Encoding"}

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


def document(
    body: str | Callable[[], str],
    *,
    etag: str,
    if_none_match: str | None,
    media_type: str = MEDIA_TYPE,
    language: str | None = None,
) -> Response:
    """Return a document, or 304 when the reader's copy is current; `language` is as in `packed`.

    A body that is costly to write may be a function: it is not called for a copy that is current.
    """
    headers = _PRIVATE | {"ETag": etag} | _told_in(language)
    if if_none_match is not None and _names(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(body if isinstance(body, str) else body(), media_type=media_type, headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A document of which the compressed bytes are kept: what changes often, then the stored part and its blocks."""

    head: str = ""
    rest: str
    blocks: bytes
    etag: str

    @property
    def text(self) -> str:
        """Return the whole document."""
        return self.head + self.rest

    def tag(self, *, gzip: bool) -> str:
        """Return the tag of the document in one coding: a strong tag names exact bytes."""
        return f'{self.etag[:-1]}-gzip"' if gzip else self.etag


def packed_text(text: str) -> Packed:
    """Return a document that is made once and served to many."""
    return Packed(rest=text, blocks=deflated(text), etag=f'"{sha256(text.encode()).hexdigest()[:32]}"')


def packed(found: Packed, *, gzip: bool, if_none_match: str | None, language: str | None = None) -> Response:
    """Return a document in the coding that is asked for, or 304 when the reader has it in either one.

    `language` is what all of it is told in, None where that cannot be said.
    """
    same = _PACKED | _told_in(language)
    tags = (found.tag(gzip=gzip), found.tag(gzip=not gzip))
    if if_none_match is not None:
        current = next((tag for tag in tags if _names(if_none_match, tag)), None)
        if current is not None:
            return Response(status_code=304, headers=same | {"ETag": current})
    headers = same | {"ETag": tags[0]}
    if not gzip:
        return Response(found.text, media_type=MEDIA_TYPE, headers=headers)
    body = gzipped(found.head, found.rest, found.blocks)
    return Response(body, media_type=MEDIA_TYPE, headers=headers | {"Content-Encoding": "gzip"})


def _told_in(language: str | None) -> dict[str, str]:
    return {} if language is None else {"Content-Language": language}


def _names(condition: str, etag: str) -> bool:
    """Tell whether a list of tags names this one; a weak tag names the same document for reading."""
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return etag in tags or "*" in tags
