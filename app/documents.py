"""Ready JSON documents with strong entity tags: served as stored, not at all when the reader has them."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Header, Response
from pydantic import StringConstraints

from app.compressed import deflated, gzipped

MEDIA_TYPE = "application/json"

Field = tuple[bytes, bytes]
"""A header: its name in lower case, and its value."""

_CACHE: Final = (b"cache-control", b"private, no-cache")
_PRIVATE: Final = (_CACHE, (b"vary", b"Authorization"))
_PACKED: Final = (_CACHE, (b"vary", b"Authorization, Accept-Encoding"))
_IN_GZIP: Final = (b"content-encoding", b"gzip")

Responses = dict[int | str, dict[str, Any]]
"""What `responses=` of a route takes: answers that are bytes still name their schema."""

LONGEST_TAGS: Final = 1000
"""Characters of If-None-Match: dozens of our tags."""

IfNoneMatch = Annotated[
    Annotated[str, StringConstraints(max_length=LONGEST_TAGS)] | None,
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

    def __init__(self, body: bytes, headers: Iterable[Field], *, status_code: int = 200) -> None:
        """Take the bytes and the headers as they are sent."""
        self.body, self.status_code, self.background = body, status_code, None
        self.raw_headers = list(headers)

    @classmethod
    def json(cls, body: bytes, headers: Iterable[Field], *, media_type: str = MEDIA_TYPE) -> "Ready":
        """Return a document with its length and type."""
        size = (b"content-length", b"%d" % len(body))
        return cls(body, (size, (b"content-type", media_type.encode("ascii")), *headers))

    @classmethod
    def unchanged(cls, headers: Iterable[Field]) -> "Ready":
        """Return the answer to a reader whose copy is current."""
        return cls(b"", headers, status_code=304)


def document(
    body: str | bytes | Callable[[], str],
    *,
    etag: str,
    if_none_match: str | None,
    media_type: str = MEDIA_TYPE,
    language: str | None = None,
) -> Response:
    """Return a document, or 304 when the reader's copy is current; `language` is as in `packed`.

    A body that is costly to write may be a function: it is not called for a copy that is current.
    """
    headers = (*_PRIVATE, _tagged(etag), *_told_in(language))
    if if_none_match is not None and _names(if_none_match, etag):
        return Ready.unchanged(headers)
    found = body() if callable(body) else body
    return Ready.json(found.encode() if isinstance(found, str) else found, headers, media_type=media_type)


class Packed(NamedTuple):
    """A document of which the compressed bytes are kept: the stored part and its blocks, after what changes often.

    `head` writes the latter, where the document is sent at all.
    """

    rest: bytes | memoryview
    blocks: bytes
    etag: str
    head: Callable[[], bytes] = bytes

    def whole(self) -> bytes:
        """Return the document as it is sent."""
        return b"".join((self.head(), self.rest))

    @property
    def text(self) -> str:
        """Return the document."""
        return self.whole().decode()

    def tag(self, *, gzip: bool) -> str:
        """Return the tag of the document in one coding: a strong tag names exact bytes."""
        return f'{self.etag[:-1]}-gzip"' if gzip else self.etag


def packed_text(text: str) -> Packed:
    """Return a document that is made once and served to many."""
    rest = text.encode()
    return Packed(rest=rest, blocks=deflated(rest), etag=f'"{sha256(rest).hexdigest()[:32]}"')


def packed(found: Packed, *, gzip: bool, if_none_match: str | None, language: str | None = None) -> Response:
    """Return a document in the coding that is asked for, or 304 when the reader has it in either one.

    `language` is what all of it is told in, None where that cannot be said.
    """
    same = (*_PACKED, *_told_in(language))
    if if_none_match is not None:
        tags = (found.tag(gzip=gzip), found.tag(gzip=not gzip))
        current = next((tag for tag in tags if _names(if_none_match, tag)), None)
        if current is not None:
            return Ready.unchanged((*same, _tagged(current)))
    headers = (*same, _tagged(found.tag(gzip=gzip)))
    if not gzip:
        return Ready.json(found.whole(), headers)
    return Ready.json(gzipped(found.head(), found.rest, found.blocks), (*headers, _IN_GZIP))


def _tagged(etag: str) -> Field:
    return b"etag", etag.encode("ascii")


def _told_in(language: str | None) -> tuple[Field, ...]:
    return () if language is None else ((b"content-language", language.encode("ascii")),)


def _names(condition: str, etag: str) -> bool:
    """Tell whether a list of tags names this one; a weak tag names the same document for reading."""
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return etag in tags or "*" in tags
