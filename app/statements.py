"""Statements that every log asks: compiled once for each kind of database, and handed to the driver as they are.

SQLAlchemy remembers what it compiled too, but asks for it, prepares parameters and wraps rows each time, which takes
four times as long as SQLite does to answer. What listens for statements hears these as well, and errors are the same;
only objects that a session follows are neither read nor written. A connection keeps one cursor for them: psycopg
makes what it converts values with anew for each. On PostgreSQL they go past it (`app.libpq`), and what answers nothing
goes with whatever is sent next, at the latest with the commit.
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import Connection, Dialect, Engine, Insert, Select, Update, event
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect
from sqlmodel import Session

if TYPE_CHECKING:
    from app.libpq import Command, Pipeline, Prepared

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]
Read = Callable[[], Sequence[Sequence[Any]]]
_NUMBERED: Final = psycopg_dialect.PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_CURSOR: Final = "cursor"
_PIPELINE: Final = "pipeline"
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

    def ahead(self, session: Session, values: Values) -> Callable[[], list[Any]]:
        """Ask for rows that are needed soon, and return what returns them: PostgreSQL is asked with what comes next."""
        words, read = self._asked(session, values)
        return lambda: [words.row(row) for row in read()]

    def all(self, session: Session, values: Values) -> list[Any]:
        """Return the rows it answers, each with the names of its columns."""
        words, read = self._asked(session, values)
        return [words.row(row) for row in read()]

    def first(self, session: Session, values: Values) -> Any:
        """Return the first row it answers, None without any."""
        return next(iter(self.all(session, values)), None)

    def run(self, session: Session, values: Values) -> None:
        """Run it for what it changes; what PostgreSQL refuses may show with the next statement, or the commit."""
        self._asked(session, values)

    def _asked(self, session: Session, values: Values) -> tuple[_Words, Read]:
        connection = _connection(session)
        words = self._words.get(connection.dialect.name) or self._compiled(connection.dialect)
        bound = words.bound(values)
        return words, _asked(connection, words.sql, bound, answers=words.answers, prepared=words.prepared)

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
    prepared = _prepared(sql) if connection.dialect.name == "postgresql" else None
    return _asked(connection, sql, (), answers=sql.startswith("SELECT"), prepared=prepared)()


def _asked(connection: Connection, sql: str, bound: Any, *, answers: bool, prepared: "Prepared | None" = None) -> Read:
    """Ask, and return what returns the rows: on PostgreSQL it waits until then, or until something else is sent."""
    cursor = connection.info.get(_CURSOR) or connection.info.setdefault(_CURSOR, _open_cursor(connection))
    told = _AsSqlalchemyTells(connection, cursor, sql, bound)
    with told:
        for heard in connection.engine.dispatch.before_cursor_execute:
            heard(connection, cursor, sql, bound, *_ALONE)
        pipeline: Pipeline | None = connection.info.get(_PIPELINE) if prepared else None
        if prepared is not None and pipeline is not None and pipeline.takes:
            asked = pipeline.put(prepared, bound)
            return partial(told.read, pipeline, asked)
        cursor.execute(sql, bound)
        rows = cursor.fetchall() if answers else ()
        return lambda: rows


@dataclass(frozen=True, slots=True)
class _AsSqlalchemyTells:
    """Errors of the driver become SQLAlchemy's own; a connection that is lost is dropped."""

    connection: Connection
    cursor: Any
    sql: str | None
    bound: Any

    def read(self, pipeline: "Pipeline", asked: "Command") -> Sequence[Sequence[Any]]:
        """Return what a statement is answered with."""
        with self:
            return pipeline.rows(asked)

    def __enter__(self) -> None:
        """Begin to listen."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: object) -> None:
        if isinstance(error, self.connection.dialect.loaded_dbapi.Error):
            self.connection.info.pop(_CURSOR, None)  # it is closed with the error
            self.connection._handle_dbapi_exception(error, self.sql, self.bound, self.cursor, None)  # noqa: SLF001


def pipelined(engine: Engine) -> None:
    """Let statements on PostgreSQL wait for what is sent next: they go before anything else is, and with the commit."""

    def begins(connection: Connection) -> None:
        if _PIPELINE not in connection.info:
            connection.info[_PIPELINE] = _libpq().Pipeline(connection.connection.dbapi_connection)
        _let_go(connection, "forget")  # what waited in a transaction that was undone

    def goes_first(
        connection: Connection, _cursor: object, _sql: str, _bound: object, context: object, _: bool
    ) -> None:
        if context is not None:  # not one of those that wait themselves
            _let_go(connection, "send")

    event.listen(engine, "begin", begins)
    event.listen(engine, "before_cursor_execute", goes_first)
    event.listen(engine, "commit", lambda connection: _let_go(connection, "commit"))


def _let_go(connection: Connection, how: Literal["send", "commit", "forget"]) -> None:
    with _AsSqlalchemyTells(connection, None, None, None):
        getattr(connection.info[_PIPELINE], how)()


def _open_cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.dbapi_connection
    return _libpq().open_cursor(driver) if connection.dialect.name == "postgresql" else driver.cursor()


@cache
def _prepared(sql: str) -> "Prepared":
    prepared: Prepared = _libpq().Prepared(sql)
    return prepared


def _libpq() -> ModuleType:
    """Return what only PostgreSQL is asked with: its driver takes nine MiB of a worker, and SQLite needs none of it."""
    return import_module("app.libpq")
