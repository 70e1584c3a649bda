"""Stored weeks of blocks: which versions are current, what they say, and how a revision puts others in their place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, select

from app import tables
from app.block_days import DAYS, first_day
from app.compressed import deflated
from app.kept_states import KEPT_WEEKS
from app.statements import Statement
from app.table_kit import table_of
from planner.plan import Week
from planner.wire import dump_week, load_week

WeekKey = tuple[int, str]
"""Number and version of a stored week."""

_BLOCK_WEEKS: Final = table_of(tables.BlockWeek)
_CURRENT: Final = (
    _BLOCK_WEEKS.c.organization_id == bindparam("organization"),
    _BLOCK_WEEKS.c.block_id == bindparam("block"),
    _BLOCK_WEEKS.c.is_current,
)
PLACES: Final = select(_BLOCK_WEEKS.c.week_number, _BLOCK_WEEKS.c.version, _BLOCK_WEEKS.c.revision, _BLOCK_WEEKS.c.etag)
"""Week versions without their content."""
_CURRENT_WEEKS: Final = Statement(PLACES.where(*_CURRENT))
_EARNED_BODIES: Final = select(_BLOCK_WEEKS.c.week_number, _BLOCK_WEEKS.c.body).where(
    *_CURRENT, _BLOCK_WEEKS.c.version == "earned"
)
_TAGGED_BODY: Final = select(_BLOCK_WEEKS.c.body).where(*_CURRENT, _BLOCK_WEEKS.c.etag == bindparam("etag")).limit(1)
_RETIRE: Final = (
    update(_BLOCK_WEEKS)
    .where(*_CURRENT, _BLOCK_WEEKS.c.week_number == bindparam("number"), _BLOCK_WEEKS.c.version == bindparam("retired"))
    .values(is_current=False)
)
_INSERT_WEEKS: Final = insert(_BLOCK_WEEKS)


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored version of a week: the revision that wrote it, and what tells whether its content changed."""

    revision: int
    etag: str


def content_tag(body: str) -> str:
    """Return what tells whether a stored week changed."""
    return sha256(body.encode()).hexdigest()[:32]


def current_weeks(session: Session, block: tables.Block) -> dict[WeekKey, Stored]:
    """Return every current week version, without its content."""
    return by_key(_CURRENT_WEEKS.all(session, _named(block)))


def by_key(rows: Iterable[tuple[int, str, int, str]]) -> dict[WeekKey, Stored]:
    """Return rows of `PLACES` by number and version."""
    return {(number, version): Stored(revision, etag) for number, version, revision, etag in rows}


def _named(block: tables.Block) -> dict[str, UUID]:
    return {"organization": block.organization_id, "block": block.id}


def stored_weeks(
    session: Session, block: tables.Block, current: Mapping[WeekKey, Stored], numbers: Iterable[int]
) -> dict[int, Week]:
    """Return the current earned version of some weeks; `current` as `current_weeks` has them."""
    tags = {number: current[number, "earned"].etag for number in numbers if (number, "earned") in current}
    return {number: week_tagged(session, block.organization_id, block.id, etag) for number, etag in tags.items()}


def week_tagged(session: Session, organization_id: UUID, block_id: UUID, etag: str) -> Week:
    """Return a current week by the tag of its content; its JSON is read only where this process does not know it."""
    week = KEPT_WEEKS.find((block_id, etag))
    if week is None:
        named = {"organization": organization_id, "block": block_id, "etag": etag}
        week = load_week(session.execute(_TAGGED_BODY, named).scalar_one())
        KEPT_WEEKS.keep((block_id, etag), week)
    return week


def earned_bodies(session: Session, block: tables.Block) -> dict[int, str]:
    """Return the JSON of the current earned version of every week."""
    return dict(session.execute(_EARNED_BODIES, _named(block)).all())


def changed_bodies(
    block: tables.Block, weeks: Mapping[WeekKey, Week], before: Mapping[WeekKey, Stored]
) -> dict[WeekKey, str]:
    """Return the JSON of the weeks that are not as they were stored; what equals a stored week is not written out."""
    fresh: dict[WeekKey, str] = {}
    for key, week in weeks.items():
        stored = before[key].etag if key in before else ""
        if KEPT_WEEKS.find((block.id, stored)) == week:
            continue
        body = dump_week(week).decode()
        etag = content_tag(body)
        if etag != stored:
            fresh[key] = body
        if key[1] == "earned":  # the next fact asks for it
            KEPT_WEEKS.keep((block.id, etag), week)
    return fresh


def replace_weeks(
    session: Session, block: tables.Block, fresh: Mapping[WeekKey, str], gone: Iterable[WeekKey], revision: int
) -> None:
    """Retire what changed before its successor comes: one version of a week is current at any time."""
    retired = [_named(block) | {"number": number, "retired": version} for number, version in (*fresh, *gone)]
    if retired:
        session.execute(_RETIRE, retired)
    rows = [_row(block, key, body, revision) for key, body in fresh.items()]
    if rows:
        session.execute(_INSERT_WEEKS, rows)


def _row(block: tables.Block, key: WeekKey, body: str, revision: int) -> dict[str, object]:
    number, version = key
    starts_on = first_day(block, number)
    return {
        "organization_id": block.organization_id,
        "block_id": block.id,
        "week_number": number,
        "version": version,
        "revision": revision,
        "is_current": True,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=DAYS - 1),
        "etag": content_tag(body),
        "body": body,
        "packed": deflated(body[1:].encode()),
    }
