"""The running app with a world in it that no request changes: what the matrix of operations and roles is tried on."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from tests.app.requests import Call
from tests.app.second_factors import give_factor
from tests.app.twins import add_twins
from tests.app.world import World, freeze, make_world
from tests.conftest import Clock, settings_for
from tests.gym import make_gym
from tests.kept import built
from tests.support.quick import Quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The running app, and the world it serves."""

    http: TestClient
    world: World
    engine: Engine

    @property
    def tag(self) -> str:
        """Return the present tag of the member's block."""
        return self.http.get(f"/v1/blocks/{self.world.mine['block_id']}", headers=self.world.headers("coach")).headers[
            "ETag"
        ]

    def send(self, role: str, made: Call, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
        """Send a request as somebody."""
        more = {} if made.body is None else {"json": made.body}
        signed = self.world.headers(role) | dict(headers)
        return self.http.request(made.method, made.url, params=made.query, headers=signed, **more)


@pytest.fixture(scope="module")
def stage(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """Return a world that no request changes, so that all tests share it."""
    with ExitStack() as open_until_the_end:
        if database_kind == "sqlite":
            path: Path = tmp_path_factory.mktemp("matrix") / "matrix.db"
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
            url = f"sqlite:///{path}"
        else:
            copied = request.getfixturevalue("postgresql").database(
                template=request.getfixturevalue("migrated_postgresql")
            )
            url = open_until_the_end.enter_context(copied)
        yield open_until_the_end.enter_context(staged(url, *populate(url)))


def populate(url: str) -> tuple[World, datetime]:
    """Fill a migrated database with a world and its twins; return it, and the instant it has come to."""
    clock, app = Clock(), built(settings_for(url))
    app.state.clock = lambda: clock.now
    with Quick(app) as http:
        world = make_world(http, make_gym(http, app.state.database, app.state.hasher, clock.now), clock)
        for who in world.gym.people:
            give_factor(app.state.database, app.state.settings, who, clock.now, pending=True)
        client, *bystanders = map(UUID, (world.mine["client_id"], *world.bystanders))
        add_twins(app.state.database.engine, world.gym.coach.organization_id, client, bystanders)
    return world, clock.now


@contextmanager
def staged(url: str, world: World, now: datetime) -> Iterator[Stage]:
    """Serve a world, such that each request finds it as it was."""
    app = built(settings_for(url))
    app.state.clock = lambda: now
    with Quick(app) as http:
        freeze(app)
        yield Stage(http=http, world=world, engine=app.state.database.engine)
