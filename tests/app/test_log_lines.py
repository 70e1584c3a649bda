"""Every log line is JSON; of what libraries say only who spoke is kept, and the kind and place of an error."""

import io
import json
import logging
import subprocess
import sys
import warnings
from typing import Any

import pytest

from app import main
from app.log_lines import REQUEST_ID, JsonLines, _Lines, write_line

CANARY = "zk7canaryq"


def line(logger: str, message: str, *values: object, error: Exception | None = None, debug: bool = False) -> Any:
    found = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(logger, logging.ERROR, "/somewhere/there.py", 7, message, values, found, "fun")
    written = JsonLines(debug=debug).format(record)
    assert "\n" not in written
    return json.loads(written)


def caught() -> Exception:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        return error


def test_an_event_of_ours_keeps_its_fields_and_is_given_a_head() -> None:
    """When, how bad, and for which request, unless it says so itself."""
    token = REQUEST_ID.set("request-1")
    try:
        told = line("squatback.planning", json.dumps({"event": "planning_failed", "block_id": "b"}))
        assert told | {"at": ""} == {
            "at": "", "level": "error", "request_id": "request-1", "event": "planning_failed", "block_id": "b",
        }  # fmt: skip
        assert told["at"].endswith("+00:00")
        assert line("squatback.requests", json.dumps({"event": "request", "request_id": "own"}))["request_id"] == "own"
    finally:
        REQUEST_ID.reset(token)
    assert "request_id" not in line("squatback.server", "plain words")


def test_ours_and_the_servers_words_are_kept() -> None:
    assert line("uvicorn.error", "Started %s", "process [7]")["message"] == "Started process [7]"
    assert line("squatback.server", "The database is away.")["message"] == "The database is away."


def test_a_line_that_goes_straight_to_our_handler_is_what_a_record_would_be(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It does so where no other handler listens; those who do hear of it as ever."""
    caplog.set_level(logging.INFO, "squatback.requests")
    message = json.dumps({"event": "request", "request_id": "own"})
    straight, heard = io.StringIO(), io.StringIO()
    ours, other = _Lines(straight), logging.StreamHandler(heard)
    ours.setFormatter(JsonLines())
    monkeypatch.setattr("time.time", lambda: 1_790_000_000.123)
    for handlers in ([ours], [ours, other]):
        monkeypatch.setattr(logging.root, "handlers", handlers)
        write_line(logging.getLogger("squatback.requests"), message)

    one, two = straight.getvalue().splitlines(keepends=True)
    assert one == two == '{"at":"2026-09-21T14:13:20.123+00:00","level":"info",' + message[1:] + "\n"
    assert heard.getvalue() == message + "\n"


def test_a_line_that_cannot_be_written_ends_no_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "squatback.requests")
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(logging.root, "handlers", [_Lines(closed)])
    write_line(logging.getLogger("squatback.requests"), '{"event":"request"}')


@pytest.mark.parametrize("logger", ["asyncio", "sqlalchemy.pool", "concurrent.futures", "httpx", "multipart"])
def test_of_a_library_only_who_spoke_and_what_failed_where_is_kept(logger: str) -> None:
    """What it says may quote what it chokes on."""
    told = line(logger, f"never retrieved: <Task exception=ValueError('{CANARY}')> %s", CANARY, error=caught())

    assert (told["logger"], told["error"]) == (logger, "ValueError")
    assert any("caught" in frame for frame in told["frames"])
    assert CANARY not in json.dumps(told)


def test_an_error_of_the_server_is_told_by_its_kind() -> None:
    told = line("uvicorn.error", "Exception in ASGI application\n", error=caught())

    assert (told["message"], told["error"]) == ("Exception in ASGI application\n", "ValueError")
    assert CANARY not in json.dumps(told)


def test_a_warning_is_told_by_file_line_and_kind() -> None:
    """Its text may quote a value, as a serializer's does."""
    text = warnings.formatwarning(f"input_value='{CANARY}'", UserWarning, "/app/there.py", 12)

    assert line("py.warnings", "%s", text)["place"] == "/app/there.py:12: UserWarning"


def test_debug_shows_everything() -> None:
    """That is what it is for, and why production refuses it."""
    told = line("asyncio", "said %s", CANARY, error=caught(), debug=True)

    assert told["message"] == f"said {CANARY}"
    assert f"ValueError: {CANARY}" in told["traceback"]


def test_each_worker_process_starts_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """With several of them the process that was started only looks after the others."""
    started: list[bool] = []
    monkeypatch.setattr(main, "start_logging", lambda *, debug: started.append(debug))
    monkeypatch.setattr(main, "spare_what_stays", lambda: None)
    monkeypatch.setenv("SQUATBACK_DEBUG", "true")
    main.create_served_app()

    assert started == [True]


def test_what_nobody_caught_is_a_line_too(capfd: pytest.CaptureFixture[str]) -> None:
    """In the main thread and in others, without its text; asked of a process of its own."""
    code = (
        "import threading; from app.log_lines import start_logging; start_logging(); "
        f"thread = threading.Thread(target=lambda: {{}}['{CANARY}']); thread.start(); thread.join(); "
        f"raise ValueError('{CANARY}')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    lines = [json.loads(one) for one in done.stdout.splitlines()]

    assert done.returncode == 1
    assert [(one["event"], one["error"]) for one in lines] == [("uncaught", "KeyError"), ("uncaught", "ValueError")]
    assert CANARY not in done.stdout + done.stderr
