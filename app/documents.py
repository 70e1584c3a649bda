"""Ready JSON documents with strong entity tags: served as stored, not at all when the reader has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Header, Response
from pydantic import StringConstraints

from app.compressed import deflated, gzipped
from app.schemas_base import LeftOut

MEDIA_TYPE = "application/json"
_PRIVATE = {"cache-control": "private, no-cache", "vary": "Authorization"}
_PACKED = _PRIVATE | {"vary": "Authorization, Accept-Encoding"}

Responses = dict[int | str, dict[str, Any]]
"""What `responses=` of a route takes: answers that are bytes still name their schema."""

LONGEST_TAGS: Final = 1000
"""Characters of If-None-Match: dozens of our tags."""

IfNoneMatch = Annotated[
    Annotated[str, StringConstraints(max_length=LONGEST_TAGS)] | None,
    LeftOut,
    Header(
        description="The `ETag` of the copy you have: 304 without a body when it is still current.",
        openapi_examples={
            "none": {"summary": "Read it in full"},
            "copy": {"summary": "The tag of an older copy", "value": '"the-tag-of-your-copy"'},
        },
    ),
]


class Ready(Response):
    """A response whose bytes are there already, so that nothing is worked out again."""

    def __init__(self, body: bytes, headers: Mapping[str, str], *, status_code: int = 200) -> None:
        """Take the bytes, and headers with names in lower case and ASCII values."""
        self.body, self.status_code, self.background = body, status_code, None
        self.raw_headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]

    @classmethod
    def json(cls, body: bytes, headers: Mapping[str, str], *, media_type: str = MEDIA_TYPE) -> "Ready":
        """Return a document with its length and type."""
        return cls(body, {"content-length": str(len(body)), "content-type": media_type, **headers})

    @classmethod
    def unchanged(cls, headers: Mapping[str, str]) -> "Ready":
        """Return the answer to a reader whose copy is current."""
        return cls(b"", headers, status_code=304)


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
    headers = _PRIVATE | {"etag": etag} | _told_in(language)
    if if_none_match is not None and _names(if_none_match, etag):
        return Ready.unchanged(headers)
    text = body if isinstance(body, str) else body()
    return Ready.json(text.encode(), headers, media_type=media_type)


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
            return Ready.unchanged(same | {"etag": current})
    headers = same | {"etag": tags[0]}
    if not gzip:
        return Ready.json(found.text.encode(), headers)
    return Ready.json(gzipped(found.head, found.rest, found.blocks), headers | {"content-encoding": "gzip"})


def _told_in(language: str | None) -> dict[str, str]:
    return {} if language is None else {"content-language": language}


def _names(condition: str, etag: str) -> bool:
    """Tell whether a list of tags names this one; a weak tag names the same document for reading."""
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return etag in tags or "*" in tags
