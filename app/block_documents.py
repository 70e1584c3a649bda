"""Blocks and their weeks as JSON: what identifies them, then the document as it was stored."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Protocol
from uuid import UUID

from pydantic_core import to_json

from app.block_days import Dated, Standing, first_day, status_on, tag, version_for
from app.compressed import deflated
from app.documents import Packed
from app.messages import language_of

_WRITTEN: Final = re.compile(r'\{"starts_on":"[^"]*","weeks":\d+,"status":"(\w+)"')
"""How a stored block begins (`planner.wire.dump_block`)."""
_LOCKED: Final = re.compile(r'\{[^{\[]*"lock":\{')
"""How a stored block or week begins that tells of a lock: it is the first value of theirs with fields of its own."""


class Identified(Dated, Protocol):
    """A block as far as its weeks name it."""

    @property
    def id(self) -> UUID:
        """Return its id."""

    @property
    def etag(self) -> str:
        """Return its tag."""

    @property
    def revision(self) -> int:
        """Return its revision."""


class Documented(Identified, Standing, Protocol):
    """A block with its stored document."""

    @property
    def client_id(self) -> UUID:
        """Return whose it is."""

    @property
    def assessment_id(self) -> UUID:
        """Return what it was planned from."""

    @property
    def planner_version(self) -> str:
        """Return what planned it."""

    @property
    def catalogue_digest(self) -> str:
        """Return what it was planned with."""

    @property
    def document(self) -> str:
        """Return the stored document."""

    @property
    def created_at(self) -> datetime:
        """Return when it was made."""


def block_document(block: Documented, today: date) -> str:
    """Return the block's JSON: what identifies it, then the stored document."""
    fields: dict[str, object] = {
        "id": str(block.id),
        "client_id": str(block.client_id),
        "assessment_id": str(block.assessment_id),
        "revision": block.revision,
        "planner_version": block.planner_version,
        "catalogue_digest": block.catalogue_digest,
        "created_at": block.created_at.isoformat(),
    }
    status = status_on(block, today)
    body = block.document.replace(f'"status":"{_written_status(block)}"', f'"status":"{status}"', 1)
    return _head(fields, body) + body[1:]


def _written_status(block: Documented) -> str:
    """Return the status in the stored document, which finishing does not write again."""
    written = _WRITTEN.match(block.document)
    return written[1] if written else str(json.loads(block.document)["status"])


def block_language(locale: str, block: Documented, today: date) -> str | None:
    """Return the language a block is told in: its client's, for another locale tells it anew; None once finished.

    Weeks have none: days that have begun stay in the language they were told in.
    """
    return None if status_on(block, today) == "finished" else language_of(locale)


def block_tag(block: Documented, today: date) -> str:
    """Return the tag of the block as read; only the end of its days makes it differ from the stored one."""
    return block.etag if status_on(block, today) == block.status else tag(block.etag, "finished")


def week_in(block: Identified, number: int, stored: Mapping[str, tuple[str, bytes | None]], today: date) -> Packed:
    """Return a week of a block as it is shown on a day; `stored` has the body and its compressed blocks by version."""
    version = version_for(stored, begun=first_day(block, number) <= today)
    body, blocks = stored[version]
    return Packed(
        head=week_head(block, body, block.etag, block.revision),
        rest=body[1:],
        blocks=deflated(body[1:]) if blocks is None else blocks,
        etag=_kept_tag(block.etag, version, number),
    )


_kept_tag = lru_cache(maxsize=4096)(tag)  # phones ask for the same week again and again


def week_body(block: Identified, body: str, block_etag: str, revision: int) -> str:
    """Return a week's JSON as of a revision: which block it belongs to, then the stored week."""
    return week_head(block, body, block_etag, revision) + body[1:]


def week_head(block: Identified, body: str, block_etag: str, revision: int) -> str:
    """Return what stands before a stored week: which block it belongs to, as of a revision."""
    return _head({"block_id": str(block.id), "block_etag": block_etag, "revision": revision}, body)


def _head(fields: dict[str, object], body: str) -> str:
    """Return what is put in front of a stored document without its first brace; an absent lock is told as null."""
    if not _LOCKED.match(body):
        fields |= {"lock": None}
    return to_json(fields).decode()[:-1] + ","
