"""What a calendar is told over months of revisions, weeks that begin, new blocks and journeys: numbers only rise."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.block_days import DAYS, first_day, last_day, version_for
from app.block_weeks import WeekKey
from app.calendars.appointments import Appointment, appointments
from app.calendars.feed import sequence
from app.calendars.history import History, Revision, Successor
from app.local_time import local_day
from app.revisions import Place
from app.tables import Client

STARTS_ON = date(2026, 11, 2)
BEGINNING = datetime(2026, 11, 1, 12, tzinfo=UTC)
ZONES = ["Pacific/Kiritimati", "Pacific/Auckland", "America/Chicago", "Etc/GMT+12", "UTC"]
Told = dict[str, tuple[int, datetime, object]]


@dataclass(slots=True)
class Life:
    """A block as the service stores it, and a client who travels."""

    now: datetime = BEGINNING
    zone: str = "UTC"
    version: int = 1
    changed_at: datetime = BEGINNING
    weeks: int = 3
    starts_on: date = STARTS_ON
    finished_at: datetime | None = None
    rows: dict[tuple[int, Place], str] = field(default_factory=dict)
    current: dict[WeekKey, int] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    successors: list[Successor] = field(default_factory=list)

    def plan(self, plans: tuple[int, ...] = (0, 0, 0), *, locked: bool = False) -> None:
        """Store a revision: what each week holds, as earned and as projected, and shown as in the present zone."""
        if self.finished_at is not None:
            return
        revision, today = len(self.revisions) + 1, local_day(self.now, self.zone)
        for number, plan in enumerate(plans, start=1):
            begun = first_day(self, number) <= today
            self._store(number, "earned", revision, plan)
            self._store(number, "projected", revision, plan)
            self.current.pop((number, "withheld"), None)
            if locked and begun:
                self._store(number, "withheld", revision, 4)
        self._revise()

    def _store(self, number: int, version: str, revision: int, plan: int) -> None:
        body = _body(first_day(self, number), plan, projected=version == "projected")
        old = self.current.get((number, version))
        if old is None or self.rows[number, Place(version, old)] != body:
            self.current[number, version] = revision
            self.rows[number, Place(version, revision)] = body

    def _revise(self) -> None:
        today = local_day(self.now, self.zone)
        shown = {}
        for number in range(1, self.weeks + 1):
            versions = [version for week, version in self.current if week == number]
            version = version_for(versions, begun=first_day(self, number) <= today)
            shown[number] = Place(version, self.current[number, version])
        self.revisions.append(Revision(number=len(self.revisions) + 1, at=self.now, weeks=shown))

    def travel(self, zone: str) -> None:
        """Change the client's record."""
        self.zone, self.version, self.changed_at = zone, self.version + 1, self.now

    def finish(self) -> None:
        """End the block."""
        if self.finished_at is None:
            self.finished_at = self.now
            self._revise()

    def succeed(self, days: int) -> None:
        """Begin another block."""
        if self.finished_at is not None:
            starts_on = local_day(self.now, self.zone) + timedelta(days=days)
            self.successors.append(Successor(created_at=self.now, starts_on=starts_on))

    def appointments(self) -> list[Appointment]:
        """Return what a calendar shows now."""
        history = History(
            starts_on=self.starts_on,
            weeks=self.weeks,
            finished_at=self.finished_at,
            revisions=self.revisions,
            rows=self.rows.keys(),
            current=self.current,
            successors=self.successors,
            time_zone=self.zone,
            changed_at=self.changed_at,
        )
        moments = history.moments(self.now)
        found = appointments(moments, lambda number, place: self.rows[number, place])
        return [history.renewed(one) for one in found]

    def fetch(self) -> Told:
        """Return number, instant and content of each entry."""
        client = Client(id=UUID(int=1), version=self.version)  # type: ignore[call-arg]
        return {
            one.id: (sequence(client, one), one.since, (self.zone, one.cancelled, _said(one)))
            for one in self.appointments()
        }

    def shown(self) -> dict[str, bool]:
        """Return the sessions that the API serves now, and whether they are told as ahead."""
        today = local_day(self.now, self.zone)
        found = {}
        for number in range(1, self.weeks + 1):
            versions = [version for week, version in self.current if week == number]
            version = version_for(versions, begun=first_day(self, number) <= today)
            week = json.loads(self.rows[number, Place(version, self.current[number, version])])
            sessions = [one for day in week["days"] for one in day["sessions"] if one["status"] == "planned"]
            found |= {one["id"]: bool(week["projected"]) for one in sessions}
        return found


def _said(one: Appointment) -> object:
    """Return what the text of an entry is made from; one that is off does not say what it was."""
    return replace(one.plan, items=(), ahead=False, circles_min=0) if one.cancelled else one.plan


def _body(first: date, plan: int, *, projected: bool) -> str:
    """Return a week with two sessions of which one moves, one is skipped or neither is there, as `plan` says."""
    one = {"id": f"{first}-a", "kind": "squat", "minutes": 30, "status": "skipped" if plan == 3 else "planned"}
    two = {"id": f"{first}-b", "kind": "joint", "minutes": 20 + plan % 2, "status": "planned"}
    item = {"name": "Squat", "side": "both", "sets": 3, "reps": 6, "load_text": f"{20 + plan} kg"}
    held = [{**session, "items": [item]} for session in (one, two)] if plan != 4 else []
    days = [first + timedelta(days=offset) for offset in (0, 2 + plan % 2)]
    dated = zip(days, held, strict=False)
    return json.dumps(
        {"projected": projected, "days": [{"date": on.isoformat(), "sessions": [each]} for on, each in dated]}
    )


