"""What the week page shows: gathered from what is stored, in the order it is read. Nothing is planned."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app import tables
from app.answer_schemas import Lock
from app.blocks import service as blocks
from app.blocks.schemas import PlannedDay, PlannedSession, Week
from app.errors import NoBlock
from app.fact_bodies import load_body
from app.facts import corrected_ids, load_facts, newest_profile
from app.flag_standing import FLAGGED, standing
from app.ids import new_id
from app.local_time import local_day
from app.messages import Messages, messages_for
from app.open_blocks import open_block
from app.own_exercises import find_own, to_exercise
from app.pages.reader import Reader
from app.pages.seen import seen_row
from app.trend.chart import draw
from app.trend.schemas import Trend, TrendRung
from app.trend.service import block_trend
from app.video_links import video_links
from planner.catalogue import Catalogue
from planner.facts import CheckIn, SessionLog
from planner.library import Exercise, Variation
from planner.words import Verdict

_HOUR_S = 3600
_TOLD_OF = frozenset({"done", "partly", "skipped"})
_HOLDING: frozenset[Verdict] = frozenset({"refer", "stop"})
"""What was decided that is told while training is held: of what was to come before, nothing is to be done now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the page is read, and which day it shows in full."""

    now: datetime
    today: date
    shown: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """The check-in of today: what was told, and what its form needs."""

    id: UUID = field(default_factory=new_id)
    told: CheckIn | None = None
    replaces: UUID | None = None
    settled_h: int | None = None  # hours since yesterday's squat, when it is to be asked whether the back has settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """The log of a session that counts: what was told, so that its form begins with it."""

    id: UUID
    told: SessionLog

    @property
    def done(self) -> frozenset[str | None]:
        """Return the items that were done."""
        return frozenset(item.item_id for item in self.told.items if not item.skipped)

    @property
    def effort(self) -> float | None:
        """Return how hard the hardest set was."""
        return max((one.rpe for item in self.told.items for one in item.sets if one.rpe is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The week of the shown day, its block, and what became of it."""

    block: tables.Block
    week: Week
    trend: Trend
    picture: str
    seen: str  # which stored row the week was read from, for its forms

    @property
    def day(self) -> Mapping[date, PlannedDay]:
        """Return the days of the week."""
        return {day.date: day for day in self.week.days}

    @property
    def ladder(self) -> tuple[TrendRung, ...]:
        """Return the rungs to the preferred squat."""
        return self.trend.blocks[0].ladder

    @property
    def rung(self) -> int:
        """Return the index of the rung the client stands on."""
        return self.trend.blocks[0].current_rung


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage:
    """Everything the template asks for."""

    reader: Reader
    words: Messages
    moment: Moment
    lock: Lock | None
    plan: Plan | None
    morning: Morning
    teaching: Mapping[str, Exercise | Variation]
    videos: Mapping[str, str]  # id of an exercise -> where the organization has it shown
    logged: Mapping[UUID, Logged]  # by planned session
    safety: Mapping[str, str]
    changed: tuple[str, ...]

    @property
    def may_log(self) -> bool:
        """Tell whether the shown day has come, so that it can be ticked off."""
        return self.moment.shown <= self.moment.today and self.reader.client.archived_at is None

    def new_id(self) -> UUID:
        """Return an id for what a form will record, so that sending it twice records it once."""
        return new_id()


def moment_at(now: datetime, client: tables.Client, shown: date | None) -> Moment:
    """Return the moment of a reading; without a day the page shows today."""
    today = local_day(now, client.time_zone)
    return Moment(now=now, today=today, shown=shown or today)


def week_page(session: Session, reader: Reader, moment: Moment, catalogue: Catalogue) -> WeekPage:
    """Gather the page of a client's week, in the client's language."""
    client = reader.client
    words, catalogue = messages_for(client.locale), catalogue.spoken(client.locale)
    plan = _plan(session, client, moment, words, catalogue)
    lock = (plan.week.lock if plan else None) or _standing_lock(session, client, moment, catalogue)
    sessions = plan.day[moment.shown].sessions if plan and moment.shown in plan.day else ()
    return WeekPage(
        reader=reader,
        words=words,
        moment=moment,
        lock=lock,
        plan=plan,
        morning=_morning(session, client, moment, plan),
        teaching=_teaching(session, client, plan, catalogue),
        videos=video_links(session, client.organization_id),
        logged=_logged(session, client, sessions),
        safety=catalogue.texts.red_flags,
        changed=_changed(plan, moment, held=lock is not None),
    )


