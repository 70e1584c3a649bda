"""How every table names its constraints, lists its choices and refers to rows of its own organization."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, inspect
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value
from sqlmodel import Session, SQLModel

Model = TypeVar("Model", bound=SQLModel)

# Named constraints can be dropped again, on SQLite too; this must stand before the first table.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def table_of(model: type[SQLModel]) -> Table:
    """Return a table itself: statements on it make no objects that a session follows."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def unfollowed(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return a row as an object that no session follows; its constructor would take longer than the statement."""
    made: Model = inspect(model).class_manager.new_instance()
    instance_dict(made).update(values)
    return made


def followed(session: Session, model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return a row that was just read as an object which the session follows, as if it had read it itself.

    Columns that are left out are read when they are asked for. One that the session has already is as it was read.
    """
    mapper = inspect(model)
    known: Model | None = session.identity_map.get(
        mapper.identity_key_from_primary_key([values[column.name] for column in mapper.primary_key])
    )
    if known is None:
        made = unfollowed(model, values)
        make_transient_to_detached(made)
        session.add(made)
        return made
    for name, value in values.items():
        set_committed_value(known, name, value)
    return known


def one_of(column: str, *choices: str) -> CheckConstraint:
    """Return a CHECK that closes a column's choices."""
    listed = ", ".join(f"'{choice}'" for choice in choices)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def belongs(columns: tuple[str, ...], table: str, referred: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """Return a foreign key that cannot cross organizations."""
    here = ("organization_id", *columns)
    there = [f"{table}.{column}" for column in ("organization_id", *referred)]
    return ForeignKeyConstraint(here, there)


class Sealed(SQLModel):
    """What a stored revision was made with, and what tells that it is as written (`app.digests`).

    None in rows of earlier versions.
    """

    planner_version: str | None = None
    catalogue_digest: str | None = None
    input_digest: str | None = None
    seal: str | None = None
