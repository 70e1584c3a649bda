"""Rows that look like those of a gym and belong to nobody who asks: a filter that is forgotten finds them first.

Every id of an organization exists once more in another one, and every fact of a client once more under another client
of the same gym, a bystander, since ids are unique for their owner only. What stands in those rows, and in all that
bystanders have, is marked, so that whatever reads one shows the mark or fails; whatever writes one is refused by the
database.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Table,
    UniqueConstraint,
    false,
    insert,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel

from app.audit_chain import AUDIT_TABLES
from app.db import ANY_ORGANIZATION
from app.delivery_table import MailSubscription
from app.table_kit import table_of
from app.tables import Block

MARK: Final = "of a twin"
TWIN_ID: Final = UUID(int=1)  # before every other id, so that it is found first
_TOLD_TO_STAFF: Final = AUDIT_TABLES | {"client_notices", "client_transfers", "deliveries", "invitations", "people"}
_BLOCKS: Final = table_of(Block)
_SUBSCRIPTIONS: Final = table_of(MailSubscription)
_DIFFERING: Final[Mapping[Table, Mapping[str, object]]] = {
    _BLOCKS: {"starts_on": date(2026, 1, 5)},
    _SUBSCRIPTIONS: {"enabled": not_(_SUBSCRIPTIONS.c.enabled)},
}
"""What a mark in words cannot tell apart."""
_TABLES: Final = [table for table in SQLModel.metadata.sorted_tables if "organization_id" in table.primary_key.columns]


def add_twins(engine: Engine, organization_id: UUID, client_id: UUID, bystanders: Sequence[UUID]) -> None:
    """Give an organization a twin, and a client's facts to each bystander of the same organization once more."""
    with engine.begin() as connection:
        _add_twin(connection, organization_id)
        for bystander in bystanders:
            owned = {"organization_id": (organization_id, organization_id), "client_id": (client_id, bystander)}
            _copy(connection, SQLModel.metadata.tables["facts"], owned)
            _mark(connection, organization_id, bystander)
        if engine.dialect.name == "sqlite":
            for statement in _guards(bystanders):
                connection.execute(text(statement), execution_options=ANY_ORGANIZATION)


def _add_twin(connection: Connection, organization_id: UUID) -> None:
    """Store everything an organization has once more, marked, in another with the same ids."""
    _copy(connection, SQLModel.metadata.tables["organizations"], {"id": (organization_id, TWIN_ID)})
    for table in _TABLES:
        _copy(connection, table, {"organization_id": (organization_id, TWIN_ID)})


@contextmanager
def beside_a_twin(engine: Engine, organization_id: UUID) -> Iterator[None]:
    """Let an organization have a twin, and see that nothing of the twin's is changed meanwhile."""
    with engine.begin() as connection:
        _add_twin(connection, organization_id)
        for table, differing in _DIFFERING.items():
            connection.execute(update(table).where(_of_the_twin(table)).values(**differing))
        before = _rows_of_the_twin(connection)
    yield
    with engine.connect() as connection:
        assert _rows_of_the_twin(connection) == before


def _rows_of_the_twin(connection: Connection) -> Mapping[str, Sequence[str]]:
    rows = {table.name: connection.execute(select(table).where(_of_the_twin(table))) for table in _TABLES}
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def _of_the_twin(table: Table) -> ColumnElement[bool]:
    return table.c.organization_id == TWIN_ID


def _mark(connection: Connection, organization_id: UUID, bystander_id: UUID) -> None:
    """Mark what a client has, but for their name and what whole lists of the organization tell of them."""
    of_theirs = select(_BLOCKS.c.id).where(
        _BLOCKS.c.organization_id == organization_id, _BLOCKS.c.client_id == bystander_id
    )
    for table in [table for table in _TABLES if table.name not in _TOLD_TO_STAFF]:
        theirs = [table.c[name] == bystander_id for name in ("client_id",) if name in table.columns]
        theirs += [table.c.block_id.in_(of_theirs)] if "block_id" in table.columns else []
        rows = select(table).where(table.c.organization_id == organization_id, or_(false(), *theirs))
        for row in connection.execute(rows).mappings().all():
            marked = {one.name: _marked(one, row[one.name]) for one in table.columns if not one.unique}
            key = [column == row[column.name] for column in table.primary_key]
            connection.execute(update(table).where(*key).values(**marked))


def _copy(connection: Connection, table: Table, owned: Mapping[str, tuple[UUID, UUID]]) -> None:
    """Store the rows of an owner once more, marked, under another owner."""
    rows = select(table).where(*(table.c[name] == owner for name, (owner, _) in owned.items()))
    for row in connection.execute(rows).mappings().all():
        values = {column.name: _marked(column, row[column.name]) for column in table.columns}
        connection.execute(insert(table).values(**values | {name: other for name, (_, other) in owned.items()}))


def _marked(column: Column[Any], value: Any) -> Any:
    """Return a value that tells whose it is, where the schema leaves it free."""
    if not isinstance(value, str) or _is_bound(column):
        return value
    if value.startswith(("{", "[")):
        return f'{{"{MARK}": true}}'
    return f"{MARK} {value}" if column.unique else MARK


def _is_bound(column: Column[Any]) -> bool:
    """Tell whether the schema says something of a column: that it is one of some words, or unique with others."""
    rules = column.table.constraints
    checks = [str(rule.sqltext) for rule in rules if isinstance(rule, CheckConstraint)]
    unique = [rule for rule in rules if isinstance(rule, UniqueConstraint)]
    unique += [index for index in column.table.indexes if index.unique]
    listed = any(check.startswith(f"{column.name} IN") for check in checks)
    shared = any(column.name in rule.columns and len(rule.columns) > 1 for rule in unique)
    return column.primary_key or bool(column.foreign_keys) or listed or shared


def _guards(bystanders: Sequence[UUID]) -> Iterator[str]:
    """Yield triggers that refuse to write a row of a twin or of a bystander."""
    twin, clients = f"'{TWIN_ID.hex}'", ", ".join(f"'{one.hex}'" for one in bystanders)
    blocks = f"(SELECT id FROM blocks WHERE client_id IN ({clients}))"
    for table in _TABLES:
        for act, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            theirs = [f"{row}.organization_id = {twin}"]
            # Deliveries go with the webhook they were for, the audit trail is the organization's.
            told_of = table.name in {"deliveries", *AUDIT_TABLES}
            theirs += [f"{row}.client_id IN ({clients})"] if "client_id" in table.columns and not told_of else []
            theirs += [f"{row}.block_id IN {blocks}"] if "block_id" in table.columns and not told_of else []
            theirs += [f"{row}.id IN ({clients})"] if table.name == "clients" else []
            yield (
                f"CREATE TRIGGER {act.lower()}_of_{table.name} BEFORE {act} ON {table.name} "
                f"WHEN {' OR '.join(theirs)} BEGIN SELECT RAISE(ABORT, 'not theirs'); END"
            )
