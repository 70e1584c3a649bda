"""What tells that stored plans and what they were made from are as they were written.

A block's inputs are what it was asked for and all facts of its client. Their digest is a sum, so that one more fact is
one more addition, in whatever order facts arrive and without reading the others.
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from app import tables

_BITS: Final = 256
_FACT: Final = (
    *("organization_id", "client_id", "id", "kind", "performed_at", "performed_on", "received_at", "received_on"),
    *("replaces", "body"),
)
_REQUEST: Final = ("id", "client_id", "assessment_id", "starts_on", "weeks", "created_at", "created_on", "carried")
_REVISION: Final = (
    *("block_id", "revision", "cause_kind", "cause_id", "author_id", "at", "decisions", "difference", "shown"),
    *("planner_version", "catalogue_digest", "input_digest"),
)


def input_digest(block: tables.Block, facts: Iterable[tables.Fact]) -> str:
    """Return the digest of a block's inputs: 64 hexadecimal digits."""
    return _summed(_digest(block, _REQUEST), *(_digest(fact, _FACT) for fact in facts))


def with_fact(digest: str, fact: tables.Fact) -> str:
    """Return the digest of the same inputs and one more fact."""
    return _summed(digest, _digest(fact, _FACT))


def revision_seal(row: tables.BlockRevision) -> str:
    """Return what tells that a stored revision is as it was written."""
    return _digest(row, _REVISION)


def _digest(row: object, names: tuple[str, ...]) -> str:
    told = json.dumps([_plain(getattr(row, name)) for name in names], separators=(",", ":"))
    return sha256(told.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID | date) else value


def _summed(*digests: str) -> str:
    return f"{sum(int(digest, 16) for digest in digests) % (1 << _BITS):064x}"
