"""Databases for tests, of both kinds: made once, copied for each test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url


class Databases(Protocol):
    """Where tests make and drop databases of one kind."""

    def url(self, name: str) -> str:
        """Return the address of one of them."""

    def create(self, name: str, *, template: str | None = None) -> None:
        """Make one, empty or as a copy of another that nobody uses."""

    def drop(self, name: str) -> None:
        """Drop one, whoever still uses it."""

    @contextmanager
    def database(self, name: str | None = None, *, template: str | None = None) -> Iterator[str]:
        """Yield the address of a database that lives as long as the block; without a name it gets one of its own."""
        name = name or f"test_{uuid4().hex}"
        self.create(name, template=template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)


@dataclass(frozen=True, slots=True)
class Files(Databases):
    """SQLite: each database is a file in a folder of its own, with whatever is written beside it."""

    folder: Path

    def path(self, name: str) -> Path:
        """Return the file of a database."""
        return self.folder / name / "test.db"

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"sqlite:///{self.path(name)}"

    def create(self, name: str, *, template: str | None = None) -> None:
        """Make room for a database, or copy one that nobody uses."""
        self.path(name).parent.mkdir()
        if template is not None:
            shutil.copyfile(self.path(template), self.path(name))

    def drop(self, name: str) -> None:
        """Remove a database with its log and locks."""
        shutil.rmtree(self.path(name).parent)


@dataclass(frozen=True, slots=True)
class Server(Databases):
    """A PostgreSQL server."""

    base_url: str

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return make_url(self.base_url).set(database=name).render_as_string(hide_password=False)

    def create(self, name: str, *, template: str | None = None) -> None:
        """Create a database, empty or as a copy of one that nobody uses."""
        template = template or "template1"
        with self._connected() as connection:
            # Copying files takes a third of the work of writing every page to the log, which is the default since 15.
            how = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {how}'.encode())

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        with self._connected() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        address = make_url(self.base_url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)
