"""What the hot reads read: one statement joins token, person, client and stored document, on kept connections.

The statements are built once from the tables; values go through the types of their columns. Whatever goes wrong with
a connection makes a read find nothing: the ordinary route then finds out for itself, and says what is the matter.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Date, Dialect, LargeBinary, Select, Uuid, bindparam, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine
from sqlmodel import col, or_, select
from sqlmodel.sql.sqltypes import UTCDateTime

from app.connections import Connections, NoAnswer, open_connections
from app.ids import StoredId
from app.settings import Settings
from app.signed_in import BEARER, SignedIn, to_signed_in
from app.tables import AccessToken, Block, BlockWeek, Client, Person

Row = TypeVar("Row")
Convert = Callable[[Any], Any]


class RunningBlock(NamedTuple):
    """A client's running block, and who asks about it; ids as the database has them, for few of them are needed."""

    organization_id: StoredId
    person_id: StoredId
    role: str
    member_of: StoredId | None
    client_id: StoredId
    time_zone: str
    id: StoredId
    starts_on: date
    weeks: int
    etag: str
    revision: int


class StoredWeek(NamedTuple):
    """One stored version of a week: as the database has it, for no column needs converting."""

    week_number: int
    version: str
    packed: bytes | None
    body: bytes


class BlockRow(NamedTuple):
    """A block with its document, and who asks."""

    organization_id: StoredId
    person_id: StoredId
    role: str
    member_of: StoredId | None
    client_id: StoredId
    time_zone: str
    locale: str
    id: StoredId
    assessment_id: StoredId
    starts_on: date
    weeks: int
    status: str
    planner_version: str
    catalogue_digest: str
    revision: int
    etag: str
    created_at: datetime
    document: bytes


# --- statements ---------------------------------------------------------------------------------------------------


class _Utf8(GenericFunction[bytes]):
    """A text as the bytes that are sent: the driver would read them into a string, for us to write them out again."""

    type = LargeBinary()
    inherit_cache = True


