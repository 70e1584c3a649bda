"""How long and how long-winded a request may be before it has said what it wants.

uvicorn waits for a request's head for ever and keeps all of it: a sender of one byte a minute holds a connection,
one that never ends its headers fills the memory. Bodies have their limits in `app.asgi`, which sees a request only
once its head is there.
"""

from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_DEADLINE_S: Final = 10.0
HEAD_LIMIT_BYTES: Final = 64 * 1024
"""What is read of a head that does not end; `app.asgi` answers complete ones of more than 16 KiB."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools; closes a connection whose request head is late or endless."""

    _waiting: TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has grown too long."""
        if not self._is_answering():
            self._wait_for_head()
        super().data_received(data)
        if self._waiting is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_LIMIT_BYTES:
                self._give_up()

    def on_message_begin(self) -> None:
        """Wait for the head of one more request, also while an earlier one is being answered."""
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop_waiting()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        if self._waiting is None:
            self._head_bytes = 0
            self._waiting = self.loop.call_later(HEAD_DEADLINE_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._stop_waiting()
        if self._is_answering():
            self._wait_for_head()
        else:
            self.transport.close()

    def _is_answering(self) -> bool:
        """Tell whether an earlier request of the connection is still being answered."""
        return not getattr(self.cycle, "response_complete", True)
