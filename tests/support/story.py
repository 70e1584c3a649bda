"""A story: one client living through a block, day by day, through the planner's public functions.

Keeps what an app would keep (facts, state, shown weeks) and checks on every replan that a
full rebuild from all facts gives the same state and the same days ahead.
"""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml
from pydantic import TypeAdapter

from planner.adjustment import Adjustment
from planner.catalogue import Catalogue
from planner.facts import (
    AnsweredItem,
    AnsweredSession,
    Assessment,
    Body,
    CheckIn,
    Clearance,
    Context,
    Fact,
    LoggedItem,
    LoggedSet,
    MorningPain,
    Profile,
    Screening,
    SessionLog,
    SessionPain,
)
from planner.plan import Block, Item, PlannedSession, Rung, Week
from planner.replan import BlockRequest, Planned, build, replan
from planner.screen import ARTICLE_FLAGS
from planner.state import State

VIGNETTES = Path(__file__).parents[1] / "scenarios" / "vignettes"
MONDAY = date(2026, 11, 2)
PROFILES = TypeAdapter(Profile)
ASSESSMENTS = TypeAdapter(Assessment)
CLEAR: dict[str, str] = dict.fromkeys(ARTICLE_FLAGS, "no")
NOT_THE_PLANNERS = ("display_name", "time_zone")


def load_vignette(name: str) -> dict[str, Any]:
    """Return the client and assessment bodies of a vignette file."""
    (path,) = VIGNETTES.glob(f"{name}_*.yaml")
    body: dict[str, Any] = yaml.safe_load(path.read_text())
    return body


def profile_of(client: dict[str, Any]) -> Profile:
    """Return the planner's profile of an API client body."""
    kept = {key: value for key, value in client.items() if key not in NOT_THE_PLANNERS}
    return PROFILES.validate_python(kept)


def assessment_of(body: dict[str, Any], on: date = MONDAY) -> Assessment:
    """Return the planner's assessment of an API body, dated."""
    return ASSESSMENTS.validate_python({"performed_on": on, **body})


def moment(on: date, hour: int = 12) -> datetime:
    """Return an instant of a day."""
    return datetime.combine(on, time(hour), tzinfo=UTC)


