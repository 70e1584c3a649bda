"""A calendar program as the tests know it: an independent reader, and a store that keeps one entry per UID."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as a program shows it: its instant, or its day."""

    uid: str
    sequence: int
    start: datetime | date
    minutes: int
    title: str
    text: str
    cancelled: bool

    @property
    def content(self) -> tuple[object, ...]:
        """Return everything but the number that says it changed."""
        return self.start, self.minutes, self.title, self.text, self.cancelled


def _instant(start: datetime | date) -> datetime | date:
    return start.astimezone(UTC) if isinstance(start, datetime) else start


def read(text: str) -> dict[str, Entry]:
    """Read a feed with a reader that shares no code with the writer; each UID stands once."""
    found = [
        Entry(
            uid=str(event.uid),
            sequence=int(event.sequence or 0),
            start=_instant(event.start),
            minutes=int((event.duration or timedelta()).total_seconds() // 60),
            title=event.summary or "",
            text=event.description or "",
            cancelled=event.status is not None and event.status.value == "CANCELLED",
        )
        for event in IcsCalendarStream.calendar_from_ics(text).events
    ]
    assert len({entry.uid for entry in found}) == len(found)
    return {entry.uid: entry for entry in found}


def read_back(text: str) -> dict[str, Entry]:
    """Read a feed with the writer's own package."""
    return {
        str(event["UID"]): Entry(
            uid=str(event["UID"]),
            sequence=int(event["SEQUENCE"]),
            start=_instant(event.start),
            minutes=int(event.duration.total_seconds() // 60),
            title=str(event["SUMMARY"]),
            text=str(event["DESCRIPTION"]),
            cancelled=event["STATUS"] == "CANCELLED",
        )
        for event in Calendar.from_ical(text).events
    }


@dataclass(slots=True)
class Program:
    """A calendar program: it takes an entry over when its number is higher, and never deletes."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def take(self, text: str) -> dict[str, Entry]:
        """Import a feed; whatever differs from what is kept must carry a higher number, and nothing may be gone."""
        told = read(text)
        assert self.entries.keys() <= told.keys()
        for uid, entry in told.items():
            kept = self.entries.get(uid)
            assert kept is None or entry.sequence >= kept.sequence, (kept, entry)
            if kept is None or entry.sequence > kept.sequence:
                self.entries[uid] = entry
            else:
                assert entry.content == kept.content, (kept, entry)
        return told
