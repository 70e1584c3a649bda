"""Whether a database has the schema this code was written for: nothing is served from another, and nothing written."""

from collections.abc import Collection
from enum import StrEnum
from functools import cache
from typing import Final

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from app.resources import resource_directory
from app.statements import send

MIGRATION_LOCK: Final = 7_288_226
"""Any fixed number: PostgreSQL's advisory lock of this project's migrations, which every writer shares."""

REVISIONS: Final = "SELECT version_num FROM alembic_version"
_REVISIONS_TO_WRITE: Final = {
    "sqlite": "SELECT version_num, 1 FROM alembic_version",
    "postgresql": f"SELECT version_num, pg_try_advisory_xact_lock_shared({MIGRATION_LOCK}) FROM alembic_version",  # noqa: S608
}


class WrongSchema(SQLAlchemyError):
    """The schema is not the one this code was written for, or is being changed: nothing is written."""


class Standing(StrEnum):
    """How a database stands to this code; all but the first are reasons to serve nothing."""

    READY = "ready"
    AWAY = "database_away"
    OLDER = "schema_older"
    NEWER = "schema_newer"


def standing(connection: Connection) -> Standing:
    """Return how the schema of a database stands to this code."""
    if not inspect(connection).has_table("alembic_version"):
        return standing_of(())
    return standing_of(connection.exec_driver_sql(REVISIONS).scalars().all())


def standing_of(revisions: Collection[str]) -> Standing:
    """Return how a schema of these revisions stands to the newest this code knows; none at all is an older one."""
    if list(revisions) == [_known_revisions()[0]]:
        return Standing.READY
    return Standing.OLDER if set(_known_revisions()).issuperset(revisions) else Standing.NEWER


def schema_is_current(connection: Connection) -> bool:
    """Tell whether the database has exactly the schema this code was written for."""
    return standing(connection) is Standing.READY


def require_schema(connection: Connection) -> None:
    """Raise WrongSchema unless this transaction may write; a migration begins when it has ended, and not before.

    SQLite's one writer sees to the second by itself.
    """
    try:
        rows = send(connection, _REVISIONS_TO_WRITE[connection.dialect.name])
    except ProgrammingError:  # PostgreSQL without any tables
        rows = ()
    if standing_of([row[0] for row in rows]) is not Standing.READY or not all(row[1] for row in rows):
        raise WrongSchema("The schema is not the one of this version, or is being changed.")


@cache
def _known_revisions() -> tuple[str, ...]:
    """Return every revision this code knows, newest first, as `make generate` wrote them beside the migrations."""
    return tuple((resource_directory("alembic") / "revisions.txt").read_text(encoding="ascii").split())
