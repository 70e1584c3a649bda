"""What costs much to make and nothing to use again: routes that FastAPI has worked out, statements that are compiled.

Every test has an app, a database and connections of its own; only what no request changes is handed on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.events import ConnectionEvents
from starlette.routing import BaseRoute

from app.db import Database, open_database
from app.settings import Settings


@dataclass(slots=True)
class KeptRoutes:
    """The routes of a first app: FastAPI works out what a route needs when an app is first asked for it."""

    first: FastAPI
    routes: tuple[BaseRoute, ...]

    @classmethod
    def of(cls, app: FastAPI) -> "KeptRoutes":
        """Keep the routes of an app."""
        return cls(app, tuple(app.router.routes))

    def lend(self, app: FastAPI) -> None:
        """Give an app these routes, unless its settings make others; they ask the first app what a test overrides."""
        if len(app.router.routes) == len(self.routes):
            app.router.routes[:] = self.routes
            self.first.dependency_overrides = app.dependency_overrides


@dataclass(frozen=True, slots=True)
class _Kept:
    settings: Settings
    database: Database
    listeners: int


@dataclass(slots=True)
class KeptEngines:
    """One engine for each address: its compiled statements stay, its connections are new for each app."""

    _kept: dict[SecretStr, _Kept] = field(default_factory=dict)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let an app that starts inside open its database with the kept engine."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("app.main.open_database", self._opened)
            yield

    def _opened(self, settings: Settings) -> Database:
        kept = self._kept.get(settings.database_url)
        if kept is None or kept.settings != settings or kept.listeners != _listeners(kept.database.engine):
            database = open_database(settings)
            kept = self._kept[settings.database_url] = _Kept(settings, database, _listeners(database.engine))
        kept.database.engine.dispose()
        return kept.database


def _listeners(engine: Engine) -> int:
    """Count who listens to an engine: a test that did so and did not stop leaves it to itself."""
    events = (name for name in vars(ConnectionEvents) if not name.startswith("_") and name != "dispatch")
    return sum(len(getattr(engine.dispatch, name)) for name in events)