@compiles(_Utf8, "sqlite")
def _utf8_of_sqlite(element: _Utf8, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(_Utf8, "postgresql")
def _utf8_of_postgresql(element: _Utf8, compiler: SQLCompiler, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


def _asked_by(*columns: Any, joined: Sequence[tuple[Any, Any]]) -> Any:
    """Return a select of who asks, joined with what they ask about in their organization."""
    person = (col(Person.organization_id) == AccessToken.organization_id) & (col(Person.id) == AccessToken.person_id)
    statement = (
        select(
            *_columns(Person, ("organization_id", "id", "role", "client_id")),
            *_columns(Client, ("id", "time_zone")),
            *columns,
        )
        .select_from(AccessToken)
        .join(Person, person)
        .where(
            col(AccessToken.token_hash) == bindparam("token"),
            col(AccessToken.expires_at) > bindparam("now"),
            col(AccessToken.session_version) == Person.session_version,
            col(Person.disabled_at).is_(None),
        )
    )
    for table, condition in joined:
        statement = statement.join(table, (col(table.organization_id) == AccessToken.organization_id) & condition)
    return statement


_RUNNING: Final = (col(Block.client_id) == Client.id) & text("blocks.status <> 'finished'")  # in the index's words
_AROUND_TODAY: Final = (
    (col(BlockWeek.block_id) == Block.id)
    & text("block_weeks.is_current")  # in the words of its index, however many revisions there were
    & (col(BlockWeek.starts_on) <= bindparam("latest"))
    & (col(BlockWeek.ends_on) >= bindparam("earliest"))
    # Where a week has begun all over the world its projection is not shown to anybody.
    & or_(text("block_weeks.version <> 'projected'"), col(BlockWeek.starts_on) > bindparam("earliest"))
)


def _weeks_of(client: Any) -> Any:
    columns = [
        *_columns(Block, RunningBlock._fields[6:]),
        *_columns(BlockWeek, StoredWeek._fields[:-1]),
        _Utf8(col(BlockWeek.body)),
    ]
    return _asked_by(*columns, joined=[(Client, client), (Block, _RUNNING), (BlockWeek, _AROUND_TODAY)])


def _columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [col(getattr(table, name)) for name in names]


MY_WEEKS: Final = _weeks_of(col(Client.id) == Person.client_id)
CLIENT_WEEKS: Final = _weeks_of(col(Client.id) == bindparam("client"))
BLOCK: Final = _asked_by(
    col(Client.locale),
    *_columns(Block, BlockRow._fields[7:-1]),
    _Utf8(col(Block.document)),
    joined=[(Block, col(Block.id) == bindparam("block")), (Client, col(Client.id) == Block.client_id)],
)


class Prepared(Generic[Row]):
    """A statement in the words of one database, and how values go in and rows come out.

    `stored_ids` leaves ids as the driver gives them, for rows of which few are needed.
    """

    def __init__(
        self, statement: Select[Any], row: Callable[..., Row], dialect: Dialect, *, stored_ids: bool = True
    ) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._row = row
        binds = compiled.binds
        self._into = [(name, _writing(binds[name].type, dialect)) for name in compiled.positiontup or binds]
        read = [column.type for column in statement.selected_columns]
        out = [None if stored_ids and isinstance(kind, Uuid) else _reading(kind, dialect) for kind in read]
        self._out = [(at, convert) for at, convert in enumerate(out) if convert is not None]

    def values(self, asked: Mapping[str, Any]) -> list[Any]:
        """Return the values as the driver takes them, in the statement's order."""
        return [into(asked[name]) if into else asked[name] for name, into in self._into]

    def row(self, values: Sequence[Any]) -> Row:
        """Return a row as Python knows it, or the part of it that comes first."""
        read = list(values)
        for at, convert in self._out:
            if at < len(read) and read[at] is not None:
                read[at] = convert(read[at])
        return self._row(*read)


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Return how a value comes out."""
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _writing(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Return how a value goes in; the same few days are asked for all day long."""
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _as_sqlite_keeps_it
    into = kind.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(maxsize=8)(into) if into and isinstance(kind, Date) else into


def _as_sqlite_keeps_it(instant: datetime) -> str:
    """Return an instant as its column's type writes it, in a third of the time: every read asks with one of its own."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds")[:26]


# --- the store ------------------------------------------------------------------------------------------------------


class HotStore:
    """The statements of the hot reads and of every token, on connections of their own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._person = Prepared(BEARER, to_signed_in, connections.dialect, stored_ids=False)
        self._mine = Prepared(MY_WEEKS, RunningBlock, connections.dialect)
        self._weeks = Prepared(CLIENT_WEEKS, RunningBlock, connections.dialect)
        self._block = Prepared(BLOCK, BlockRow, connections.dialect)

    async def person(self, token: str, now: datetime) -> SignedIn | None:
        """Return whose token this is, by its hash."""
        rows = await self._rows(self._person, {"token": token, "now": now})
        return self._person.row(rows[0]) if rows else None

    async def weeks(
        self, token: str, now: datetime, client_id: UUID | None, *, earliest: date, latest: date
    ) -> tuple[RunningBlock, list[StoredWeek]] | None:
        """Return a client's running block and the stored versions of its weeks that touch some days, if there are any.

        `token` is the hash of the asker's; `client_id` None asks for the asker's own.
        """
        statement = self._mine if client_id is None else self._weeks
        asked = {"token": token, "now": now, "client": client_id, "earliest": earliest, "latest": latest}
        rows = await self._rows(statement, asked)
        if not rows:
            return None
        known = len(RunningBlock._fields)
        return statement.row(rows[0][:known]), [StoredWeek(*row[known:]) for row in rows]

    async def block(self, token: str, now: datetime, block_id: UUID) -> BlockRow | None:
        """Return a block of the asker's organization."""
        asked = {"token": token, "now": now, "block": block_id}
        rows = await self._rows(self._block, asked)
        return self._block.row(rows[0]) if rows else None

    async def _rows(self, statement: Prepared[Any], asked: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        try:
            return await self._connections.fetch(statement.sql, statement.values(asked))
        except NoAnswer:
            return ()

    async def close(self) -> None:
        """Let the connections go."""
        await self._connections.close()


def open_hot_store(settings: Settings) -> HotStore:
    """Return the store for the database of the settings; nothing connects yet."""
    return HotStore(open_connections(settings, places=settings.hot_connections, limit_s=settings.pool_wait_s))
