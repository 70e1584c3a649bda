"""Senders who are slow or do not end, over real connections: each is answered or cut off, and others are served."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app import patient_protocol
from app.main import create_app
from app.server import FLAGS, flags
from tests.conftest import settings_for
from tests.support.served import served

pytestmark = pytest.mark.sqlite_only

_HEAD_S = 0.4
_BODY_S = 0.4
_BOUND_S = 10
_START = b"POST /v1/auth/login HTTP/1.1\r\nHost: gym.example\r\nContent-Type: application/json\r\n"
_CHUNKED = _START + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def address(migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """Serve as production does, with deadlines that a test can wait for."""
    monkeypatch.setattr(patient_protocol, "HEAD_DEADLINE_S", _HEAD_S)
    settings = settings_for(f"sqlite:///{migrated_sqlite}", body_deadline_s=_BODY_S)
    with socket.socket() as listening, served(create_app(settings), listening, **flags(settings)):
        yield listening.getsockname()


def test_production_uses_the_patient_protocol_with_the_promised_deadlines() -> None:
    """Ten seconds for a head, twenty for a body."""
    assert FLAGS["http"] == f"{patient_protocol.__name__}:{patient_protocol.PatientProtocol.__name__}"
    assert patient_protocol.HEAD_DEADLINE_S == 10
    assert settings_for("sqlite:///unused.db").body_deadline_s == 20


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET /livez HT", _START], ids=["nothing", "line", "half", "head"])
def test_a_head_that_does_not_arrive_ends_the_connection(address: tuple[str, int], sent: bytes) -> None:
    """Whatever of it was sent, and however often a little more comes, the connection is closed after the deadline."""
    with socket.create_connection(address, _BOUND_S) as line:
        line.sendall(sent)
        assert _HEAD_S * 0.5 < _seconds_until_closed(line, drip=b"X-Slow: 1\r\n" if sent == _START else b"") < 4


def test_a_second_head_on_a_connection_has_the_same_deadline(address: tuple[str, int]) -> None:
    """Who was answered once is not trusted to go on."""
    with socket.create_connection(address, _BOUND_S) as line:
        line.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 200")
        line.sendall(b"GET /livez")
        assert _seconds_until_closed(line) < 4


def test_a_head_that_does_not_end_is_cut_off(address: tuple[str, int]) -> None:
    """No more than about 64 KiB of it is kept."""
    with socket.create_connection(address, _BOUND_S) as line:
        assert _sent_until_closed(line, _START, b"X-Long: " + b"x" * 8000 + b"\r\n") < 4_000_000


def test_a_body_that_drips_is_answered_408_and_the_connection_ends(address: tuple[str, int]) -> None:
    """The deadline is for the whole body: a byte now and then does not move it."""
    with socket.create_connection(address, _BOUND_S) as line:
        line.sendall(_CHUNKED)
        answer = _answer_to(line, drip=b"1\r\n \r\n")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in answer.lower()


def test_a_body_that_does_not_end_is_answered_413_and_the_connection_ends(address: tuple[str, int]) -> None:
    """It is counted while it arrives, so that chunks without a declared length hold no more memory than the limit."""
    with socket.create_connection(address, _BOUND_S) as line:
        assert _sent_until_closed(line, _CHUNKED, b"2000\r\n" + b" " * 0x2000 + b"\r\n") < 8_000_000


def test_many_slow_senders_keep_nobody_else_out(address: tuple[str, int]) -> None:
    """A hundred connections that wait hold no thread, no seat and no database connection."""
    with contextlib.ExitStack() as held:
        for _ in range(100):
            line = held.enter_context(socket.create_connection(address, _BOUND_S))
            line.sendall(_CHUNKED)
        url = f"http://{address[0]}:{address[1]}/readyz"
        assert httpx.get(url, timeout=_BOUND_S, trust_env=False).status_code == 200


def _seconds_until_closed(line: socket.socket, drip: bytes = b"") -> float:
    """Return how long the other side kept the connection."""
    started = time.monotonic()
    line.settimeout(0.1)
    while time.monotonic() - started < _BOUND_S:
        try:
            if drip:
                line.sendall(drip)
            if not line.recv(4096):
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.monotonic() - started


def _answer_to(line: socket.socket, drip: bytes) -> bytes:
    """Drip until there is an answer, and return it with the end of the connection."""
    answer = b""
    line.settimeout(0.1)
    deadline = time.monotonic() + _BOUND_S
    while time.monotonic() < deadline:
        try:
            line.sendall(drip)
            part = line.recv(4096)
        except TimeoutError:
            continue
        except ConnectionError:
            return answer
        if not part:
            return answer
        answer += part
    pytest.fail("the connection was not ended")


def _sent_until_closed(line: socket.socket, first: bytes, more: bytes) -> int:
    """Send without end and return how many bytes went out before the other side closed."""
    sent = 0
    line.settimeout(_BOUND_S)
    deadline = time.monotonic() + _BOUND_S
    with contextlib.suppress(ConnectionError):
        line.sendall(first)
        while time.monotonic() < deadline:
            line.sendall(more)
            sent += len(more)
    assert time.monotonic() < deadline
    return sent
