"""Statements that PostgreSQL is asked most often go to libpq as they are, past the cursors of psycopg.

A cursor reads the statement's text, looks up how each value is written and makes an object of each column anew, every
time: half of what a statement costs in Python. Here a statement is prepared once on each connection, under a name;
values go as text, whose types its casts say. Waiting, errors and what rows are read with are psycopg's own.

What is waited for costs as much as what is asked. So a statement that answers nothing waits for the one that is asked
next, or for the commit, and goes with it (libpq's pipeline mode); a transaction begins with its first statement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import count
from typing import Any, Final
from uuid import UUID

from psycopg import Connection, DataError, RawCursor
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute, fetch_many
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

_GOOD: Final = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
_NUMBERS: Final = count(1)


@dataclass(slots=True)
class Command:
    """Something to be sent, which statement it prepares, and what it was answered with."""

    send: Callable[[], None]
    prepares: bytes | None = None
    answer: PGresult | None = None


class Prepared:
    """A statement whose values are numbered: `$1`."""

    def __init__(self, sql: str) -> None:
        self.sql, self.name = sql.encode(), b"squatback_%d" % next(_NUMBERS)


class Pipeline:
    """What lasts as long as a connection: what is prepared on it, how its rows are read, and what waits to be sent."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection, self._server = connection, connection.pgconn
        self._transformer = Transformer.from_context(connection)
        self._known: set[bytes] = set()
        self._waiting: list[Command] = []

    @property
    def takes(self) -> bool:
        """Tell whether a transaction is running, or one that may write begins with what is asked."""
        status = self._server.transaction_status
        return status == TransactionStatus.INTRANS or (
            status == TransactionStatus.IDLE and not self._connection.autocommit and not self._connection.read_only
        )

    def put(self, statement: Prepared, values: Sequence[Any]) -> Command:
        """Let a statement wait; what it is refused for comes with whatever it goes with."""
        told = [None if value is None else _text(value) for value in values]
        waiting, server = self._waiting, self._server
        if server.transaction_status == TransactionStatus.IDLE and not waiting:
            waiting.append(Command(partial(server.send_query_params, b"BEGIN", None)))
        if statement.name not in self._known and all(command.prepares != statement.name for command in waiting):
            waiting.append(Command(partial(server.send_prepare, statement.name, statement.sql), statement.name))
        asked = Command(partial(server.send_query_prepared, statement.name, told))
        waiting.append(asked)
        return asked

    def rows(self, asked: Command) -> list[tuple[Any, ...]]:
        """Return what a statement is answered with, sent now if it still waits."""
        if asked.answer is None:
            self._sent()
        assert asked.answer is not None
        self._transformer.set_pgresult(asked.answer)
        rows: list[tuple[Any, ...]] = self._transformer.load_rows(0, asked.answer.ntuples, tuple)
        return rows

    def send(self) -> None:
        """Send what waits."""
        if self._waiting:
            self._sent()

    def commit(self) -> None:
        """Commit with what waits, if anything does: the connection has nothing left to do then."""
        if self._waiting:
            self._waiting.append(Command(partial(self._server.send_query_params, b"COMMIT", None)))
            self._sent()

    def forget(self) -> None:
        """Forget what waits: its transaction is undone."""
        self._waiting.clear()

    def _sent(self) -> None:
        """Send what waits."""
        commands, self._waiting = self._waiting, []
        try:
            answers = self._connection.wait(self._alone(*commands) if len(commands) == 1 else self._together(commands))
        except BaseException:
            self._server.finish()  # nobody knows what is still running on it
            raise
        for command, answer in zip(commands, answers, strict=True):
            if answer.status not in _GOOD:
                raise error_from_result(answer)
            if command.prepares:
                self._known.add(command.prepares)
            command.answer = answer

    def _alone(self, command: Command) -> PQGen[list[PGresult]]:
        command.send()
        answers: list[PGresult] = yield from execute(self._server)
        return answers

    def _together(self, commands: Sequence[Command]) -> PQGen[list[PGresult]]:
        self._server.enter_pipeline_mode()
        for command in commands:
            command.send()
        self._server.pipeline_sync()
        answers: list[PGresult] = yield from execute(self._server)
        for _ in commands:
            answers += yield from fetch_many(self._server)
        self._server.exit_pipeline_mode()
        return answers[:-1]  # the last says that there are no more


def open_cursor(connection: Connection[Any]) -> RawCursor[Any]:
    """Return a cursor that takes statements with numbered values."""
    return RawCursor(connection)


def _text(value: Any) -> bytes:
    """Return a value as PostgreSQL reads it."""
    write = _TEXTS.get(type(value)) or _TEXTS[next(kind for kind in type(value).__mro__ if kind in _TEXTS)]
    return write(value)  # asyncpg reads ids as a kind of its own


def _characters(value: str) -> bytes:
    if "\x00" in value:  # where libpq would end the text
        raise DataError("a text cannot hold NUL")
    return value.encode()


def _moment(value: date) -> bytes:
    return value.isoformat().encode()  # an instant with its offset


_TEXTS: Final[Mapping[type, Callable[[Any], bytes]]] = {
    str: _characters,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    UUID: lambda value: value.hex.encode(),
    date: _moment,
    datetime: _moment,
}
