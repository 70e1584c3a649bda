"""Blocks and their weeks as JSON: what identifies them, then the document as it was stored."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Final, Protocol

from pydantic_core import to_json

from app.block_days import Dated, Standing, first_day, status_on, tag, version_for
from app.compressed import deflated
from app.documents import Packed
from app.ids import StoredId, id_text
from app.messages import language_of

_WRITTEN: Final = re.compile(rb'\{"starts_on":"[^"]*","weeks":\d+,"status":"(\w+)"')
"""How a stored block begins (`planner.wire.dump_block`)."""
_LOCK: Final = b'"lock":{'
"""Where a stored block or week tells of a lock, that is the first value of theirs with fields of its own."""


class Identified(Dated, Protocol):
    """A block as far as its weeks name it."""

    @property
    def id(self) -> StoredId:
        """Return its id."""

    @property
    def etag(self) -> str:
        """Return its tag."""

    @property
    def revision(self) -> int:
        """Return its revision."""


class Described(Identified, Standing, Protocol):
    """A block with what its document begins with."""

    @property
    def client_id(self) -> StoredId:
        """Return whose it is."""

    @property
    def assessment_id(self) -> StoredId:
        """Return what it was planned from."""

    @property
    def planner_version(self) -> str:
        """Return what planned it."""

    @property
    def catalogue_digest(self) -> str:
        """Return what it was planned with."""

    @property
    def created_at(self) -> datetime:
        """Return when it was made."""


class Documented(Described, Protocol):
    """A block with its stored document."""

    @property
    def document(self) -> str:
        """Return the stored document."""


def block_document(block: Documented, today: date) -> str:
    """Return the block's JSON: what identifies it, then the stored document."""
    return block_bytes(block, block.document.encode(), today).decode()


def block_bytes(block: Described, document: bytes, today: date) -> bytes:
    """Return the same of a block whose document was read as bytes."""
    fields: dict[str, object] = {
        "id": id_text(block.id),
        "client_id": id_text(block.client_id),
        "assessment_id": id_text(block.assessment_id),
        "revision": block.revision,
        "planner_version": block.planner_version,
        "catalogue_digest": block.catalogue_digest,
        "created_at": block.created_at.isoformat(),
    }
    status = status_on(block, today)
    body = document.replace(b'"status":"%s"' % _written_status(document), b'"status":"%s"' % status.encode(), 1)
    return _head(fields, locked=_tells_of_a_lock(body)) + body[1:]


def _written_status(document: bytes) -> bytes:
    """Return the status in the stored document, which finishing does not write again."""
    written = _WRITTEN.match(document)
    return written[1] if written else str(json.loads(document)["status"]).encode()


def block_language(locale: str, block: Described, today: date) -> str | None:
    """Return the language a block is told in: its client's, for another locale tells it anew; None once finished.

    Weeks have none: days that have begun stay in the language they were told in.
    """
    return None if status_on(block, today) == "finished" else language_of(locale)


def block_tag(block: Described, today: date) -> str:
    """Return the tag of the block as read; only the end of its days makes it differ from the stored one."""
    return block.etag if status_on(block, today) == block.status else tag(block.etag, "finished")


def week_in(block: Identified, number: int, stored: Mapping[str, tuple[bytes, bytes | None]], today: date) -> Packed:
    """Return a week of a block as it is shown on a day; `stored` has the body and its compressed blocks by version."""
    version = version_for(stored, begun=first_day(block, number) <= today)
    body, blocks = stored[version]
    rest = memoryview(body)[1:]  # not a copy of some twenty kilobytes
    return Packed(
        head=partial(week_head, block, body, block.etag, block.revision),
        rest=rest,
        blocks=deflated(rest) if blocks is None else blocks,
        etag=_kept_tag(block.etag, version, number),
    )


_kept_tag = lru_cache(maxsize=4096)(tag)  # phones ask for the same week again and again


def week_body(block: Identified, body: str, block_etag: str, revision: int) -> str:
    """Return a week's JSON as of a revision: which block it belongs to, then the stored week."""
    return week_head(block, body.encode(), block_etag, revision).decode() + body[1:]


def week_head(block: Identified, body: bytes, block_etag: str, revision: int) -> bytes:
    """Return what stands before a stored week: which block it belongs to, as of a revision."""
    return _week_head(block.id, block_etag, revision, _tells_of_a_lock(body))


@lru_cache(maxsize=1024)
def _week_head(block_id: StoredId, block_etag: str, revision: int, locked: bool) -> bytes:
    return _head({"block_id": id_text(block_id), "block_etag": block_etag, "revision": revision}, locked=locked)


def _head(fields: dict[str, object], *, locked: bool) -> bytes:
    """Return what is put in front of a stored document without its first brace; an absent lock is told as null."""
    return to_json(fields if locked else fields | {"lock": None})[:-1] + b","


def _tells_of_a_lock(body: bytes) -> bool:
    first = body.find(b"{", 1)  # the value of the lock, unless it is absent; nothing before it has items
    return body.endswith(_LOCK, 0, first + 1) and b"[" not in body[:first]
