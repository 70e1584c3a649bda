"""Statements that every log asks: compiled once for each kind of database, and handed to the driver as they are.

SQLAlchemy remembers what it compiled too, but asks for it, prepares parameters and wraps rows each time, which takes
four times as long as SQLite does to answer. What listens for statements hears these as well, and errors are the same;
only objects that a session follows are neither read nor written. A connection keeps one cursor for them: psycopg
makes what it converts values with anew for each. On PostgreSQL all but the first of a transaction go past it
(`app.libpq`).
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect
from sqlmodel import Session

if TYPE_CHECKING:
    from app.libpq import Prepared

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]
_NUMBERED: Final = psycopg_dialect.PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_CURSOR: Final = "cursor"
_CONNECTION: Final = "connection"
_ALONE: Final = (None, False)
"""What who listens is told of a statement without a context, for one set of values."""


@dataclass(frozen=True, slots=True)
class _Words:
    """A statement in the words of one database: how values go in, and how rows come out."""

    sql: str
    fixed: Values
    binds: Sequence[tuple[str, Convert | None]]
    by_place: bool
    answers: bool
    made: Callable[..., Any]
    columns: Sequence[tuple[int, Convert]]
    prepared: "Prepared | None"

    def bound(self, values: Values) -> Sequence[Any] | Mapping[str, Any]:
        """Return the values as the driver takes them."""
        known = {**self.fixed, **values}  # one that is not told is a KeyError
        told = [(name, into(known[name]) if into else known[name]) for name, into in self.binds]
        return tuple([value for _, value in told]) if self.by_place else dict(told)

    def row(self, values: Sequence[Any]) -> Any:
        """Return a row as Python knows it."""
        read = list(values)
        for place, out in self.columns:
            if read[place] is not None:
                read[place] = out(read[place])
        return self.made(*read)


class Statement:
    """One statement; `sets` names the columns that an INSERT or UPDATE takes values for."""

    def __init__(self, built: Select[Any] | Insert | Update, sets: Collection[str] = ()) -> None:
        self._built, self._sets = built, tuple(sets)
        self._words: dict[str, _Words] = {}

    def all(self, session: Session, values: Values) -> list[Any]:
        """Return the rows it answers, each with the names of its columns."""
        words, rows = self._sent(session, values)
        return [words.row(row) for row in rows]

    def first(self, session: Session, values: Values) -> Any:
        """Return the first row it answers, None without any."""
        return next(iter(self.all(session, values)), None)

    def run(self, session: Session, values: Values) -> None:
        """Run it for what it changes."""
        self._sent(session, values)

    def _sent(self, session: Session, values: Values) -> tuple[_Words, Sequence[Sequence[Any]]]:
        connection = _connection(session)
        words = self._words.get(connection.dialect.name) or self._compiled(connection.dialect)
        bound = words.bound(values)
        return words, _sent(connection, words.sql, bound, answers=words.answers, prepared=words.prepared)

    def _compiled(self, dialect: Dialect) -> _Words:
        is_postgresql = dialect.name == "postgresql"
        spoken = _NUMBERED if is_postgresql else dialect
        compiled = self._built.compile(dialect=spoken, column_keys=self._sets or None)
        binds = compiled.binds
        names = list(binds) if compiled.positiontup is None else compiled.positiontup
        columns = list(self._built.exported_columns)
        out = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        words = _Words(
            sql=str(compiled),
            fixed={name: bind.value for name, bind in binds.items() if not bind.required},
            binds=[(name, binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names],
            by_place=compiled.positiontup is not None,
            answers=bool(columns),
            made=namedtuple("Row", [str(column.key) for column in columns]),
            prepared=_libpq().Prepared(str(compiled)) if is_postgresql else None,
            columns=[(place, convert) for place, convert in enumerate(out) if convert],
        )
        self._words[dialect.name] = words
        return words


def _connection(session: Session) -> Connection:
    """Return the connection of a session's transaction, which is asked for once; at its end it is closed.

    A savepoint is made when the session is asked, so that what is tried inside one always asks it.
    """
    if session.in_nested_transaction():
        return session.connection()
    known: Connection | None = session.info.get(_CONNECTION)
    if known is None or known.closed:
        known = session.info[_CONNECTION] = session.connection()
    return known


def send(connection: Connection, sql: str) -> Sequence[Sequence[Any]]:
    """Send fixed words, and return the rows they are answered with."""
    return _sent(connection, sql, (), answers=sql.startswith("SELECT"))


def _sent(
    connection: Connection, sql: str, bound: Any, *, answers: bool, prepared: "Prepared | None" = None
) -> Sequence[Sequence[Any]]:
    driver: Any = connection.connection.dbapi_connection
    cursor = connection.info.get(_CURSOR)
    if cursor is None:
        is_postgresql = connection.dialect.name == "postgresql"
        cursor = connection.info[_CURSOR] = _libpq().open_cursor(driver) if is_postgresql else driver.cursor()
    try:
        for heard in connection.engine.dispatch.before_cursor_execute:
            heard(connection, cursor, sql, bound, *_ALONE)
        if prepared is not None and prepared.may_follow(driver):
            return prepared.rows(driver, connection.info, bound)
        cursor.execute(sql, bound)
        return cursor.fetchall() if answers else ()
    except connection.dialect.loaded_dbapi.Error as error:
        connection.info.pop(_CURSOR)  # it is closed with the error
        _raise(connection, error, sql, bound, cursor)


def _libpq() -> ModuleType:
    """Return what only PostgreSQL is asked with: its driver takes nine MiB of a worker, and SQLite needs none of it."""
    return import_module("app.libpq")


def _raise(connection: Connection, error: Exception, sql: str, bound: Any, cursor: Any) -> NoReturn:
    """Raise an error of the driver as SQLAlchemy's own, and drop the connection if it is lost."""
    connection._handle_dbapi_exception(error, sql, bound, cursor, None)  # noqa: SLF001
