"""Log lines: one JSON object each, with the request they belong to, and nothing that a person wrote.

What our own code logs is made of ids, codes and kinds of errors. What libraries and the interpreter say may quote what
they choke on, so of them only who spoke and the kind and place of an error is kept; uvicorn and the exporter of traces
speak of themselves alone. `SQUATBACK_DEBUG` lets everything through, on a developer's machine.
"""

import json
import logging
import sys
import threading
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from io import TextIOWrapper
from types import TracebackType
from typing import Final, TextIO

from pydantic_core import to_json

LOG = logging.getLogger("squatback")

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The request that is being answered; threads that work for it know it too."""

_OURS: Final = "squatback"
_SPEAK_OF_THEMSELVES: Final = ("squatback", "uvicorn", "opentelemetry")
_FRAMES: Final = 12


def start_logging(*, debug: bool = False) -> None:
    """Write log lines to standard output, those of warnings and of errors that nobody caught too."""
    handler = _Lines(sys.stdout)
    handler.setFormatter(JsonLines(debug=debug))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # What no line tells is not gathered for each one (Python's logging HOWTO, "Optimization").
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    logging._srcfile = None  # noqa: SLF001
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it would speak at every readiness check
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would name the addresses of webhooks
    logging.raiseExceptions = False  # a line that cannot be written would be quoted on standard error
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)


class _Lines(logging.StreamHandler[TextIO]):
    """Writes to a stream that sends each line on its way by itself; `write` takes one that is ready."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True)

    def flush(self) -> None:
        """Do nothing: there is nothing left."""

    def write(self, line: str) -> None:
        """Write a line; one that cannot be written is lost, as in `emit`."""
        self.acquire()
        try:
            self.stream.write(line)
        except (OSError, ValueError):  # ValueError: the stream is closed
            pass
        finally:
            self.release()


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; `debug` keeps the texts of errors and of libraries."""

    def __init__(self, *, debug: bool = False) -> None:
        super().__init__()
        self._debug = debug

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record; an event of ours, which is JSON already, is only given its head."""
        head = _head(record.created, record.levelname.lower())
        message = record.getMessage()
        more: dict[str, object] = {}
        request_id = REQUEST_ID.get()
        if request_id is not None and '"request_id"' not in message:
            more["request_id"] = request_id
        if self._debug and record.exc_info:
            more["traceback"] = self.formatException(record.exc_info)
        if record.name.startswith(_OURS) and message.startswith('{"'):
            return f"{head}{_json(more)[1:-1]},{message[1:]}" if more else head + message[1:]
        return head + json.dumps(more | self._said(record, message))[1:]  # which also takes what is no Unicode

    def _said(self, record: logging.LogRecord, message: str) -> dict[str, object]:
        said: dict[str, object] = {"event": "log", "logger": record.name}
        if record.exc_info and record.exc_info[1]:
            said |= where(record.exc_info[1])
        if self._debug or record.name.startswith(_SPEAK_OF_THEMSELVES):
            return said | {"message": message}
        if record.name == "py.warnings":
            return said | {"place": ":".join(message.split(":")[:3])}  # file, line, kind; then comes its text
        return said


def write_line(log: logging.Logger, line: str) -> None:
    """Log an event of ours, as JSON, that happens all the time.

    Where our own handler alone would hear of it, it goes there without a record: logging takes longer to hand one
    on than to write it. Read requests spend a tenth of their time here otherwise.
    """
    if not log.isEnabledFor(logging.INFO):
        return
    heard = logging.root.handlers
    if len(heard) == 1 and isinstance(heard[0], _Lines):
        heard[0].write(f"{_head(time.time(), 'info')}{line[1:]}\n")
    else:
        log.info(line)


def _head(created: float, level: str) -> str:
    at = datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds")
    return f'{{"at":"{at}","level":"{level}",'


def _json(line: dict[str, object]) -> str:
    return to_json(line).decode()


def where(error: BaseException) -> dict[str, object]:
    """Return the kind of an error and its lines of code; its text may hold what somebody wrote about themselves."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return {
        "error": type(error).__qualname__,
        "frames": [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _uncaught(kind: type[BaseException], error: BaseException | None, _: TracebackType | None) -> None:
    if error is None or issubclass(kind, SystemExit):
        return
    LOG.critical(_json({"event": "uncaught"} | where(error)), exc_info=error)
