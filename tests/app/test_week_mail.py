"""The weekly e-mail as it leaves."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from app.delivery.mailer import FileMailer, SmtpMailer
from app.delivery.outcome import Dead, Failed, Sent
from app.delivery.week_mail import WeekLetter, compose
from app.messages import messages_for
from tests.conftest import settings_for
from tests.support.outbox import STARTS_ON, week_body
from tests.support.receivers import mail_server

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
LONG = "https://squat.example.of-a-gym-with-a-long-name.example/unsubscribe/" + "x" * 43


def letter(**changes: Any) -> WeekLetter:
    values: dict[str, Any] = {
        "message_id": "<0123@squat.example>",
        "to": "sam@home.example",
        "name": "Sam",
        "words": messages_for("en"),
        "week": week_body(STARTS_ON),
        "weeks": 6,
        "ahead": False,
        "page_url": "https://squat.example/week",
        "unsubscribe_url": LONG,
    }
    return WeekLetter(**(values | changes))


def arrived(written: WeekLetter, tmp_path: Path) -> EmailMessage:
    """Return a letter as a mail program reads it from the bytes that left."""
    FileMailer(tmp_path).send(compose(written, sender="Gym <gym@squat.example>", at=AT), written.to)
    file = next(tmp_path.glob("*.eml"))
    read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def parts_of(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_it_holds_the_week_with_dose_and_load_and_the_way_out(tmp_path: Path) -> None:
    """Text and HTML tell the same; one click ends it (RFC 8058)."""
    message = arrived(letter(), tmp_path)

    assert message["Subject"] == "Your week from Nov 2 to Nov 8"
    assert (message["Message-ID"], message["From"]) == ("<0123@squat.example>", "Gym <gym@squat.example>")
    assert message["Date"].datetime == AT
    assert message["List-Unsubscribe"] == f"<{LONG}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for part in parts_of(message):
        assert "Goblet box squat: 3 × 6, 24 kg kettlebell" in part
        assert LONG in part
        assert "https://squat.example/week" in part
    assert "\nMON, NOV 2\nSquat session, 20 min\n- Goblet" in parts_of(message)[0].replace("\r\n", "\n")


def test_a_name_with_tags_is_text(tmp_path: Path) -> None:
    """HTML shows a name as it was written."""
    _, html = parts_of(arrived(letter(name="<img src=x onerror=alert(1)>"), tmp_path))

    assert "<img" not in html
    assert "&lt;img src=x" in html


@pytest.mark.parametrize(
    "name", ["Sam\r\nBcc: all@home.example", "Sam\nSubject: x", "Sam\x85Bcc: b@c.example", '"<a@b.c>']
)
def test_a_name_cannot_add_a_header(name: str, tmp_path: Path) -> None:
    """Line breaks in it become spaces; the only receiver is the member."""
    message = arrived(letter(name=name), tmp_path)

    assert message["Bcc"] is None
    assert len(message.get_all("Subject", [])) == 1
    assert [one.addr_spec for one in message["To"].addresses] == ["sam@home.example"]


def test_a_locked_week_says_so_first_and_shows_what_is_stored(tmp_path: Path) -> None:
    """What to do about the lock stands before everything; the lighter-week line gives way to it."""
    lock = {"urgency": "refer", "text": "Please see somebody first.", "unlock": "Your coach records a clearance."}
    week = week_body(STARTS_ON) | {"status": "locked", "lock": lock, "days": [], "deload": True}
    plain, _ = parts_of(arrived(letter(week=week), tmp_path))

    assert plain.index("on hold") < plain.index(lock["text"]) < plain.index(lock["unlock"])
    assert "There are no sessions" in plain
    assert "lighter" not in plain


def test_doses_are_told_in_full(tmp_path: Path) -> None:
    """Holds, phases, side, tempo, rest and ceilings of effort, in that order."""
    hold = {"name": "Hip hold", "side": "left", "sets": 2, "reps": 5, "hold_s": 10, "effort_percent": 30}
    phases = [{"name": "PAILs", "seconds": 28}, {"name": "RAILs", "seconds": 20}]
    isometric = {"name": "Hip PAILs/RAILs", "side": "both", "sets": 1, "phases": phases, "effort_percent": 80}
    squat = {"name": "Squat", "side": "both", "sets": 2, "reps": 4, "tempo": "3-2-1", "rest_s": 120, "rpe_max": 7.0}
    week: Any = week_body(STARTS_ON)
    week["days"][0]["sessions"][0]["items"] = [hold, isometric, squat]
    plain, _ = parts_of(arrived(letter(week=week), tmp_path))

    assert "Hip hold (left side): 2 × 5, hold 10 s, 30 % effort" in plain
    assert "Hip PAILs/RAILs: 1 × PAILs 28 s + RAILs 20 s" in plain
    assert "Squat: 2 × 4, tempo 3-2-1, rest 120 s, effort up to 7 of 10" in plain


def test_a_re_test_says_how_it_is_done(tmp_path: Path) -> None:
    """Its words matter, not its dose."""
    week: Any = week_body(STARTS_ON)
    session = week["days"][0]["sessions"][0]
    session |= {"kind": "retest", "items": [session["items"][0] | {"cue": "Three tries, note the middle one."}]}
    plain, _ = parts_of(arrived(letter(week=week), tmp_path))

    assert "- Three tries, note the middle one." in plain
    assert "3 × 6" not in plain


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("250 OK", Sent()),
        ("450 busy", Failed("smtp_450")),
        ("550 nobody of that name", Dead("address_refused")),
    ],
)
def test_the_mail_server_decides_whether_it_is_tried_again(answer: str, outcome: object) -> None:
    """An address it refuses for good is not tried again; what it takes has arrived."""
    with mail_server() as server:
        server.answer = answer
        settings = settings_for("sqlite://", smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none")
        mailer = SmtpMailer(settings, "127.0.0.1")
        assert mailer.send(compose(letter(), sender="gym@squat.example", at=AT), "sam@home.example") == outcome
        assert server.recipients == (["sam@home.example"] if outcome == Sent() else [])


def test_a_mail_server_that_is_away_or_offers_no_encryption_is_tried_again() -> None:
    """Nothing is sent in the clear when it should not be."""
    with mail_server() as server:
        settings = settings_for("sqlite://", smtp_host="127.0.0.1", smtp_port=server.port)
        mailer, message = SmtpMailer(settings, "127.0.0.1"), compose(letter(), sender="gym@squat.example", at=AT)
        assert mailer.send(message, "sam@home.example") == Failed("smtp_not_supported")
    assert mailer.send(message, "sam@home.example") == Failed("mail_server_unreachable")
    assert server.messages == []