def _assert_rises(before: Told, after: Told) -> None:
    assert before.keys() <= after.keys()
    for each, (number, since, content) in before.items():
        assert after[each][0] >= number, each
        assert after[each][1] >= since, each
        assert after[each][2] == content or after[each][0] > number, each


@st.composite
def _steps(draw: st.DrawFn) -> list[tuple[str, object]]:
    step = st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([0, 1, 6, 11, 24, 60])),
        st.tuples(st.just("travel"), st.sampled_from(ZONES)),
        st.tuples(st.just("plan"), st.tuples(*[st.integers(0, 4)] * 3)),
        st.tuples(st.just("lock"), st.tuples(*[st.integers(0, 3)] * 3)),
        st.tuples(st.just("finish"), st.none()),
        st.tuples(st.just("succeed"), st.integers(-3, 9)),
    )
    return draw(st.lists(step, min_size=4, max_size=30))


def _do(life: Life, name: str, value: object) -> None:
    if name == "wait":
        life.now += timedelta(hours=value)  # type: ignore[arg-type]
    elif name in ("plan", "lock"):
        life.plan(value, locked=name == "lock")  # type: ignore[arg-type]
    elif name == "finish":
        life.finish()
    else:
        getattr(life, name)(value)


WEST, EAST = ("travel", "America/Chicago"), ("travel", "Pacific/Auckland")
PLANS = [("plan", (load % 3, load % 3, load % 3)) for load in range(6)]


@settings(max_examples=300, deadline=None)
@given(_steps(), st.booleans())
@example([WEST, ("wait", 174), *PLANS, ("wait", 20), EAST, ("wait", 1), WEST], False)
@example([EAST, ("wait", 168), *PLANS, WEST, ("wait", 11), *PLANS, ("wait", 11)], False)
def test_numbers_and_instants_never_fall_and_rise_with_every_change(
    steps: list[tuple[str, object]], at_one_instant: bool
) -> None:
    """Whatever happens in whichever order, several things at one instant too, for a reader after every step."""
    life = Life()
    life.plan()
    told = life.fetch()
    for name, value in steps:
        if not at_one_instant:
            life.now += timedelta(seconds=1)
        _do(life, name, value)
        later = life.fetch()
        _assert_rises(told, later)
        told = later


@settings(max_examples=150, deadline=None)
@given(_steps())
def test_what_stands_is_what_the_week_reads_say(steps: list[tuple[str, object]]) -> None:
    """Also on the day between two zones: a week that has not begun here is ahead, one that has is as earned."""
    life = Life()
    life.plan()
    for name, value in steps:
        if name not in ("finish", "succeed"):
            _do(life, name, value)

    standing = {one.id: one.plan.ahead for one in life.appointments() if not one.cancelled}
    assert standing == life.shown()


def test_a_journey_to_where_the_week_has_begun_and_back() -> None:
    """The running week is told as earned there, as ahead back home, each time with a higher number."""
    life = Life(zone="America/Chicago")
    life.plan()
    life.now = datetime(2026, 11, 9, 3, tzinfo=UTC)  # Monday in Auckland, Sunday in Chicago
    squat = "2026-11-09-a"
    ahead = []
    numbers = []
    for zone in ("America/Chicago", "Pacific/Auckland", "America/Chicago"):
        life.now += timedelta(minutes=5)
        life.travel(zone)
        (one,) = (one for one in life.appointments() if one.id == squat)
        ahead.append(one.plan.ahead)
        numbers.append(life.fetch()[squat][0])

    assert ahead == [True, False, True]
    assert numbers == sorted(set(numbers))


def test_a_block_that_is_created_later_takes_its_days_with_a_higher_number() -> None:
    """The one before it ended the same day and has no revision of its own for that."""
    life = Life(now=datetime(2026, 11, 4, 12, tzinfo=UTC))
    life.plan()
    life.finish()
    before = life.fetch()
    life.now += timedelta(hours=2)
    life.succeed(-2)
    after = life.fetch()

    _assert_rises(before, after)
    assert after["2026-11-02-a"][2] != before["2026-11-02-a"][2]


def test_only_what_a_revision_changed_gets_its_number() -> None:
    """Once the client's own change has passed, a revision of one week leaves the entries of the others alone."""
    life = Life()
    for plans in ((0, 0, 0), (1, 0, 0), (1, 1, 0)):
        life.now += timedelta(hours=1)
        life.plan(plans)
        before = life.fetch()
    life.now += timedelta(hours=1)
    life.plan((1, 2, 0))
    after = life.fetch()

    assert {each for each in after if after[each] != before[each]} == {
        "2026-11-09-b"
    }  # the load of the other is not told


@pytest.mark.parametrize("day", range(0, 28, 3))
def test_a_day_that_passes_changes_nothing_but_with_a_week(day: int) -> None:
    life = Life(now=BEGINNING + timedelta(days=day))
    life.revisions, life.rows = [], {}
    life.plan()
    before = life.fetch()
    life.now += timedelta(hours=11, minutes=59)

    assert life.fetch() == before
    assert last_day(life) == STARTS_ON + timedelta(days=life.weeks * DAYS - 1)
