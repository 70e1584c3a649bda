"""The demo gym is found in a production database that comes back only after the server has started, too."""

import logging
import os
import signal
import threading

import pytest

from app import server
from app.bad_settings import BadSettings
from tests.conftest import settings_for


def test_a_server_that_finds_the_demo_gym_late_ends_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It says why, and ends as at a signal: what was begun is answered."""
    ended, asked = threading.Event(), []
    monkeypatch.setattr(server, "prepare", lambda _: False)
    monkeypatch.setattr(server, "_prepared_quietly", lambda _: True)
    monkeypatch.setattr(os, "kill", lambda *asked_for: (asked.append(asked_for), ended.set()))

    def then() -> None:
        raise BadSettings(("SQUATBACK_DATABASE_URL: holds the demo gym",))

    with caplog.at_level(logging.CRITICAL, logger="squatback.server"):
        server.prepare_in_time(settings_for("sqlite://"), then=then)
        assert ended.wait(10)

    assert asked == [(os.getpid(), signal.SIGTERM)]
    assert "holds the demo gym" in caplog.text
