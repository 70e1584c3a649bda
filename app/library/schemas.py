"""The library as it is answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas_base import AnswerModel, Page
from planner.words import Category, Evidence, Joint, LoadPosition, Motion, Unit

Pair = Annotated[tuple[int, ...], Field(min_length=2, max_length=2)]
Span = Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
"""Lowest and highest; written as arrays of one kind, which every client generator understands."""


class Dose(AnswerModel):
    """Usual dose; pairs are lowest and highest."""

    sets: Pair
    reps: Pair | None = None
    hold_s: Pair | None = None
    breaths: Pair | None = None
    duration_s: Pair | None = None
    distance_m: Pair | None = None
    tempo: str | None = None
    rest_s: Pair | None = None
    rep_s: Pair | None = None
    both_ways: bool
    sessions_per_week: Pair | None = None
    ladder: tuple[int, ...] | None = None
    source: str
    confidence: Evidence


class LibraryEntry(AnswerModel):
    """What exercises and squat variations have in common."""

    id: str
    code: str
    name: str
    equipment: tuple[tuple[str, ...], ...] = Field(description="One of each group is needed.")
    contraindications: tuple[str, ...]
    easier: tuple[str, ...]
    harder: tuple[str, ...]
    cue: str
    setup: str
    steps: tuple[str, ...]
    feel: str
    stop_if: str
    mistake: str
    video_url: str | None = Field(default=None, description="A video that your organization links to.")


class Exercise(LibraryEntry):
    """An exercise: what it trains, needs and forbids, how it is done and dosed."""

    category: Category
    targets: tuple[str, ...]
    method: str
    level: int
    hard: bool
    sides: str
    positions: tuple[str, ...]
    load: str
    breath_hold: bool
    dose: Dose
    own: bool = Field(default=False, description="Your organization added it; the planner never chooses it by itself.")
    version: int | None = Field(default=None, description="Of your own: `GET …/{id}@{version}` reads any of them.")
    author_id: UUID | None = Field(default=None, description="Of your own: who wrote this version.")
    created_at: datetime | None = Field(default=None, description="Of your own: when this version was written.")


class ExercisePage(Page[Exercise]):
    """A page of exercises."""


class BuiltIn(AnswerModel):
    """What a variation already is by itself."""

    box: bool
    pins: bool
    heels: bool
    tempo: str
    pause: bool


class Scores(AnswerModel):
    """Demand from 0 to 10 at usual depth and load."""

    hip: float
    ankle: float
    trunk: float
    control: float
    spine_load: float


class VariationLoad(AnswerModel):
    """How a variation is loaded; `factor` is the share of the back-squat maximum, lowest and highest."""

    kind: str
    factor: Span | None = None
    kg: Span | None = None
    capped: bool


class SquatVariation(LibraryEntry):
    """A squat variation: what it asks of hip, ankle, trunk and control."""

    family: str
    load_position: LoadPosition
    built_in: BuiltIn
    scores: Scores
    load: VariationLoad
    depths: Pair = Field(description="Usual depths, 1 (quarter) to 6 (deep).")
    home: bool
    unloaded: bool
    bells: int
    single_leg: bool
    reason: str
    source: str
    confidence: Evidence


class SquatVariationPage(Page[SquatVariation]):
    """A page of squat variations."""


class Source(AnswerModel):
    """Where a number or a method comes from, and what was found there."""

    id: str
    title: str
    kind: str
    finding: str


class SourcePage(Page[Source]):
    """A page of sources."""


class Number(AnswerModel):
    """A number of the method with its unit, source and confidence.

    Confidence: S stated by the method's article, P published, P* published but not read again,
    C coaching convention, C+ convention looked up, J judgement, M computed by simulation.
    """

    key: str
    value: float | str | tuple[float, ...]
    unit: str
    source: str
    confidence: Evidence
    note: str


class Rule(AnswerModel):
    """A rule: what it decides, the numbers it compares and where they come from."""

    id: str
    name: str
    family: Literal[
        "screening", "limiting_factor", "ladder_dose_and_load", "response", "progression", "adjustment", "retest"
    ]
    summary: str
    numbers: tuple[Number, ...]
    sources: tuple[Source, ...]


class RulePage(Page[Rule]):
    """A page of rules, in the order they speak."""


class GapLimits(AnswerModel):
    """Difference of passive and active range: small up to, large from, smallest real change."""

    small: float
    large: float
    smallest_real_change: float


class AsymmetryLimits(AnswerModel):
    """Difference of left and right worth a note, and worth acting on."""

    note: float
    act: float


class Measure(AnswerModel):
    """A measurable motion: what is possible, how exact it is, what counts as a gap or a side difference."""

    id: str
    name: str
    joint: Joint
    motion: Motion
    unit: Unit
    sided: bool
    possible: Span
    sem: float = Field(description="Standard error of measurement in the clinic.")
    mdc: float = Field(description="Smallest real change (95 %) in the clinic.")
    gap: GapLimits | None = None
    asymmetry: AsymmetryLimits | None = None
    norm: float | None = None
    core: bool = Field(description="A finding without it has lower confidence.")


class Demands(AnswerModel):
    """What squats ask of hip and ankle, by depth from quarter to deep."""

    hip_flexion: tuple[float, ...]
    knee_to_wall: Mapping[str, tuple[float, ...]]
    low_bar_hip_extra: float
    wide_stance_hip: float
    wide_stance_knee_to_wall: float
    heel_lift_cm: tuple[float, ...]
    heel_lift_knee_to_wall: tuple[float, ...]
    internal_rotation_parallel: float
    internal_rotation_deep: float
    external_rotation: float
    active_flexion_allowance: float


class Norms(Page[Measure]):
    """All measures, what squats ask of them, and every number behind with its source."""

    demands: Demands
    numbers: tuple[Number, ...]
