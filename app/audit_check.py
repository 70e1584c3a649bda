"""Whether an audit trail is whole: every row as it was written, none missing, none moved, none put in."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select
from sqlmodel import col

from app.audit_chain import chained, content_of
from app.audit_table import AuditEvent, AuditHead
from app.db import ANY_ORGANIZATION

_BATCH: Final = 1000
_MOST_TOLD: Final = 20  # of one chain: one row that is moved may spoil many


def audit_heads(connection: Connection) -> dict[UUID, tuple[int, str]]:
    """Return how many rows each organization's chain has and its last hash: what an operator may keep elsewhere."""
    statement = select(col(AuditHead.organization_id), col(AuditHead.number), col(AuditHead.hash))
    found = connection.execute(statement.order_by(col(AuditHead.organization_id)), execution_options=ANY_ORGANIZATION)
    return {owner: (number, digest) for owner, number, digest in found}


def chain_faults(connection: Connection) -> Iterator[str]:
    """Yield what is wrong with any chain, naming the row; rows are read one by one in the order of their numbers."""
    heads = audit_heads(connection)
    owners = select(col(AuditEvent.organization_id)).distinct()
    found = {owner for (owner,) in connection.execute(owners, execution_options=ANY_ORGANIZATION)}
    for organization_id in sorted(heads.keys() | found):
        faults = _faults(connection, organization_id, *heads.get(organization_id, (0, "")))
        for told, fault in enumerate(faults):
            if told == _MOST_TOLD:
                yield f"audit trail of {organization_id}: more differences, not listed"
                break
            yield f"audit trail of {organization_id}: {fault}"


def _faults(connection: Connection, organization_id: UUID, last: int, digest: str) -> Iterator[str]:
    statement = select(AuditEvent.__table__).where(col(AuditEvent.organization_id) == organization_id)  # type: ignore[attr-defined]
    options = {"stream_results": True, "yield_per": _BATCH}
    rows = connection.execute(statement.order_by(col(AuditEvent.number)), execution_options=options)
    expected, before = 1, ""
    for row in rows:
        if row.number != expected:
            yield f"row {expected} is missing" if row.number == expected + 1 else _gap(expected, row.number)
        elif row.hash != chained(before, content_of(row)):
            yield f"row {row.number} is not what was written ({row.action}, {row.at.isoformat()})"
        expected, before = row.number + 1, row.hash
    if expected - 1 != last:
        yield f"its head says {last} rows, there are {expected - 1}"
    elif before != digest:
        yield f"its head is not that of row {last}"


def _gap(first: int, following: int) -> str:
    return f"rows {first} to {following - 1} are missing"
