"""A real mail server and a real webhook receiver on this machine, which remember what they were sent."""

import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """Takes e-mails; `answer` decides what it says to a recipient."""

    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answer: str = "250 OK"
    port: int = 0

    async def handle_RCPT(  # noqa: N802  the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Remember a message as it came."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(email.message_from_bytes(content, policy=email.policy.default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        """Return the Message-ID of each message that came."""
        return [str(message["Message-ID"]) for message in self.messages]


@contextmanager
def mail_server(tls: SSLContext | None = None) -> Iterator[MailServer]:
    """Run a mail server on a free port, which insists on STARTTLS where it has a certificate."""
    received = MailServer(port=_free_port())
    encrypted = {} if tls is None else {"tls_context": tls, "require_starttls": True}
    controller = Controller(received, hostname="127.0.0.1", port=received.port, **encrypted)
    controller.start()
    try:
        yield received
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Return its webhook-id."""
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Takes webhooks; `answer` decides about each."""

    port: int
    scheme: str = "http"
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], tuple[int, dict[str, str]]] = lambda _request: (204, {})

    @property
    def url(self) -> str:
        """Return its address."""
        host = "localhost" if self.scheme == "https" else "127.0.0.1"  # certificates are of names
        return f"{self.scheme}://{host}:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        """Return the webhook-id of each request that came."""
        return [request.id for request in self.requests]


@contextmanager
def receiver(tls: SSLContext | None = None) -> Iterator[Receiver]:
    """Run a webhook receiver on a free port, on https where it has a certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, self.rfile.read(length))
            received.requests.append(request)
            status, more = received.answer(request)
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | more).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received = Receiver(server.server_address[1])
    if tls is not None:
        server.socket, received.scheme = tls.wrap_socket(server.socket, server_side=True), "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
