"""Who connects: a proxy's word counts when the operator named the proxy, anybody else's counts for nothing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from app.main import create_app
from app.server import flags
from app.settings import Settings
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.served import served

pytestmark = pytest.mark.sqlite_only


@contextmanager
def serving(settings: Settings, clock: Clock, *, trusted: tuple[str, ...]) -> Iterator[httpx.Client]:
    """Serve with the flags of the real server; three failed sign-ins from an address are too many."""
    limits = {"login_failures_per_address": 3, "login_failures_per_account": 50}
    set_so = settings.model_copy(update=limits | {"trusted_proxies": trusted})
    app = create_app(set_so)
    app.state.clock = lambda: clock.now
    with (
        socket.socket() as listening,
        served(app, listening, **flags(set_so)) as address,
        httpx.Client(base_url=address, trust_env=False) as http,
    ):
        yield http


def statuses(http: httpx.Client, forwarded: list[str]) -> list[int]:
    """Return the answers to sign-ins that fail, each of another account and said to come from another address."""
    return [
        http.post(
            "/v1/auth/login",
            json={"email": f"nobody{number}@gym.example", "password": "wrong and long enough"},
            headers={"X-Forwarded-For": address},
        ).status_code
        for number, address in enumerate(forwarded)
    ]


def link(http: httpx.Client, gym: Gym) -> str:
    """Return the address of a private link that is made over what is said to be TLS."""
    answer = http.post(
        f"/v1/clients/{gym.member.client_id}/page-links",
        json={},
        headers={**gym.coach.headers, "X-Forwarded-Proto": "https"},
    )
    assert answer.status_code == 201, answer.text
    address: str = answer.json()["url"]
    return address


STRANGERS = ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"]


@pytest.mark.parametrize("trusted", [(), ("192.0.2.7", "2001:db8::/32")])
def test_an_untrusted_peer_changes_neither_the_throttle_nor_the_scheme(
    settings: Settings, gym: Gym, clock: Clock, trusted: tuple[str, ...]
) -> None:
    """Whatever addresses it invents, its failures count as its own; links stay those of the connection."""
    with serving(settings, clock, trusted=trusted) as http:
        assert statuses(http, STRANGERS) == [401, 401, 401, 429]
        assert link(http, gym).startswith("http://")


def test_a_trusted_proxy_says_who_connects_and_how(settings: Settings, gym: Gym, clock: Clock) -> None:
    """Each address has a count of its own; of a chain the last one that no trusted proxy vouches for counts."""
    with serving(settings, clock, trusted=("127.0.0.0/8",)) as http:
        assert statuses(http, STRANGERS) == [401, 401, 401, 401]
        assert statuses(http, [f"{invented}, 203.0.113.9" for invented in STRANGERS]) == [401, 401, 401, 429]
        assert link(http, gym).startswith("https://")
