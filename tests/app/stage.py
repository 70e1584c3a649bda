"""The running app with a world in it that no request changes: what the matrix of operations and roles is tried on."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from app.deps import get_now
from app.main import create_app
from tests.app.access import OPERATIONS
from tests.app.requests import Call, operations, without_ids
from tests.app.twins import add_twins
from tests.app.world import World, freeze, make_world
from tests.conftest import Clock, settings_for
from tests.gym import make_gym

DESCRIBED: Final = operations(create_app(settings_for("sqlite:///unused.db")).openapi())
CASES: Final = [
    (name, DESCRIBED[name.partition("/")[0]], access)
    for name, access in OPERATIONS.items()
    if name.partition("/")[0] in DESCRIBED
]
"""Each line of the table with its operation."""

WITHIN: Final = ("member", "coach", "admin")
WITHOUT: Final = ("other_member", "foreign_coach", "foreign_admin")
"""Who may, and who may not, see the things of the world that are called mine."""


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
        clock, app = Clock(), create_app(settings_for(url))
        app.dependency_overrides[get_now] = lambda: clock.now
        http = open_until_the_end.enter_context(TestClient(app))
        world = make_world(http, make_gym(http, app.state.database, app.state.hasher, clock.now), clock)
        add_twins(
            app.state.database.engine,
            world.gym.coach.organization_id,
            UUID(world.mine["client_id"]),
            UUID(world.bystander_id),
        )
        freeze(app)
        yield Stage(http=http, world=world, engine=app.state.database.engine)


def look(answer: Response) -> tuple[object, ...]:
    """Return everything of an answer but what must differ."""
    kept = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "location", "etag")}
    return answer.status_code, without_ids(answer.text), tuple(sorted(kept.items()))
