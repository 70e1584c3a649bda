"""Hands e-mails over: to the operator's mail server, or as files that a developer opens."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final, Protocol

from app.delivery.outcome import Dead, Failed, Outcome, Sent
from app.settings import Settings

_LIMIT_S: Final = 10.0
"""Seconds for each step of the talk with the mail server."""

_ON_THE_WIRE: Final = SMTP.clone(max_line_length=998)
"""Header lines are not folded: addresses of links must arrive in one piece."""

_PERMANENT: Final = 500


class Mailer(Protocol):
    """Takes an e-mail off our hands."""

    def send(self, message: EmailMessage, to: str) -> Outcome:
        """Hand it over to be brought to one address."""


def open_mailer(settings: Settings) -> Mailer | None:
    """Return how e-mails leave; None in production without a mail server: they wait."""
    if settings.smtp_host is not None:
        return SmtpMailer(settings, settings.smtp_host)
    return FileMailer(settings.mail_directory) if settings.environment == "local" else None


class FileMailer:
    """Writes each e-mail into a directory: a developer sees what a member would."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def send(self, message: EmailMessage, to: str) -> Outcome:  # noqa: ARG002  the file says who it is for
        """Write the file named after the message; a repetition replaces it."""
        self._directory.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        (self._directory / f"{name}.eml").write_bytes(message.as_bytes(policy=_ON_THE_WIRE))
        return Sent()


class SmtpMailer:
    """Talks to the operator's mail server, one connection a message."""

    def __init__(self, settings: Settings, host: str) -> None:
        self._settings, self._host = settings, host

    def send(self, message: EmailMessage, to: str) -> Outcome:
        """Hand one message over; what the server says by number decides whether a repetition makes sense."""
        try:
            with self._connected() as server:
                options = () if to.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
                server.sendmail(self._envelope_from(message), [to], message.as_bytes(policy=_ON_THE_WIRE), options)
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            return Dead("address_refused") if code >= _PERMANENT else Failed(f"smtp_{code}")
        except smtplib.SMTPNotSupportedError:
            return Failed("smtp_not_supported")
        except smtplib.SMTPDataError as refused:
            code = refused.smtp_code
            return Dead("message_refused") if code >= _PERMANENT else Failed(f"smtp_{code}")
        except smtplib.SMTPResponseException as refused:  # the sender or the sign-in: for the operator to put right
            return Failed(f"smtp_{refused.smtp_code}")
        except (OSError, smtplib.SMTPException):
            return Failed("mail_server_unreachable")
        return Sent()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        where, security = (self._host, self._settings.smtp_port), self._settings.smtp_security
        if security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=_LIMIT_S, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(*where, timeout=_LIMIT_S)
        try:
            if security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._settings.smtp_user is not None and self._settings.smtp_password is not None:
                server.login(self._settings.smtp_user, self._settings.smtp_password.get_secret_value())
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):  # the message was taken or refused before
                server.quit()
            server.close()

    @staticmethod
    def _envelope_from(message: EmailMessage) -> str:
        address: str = message["From"].addresses[0].addr_spec
        return address
