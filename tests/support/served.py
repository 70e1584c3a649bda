"""An app behind a real server, on a free port of this machine."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

_BOUND_S = 20


@contextmanager
def served(app: FastAPI, listening: socket.socket, **flags: Any) -> Iterator[str]:
    """Serve an app on a free port for as long as the context lasts; `flags` are uvicorn's."""
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, **({"log_config": None, "access_log": False} | flags)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _BOUND_S
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_BOUND_S)
