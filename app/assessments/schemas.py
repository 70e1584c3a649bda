"""Assessments as they are sent and answered. Read by the API and by the `plan` command."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.answer_schemas import Reason
from app.red_flags import RedFlags
from app.schemas_base import AnswerModel, Day, Page, RequestModel, printable, unique
from planner.decision import Value
from planner.words import (
    AssessmentSetting,
    CarJoint,
    Confidence,
    Factor,
    Irritability,
    Joint,
    LimitFelt,
    LimitingFactor,
    Motion,
    Observation,
    ScreeningStatus,
    Side,
    Sign,
    Subtype,
    Test,
    TestResult,
    Unit,
)

Score = Annotated[int, Field(ge=0, le=10)]
Range = Annotated[float, Field(ge=-90, le=400)]
Method = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(printable)]
Signs = Annotated[tuple[Sign, ...], Field(max_length=20), AfterValidator(unique)]
Observations = Annotated[tuple[Observation, ...], Field(max_length=3), AfterValidator(unique)]


class MeasurementBody(RequestModel):
    """One motion on one side: what the coach can reach (passive) and what the client controls (active).

    Use the median of three tries. Knee-to-wall is in cm, the back-extensor hold in s, all else in degrees.
    """

    joint: Joint
    motion: Motion
    side: Side
    passive: Range | None = None
    active: Range | None = None
    unit: Unit
    method: Method | None = Field(default=None, examples=["inclinometer"])
    pinch: bool = Field(default=False, description="Pinching in front of the joint while measuring.")
    limit_felt: LimitFelt | None = None


class TestBody(RequestModel):
    """Result of one relief or provocation test."""

    test: Test
    result: TestResult


class CarFaultBody(RequestModel):
    """Grade of a controlled articular rotation: 0 smooth, 1 cut corner, 2 clear compensation, 3 cannot."""

    joint: CarJoint
    side: Side
    fault: Annotated[int, Field(ge=0, le=3)]
    pain: Score = 0


class BackPainBody(RequestModel):
    """Back pain over the last weeks, 0 to 10."""

    usual: Score
    worst_24h: Score
    settles_within_h: float | None = Field(default=None, ge=0, le=2000, description="After squatting.")


class AssessmentCreate(RequestModel):
    """A joint-by-joint assessment. What was not tested lowers confidence; it never counts as normal."""

    performed_on: Day | None = Field(
        default=None, description="Left out: today, of a correction the day of what it corrects."
    )
    setting: AssessmentSetting
    measurements: tuple[MeasurementBody, ...] = Field(default=(), max_length=40)
    signs: Signs = ()
    tests: tuple[TestBody, ...] = Field(default=(), max_length=10)
    observations: Observations = ()
    car_faults: tuple[CarFaultBody, ...] = Field(default=(), max_length=12)
    irritability: Irritability | None = None
    back_pain: BackPainBody | None = None
    red_flags: RedFlags = Field(default_factory=RedFlags)
    replaces: UUID | None = Field(default=None, description="Id of the assessment this one corrects.")


class Evidence(AnswerModel):
    """One item for or against a limiting factor, with the numbers compared."""

    factor: Factor
    supports: bool
    source: str
    text: str
    weight: float
    rule: str
    facts: Mapping[str, Value]


class Findings(AnswerModel):
    """What limits the squat, with everything that speaks for and against it."""

    limiting_factor: LimitingFactor
    subtype: Subtype | None = None
    second_factor: Factor | None = Field(default=None, description="The other factor of a mixed finding.")
    confidence: Confidence
    scores: Mapping[Factor, float]
    counted: tuple[Factor, ...] = Field(description="Factors with at least two independent sources.")
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]
    advice: tuple[str, ...]


class Judged(AnswerModel):
    """What an assessment says: findings, how easily the back is provoked, what the readings are worth."""

    findings: Findings
    irritability_used: Irritability = Field(description="The more protective of what was given and derived.")
    notes: tuple[Reason, ...] = Field(description="Side differences and other remarks on the readings.")
    trouble: tuple[Reason, ...] = Field(description="Readings not to be trusted.")
    screening_status: ScreeningStatus = Field(description="What the red flags answered here mean by themselves.")


class Measurement(AnswerModel):
    """One motion on one side."""

    joint: Joint
    motion: Motion
    side: Side
    passive: float | None = None
    active: float | None = None
    unit: Unit
    method: str | None = None
    pinch: bool
    limit_felt: LimitFelt | None = None


class TestOutcome(AnswerModel):
    """Result of one relief or provocation test."""

    test: Test
    result: TestResult


class CarFault(AnswerModel):
    """Grade of a controlled articular rotation."""

    joint: CarJoint
    side: Side
    fault: int
    pain: int


class BackPainHistory(AnswerModel):
    """Back pain over the last weeks, 0 to 10."""

    usual: int
    worst_24h: int
    settles_within_h: float | None = None


class Assessment(Judged):
    """A stored assessment and what it found when it was received."""

    id: UUID
    client_id: UUID
    performed_on: date
    received_at: datetime
    setting: AssessmentSetting
    measurements: tuple[Measurement, ...]
    signs: tuple[Sign, ...]
    tests: tuple[TestOutcome, ...]
    observations: tuple[Observation, ...]
    car_faults: tuple[CarFault, ...]
    irritability: Irritability | None = None
    back_pain: BackPainHistory | None = None
    red_flags: Mapping[str, str]
    replaces: UUID | None = None


class AssessmentPage(Page[Assessment]):
    """A page of assessments, newest first."""
