"""What stands in a calendar names no pain and no reason, whoever the client is."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.calendars.appointments import Appointment, Moment, appointments
from app.calendars.feed import write_feed
from app.person_file import read_person_file
from app.plan_command import _report
from app.resources import resource_directory
from app.revisions import Place
from planner.catalogue import Catalogue
from planner.wire import dump_week
from tests.app.calendar_reader import read
from tests.app.test_calendar_feed import URL, a_client

PEOPLE = sorted(path for path in (resource_directory("seeds") / "demo").glob("*.yaml") if path.stem != "gym")
PAIN_WORDS = re.compile(
    r"pain|hurt|ache|sore|tight|sharp|stiff|numb|tingl|symptom|injur|diagnos|disc|nerve|sciatica|flare|irritab|"
    r"red.?flag|clinic|doctor|surgery|patholog|limit|weak|stop|refer|lock|because|lower back",
    re.IGNORECASE,
)


def _shown(path: Path, catalogue: Catalogue) -> Iterator[Appointment]:
    """Yield the appointments of a person's first block, as planned and as if every week had begun."""
    report = _report(read_person_file(path.read_text()), catalogue, weeks=6, starts_on=date(2026, 11, 2))
    block = report.planned.block
    for version in ("earned", "projected"):
        rows = {week.week_number: dump_week(week).decode() for week in getattr(block, version)}
        weeks = {number: Place(version, 1) for number in rows}
        moment = Moment(stamp=1, since=datetime(2026, 11, 2, tzinfo=UTC), weeks=weeks)
        yield from appointments([moment], lambda number, _, rows=rows: rows[number])  # type: ignore[misc]


@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_no_week_names_pain_or_a_reason(path: Path, catalogue: Catalogue) -> None:
    """Neither in a title nor in a text, while it stands and when it is cancelled."""
    found = list(_shown(path, catalogue))
    each = {one.id: one for one in found}.values()
    texts = [write_feed(a_client(), [*each], public_url=URL)]
    texts.append(
        write_feed(
            a_client(),
            [Appointment(id=one.id, plan=one.plan, cancelled=True, stamp=9, since=one.since) for one in each],
            public_url=URL,
        )
    )

    assert len(found) > 40
    entries = [entry for text in texts for entry in read(text).values()]
    assert {entry.title.split(",")[0].removeprefix("Cancelled: ") for entry in entries} <= {
        "Squat session",
        "Joint session",
        "Easy movement",
        "Re-test",
        "Daily joint circles",
    }
    assert [said for entry in entries for said in PAIN_WORDS.findall(f"{entry.title}\n{entry.text}")] == []


def test_a_whole_block_stays_small(catalogue: Catalogue) -> None:
    """A feed that is fetched every few hours: under 64 KB for six weeks."""
    sizes = []
    for path in PEOPLE:
        each = {one.id: one for one in _shown(path, catalogue)}
        sizes.append(len(write_feed(a_client(), list(each.values()), public_url=URL).encode()))

    assert max(sizes) < 64 * 1024
