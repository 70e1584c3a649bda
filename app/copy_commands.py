"""The commands that copy whole databases: backup, restore, transfer."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from app.copying import CannotCopy, copy_database
from app.db import migrate, open_database
from app.schema import WrongSchema
from app.settings import Settings, load_settings


def backup(file: Path) -> int:
    """Write the database of the settings into a new SQLite file, whichever database it is; return the exit code."""
    if file.exists():
        return _refused(f"{file} exists; a backup never overwrites anything.")
    with TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as folder:
        part = Path(folder) / "part.db"
        code = _copied(load_settings(), _on_file(part))
        if code == 0:
            _rest(part)
            part.rename(file)
            typer.echo(f"Wrote {file}.")
    return code


def restore(file: Path) -> int:
    """Fill the empty database of the settings from a backup; return the exit code.

    A backup of an earlier version is migrated in a copy, so that it stays what it was.
    """
    if not file.is_file():
        return _refused(f"{file} is no file.")
    with TemporaryDirectory(prefix="squatback-restore-") as folder:
        source = Path(folder) / "source.db"
        try:
            with closing(sqlite3.connect(file)) as found, closing(sqlite3.connect(source)) as made:
                found.backup(made)
        except sqlite3.DatabaseError as error:
            return _refused(f"{file} cannot be read: {error}.")
        try:
            migrate(_on_file(source))
        except WrongSchema as error:
            return _refused(f"{file}: {error}")
        return _copied(_on_file(source), load_settings())


def transfer(file: Path) -> int:
    """Move from the SQLite file of a server to the empty PostgreSQL of the settings; return the exit code."""
    if make_url(load_settings().database_url.get_secret_value()).get_backend_name() != "postgresql":
        return _refused("SQUATBACK_DATABASE_URL must name the PostgreSQL database to fill.")
    return restore(file)


def _copied(source: Settings, target: Settings) -> int:
    """Copy one database into another, which is brought to the newest schema first."""
    try:
        migrate(target)
        databases = open_database(source), open_database(target)
        try:
            copied = copy_database(*[database.engine for database in databases])
        finally:
            for database in databases:
                database.engine.dispose()
    except (CannotCopy, WrongSchema) as error:
        return _refused(str(error))
    except DBAPIError as error:
        return _refused(f"The database cannot be used: {error.orig}")
    rows = sum(one.rows for one in copied.values())
    typer.echo(f"Copied {rows} rows of {len(copied)} tables; counts and checksums are the same.")
    return 0


def _on_file(file: Path) -> Settings:
    """Return the settings with the database in a file."""
    return load_settings().model_copy(update={"database_url": SecretStr(f"sqlite:///{file}")})


def _rest(file: Path) -> None:
    """Leave one file behind that needs no log beside it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _refused(reason: str) -> int:
    typer.echo(f"Refused: {reason}", err=True)
    return 2
