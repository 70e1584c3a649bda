"""What costs much to make and nothing to use again: routes that FastAPI has worked out, statements that are compiled.

Every test has an app, a database and connections of its own; only what no request changes is handed on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.events import ConnectionEvents

from app.db import Database, open_database
from app.hot_store import Prepared
from app.main import create_app
from app.settings import Settings


@cache
def _first() -> FastAPI:
    """Return the app whose routes and description all others of this process share."""
    return create_app(Settings(_env_file=None, database_url="sqlite:///unused.db"))


def built(settings: Settings) -> FastAPI:
    """Return a new app with the routes of the first one, unless its settings make others.

    FastAPI works out what a route needs when it is first asked for: that takes longer than most tests.
    """
    app, first = create_app(settings), _first()
    if len(app.router.routes) == len(first.router.routes):
        app.router.routes[:] = first.router.routes
        app.openapi = first.openapi  # type: ignore[method-assign]
    return app


def described() -> dict[str, Any]:
    """Return the API's description, to be read and not to be changed."""
    return _first().openapi()


_PATIENCE_S = 10.0
"""A disk that all tests write to may be silent for seconds: a database is not away for that."""


@dataclass(frozen=True, slots=True)
class _Kept:
    settings: Settings
    database: Database
    listeners: int


@dataclass(slots=True)
class KeptEngines:
    """One engine for each address: compiled statements stay, the hot reads' too; connections are new for each app."""

    _kept: dict[SecretStr, _Kept] = field(default_factory=dict)
    _prepared: Callable[..., object] = field(default_factory=lambda: cache(Prepared))

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Let an app that starts inside open its database with the kept engine, and wait for it on a busy machine."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("app.main.LIMIT_S", _PATIENCE_S)
            patch.setattr("app.main.open_database", self._opened)
            patch.setattr("app.hot_store.Prepared", self._prepared)
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
