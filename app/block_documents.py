"""Blocks and their weeks as JSON: what identifies them, then the document as it was stored."""

import json
from datetime import date

from app import tables
from app.plan_store import status_on, tag


def block_document(block: tables.Block, today: date) -> str:
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


def _written_status(block: tables.Block) -> str:
    """Return the status in the stored document, which finishing does not write again."""
    written: str = json.loads(block.document)["status"]
    return written


def block_tag(block: tables.Block, today: date) -> str:
    """Return the tag of the block as read; only the end of its days makes it differ from the stored one."""
    return block.etag if status_on(block, today) == block.status else tag(block.etag, "finished")


def week_body(block: tables.Block, body: str, block_etag: str, revision: int) -> str:
    """Return a week's JSON as of a revision: which block it belongs to, then the stored week."""
    return week_head(block, body, block_etag, revision) + body[1:]


def week_head(block: tables.Block, body: str, block_etag: str, revision: int) -> str:
    """Return what stands before a stored week: which block it belongs to, as of a revision."""
    return _head({"block_id": str(block.id), "block_etag": block_etag, "revision": revision}, body)


def _head(fields: dict[str, object], body: str) -> str:
    """Return what is put in front of a stored document without its first brace; an absent lock is told as null."""
    if '"lock":{' not in body:
        fields |= {"lock": None}
    return f"{json.dumps(fields, separators=(',', ':'))[:-1]},"
