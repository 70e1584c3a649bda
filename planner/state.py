"""The folded state of a block: what all facts so far add up to. Bounded in size.

A state holds recent windows only (`KEPT_DAYS`, `KEPT_EXPOSURES`), so that one more fact
costs the same after a week and after years. `base` is the progress before the latest
exposure was decided: as long as news about that exposure come in, the decision is made
again from there and never on top of itself.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from planner.adjustment import Adjustment
from planner.facts import Assessment, Profile
from planner.plan import Conflict, Ladder
from planner.position import Client, Due, Position, Restriction
from planner.readings import Readings
from planner.rules.progression import Wait
from planner.values import dataclass, replace
from planner.words import Answer, Colour, RedFlag, ScreeningStatus, SessionStatus

KEPT_DAYS: Final = 42  # the longest look back of any rule
KEPT_EXPOSURES: Final = 12

EventKind = Literal["step_back", "flare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The last yes or no to a red flag, and the local day it was given."""

    answer: Answer
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenState:
    """Red flags as known now. A `yes` ends only by a clearance received after it."""

    answers: Mapping[RedFlag, Answered] = field(default_factory=dict)
    positive: Mapping[RedFlag, datetime] = field(default_factory=dict)  # flag -> received at
    needs_answers: bool = True  # planning waits for fresh answers (at creation, at unlocking)
    cleared_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """One check-in's scores and the words that went with them."""

    on: date
    now: int
    worst: int
    sharp: bool
    protective: bool


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """One squat session: how it went and how the back answered, as known now."""

    id: str
    at: datetime
    on: date
    rung: int
    stage: int
    at_rung: bool
    pain_logged: bool = True
    during: int = 0
    after: int = 0
    worst: int | None = None
    morning: int | None = None
    settled_h: float | None = None
    unsettled_h: float = 0
    unsettled_from: datetime | None = None
    sharp: bool = False
    protective: bool = False
    compressed: bool = False
    technique_changed: bool = False
    affects_week: bool = False
    same_spot: bool = False
    gates_passed: bool = True
    rpe: float | None = None
    rpe_target: float = 7
    load_kg: float | None = None  # done
    asked_kg: float | None = None  # prescribed that day, deload and ease included
    sleep_h: float | None = None
    stress: int | None = None
    leg_soreness: int | None = None
    colour: Colour = "pending"
    rule: str = ""
    told: tuple[str, ...] = ()  # the rules its last decision named, so that news alone are told
    peak: int = 0
    irritated: bool = False

    @property
    def watched(self) -> bool:
        """Return whether the back answered with a watch; a morning nobody told of is none."""
        return self.colour == "watch" and self.morning is not None

    @property
    def closed(self) -> "Exposure":
        """Return the exposure once another one or a new assessment follows: pending can no longer become normal."""
        return replace(self, colour="watch") if self.colour == "pending" else self

    @property
    def sharp_or_protective(self) -> bool:
        """Return whether one of the two warning words was used."""
        return self.sharp or self.protective


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A step-back or a flare, and when: rules count them over weeks."""

    kind: EventKind
    on: date
    rung: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What decisions change: position, waiting, events, open questions."""

    position: Position
    wait: Wait = "none"
    wait_since: date | None = None
    events: tuple[Event, ...] = ()
    rerank_due: bool = False
    refer_advised: bool = False
    moved_on: date | None = None  # the last step up or squat at the top, else the day climbing began
    asked_on: date | None = None  # when a re-assessment or a professional was last asked for
    asked_by: str = ""  # the rule that asked the question that is open
    stage_taken: bool = False  # the present flare has already cost a stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadMark:
    """The working load of a rung on a day, for the weekly caps."""

    on: date
    rung: int
    load_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An adjustment that has not been taken back, in the order they were made."""

    id: str
    on: date
    body: Adjustment


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInputs:
    """What the weeks ahead were last planned from, beside the client and the ladder.

    A week is planned anew when what it follows from differs (`planner.outline`). `due` is the
    squat of the earned weeks, `ahead` the projected one of each squat day.
    """

    restriction: Restriction
    waits: bool
    effort_step: int
    pain_now: int | None
    deloads: tuple[int, ...]
    due: Due
    ahead: tuple[tuple[date, Due], ...]


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything the next fact and the next plan need."""

    profile: Profile
    assessment: Assessment
    client: Client
    ladder: Ladder
    screen: ScreenState
    status: ScreeningStatus
    baseline: float
    worst_at_start: float
    base: Progress
    progress: Progress
    mornings: tuple[Morning, ...] = ()
    history: tuple[Exposure, ...] = ()
    latest: Exposure | None = None
    loads: tuple[LoadMark, ...] = ()
    trained: tuple[date, ...] = ()  # days with a training session done, this block
    stress: tuple[tuple[date, int], ...] = ()
    statuses: Mapping[str, SessionStatus] = field(default_factory=dict)
    last_at: datetime
    last_id: str
    last_on: date  # local day of the latest fact: the plan is made as of then, whatever the clock says
    sessions_done: int = 0  # training sessions done in this block
    logged_on: date | None = None  # the latest session or morning told of in this block
    readings_before: Readings | None = None  # what the block began with, once a re-test or assessment followed
    measured_on: date | None = None  # the latest assessment or re-test in this block
    status_on: date | None = None  # when the red flags last changed what may be trained, in this block
    adjustments: tuple[Standing, ...] = ()
    refused: tuple[Conflict, ...] = ()  # adjustments of the fold itself that a rule held against
    planned_from: PlanInputs | None = field(default=None, compare=False)  # not folded: depends on the day of planning
    workbench: object = field(default=None, compare=False, repr=False)  # `planner.workbench`: in memory, never stored

    @property
    def position(self) -> Position:
        """Return where the client stands now."""
        return self.progress.position

    @property
    def readings_at_start(self) -> Readings:
        """Return what the block began with: re-tests are compared with it."""
        return self.readings_before or self.client.readings

    @property
    def settled_history(self) -> tuple[Exposure, ...]:
        """Return the history with the latest exposure put to rest."""
        latest = () if self.latest is None else (self.latest.closed,)
        return (*self.history, *latest)[-KEPT_EXPOSURES:]

    @property
    def locked(self) -> bool:
        """Return whether a red flag or a missing answer holds loaded work back."""
        return self.status != "clear"


def too_old(days: int, today: date) -> date:
    """Return the day before the last so many days, today included: what counts is `too_old < on <= today`."""
    return today - timedelta(days=days)
