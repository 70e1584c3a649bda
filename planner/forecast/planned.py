"""Policies that ask the planner: squatback itself, fed with what people write down.

The coach of a virtual client does what the plan asks of a coach: re-tests when they are due,
a new assessment when one is asked for or a block ends, then the next block.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from planner.begin import BlockRequest
from planner.carry import carried_from
from planner.catalogue import Catalogue
from planner.day import earned_day
from planner.decision import Decision
from planner.facts import (
    AnsweredItem,
    AnsweredSession,
    Assessment,
    Body,
    CheckIn,
    Clearance,
    Fact,
    Profile,
    Screening,
    SessionLog,
)
from planner.fold import fold, step
from planner.forecast.training import Training, work_of
from planner.plan import PlannedSession, Rung
from planner.retest_session import measures_due
from planner.schedule import WEEK, is_training_day, retest_weeks
from planner.screen import ARTICLE_FLAGS
from planner.session import Choices, choices_of
from planner.state import State
from planner.words import RedFlag

MORNING, NOON, EVENING = 7, 12, 18
ALL_CLEAR = Screening(red_flags=dict.fromkeys(ARTICLE_FLAGS, "no"))
BLOCK_WEEKS = 6


@dataclass(slots=True)
class Planned:
    """The planner as a policy; keeps facts and state as a service would."""

    catalogue: Catalogue
    facts: list[Fact] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    request: BlockRequest | None = None
    state_now: State | None = None
    choices: Choices | None = None
    asked_on: date | None = None  # a new assessment was asked for, or a professional advised
    referred: bool = False
    tested: set[int] = field(default_factory=set)  # weeks of this block whose re-test was taken
    blocks: int = 0

    @property
    def state(self) -> State:
        """Return the state of the running block."""
        assert self.state_now is not None
        return self.state_now

    @property
    def running(self) -> BlockRequest:
        """Return the request of the running block."""
        assert self.request is not None
        return self.request

    @property
    def rung(self) -> Rung:
        """Return the current rung."""
        return self.state.ladder.rungs[self.state.position.rung]

    # --- what it answers ---

    def begin(self, profile: Profile, assessment: Assessment, on: date) -> None:
        """Start the first block from an assessment and an answered checklist."""
        self.keep(profile, on, MORNING)
        self.keep(ALL_CLEAR, on, MORNING)
        self._new_block(self.keep(assessment, on, MORNING), on)

    def training(self, on: date) -> Training | None:
        """Return the day's training session as the member saw it when the day began."""
        if not is_training_day(self.state.profile, on):
            return None
        if self.choices is None or self.choices.client is not self.state.client:
            self.choices = choices_of(self.state.client, self.catalogue)
        day = earned_day(self.running, self.state, on, catalogue=self.catalogue, choices=self.choices)
        session = next((one for one in day.sessions if one.kind in {"squat", "joint"}), None)
        if session is None:
            return None
        work = work_of(session.items, self.state.ladder.rungs, self.catalogue)
        return Training(
            squat=work.squat,
            ranges=work.ranges,
            trunk=work.trunk,
            control=work.control,
            session=session,
            answers=answered(session, on),
        )

    def stopped(self) -> bool:
        """Return whether nothing loaded may be shown."""
        return self.state.locked

    # --- what it is told ---

    def checked_in(self, on: date, check_in: CheckIn) -> None:
        """Fold a check-in."""
        self._tell(check_in, on, MORNING)

    def logged(self, on: date, log: SessionLog) -> None:
        """Fold a session's log."""
        self._tell(log, on, EVENING)

    def wants_assessment(self, on: date) -> tuple[str, ...] | None:
        """Return the re-test due this week, or () once a new assessment was asked for or the block is over."""
        clients = self.catalogue.population.clients
        week = (on - self.running.starts_on).days // WEEK + 1
        if week > self.running.weeks:
            return ()
        if self.asked_on is not None:
            wait = clients.professional_after if self.referred else clients.check_up_after
            return () if (on - self.asked_on).days >= wait else None
        if week in retest_weeks(self.running.weeks, self.catalogue) and week not in self.tested:
            return self._retest(week)
        return None

    def _retest(self, week: int) -> tuple[str, ...] | None:
        quick = week == self.catalogue.doses.block.quick_retest_week
        self.tested.add(week)
        choices = self.choices or choices_of(self.state.client, self.catalogue)
        due = measures_due(self.state.client, choices.targets, "quick" if quick else "full")
        return tuple(one for one in due if one in self.catalogue.measures) or None

    def assessed(self, on: date, assessment: Assessment) -> None:
        """Fold a re-test or an assessment; after the block's last day the next block begins from it."""
        if (on - self.running.starts_on).days >= WEEK * self.running.weeks:
            self.keep(ALL_CLEAR, on, NOON)
            self._new_block(self.keep(assessment, on, NOON), on)
            return
        self._tell(assessment, on, NOON)

    def agreed(self, on: date, profile: Profile) -> None:
        """Fold a changed profile."""
        self._tell(profile, on, NOON)

    def cleared(self, on: date) -> None:
        """Fold the answered checklist and the clearance of a professional."""
        self._tell(ALL_CLEAR, on, NOON)
        self._tell(Clearance(cleared_on=on, cleared_by="professional"), on, NOON)

    # --- bookkeeping ---

    def keep(self, body: Body, on: date, hour: int) -> Fact:
        """Store a fact as performed and received at an hour of a day."""
        at = datetime.combine(on, time(hour), tzinfo=UTC)
        number = len(self.facts) + 1
        fact = Fact(id=str(UUID(int=number)), at=at, on=on, received_at=at, received_on=on, body=body)
        self.facts.append(fact)
        return fact

    def _tell(self, body: Body, on: date, hour: int) -> None:
        fact = self.keep(body, on, hour)
        self.state_now, made = step(self.state, fact, self.running, self.catalogue)
        self.decisions += made
        self._note_questions(on)

    def _note_questions(self, on: date) -> None:
        """Remember since when the plan has asked for an assessment or a professional."""
        progress = self.state.progress
        if not (progress.rerank_due or progress.refer_advised):
            self.asked_on = None
        elif self.asked_on is None or (progress.refer_advised and not self.referred):
            self.asked_on = on
        self.referred = progress.refer_advised

    def _new_block(self, assessment: Fact, on: date) -> None:
        self.blocks += 1
        carried = None if self.state_now is None else carried_from(self.state_now)
        self.request = BlockRequest(
            id=str(UUID(int=self.blocks)),
            assessment_id=assessment.id,
            starts_on=on,
            weeks=BLOCK_WEEKS,
            created_at=assessment.at,
            created_on=on,
            carried=carried,
        )
        self.tested, self.asked_on, self.referred = set(), None, False
        self.state_now, _ = fold(self.request, self.facts, self.catalogue)


def answered(session: PlannedSession, on: date) -> AnsweredSession:
    """Return what is kept of a planned session with the log that answers it."""
    return AnsweredSession(
        session_id=session.id, kind=session.kind, planned_on=on, items=tuple(_answered_items(session))
    )


def _answered_items(session: PlannedSession) -> Iterator[AnsweredItem]:
    for item in session.items:
        yield AnsweredItem(
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


def flags_of(check_in: CheckIn) -> tuple[RedFlag, ...]:
    """Return the red flags a check-in tells of."""
    return tuple(flag for flag, answer in check_in.red_flags.items() if answer == "yes")