# --- the plan -----------------------------------------------------------------------------------------------------


def _plan(
    session: Session, client: tables.Client, moment: Moment, words: Messages, catalogue: Catalogue
) -> Plan | None:
    try:
        block = blocks.block_holding(session, client, moment.shown)
    except NoBlock:
        return None
    week = blocks.week_holding(session, client, moment.shown, moment.today)
    told = block_trend(session, block, client, moment.today, catalogue)
    return Plan(
        block=block,
        week=Week.model_validate_json(week.text),
        trend=told,
        picture=draw(told, words, units=newest_profile(client).units, standalone=False),
        seen=seen_row(session, block, on=moment.shown, today=moment.today),
    )


def _standing_lock(session: Session, client: tables.Client, moment: Moment, catalogue: Catalogue) -> Lock | None:
    """Return what holds the client back whatever day is shown: the lock of the running block, or told red flags.

    Without a block, unanswered questions wait for one.
    """
    block = open_block(session, client)
    lock = None if block is None else json.loads(block.document).get("lock")
    if lock is not None:
        return Lock.model_validate(lock)
    facts = load_facts(session, client, *FLAGGED)
    result = standing(facts, newest_profile(client), moment.today, catalogue)
    if result.status in {"clear", "incomplete"}:
        return None
    return Lock(urgency=result.status, text=result.text, unlock=result.unlock)


def _changed(plan: Plan | None, moment: Moment, *, held: bool) -> tuple[str, ...]:
    """Return what was decided today, in sentences, each once; while training is held, only what holds it."""
    told = (one for one in (plan.trend.decisions if plan else ()) if one.on == moment.today)
    return tuple(dict.fromkeys(one.because for one in told if not held or one.verdict in _HOLDING))


def _teaching(
    session: Session, client: tables.Client, plan: Plan | None, catalogue: Catalogue
) -> dict[str, Exercise | Variation]:
    """Return how each exercise of the week is done."""
    items = [item for day in plan.week.days for one in day.sessions for item in one.items] if plan else []
    known: dict[str, Exercise | Variation] = {}
    for key in dict.fromkeys(item.exercise for item in items):
        taught: Exercise | Variation | None = catalogue.exercises.get(key) or catalogue.variations.get(key)
        if taught is None:
            own = find_own(session, client.organization_id, key)
            taught = None if own is None else to_exercise(own)
        if taught is not None:
            known[key] = taught
    return known


# --- logs and check-ins -------------------------------------------------------------------------------------------


def _logged(session: Session, client: tables.Client, sessions: Iterable[PlannedSession]) -> dict[UUID, Logged]:
    """Return the log that counts of each session that was told of."""
    found: dict[UUID, Logged] = {}
    for one in sessions:
        if one.status in _TOLD_OF:
            names_it = col(tables.Fact.body).contains(f'"session_id":"{one.id}"', autoescape=True)
            counted = _counting(session, client, "session_log", names_it)
            if counted is not None:
                found[one.id] = Logged(id=counted.id, told=load_body(SessionLog, counted.body))
    return found


def _morning(session: Session, client: tables.Client, moment: Moment, plan: Plan | None) -> Morning:
    told = _counting(session, client, "check_in", col(tables.Fact.performed_on) == moment.today)
    return Morning(
        told=None if told is None else load_body(CheckIn, told.body),
        replaces=None if told is None else told.id,
        settled_h=_hours_since_yesterday(moment, plan),
    )


def _hours_since_yesterday(moment: Moment, plan: Plan | None) -> int | None:
    """Return the hours since the squat of yesterday, None without one: later, others have come between."""
    yesterday = moment.today - timedelta(days=1)
    squats = [one.performed_at for one in plan.trend.exposures if one.on == yesterday] if plan else []
    return ceil((moment.now - max(squats)).total_seconds() / _HOUR_S) if squats else None


def _counting(session: Session, client: tables.Client, kind: str, condition: ColumnElement[bool]) -> tables.Fact | None:
    """Return the newest log or check-in that counts."""
    statement = select(tables.Fact).where(
        tables.Fact.organization_id == client.organization_id,
        tables.Fact.client_id == client.id,
        tables.Fact.kind == kind,
        condition,
    )
    rows = session.exec(statement.order_by(col(tables.Fact.received_at), col(tables.Fact.id))).all()
    replaced = corrected_ids(session, client)
    return next((row for row in reversed(rows) if row.id not in replaced), None)
