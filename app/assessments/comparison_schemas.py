"""A comparison of two assessments as it is answered."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.answer_schemas import Lock, Reason
from app.blocks.schemas import Rung
from app.schemas_base import AnswerModel
from planner.words import (
    AssessmentSetting,
    BlockStatus,
    ChangeVerdict,
    ClueChange,
    Confidence,
    Depth,
    Entrance,
    Factor,
    FactorStatus,
    Joint,
    LimitingFactor,
    Motion,
    Side,
    Stage,
    Subtype,
    Unit,
)


class ComparedAssessment(AnswerModel):
    """One of the assessments compared, and what it finds for the squat the client prefers today."""

    id: UUID
    performed_on: date
    setting: AssessmentSetting
    limiting_factor: LimitingFactor
    subtype: Subtype | None = None
    second_factor: Factor | None = None
    confidence: Confidence


class MeasurementError(AnswerModel):
    """What a change is judged by, in the unit of the measure."""

    sem: float = Field(description="Standard error of measurement of one value; wider at home, and for a gap.")
    smallest_real_change: float = Field(description="From here on a change is more than error (95 %).")
    source_id: str = Field(description="Source of the smallest real change; see `/v1/library/sources`.")


class DemandMet(AnswerModel):
    """What the preferred squat asks of a range, and whether it was there within measurement error."""

    needed: float
    met_before: bool | None = None
    met_now: bool | None = None


class ComparedMeasure(AnswerModel):
    """One range of one side at the baseline and now."""

    measure: str = Field(description="Key in `/v1/library/norms`.")
    name: str
    joint: Joint
    motion: Motion
    side: Side
    kind: Literal["passive", "active", "gap"] = Field(description="A gap is passive less active: smaller is better.")
    unit: Unit
    baseline: float | None = None
    now: float | None = None
    baseline_method: str | None = None
    method: str | None = None
    change: float | None = Field(default=None, description="Now less baseline; null where nothing may be compared.")
    verdict: ChangeVerdict
    error: MeasurementError
    demand: DemandMet | None = None
    because: Reason


class ComparedClue(AnswerModel):
    """A sign, test, observation or joint circle at the baseline and now. No error is known, so none is claimed."""

    kind: Literal["sign", "test", "observation", "car"]
    name: str
    text: str
    baseline: str | int | None = Field(
        default=None,
        description="`present` or `absent`, the result of a test, the grade of a circle; null: not tested.",
    )
    now: str | int | None = None
    change: ClueChange


class ComparedFactor(AnswerModel):
    """A factor at the baseline and now. What was merely not tested again is never resolved."""

    factor: Factor
    status: FactorStatus
    score_before: float
    score_now: float
    counted_before: bool = Field(description="It had two independent sources and enough points.")
    counted_now: bool
    because: Reason


class BlockBody(AnswerModel):
    """The body of a request for a block."""

    assessment_id: UUID
    starts_on: date
    weeks: int


class BlockRequest(AnswerModel):
    """The request that makes the proposed block, as it stands."""

    method: Literal["POST"] = "POST"
    path: str = Field(description="It finishes the client's unfinished block where there is one.")
    body: BlockBody


class FirstSquat(AnswerModel):
    """The first squat of the proposed block."""

    date: date
    exercise: str
    name: str
    stage: Stage
    depth: Depth | None = None
    sets: int
    reps: int | None = None
    load_kg: float | None = None
    load_text: str | None = None


class NextBlock(AnswerModel):
    """The block that the later assessment leads to if it starts today. Nothing is stored."""

    status: BlockStatus
    lock: Lock | None = Field(default=None, description="Why nothing loaded is proposed, and what ends that.")
    limiting_factor: LimitingFactor
    subtype: Subtype | None = None
    second_factor: Factor | None = None
    confidence: Confidence
    entrance: Entrance | None = Field(
        default=None,
        description="`kept`: where the last block ended; `no_harder`: another squat, harder in no respect; `shape`: "
        "the shape stage, after a clearance; `first`: there was no block. Null while locked.",
    )
    left: Rung | None = Field(default=None, description="Where the last block ended.")
    start: Rung | None = Field(default=None, description="Where this one would begin; null while locked.")
    first_squat: FirstSquat | None = Field(default=None, description="Null while locked.")
    because: Reason | None = Field(default=None, description="Why it begins there; null while locked.")
    request: BlockRequest | None = Field(
        default=None,
        description="Null while locked, and for a member after an assessment in the clinic: then a coach plans.",
    )


class Comparison(AnswerModel):
    """A re-assessment compared with its baseline: what really changed, and what follows from it."""

    client_id: UUID
    baseline: ComparedAssessment
    assessment: ComparedAssessment
    between: tuple[UUID, ...] = Field(description="Assessments between the two: they may confirm a smaller change.")
    measures: tuple[ComparedMeasure, ...]
    clues: tuple[ComparedClue, ...]
    factors: tuple[ComparedFactor, ...]
    next_block: NextBlock | None = Field(
        default=None, description="Null for an archived client and for an assessment that was corrected since."
    )
