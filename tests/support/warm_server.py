"""What `squatback serve` reads before it serves, for processes that are forked from one that has read it."""

import os
import signal
from pathlib import Path

import app.main  # noqa: F401 - read here once
from app import service_commands
from app.catalogue import load_catalogue
from app.collector import spare_what_stays
from app.schema import Standing, standing_of

load_catalogue()
spare_what_stays()
assert standing_of([]) is Standing.OLDER  # which reads the migrations


def serve(directory: Path, environment: dict[str, str], port: int) -> None:
    """Serve as `squatback serve` does, with the given settings and no others, from a directory."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    output = os.open(directory / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.chdir(directory)
    for name in [name for name in os.environ if name.startswith("SQUATBACK_")]:
        del os.environ[name]
    os.environ.update(environment)
    service_commands.serve(host="127.0.0.1", port=port, workers=1)
