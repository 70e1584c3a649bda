"""A client's appointments, gathered from their blocks: the running one, and those that ended a short time ago."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy.orm import QueryableAttribute, load_only
from sqlalchemy.orm.strategy_options import _AbstractLoad
from sqlmodel import Session, col, select

from app import tables
from app.block_days import DAYS, first_day, last_day, version_for
from app.calendars.appointments import Appointment, Moment, appointments
from app.local_time import local_day, start_of_day
from app.plan_store import Stored, WeekKey, current_weeks
from app.revisions import Place, load_shown

KEPT_FOR = timedelta(days=28)
"""How long the sessions of a block stay in the feed after its last day."""

Rows = Mapping[tuple[int, Place], str]
"""The JSON of every stored row of a block's weeks."""


def client_appointments(session: Session, client: tables.Client, *, now: datetime) -> list[Appointment]:
    """Return what a client's calendar shows, cancelled sessions too."""
    found: list[Appointment] = []
    taken_on = date.max
    for block in _blocks(session, client, local_day(now, client.time_zone) - KEPT_FOR):
        revisions, current = _revisions(session, block), current_weeks(session, block)
        # The rows come last: whatever is named above, by a writer at the same time too, is among them.
        history = _History(block=block, rows=_rows(session, block), time_zone=client.time_zone, taken_on=taken_on)
        moments = [*history.moments(revisions, now)]
        if revisions[-1].shown is None:
            moments.append(history.present(current, revisions[-1].at, now))
        found += appointments(moments, history.body)
        taken_on = min(taken_on, block.starts_on)
    return found


def _blocks(session: Session, client: tables.Client, since: date) -> Sequence[tables.Block]:
    """Return the blocks that reach to a day, the newest first, without their documents."""
    block = tables.Block
    statement = (
        select(block)
        .where(block.organization_id == client.organization_id, block.client_id == client.id)
        .order_by(col(block.created_at).desc(), col(block.id).desc())
        .options(_only(block.starts_on, block.weeks, block.finished_at, block.revision))
    )
    return [found for found in session.exec(statement) if last_day(found) >= since]


def _revisions(session: Session, block: tables.Block) -> Sequence[tables.BlockRevision]:
    """Return the revisions of a block in order, without what they decided."""
    row = tables.BlockRevision
    statement = (
        select(row)
        .where(row.organization_id == block.organization_id, row.block_id == block.id)
        .order_by(col(row.revision))
        .options(_only(row.at, row.shown))
    )
    return session.exec(statement).all()


def _only(*columns: object) -> _AbstractLoad:
    """Read no other columns of a row but its key: some hold hundreds of kilobytes."""
    return load_only(*cast(tuple[QueryableAttribute[object], ...], columns))


def _rows(session: Session, block: tables.Block) -> Rows:
    week = tables.BlockWeek
    statement = select(week.week_number, week.version, week.revision, week.body).where(
        week.organization_id == block.organization_id, week.block_id == block.id
    )
    return {(number, Place(version, revision)): body for number, version, revision, body in session.exec(statement)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """What readers of a block saw, from its first revision until now."""

    block: tables.Block
    rows: Rows
    time_zone: str
    taken_on: date  # a later block plans from then on

    def body(self, number: int, place: Place) -> str:
        """Return the JSON of a row."""
        return self.rows[number, place]

    def moments(self, revisions: Sequence[tables.BlockRevision], now: datetime) -> Iterator[Moment]:
        """Yield what each revision showed, and what changed by itself before the next: a week begins, as earned."""
        ends = [*(row.at for row in revisions[1:]), now]
        for row, end in zip(revisions, ends, strict=True):
            begun, later = (self._begun(local_day(at, self.time_zone)) for at in (row.at, end))
            shown = load_shown(row)
            weeks = self._written(row.revision, begun) if shown is None else shown.weeks
            yield self._moment(row.revision, begun, row.at, weeks)
            for number in range(begun + 1, later + 1):
                weeks = {**weeks, number: self._earned(number, weeks[number], row.revision)}
                since = start_of_day(first_day(self.block, number), self.time_zone)
                yield self._moment(row.revision, number, since, weeks)

    def present(self, current: Mapping[WeekKey, Stored], since: datetime, now: datetime) -> Moment:
        """Return what is shown now, for blocks whose newest revision does not say it."""
        begun = self._begun(local_day(now, self.time_zone))
        places = ((number, Place(version, stored.revision)) for (number, version), stored in current.items())
        return self._moment(self.block.revision, begun, since, _shown(places, begun))

    def _written(self, revision: int, begun: int) -> Mapping[int, Place]:
        """Return about what a revision of an earlier version showed: the newest rows there were."""
        there = (key for key in self.rows if key[1].revision <= revision)
        return _shown(sorted(there, key=lambda key: key[1].revision), begun)

    def _moment(self, revision: int, begun: int, since: datetime, weeks: Mapping[int, Place]) -> Moment:
        """Return a moment; revisions and begun weeks only ever grow, so their sum does too."""
        finished_at = self.block.finished_at
        ended = finished_at is not None and since >= finished_at
        return Moment(
            stamp=revision + begun,
            since=since,
            weeks=weeks,
            ended_on=local_day(finished_at, self.time_zone) if finished_at is not None and ended else date.max,
            taken_on=self.taken_on if ended else date.max,
        )

    def _begun(self, today: date) -> int:
        """Return how many weeks of the block have begun on a day."""
        return max(0, min(self.block.weeks, (today - self.block.starts_on).days // DAYS + 1))

    def _earned(self, number: int, place: Place, until: int) -> Place:
        """Return the row a week is shown by once it has begun: what holds it back stays, a projection gives way."""
        if place.version != "projected":
            return place
        earned = [known.revision for week, known in self.rows if (week, known.version) == (number, "earned")]
        written = [revision for revision in earned if revision <= until]
        return Place("earned", max(written)) if written else place


def _shown(places: Iterable[tuple[int, Place]], begun: int) -> dict[int, Place]:
    """Return the row each week is shown by; of rows of one version the last one counts."""
    weeks: dict[int, dict[str, Place]] = {}
    for number, place in places:
        weeks.setdefault(number, {})[place.version] = place
    return {number: known[version_for(known, begun=number <= begun)] for number, known in weeks.items()}
