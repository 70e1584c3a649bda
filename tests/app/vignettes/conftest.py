"""What stories over HTTP start from: an evening before the first Monday, and a coach."""

from datetime import UTC, datetime
from functools import partial
from typing import Protocol

import pytest
from fastapi.testclient import TestClient

from tests.app.kit import Api
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.http_story import HttpStory


class Tell(Protocol):
    """Begins the story of a vignette."""

    def __call__(self, name: str, *, weeks: int = 8) -> HttpStory:
        """Return the story on its first morning."""


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands before the first Monday everywhere."""
    return Clock(datetime(2026, 11, 1, 9, 0, tzinfo=UTC))


@pytest.fixture
def tell(client: TestClient, gym: Gym, clock: Clock) -> Tell:
    """Return what begins a story with the coach of the gym."""
    return partial(HttpStory.of, Api(client, gym.coach), clock)
