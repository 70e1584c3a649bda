"""Clients: the record, and the dated profile versions behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select, tuple_

from app import tables
from app.client_locks import lock_client
from app.clients.schemas import ClientChange, ClientCreate
from app.errors import Forbidden, InvalidInput
from app.fact_bodies import RECORD_FIELDS, dump_body, to_fact_body, to_profile
from app.facts import NewFact, newest_profile, store_fact
from app.ids import new_id
from app.local_time import local_day
from app.paging import cut, place_in_time
from app.planning import Desk, record_fact
from app.signed_in import SignedIn
from app.week_schedule import reschedule, schedule_of
from planner.errors import Fault
from planner.facts import Profile


def add_client(
    session: Session, who: SignedIn, body: ClientCreate, *, now: datetime, client_id: UUID | None = None
) -> tables.Client:
    """Store a client with a first profile version."""
    profile = to_profile(body)
    _check(profile, today=local_day(now, body.time_zone))
    client = tables.Client(
        organization_id=who.organization_id,
        id=client_id or new_id(),
        display_name=body.display_name,
        time_zone=body.time_zone,
        locale=profile.locale,
        session_time=body.session_time,
        profile=dump_body(profile),
        coach_id=who.person_id,
        created_at=now,
    )
    session.add(client)
    session.flush()
    who.seen.add(client.id)
    store_fact(session, client, NewFact(id=new_id(), body=profile, performed_at=now), author_id=who.person_id, now=now)
    return client


def list_clients(
    session: Session, who: SignedIn, *, archived: bool, coach_id: UUID | None, limit: int, cursor: str | None
) -> tuple[Sequence[tables.Client], str | None]:
    """Return a page of the organization's clients, newest first: of one coach, or all."""
    scope = f"{who.organization_id}/clients/{archived}/{coach_id}"
    statement = (
        select(tables.Client)
        .where(
            tables.Client.organization_id == who.organization_id,
            col(tables.Client.archived_at).is_not(None) if archived else col(tables.Client.archived_at).is_(None),
        )
        .order_by(col(tables.Client.created_at).desc(), col(tables.Client.id).desc())
        .limit(limit + 1)
    )
    if coach_id is not None:
        statement = statement.where(tables.Client.coach_id == coach_id)
    after = place_in_time(cursor, scope=scope)
    if after is not None:
        statement = statement.where(tuple_(tables.Client.created_at, tables.Client.id) < tuple_(*after))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (row.created_at.isoformat(), str(row.id)))


def change_client(desk: Desk, who: SignedIn, change: ClientChange) -> tables.Client:
    """Apply a merge patch; a changed profile becomes a new dated version and counts from now on."""
    client, changes = desk.client, change.model_dump(exclude_unset=True)
    lock_client(desk.session, client)
    desk.session.refresh(client)
    before = newest_profile(client)
    after = _merged(
        before, {name: value for name, value in changes.items() if name not in (*RECORD_FIELDS, "archived")}
    )
    if not who.is_staff:
        _refuse_coach_only(changes, before)
    for name in RECORD_FIELDS:
        setattr(client, name, changes.get(name, getattr(client, name)))
    if "time_zone" in changes:
        reschedule(desk.session, client, schedule_of(desk.session, client), now=desk.now)
    if "archived" in changes:
        client.archived_at = (client.archived_at or desk.now) if changes["archived"] else None
    note_change(client, now=desk.now)
    if after != before:
        _check(after, today=desk.today)
        client.profile, client.locale = dump_body(after), after.locale
    desk.session.add(client)
    if after != before:
        record_fact(desk, NewFact(id=new_id(), body=after, performed_at=desk.now))
    return client


def archive(session: Session, client: tables.Client, *, now: datetime) -> None:
    """Take a client off the list; nothing is deleted."""
    client.archived_at = client.archived_at or now
    note_change(client, now=now)
    session.add(client)


def note_change(client: tables.Client, *, now: datetime) -> None:
    """Count a change of the record, and when it was: calendars tell it by both."""
    client.version += 1
    client.changed_at = now


def _merged(before: Profile, changes: Mapping[str, object]) -> Profile:
    """Return the profile after a merge patch: objects merge, lists and values are replaced, null removes."""
    values = asdict(before)
    for name, value in changes.items():
        inner = values.get(name)
        if isinstance(value, dict) and isinstance(inner, dict):
            kept = {key: part for key, part in (inner | value).items() if part is not None}
            values[name] = kept
        else:
            values[name] = value
    _drop_foreign_maximum(before, values, changes)
    return to_fact_body(Profile, values)


def _drop_foreign_maximum(before: Profile, values: dict[str, object], changes: Mapping[str, object]) -> None:
    """A maximum is of one squat: with another squat and no new maximum, loads start by feel."""
    squat, sent = values["preferred_squat"], changes.get("preferred_squat")
    if not (isinstance(squat, dict) and isinstance(sent, dict)):
        return
    if squat["variation"] != before.preferred_squat.variation and "one_rep_max_kg" not in sent:
        squat.pop("one_rep_max_kg", None)
        squat.pop("last_heavy_on", None)


def _refuse_coach_only(changes: Mapping[str, object], before: Profile) -> None:
    """Keep members from lifting their own limits or raising the loads planned from their maximum."""
    squat = changes.get("preferred_squat")
    maximum = before.preferred_squat.one_rep_max_kg
    other_maximum = isinstance(squat, dict) and squat.get("one_rep_max_kg", maximum) != maximum
    if "limits" in changes or "archived" in changes or other_maximum:
        raise Forbidden("coach_only")


def _check(profile: Profile, *, today: date) -> None:
    """Refuse what no schema can see: days that have not come yet."""
    faults = []
    if profile.birth_year > today.year:
        faults.append(Fault("/birth_year", "in_the_future"))
    heavy = profile.preferred_squat.last_heavy_on
    if heavy is not None and heavy > today:
        faults.append(Fault("/preferred_squat/last_heavy_on", "in_the_future"))
    for index, limit in enumerate(profile.limits):
        if limit.cleared_on is not None and limit.cleared_on > today:
            faults.append(Fault(f"/limits/{index}/cleared_on", "in_the_future"))
    if faults:
        raise InvalidInput(faults=tuple(faults))
