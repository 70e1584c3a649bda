"""Statements that PostgreSQL is asked most often go to libpq as they are, past the cursors of psycopg.

A cursor reads the statement's text, looks up how each value is written and makes an object of each column anew, every
time: half of what a statement costs in Python. Here a statement is prepared once on each connection, under a name;
values go as text, whose types its casts say. Waiting, errors and what rows are read with are psycopg's own.
"""

from collections.abc import MutableMapping, Sequence
from datetime import date
from functools import singledispatch
from itertools import count
from typing import Any, Final
from uuid import UUID

from psycopg import Connection, DataError, RawCursor
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

_KEPT: Final = "libpq"
_GOOD: Final = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
_NUMBERS: Final = count(1)


class Prepared:
    """A statement whose values are numbered: `$1`."""

    def __init__(self, sql: str) -> None:
        self._sql, self._name = sql.encode(), b"squatback_%d" % next(_NUMBERS)

    def may_follow(self, connection: Connection[Any]) -> bool:
        """Tell whether a transaction is running, which a cursor begins with its first statement."""
        return connection.pgconn.transaction_status == TransactionStatus.INTRANS

    def rows(
        self, connection: Connection[Any], kept: MutableMapping[Any, Any], values: Sequence[Any]
    ) -> list[tuple[Any, ...]]:
        """Run it in the transaction that has begun; `kept` is what lasts as long as the connection."""
        known, transformer = kept.get(_KEPT) or kept.setdefault(_KEPT, (set(), Transformer.from_context(connection)))
        if self._name not in known:
            connection.pgconn.send_prepare(self._name, self._sql)
            _answer(connection)
            known.add(self._name)
        told = [None if value is None else _text(value) for value in values]
        connection.pgconn.send_query_prepared(self._name, told)
        answer = _answer(connection)
        if answer.status == ExecStatus.COMMAND_OK:
            return []
        transformer.set_pgresult(answer)
        rows: list[tuple[Any, ...]] = transformer.load_rows(0, answer.ntuples, tuple)
        return rows


def open_cursor(connection: Connection[Any]) -> RawCursor[Any]:
    """Return a cursor that takes statements with numbered values."""
    return RawCursor(connection)


def _answer(connection: Connection[Any]) -> PGresult:
    """Wait for the one answer to what was sent, as long as the connection lets anybody wait."""
    answers: list[PGresult] = connection.wait(execute(connection.pgconn))
    (answer,) = answers
    if answer.status not in _GOOD:
        raise error_from_result(answer)
    return answer


@singledispatch
def _text(value: object) -> bytes:
    """Return a value as PostgreSQL reads it."""
    raise TypeError(f"no value of a statement: {type(value).__name__}")


@_text.register
def _(value: str) -> bytes:
    if "\x00" in value:  # where libpq would end the text
        raise DataError("a text cannot hold NUL")
    return value.encode()


@_text.register
def _(value: bool) -> bytes:
    return b"t" if value else b"f"


@_text.register
def _(value: int) -> bytes:
    return b"%d" % value


@_text.register
def _(value: UUID) -> bytes:
    return value.hex.encode()


@_text.register
def _(value: date) -> bytes:  # and instants, with their offset
    return value.isoformat().encode()
