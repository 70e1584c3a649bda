"""Certificates of mail servers and webhook receivers: nothing is handed to one that cannot prove its name."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import SSLContext

import pytest

from app.delivery import webhook_call
from app.delivery.mailer import SmtpMailer
from app.delivery.outcome import Failed, Outcome, Sent
from app.delivery.webhook_call import call
from app.delivery.week_mail import compose
from tests.app.test_week_mail import AT, letter
from tests.conftest import settings_for
from tests.support.certificates import Authority, authority
from tests.support.receivers import mail_server, receiver

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """Let this machine trust one authority, and read anew whom it trusts."""
    found = authority(tmp_path, "trusted")
    monkeypatch.setenv("SSL_CERT_FILE", str(found.file))
    webhook_call._trusted.cache_clear()
    yield found
    webhook_call._trusted.cache_clear()


def shown(kind: str, trusted: Authority, directory: Path) -> SSLContext:
    """Return what a server shows: a good certificate, or one with something the matter."""
    if kind == "of another name":
        return trusted.server("elsewhere.example")
    if kind == "of yesterday":
        return trusted.server("localhost", until=datetime.now(UTC) - timedelta(days=1))
    return (authority(directory, "stranger") if kind == "of a stranger" else trusted).server("localhost")


KINDS = ("good", "of a stranger", "of another name", "of yesterday")


@pytest.mark.parametrize("kind", KINDS)
def test_a_webhook_is_called_only_where_the_certificate_is_good(kind: str, trusted: Authority, tmp_path: Path) -> None:
    """Signed by somebody this machine trusts, for the name that was given, and valid today; else nothing is sent."""
    with receiver(shown(kind, trusted, tmp_path)) as server:
        outcome = call(server.url, "{}", {}, local=True, now=NOW)
    expected: Outcome = Sent() if kind == "good" else Failed("unreachable")
    assert (outcome, len(server.requests)) == (expected, int(kind == "good"))


@pytest.mark.parametrize("kind", KINDS)
def test_mail_is_handed_over_only_where_the_certificate_is_good(kind: str, trusted: Authority, tmp_path: Path) -> None:
    """The same after STARTTLS: neither sign-in nor letter goes to somebody between us and the mail server."""
    with mail_server(shown(kind, trusted, tmp_path)) as server:
        settings = settings_for("sqlite://", smtp_host="localhost", smtp_port=server.port)
        message = compose(letter(), sender="gym@squat.example", at=AT)
        outcome = SmtpMailer(settings, "localhost").send(message, "sam@home.example")
    expected: Outcome = Sent() if kind == "good" else Failed("mail_server_unreachable")
    assert (outcome, len(server.messages)) == (expected, int(kind == "good"))
