"""The weekly e-mail: a stored week in the client's language, as text and as HTML, with a way out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from babel.dates import format_skeleton
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.dose_words import Dose, dose_text, seconds_text
from app.messages import Messages

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(("html",), default_for_string=True),
    undefined=StrictUndefined,
)
_DAY: Final = "MMMd"
_WEEKDAY: Final = "MMMEd"
"""Which parts of a date are told; each language has its order for them (CLDR skeletons)."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLetter:
    """Everything the weekly e-mail is made from."""

    message_id: str
    to: str
    name: str
    words: Messages
    week: Json
    weeks: int
    ahead: bool
    page_url: str
    unsubscribe_url: str


@dataclass(frozen=True, slots=True)
class _Session:
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    title: str
    sessions: tuple[_Session, ...]


def compose(letter: WeekLetter, *, sender: str, at: datetime) -> EmailMessage:
    """Return the whole message. Nothing of a name or an address can become a header of its own."""
    words, week = letter.words, letter.week
    first, last = (_on(date.fromisoformat(week[name]), _DAY, words) for name in ("starts_on", "ends_on"))
    shown = {
        "language": words.language,
        "subject": words("mail.subject", first=first, last=last),
        "greeting": words("mail.greeting", name=_one_line(letter.name)),
        "opening": tuple(_opening(letter, first, last)),
        "focus": week.get("focus", ""),
        "days": tuple(_days(week, words)),
        "page_url": letter.page_url,
        "unsubscribe_url": letter.unsubscribe_url,
    }
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _address(letter)
    message["Subject"] = shown["subject"]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = words.language
    message.set_content(_written("week_mail.txt", shown, words))
    message.add_alternative(_written("week_mail.html", shown, words), subtype="html")
    return message


def _written(template: str, shown: Mapping[str, object], words: Messages) -> str:
    return _TEMPLATES.get_template(template).render(mail=shown, words=words.texts)


def _address(letter: WeekLetter) -> Address:
    return Address(display_name=_one_line(letter.name), addr_spec=letter.to)


def _one_line(text: str) -> str:
    """Return a name without line breaks and other signs that do not print."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _opening(letter: WeekLetter, first: str, last: str) -> Iterator[str]:
    words, week = letter.words, letter.week
    yield words("mail.intro", first=first, last=last, week=week["week_number"], weeks=letter.weeks)
    lock = week.get("lock")
    if lock:
        yield from (words("mail.locked"), lock["text"], lock["unlock"])
    elif week["status"] == "paused":
        yield words("mail.paused")
    elif letter.ahead:
        yield words("mail.intro_ahead")
    if week.get("deload") and not lock:
        yield words("mail.lighter")


def _days(week: Json, words: Messages) -> Iterator[_Day]:
    """Yield the days with something to do, and what."""
    for day in week["days"]:
        sessions = tuple(_session(session, words) for session in day["sessions"] if session["items"])
        if sessions:
            yield _Day(_on(date.fromisoformat(day["date"]), _WEEKDAY, words), sessions)


def _session(session: Json, words: Messages) -> _Session:
    title = [session["title"], words("mail.minutes", minutes=session["minutes"])]
    title += [words("mail.done")] if session["status"] == "done" else []
    told = (item["cue"] if session["kind"] == "retest" else _line(item, words) for item in session["items"])
    return _Session(", ".join(title), tuple(told))


def _line(item: Json, words: Messages) -> str:
    """Return one exercise with its dose and load."""
    side = item["side"]
    name = f"{item['name']} ({words(f'dose.side_{side}')})" if side in ("left", "right") else item["name"]
    told = [dose_text(Dose.of(item), words), *_details(item, words)]
    return f"{name}: {', '.join(told)}"


def _details(item: Json, words: Messages) -> Iterator[str]:
    if item.get("load_text"):
        yield item["load_text"]
    if item.get("box_height_cm") is not None:
        yield words("dose.box", centimetres=item["box_height_cm"])
    if item.get("tempo") is not None:
        yield words("dose.tempo", tempo=item["tempo"])
    if item.get("rest_s") is not None:
        yield words("dose.rest", time=seconds_text(item["rest_s"], words))
    if item.get("rpe_max") is not None:
        yield words("dose.effort_of_ten", rpe=f"{item['rpe_max']:g}")
    if item.get("effort_percent") is not None and not item.get("phases"):
        yield words("dose.effort_percent", percent=item["effort_percent"])


def _on(day: date, skeleton: str, words: Messages) -> str:
    return format_skeleton(skeleton, day, locale=words.locale)
