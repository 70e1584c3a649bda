"""What readers of a block saw, from its first revision until now, told so that numbers only ever rise.

The weeks that begin are found in the client's present zone, whatever it was before. A change of the client's record is
therefore a change of every entry: what was told before it lies below, whichever zone it was told in.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise

from app.block_days import DAYS, first_day, version_for
from app.block_weeks import WeekKey
from app.calendars.appointments import EVERY_DAY, NO_DAY, Appointment, Moment
from app.local_time import local_day, start_of_day
from app.revisions import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision of a block: when, and the row of each week it showed, None in rows of earlier versions."""

    number: int
    at: datetime
    weeks: Mapping[int, Place] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """A later block of the same client: since when it is there, and from which day on it plans."""

    created_at: datetime
    starts_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is stored of a block, and how its client's clock goes.

    `rows` are all stored rows of its weeks, `current` those that count now; `changed_at` is the last change of the
    client's record.
    """

    starts_on: date
    weeks: int
    finished_at: datetime | None
    revisions: Sequence[Revision]
    rows: Collection[tuple[int, Place]]
    current: Mapping[WeekKey, int]
    successors: Sequence[Successor]
    time_zone: str
    changed_at: datetime

    def moments(self, now: datetime) -> Iterator[Moment]:
        """Yield what each revision showed, what changed by itself before the next one, and what is shown now.

        A week that begins is shown as earned. The last moment differs from the one before it when the zone or a later
        block changed what readers see.
        """
        instants = [*accumulate((row.at for row in self.revisions), max), now]
        # What was told since the client's change was not what earlier revisions had shown: nothing is like before.
        first = next((row.number for row in self.revisions if row.at > self.changed_at), None)
        moment = None
        for row, (at, end) in zip(self.revisions, pairwise(instants), strict=True):
            for moment in self._between(row, at, end, EVERY_DAY if row.number == first else NO_DAY):
                yield moment
        if moment is not None:
            yield self._present(moment, now)

    def renewed(self, one: Appointment) -> Appointment:
        """Return an entry with the number and instant of the client's last change, if it is older than that."""
        revision = self._revision_at(self.changed_at)
        if revision == 0:
            return one
        least = self._stamp(revision, self.changed_at) + 1
        return replace(one, stamp=max(one.stamp, least), since=max(one.since, self.changed_at))

    def _between(self, row: Revision, at: datetime, end: datetime, anew: tuple[date, date]) -> Iterator[Moment]:
        """Yield what a revision showed from `at` to `end`."""
        begun = self._begun(at)
        weeks = self._written(row.number, begun) if row.weeks is None else row.weeks
        yield self._moment(row.number, at, weeks, anew)
        for number in range(begun + 1, self._begun(end) + 1):
            weeks = {**weeks, number: self._earned(number, weeks[number], row.number)}
            first = first_day(self, number)
            since = max(at, start_of_day(first, self.time_zone))
            yield self._moment(row.number, since, weeks, (first, first + timedelta(days=DAYS - 1)))

    def _present(self, last: Moment, now: datetime) -> Moment:
        """Return what is shown now: rows that a writer added after the revisions were read count too."""
        places = [(number, Place(version, revision)) for (number, version), revision in self.current.items()]
        revision = max([self.revisions[-1].number, *self.current.values()])
        since = max([last.since, *(later.created_at for later in self.successors)])
        return self._moment(revision, since, _shown(places, self._begun(now)), NO_DAY)

    def _written(self, revision: int, begun: int) -> Mapping[int, Place]:
        """Return about what a revision of an earlier version showed: the newest rows there were."""
        there = (key for key in self.rows if key[1].revision <= revision)
        return _shown(sorted(there, key=lambda key: key[1].revision), begun)

    def _moment(self, revision: int, since: datetime, weeks: Mapping[int, Place], anew: tuple[date, date]) -> Moment:
        ended = self._ended_at(revision, since)
        taken = [later.starts_on for later in self.successors if later.created_at <= since]
        return Moment(
            stamp=self._stamp(revision, since),
            since=since,
            weeks=weeks,
            anew=anew,
            ended_on=date.max if ended is None else local_day(ended, self.time_zone),
            taken_on=date.max if ended is None else min(taken, default=date.max),
        )

    def _ended_at(self, revision: int, since: datetime) -> datetime | None:
        """Return when the block ended; the revision that ended it may have come at the instant of others."""
        at = self.finished_at
        return at if at is not None and since >= at and revision >= self._revision_at(at) else None

    def _revision_at(self, at: datetime) -> int:
        """Return the newest revision of an instant, 0 before the first."""
        return max((row.number for row in self.revisions if row.at <= at), default=0)

    def _stamp(self, revision: int, at: datetime) -> int:
        """Return a number that never falls from one moment to the next, for each of its parts only grows."""
        taken = sum(later.created_at <= at for later in self.successors)
        return revision + self._begun(at) + taken + (at > self.changed_at)

    def _begun(self, at: datetime) -> int:
        """Return how many weeks of the block have begun at an instant, in the client's present zone."""
        today = local_day(at, self.time_zone)
        return max(0, min(self.weeks, (today - self.starts_on).days // DAYS + 1))

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
