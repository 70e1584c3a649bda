"""An organization's own exercise as it is sent: the fields of a seed exercise, and which version it is."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.schemas_base import RequestModel, Tempo, Text, unique
from planner.crosscheck_entries import slug
from planner.library import Contraindication, ExerciseCategory, ExerciseLoad, Method, Needed, Pose, Sides, Trained
from planner.own import OWN
from planner.words import Evidence

_Pair = Field(min_length=2, max_length=2)
SetCount = Annotated[tuple[Annotated[int, Field(ge=1, le=10)], ...], _Pair]
Count = Annotated[tuple[Annotated[int, Field(ge=1, le=100)], ...], _Pair]
Seconds = Annotated[tuple[Annotated[int, Field(ge=1, le=300)], ...], _Pair]
Minutes = Annotated[tuple[Annotated[int, Field(ge=1, le=3600)], ...], _Pair]
Metres = Annotated[tuple[Annotated[int, Field(ge=1, le=2000)], ...], _Pair]
Rest = Annotated[tuple[Annotated[int, Field(ge=0, le=600)], ...], _Pair]
Weekly = Annotated[tuple[Annotated[int, Field(ge=0, le=21)], ...], _Pair]

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Id = Annotated[str, StringConstraints(max_length=80)]
Words = Annotated[Text, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Passage = Annotated[Text, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
Links = Annotated[tuple[Id, ...], Field(max_length=10), AfterValidator(unique)]


class DoseBody(RequestModel):
    """Usual dose; pairs are lowest and highest. At least one of `reps` to `distance_m` says how much."""

    sets: SetCount
    reps: Count | None = None
    hold_s: Seconds | None = None
    breaths: Count | None = None
    duration_s: Minutes | None = Field(default=None, description="In seconds.")
    distance_m: Metres | None = None
    tempo: Tempo | None = Field(default=None, description="Down, pause, up in seconds, like `3-1-1`.")
    rest_s: Rest | None = None
    rep_s: Seconds | None = Field(default=None, description="How long one repetition takes.")
    both_ways: bool = False
    sessions_per_week: Weekly | None = None
    ladder: Annotated[tuple[Annotated[int, Field(ge=1, le=50)], ...], Field(min_length=1, max_length=6)] | None = None
    source: Annotated[str, StringConstraints(max_length=80)] = Field(description="A source of the library.")
    confidence: Evidence


class ExerciseCreate(RequestModel):
    """An exercise of your own, described like those of the library. It never changes: a change is a new version."""

    id: Id | None = Field(default=None, description="`own_` and the name in snake_case; follows from the name.")
    version: int = Field(
        default=1, ge=1, le=10_000, description="1 for a new exercise; for a change, one more than the newest."
    )
    code: Code | None = Field(default=None, description="A short name of your own; without it, the id.")
    name: Annotated[Text, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    category: ExerciseCategory
    targets: Annotated[tuple[Trained, ...], Field(min_length=1, max_length=8), AfterValidator(unique)] = Field(
        description="What it trains."
    )
    method: Method
    level: int = Field(ge=1, le=3, description="How hard it is, on the scale of the library: 1, 2 or 3.")
    hard: bool = Field(description="An end-range effort near its maximum.")
    sides: Sides = Field(description="`each`: one side at a time; `both`: both sides in one movement.")
    positions: Annotated[tuple[Pose, ...], Field(min_length=1, max_length=4), AfterValidator(unique)]
    equipment: Annotated[
        tuple[Annotated[tuple[Needed, ...], Field(min_length=1, max_length=8)], ...], Field(max_length=6)
    ] = Field(description="One of each group is needed; empty for none.")
    load: ExerciseLoad = Field(description="`none` for work without an outside load.")
    breath_hold: bool
    contraindications: Annotated[tuple[Contraindication, ...], Field(max_length=20), AfterValidator(unique)] = Field(
        description="Conditions that rule it out, in the library's codes; empty for none."
    )
    easier: Links = ()
    harder: Links = Field(default=(), description="Members may take it in the place of one that is named here.")
    cue: Words
    setup: Passage
    steps: Annotated[tuple[Passage, ...], Field(min_length=1, max_length=10)]
    feel: Passage
    stop_if: Passage
    mistake: Passage
    dose: DoseBody

    @property
    def own_id(self) -> str:
        """Return the id it is meant for."""
        return f"{OWN}{slug(self.name)}" if self.id is None else self.id