@dataclass
class Story:
    """One client, one block. Days move only forward; facts are received when they happen."""

    catalogue: Catalogue
    profile: Profile
    assessment: Assessment
    starts_on: date = MONDAY
    weeks: int = 8
    screening: dict[str, str] = field(default_factory=lambda: dict(CLEAR))
    screened_on: date | None = None
    facts: list[Fact] = field(default_factory=list)
    shown: dict[int, Week] = field(default_factory=dict)
    check_rebuild: bool = True
    planned: Planned = field(init=False)
    request: BlockRequest = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self._fact(self.profile, self.starts_on, 6)
        self._fact(Screening(red_flags=self.screening), self.screened_on or self.starts_on, 7)  # type: ignore[arg-type]
        assessed = self._fact(self.assessment, self.assessment.performed_on, 8)
        self.request = BlockRequest(
            id=str(uuid5(NAMESPACE_URL, "story")),
            assessment_id=assessed.id,
            starts_on=self.starts_on,
            weeks=self.weeks,
            created_at=moment(self.starts_on, 9),
            created_on=self.starts_on,
        )
        self.planned = build(self.request, self.facts, catalogue=self.catalogue, today=self.starts_on)
        self._keep(self.planned.block)

    @classmethod
    def of(cls, catalogue: Catalogue, name: str, **changes: Any) -> "Story":
        """Return the story of a vignette from its first day."""
        body = load_vignette(name)
        return cls(catalogue, profile_of(body["client"]), assessment_of(body["assessment"]), **changes)

    def copy(self) -> "Story":
        """Return the same story up to now, to go on differently."""
        twin = copy(self)
        twin.facts, twin.shown = list(self.facts), dict(self.shown)
        return twin

    # --- what is shown ---

    @property
    def block(self) -> Block:
        return self.planned.block

    @property
    def state(self) -> State:
        return self.planned.state

    @property
    def rung(self) -> str:
        """Return the variation of the current rung."""
        return self.here.variation

    @property
    def here(self) -> Rung:
        """Return the current rung."""
        return self.state.ladder.rungs[self.state.position.rung]

    @property
    def variations(self) -> list[str]:
        """Return the variations of the ladder from the entry on."""
        return [rung.variation for rung in self.state.ladder.rungs[self.state.ladder.entry :]]

    def index_of(self, variation: str) -> int:
        """Return the first rung with a variation."""
        return next(rung.index for rung in self.state.ladder.rungs if rung.variation == variation)

    def days_of(self, number: int) -> list[date]:
        """Return the seven days of a block week."""
        return [self.starts_on + timedelta(days=7 * (number - 1) + offset) for offset in range(7)]

    def squat_days(self, number: int) -> list[date]:
        """Return the days of a block week that show a squat session."""
        return [day for day in self.days_of(number) if self.squat_session(day) is not None]

    def next_squat(self, after: date) -> Item | None:
        """Return the first squat shown after a day, None when the block shows no more."""
        end = self.starts_on + timedelta(days=7 * self.weeks)
        days = (after + timedelta(days=offset) for offset in range(1, (end - after).days))
        return next((item for day in days if (item := self.squat_item(day)) is not None), None)

    def items_on(self, on: date) -> list[Item]:
        """Return every item shown on a day."""
        return [item for session in self.sessions(on) for item in session.items]

    def rules(self) -> list[str]:
        """Return the rules that the last fact made speak."""
        return [decision.rule for decision in self.planned.decisions]

    def week(self, number: int) -> Week:
        """Return the earned week as stored."""
        return self.shown[number]

    def sessions(self, on: date) -> tuple[PlannedSession, ...]:
        """Return the sessions shown on a day."""
        week = self.shown[(on - self.starts_on).days // 7 + 1]
        return next(day.sessions for day in week.days if day.date == on)

    def squat_session(self, on: date) -> PlannedSession | None:
        """Return the squat session of a day, None without one."""
        return next((one for one in self.sessions(on) if one.kind == "squat"), None)

    def squat_item(self, on: date) -> Item | None:
        """Return the main squat of a day, None without one."""
        session = self.squat_session(on)
        if session is None:
            return None
        return next((item for item in session.items if item.rung is not None), None)

    def items(self) -> list[Item]:
        """Return every item of every stored week, earned and projected."""
        weeks = (*self.shown.values(), *self.block.projected)
        return [i for week in weeks for day in week.days for one in day.sessions for i in one.items]

    # --- what happens ---

    def tell(
        self, body: Body, on: date, hour: int = 12, *, received: date | None = None, replaces: str | None = None
    ) -> Planned:
        """Add a fact, received when it happened (or on another day), and replan."""
        fact = self._fact(body, on, hour, received=received, replaces=replaces)
        today = fact.received_on
        before = dict(self.shown)
        begun = {n: week for n, week in self.shown.items() if week.starts_on <= today}
        planned = replan(self.request, self.state, fact, catalogue=self.catalogue, today=today, shown=begun)
        if planned is None or self.check_rebuild:
            rebuilt = build(self.request, self.facts, catalogue=self.catalogue, today=today, shown=begun)
            if planned is not None:
                planned = self._whole(planned, today)
                assert rebuilt.state == planned.state
                assert rebuilt.block.earned == planned.block.earned
                assert rebuilt.block.projected == planned.block.projected
            planned = planned or rebuilt
        self.planned = self._whole(planned, today)
        self._keep(planned.block)
        fixed = today - timedelta(days=isinstance(body, Adjustment))  # today's own changes are shown today
        assert begun_days(before, fixed) == begun_days(self.shown, fixed)
        return planned

    def squat(
        self,
        on: date,
        *,
        during: int = 1,
        after: int = 1,
        rpe: float | None = None,
        load_kg: float | None = None,
        gates: dict[str, Any] | None = None,
        hour: int = 18,
        received: date | None = None,
        replaces: str | None = None,
        **changes: Any,
    ) -> Planned:
        """Do the squat session of a day as planned and log it; `gates` change what the squats say."""
        session = self.squat_session(on)
        assert session is not None, f"no squat session on {on}"
        log = SessionLog(
            session_id=session.id,
            items=tuple(_changed_squat(item, done(item, rpe), load_kg, gates) for item in session.items),
            back_pain=SessionPain(before=0, during=during, after=after),
            answers=answered(session, on),
            context=Context(**changes.pop("context", {})),
            **changes,
        )
        return self.tell(log, on, hour, received=received, replaces=replaces)

    def train(self, on: date) -> Planned | None:
        """Do the joint session of a day, if there is one."""
        session = next((one for one in self.sessions(on) if one.kind == "joint"), None)
        if session is None:
            return None
        log = SessionLog(
            session_id=session.id,
            items=tuple(done(item, None) for item in session.items),
            answers=answered(session, on),
        )
        return self.tell(log, on, 17)

    def morning(
        self,
        on: date,
        now: int = 1,
        worst: int | None = None,
        *,
        received: date | None = None,
        replaces: str | None = None,
        **changes: Any,
    ) -> Planned:
        """Check in on a morning; settled after 12 h unless told otherwise."""
        body = CheckIn(
            back_pain=MorningPain(now=now, worst_24h=now if worst is None else worst),
            hours_to_settle=changes.pop("hours_to_settle", 12),
            **changes,
        )
        return self.tell(body, on, 7, received=received, replaces=replaces)

    def clear(self, on: date) -> Planned:
        """A coach clears the client, and the checklist is answered anew."""
        self.tell(Screening(red_flags=dict(CLEAR)), on, 10)  # type: ignore[arg-type]
        return self.tell(Clearance(cleared_on=on, cleared_by="Dr Rivera"), on, 11)

    def calm_week(self, number: int, **squat: Any) -> None:
        """Live a whole week with normal responses."""
        for offset in range(7):
            self.calm_day(self.starts_on + timedelta(days=7 * (number - 1) + offset), **squat)

    def calm_day(self, on: date, **squat: Any) -> None:
        """Live one day with normal responses: check in, then train what is planned."""
        self.morning(on)
        self.train(on)
        if self.squat_session(on) is not None:
            self.squat(on, **squat)

    # --- bookkeeping ---

    def _fact(
        self, body: Body, on: date, hour: int, *, received: date | None = None, replaces: str | None = None
    ) -> Fact:
        self.count += 1
        fact = Fact(
            id=str(uuid5(NAMESPACE_URL, f"fact-{self.count}")),
            at=moment(on, hour),
            on=on,
            received_at=moment(received or on, hour),
            received_on=received or on,
            body=body,
            replaces=replaces,
        )
        self.facts.append(fact)
        return fact

    def _whole(self, planned: Planned, today: date) -> Planned:
        """Return the plan with the stored weeks that the fact left as they were."""
        told = {week.week_number: week for week in planned.block.earned}
        weeks = {n: week for n, week in self.shown.items() if week.ends_on > today} | told
        held = {week.week_number: week for week in self.block.projected if week.week_number in planned.held}
        projected = held | {week.week_number: week for week in planned.block.projected}
        block = replace(
            planned.block,
            earned=tuple(weeks[number] for number in sorted(weeks)),
            projected=tuple(projected[number] for number in sorted(projected)),
        )
        return replace(planned, block=block, held=())

    def _keep(self, block: Block) -> None:
        self.shown |= {week.week_number: week for week in block.earned}


def begun_days(shown: dict[int, Week], today: date) -> dict[date, list[tuple[str, str, tuple[Item, ...]]]]:
    """Return what the days up to today show, whatever became of the sessions."""
    days = [day for week in shown.values() for day in week.days if day.date <= today]
    return {day.date: [(one.id, one.kind, one.items) for one in day.sessions] for day in days}


def done(item: Item, rpe: float | None) -> LoggedItem:
    """Return an item done as asked, one RPE below its limit unless told otherwise."""
    effort = rpe if rpe is not None else (item.rpe_max - 1 if item.rpe_max else None)
    one = LoggedSet(reps=item.reps, hold_s=item.hold_s, load_kg=item.load_kg, rpe=effort)
    squat = item.category == "squat"
    return LoggedItem(
        item_id=item.id,
        sets=(one,) * item.sets,
        depth_reached=item.depth,
        tempo_kept=True if squat else None,
        position_lost=False if squat else None,
        breath_ok=True if squat else None,
        unrack_calm=True if squat else None,
    )


def _changed_squat(item: Item, logged: LoggedItem, load_kg: float | None, gates: dict[str, Any] | None) -> LoggedItem:
    """Return a logged squat with another load or other gates; other items stay as they are."""
    if item.category != "squat":
        return logged
    sets = logged.sets if load_kg is None else tuple(replace(one, load_kg=load_kg) for one in logged.sets)
    return replace(logged, **({"sets": sets} | (gates or {})))


def answered(session: PlannedSession, on: date) -> AnsweredSession:
    """Return the snapshot an app keeps with a log."""
    return AnsweredSession(
        session_id=session.id,
        kind=session.kind,
        planned_on=on,
        items=tuple(
            AnsweredItem(
                item_id=item.id,
                exercise=item.exercise,
                category=item.category,
                side=item.side,
                sets=item.sets,
                reps=item.reps,
                hold_s=item.hold_s,
                load_kg=item.load_kg,
                rpe_max=item.rpe_max,
                depth=item.depth,
                modifiers=item.modifiers or (),
                stage=item.stage,
                rung=item.rung,
            )
            for item in session.items
        ),
    )


def changed(profile: Profile, **changes: Any) -> Profile:
    """Return a profile with changes."""
    return replace(profile, **changes)
