"""A whole database copied into an empty one, and proven equal: backup, restore and the move to PostgreSQL are this.

The source is read in one snapshot, so that a copy made under load is the database as it was at one instant; the
target is filled in one transaction, which is kept only when counts and checksums of every table are the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, func, insert, select
from sqlmodel import SQLModel

from app import tables  # noqa: F401  every table is known once these are
from app.db import ANY_ORGANIZATION
from app.schema import schema_is_current

_BATCH: Final = 500
_HASH_BITS: Final = 256


class CannotCopy(RuntimeError):
    """Why a database was not copied; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows a table has, and a sum over all of them that does not depend on their order."""

    rows: int
    checksum: str


def copy_database(source: Engine, target: Engine) -> dict[str, Summary]:
    """Copy every row of every table into an empty database of the same schema; return what was copied.

    Raises CannotCopy when a schema is not this version's, when the target holds anything, or when the copy differs.
    """
    with snapshot(source) as reading, target.begin() as writing:
        _check_schema(reading, "source")
        _check_schema(writing, "target")
        _check_empty(writing)
        for table in SQLModel.metadata.sorted_tables:
            for batch in _batches(reading, table):
                writing.execute(insert(table), batch)
        original, copied = summaries(reading), summaries(writing)
        wrong = sorted(name for name in original if original[name] != copied[name])
        if wrong:
            raise CannotCopy(f"The copy differs in {', '.join(wrong)}; nothing was kept.")
    return copied


def summaries(connection: Connection) -> dict[str, Summary]:
    """Return what each table holds, by its name."""
    return {table.name: _summary(connection, table) for table in SQLModel.metadata.sorted_tables}


def _summary(connection: Connection, table: Table) -> Summary:
    rows, total = 0, 0
    for batch in _batches(connection, table):
        rows += len(batch)
        total += sum(int.from_bytes(sha256(_canonical(row)).digest(), "big") for row in batch)
    return Summary(rows, f"{total % (1 << _HASH_BITS):064x}")


def _canonical(row: Mapping[str, Any]) -> bytes:
    """Return a row as bytes that are the same whichever database it was read from."""
    return repr([(name, _plain(value)) for name, value in sorted(row.items())]).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID | date) else value


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one instant of the database for as long as it is read."""
    options: dict[str, Any] = {"sqlite_begin": "BEGIN"}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    statement = select(table).order_by(*table.primary_key.columns)
    found = connection.execution_options(stream_results=True).execute(statement, execution_options=ANY_ORGANIZATION)
    for part in found.mappings().partitions(_BATCH):
        yield [dict(row) for row in part]


def _check_schema(connection: Connection, which: str) -> None:
    if not schema_is_current(connection):
        raise CannotCopy(f"The schema of the {which} is not this version's: run `squatback migrate` on it first.")


def _check_empty(connection: Connection) -> None:
    counts = {
        table.name: connection.execute(
            select(func.count()).select_from(table), execution_options=ANY_ORGANIZATION
        ).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }
    held = sorted(name for name, count in counts.items() if count)
    if held:
        raise CannotCopy(f"The target is not empty: it has rows in {', '.join(held)}.")
