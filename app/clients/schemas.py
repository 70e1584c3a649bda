"""Clients as they are sent and answered. Read by the API and by the `plan` command."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.local_time import time_zone_names
from app.schemas_base import AnswerModel, Day, Line, Note, Page, RequestModel, Unfit, unique
from planner.words import (
    Depth,
    Equipment,
    LimitCode,
    PreferredVariation,
    Setting,
    Sex,
    Stance,
    Units,
    Weekday,
)

_REQUIRED = ("display_name", "birth_year", "sex", "time_zone", "locale", "units", "setting", "equipment", "weights")
_REQUIRED_TOO = ("training_days", "session_minutes", "session_time", "preferred_squat", "limits", "archived")

Kilograms = Annotated[float, Field(gt=0, le=600)]
BellKilograms = Annotated[float, Field(ge=0.5, le=80)]
LimitSide = Literal["left", "right", "both"]
Locale = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$",
        max_length=35,
        examples=["de-AT"],
        description="Language of everything planned for the client, such as `en` or `de-AT`. There are texts in "
        "English and German; any other locale is kept and served in English.",
    ),
]


def _known_zone(name: str) -> str:
    if name not in time_zone_names():
        raise Unfit("unknown_time_zone")
    return name


TimeZone = Annotated[str, Field(min_length=1, max_length=64, examples=["America/Chicago"]), AfterValidator(_known_zone)]
EquipmentList = Annotated[tuple[Equipment, ...], Field(max_length=21), AfterValidator(unique)]
TrainingDays = Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7), AfterValidator(unique)]
SessionMinutes = Annotated[
    int, Field(ge=10, le=180, description="Minutes for a training day, daily joint circles included.")
]
SessionTime = Annotated[
    str,
    Field(
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        examples=["18:00"],
        description="Hour at which sessions begin, in the client's time zone: the calendar shows them then.",
    ),
]
BirthYear = Annotated[int, Field(ge=1900, le=2200)]
Height = Annotated[float, Field(ge=100, le=250, description="Sets box heights; 170 cm when unknown.")]


class WeightsBody(RequestModel):
    """What there is to load with; sensible defaults follow the equipment."""

    bar_kg: float | None = Field(default=None, ge=1, le=40)
    safety_bar_kg: float | None = Field(default=None, ge=1, le=50)
    plate_step_kg: float | None = Field(
        default=None, ge=0.25, le=20, description="Smallest change of the loaded bar, both sides together."
    )
    kettlebells_kg: tuple[BellKilograms, ...] | None = Field(default=None, max_length=40)
    dumbbells_kg: tuple[BellKilograms, ...] | None = Field(default=None, max_length=60)
    backpack_max_kg: float | None = Field(default=None, ge=0, le=60)


class PreferredSquatBody(RequestModel):
    """The squat the client wants back. The maximum is of that squat; without it loads start by feel."""

    variation: PreferredVariation
    depth: Depth = "parallel"
    one_rep_max_kg: Kilograms | None = None
    last_heavy_on: Day | None = None
    stance: Stance = "medium"
    heel_cm: float = Field(default=0.0, ge=0, le=8, description="Heel height of the shoes or wedge squatted in.")


class LimitBody(RequestModel):
    """A lasting condition that rules exercises out. Only a coach changes these; free text never unlocks."""

    code: LimitCode
    side: LimitSide | None = None
    cleared_on: Day | None = Field(default=None, description="Day a clinician cleared training with it.")
    note: Note = ""


Limits = Annotated[tuple[LimitBody, ...], Field(max_length=40)]


class ClientCreate(RequestModel):
    """A new client: who they are, what they train with and which squat they want back."""

    display_name: Line
    birth_year: BirthYear
    sex: Sex
    time_zone: TimeZone
    locale: Locale = "en"
    units: Units = "metric"
    setting: Setting
    equipment: EquipmentList = ()
    weights: WeightsBody = Field(default_factory=WeightsBody)
    training_days: TrainingDays
    session_minutes: SessionMinutes
    session_time: SessionTime = "18:00"
    preferred_squat: PreferredSquatBody
    height_cm: Height | None = None
    limits: Limits = ()


class WeightsChange(WeightsBody):
    """Changed weights: what is left out stays, null goes back to the default."""


class PreferredSquatChange(RequestModel):
    """A changed preferred squat: what is left out stays, null removes."""

    variation: PreferredVariation | None = None
    depth: Depth | None = None
    one_rep_max_kg: Kilograms | None = None
    last_heavy_on: Day | None = None
    stance: Stance | None = None
    heel_cm: float | None = Field(default=None, ge=0, le=8)

    @model_validator(mode="after")
    def _variation_stays(self) -> Self:
        if "variation" in self.model_fields_set and self.variation is None:
            raise Unfit("not_null", field="variation")
        return self


class ClientChange(RequestModel):
    """A JSON merge patch: what is left out stays, null removes, lists are replaced whole.

    Members may change everything but `limits` and the maximum of the preferred squat.
    """

    display_name: Line | None = None
    birth_year: BirthYear | None = None
    sex: Sex | None = None
    time_zone: TimeZone | None = None
    locale: Locale | None = None
    units: Units | None = None
    setting: Setting | None = None
    equipment: EquipmentList | None = None
    weights: WeightsChange | None = None
    training_days: TrainingDays | None = None
    session_minutes: SessionMinutes | None = None
    session_time: SessionTime | None = None
    preferred_squat: PreferredSquatChange | None = None
    height_cm: Height | None = None
    limits: Limits | None = None
    archived: bool | None = Field(default=None, description="False brings an archived client back (coach).")

    @model_validator(mode="after")
    def _required_stay(self) -> Self:
        for name in (*_REQUIRED, *_REQUIRED_TOO):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise Unfit("not_null", field=name)
        return self


class Weights(AnswerModel):
    """What there is to load with; null where defaults follow the equipment."""

    bar_kg: float | None = None
    safety_bar_kg: float | None = None
    plate_step_kg: float | None = None
    kettlebells_kg: tuple[float, ...] | None = None
    dumbbells_kg: tuple[float, ...] | None = None
    backpack_max_kg: float | None = None


class PreferredSquat(AnswerModel):
    """The squat the client wants back."""

    variation: PreferredVariation
    depth: Depth
    one_rep_max_kg: float | None = None
    last_heavy_on: date | None = None
    stance: Stance
    heel_cm: float


class Limit(AnswerModel):
    """A lasting condition that rules exercises out."""

    code: LimitCode
    side: LimitSide | None = None
    cleared_on: date | None = None
    note: str


class Client(AnswerModel):
    """A client as they are now."""

    id: UUID
    display_name: str
    birth_year: int
    sex: Sex
    time_zone: str
    locale: str
    units: Units
    setting: Setting
    equipment: tuple[Equipment, ...]
    weights: Weights
    training_days: tuple[Weekday, ...]
    session_minutes: int
    session_time: str = Field(description="Hour at which sessions begin, in the client's time zone.")
    preferred_squat: PreferredSquat
    height_cm: float | None = None
    limits: tuple[Limit, ...]
    coach_id: UUID | None = Field(default=None, description="Who looks after them; hand over to change it.")
    archived: bool
    created_at: datetime


class ClientPage(Page[Client]):
    """A page of clients, newest first."""
