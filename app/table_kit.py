"""How every table names its constraints, lists its choices and refers to rows of its own organization."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table
from sqlmodel import SQLModel

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
