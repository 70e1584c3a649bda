"""The home assessment as it is described: enough to build its form, and the body that it is sent with."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from app.schemas_base import AnswerModel

AnswerKind = Literal["number", "whole", "boolean", "choice", "add"]


class Choice(AnswerModel):
    """One possible answer: what is sent, and what is shown."""

    value: str
    label: str


class Answer(AnswerModel):
    """One thing to fill in, and where it goes in the body of `POST /v1/clients/{client_id}/assessments`."""

    label: str
    kind: AnswerKind = Field(
        description="`number`; `whole` number (`choices` explain each); `boolean`: true or false; `choice`: the "
        "`value` of one of `choices`; `add`: a yes puts `value` into the list."
    )
    into: str = Field(description="Field of the body.")
    entry: Mapping[str, str] | None = Field(
        default=None, description="The field is a list of objects; all answers with the same entry are one of them."
    )
    field: str | None = Field(default=None, description="Field of the entry, or of the object in the body.")
    value: str | None = Field(default=None, description="Only of kind `add`.")
    choices: tuple[Choice, ...] | None = None
    lowest: float | None = None
    highest: float | None = None
    unit: str | None = None
    needed: bool = Field(default=False, description="Nothing loaded is planned until it is answered.")


class HomeError(AnswerModel):
    """How exact a reading at home is: standard error, and the smallest change that is not chance (95 %)."""

    standard: float
    smallest_real_change: float
    unit: str
    text: str


class Step(AnswerModel):
    """One step: what to do, how to read it, when to stop, what to fill in."""

    id: str
    title: str
    equipment: tuple[str, ...] = Field(description="Ids of the document's `equipment`.")
    steps: tuple[str, ...]
    read: str = Field(description="How to read or judge it.")
    stop: str | None = Field(default=None, description="When to stop this step, besides `when_to_stop`.")
    skip: str | None = Field(default=None, description="Who leaves it out.")
    core: bool = Field(default=False, description="Without it a finding is less certain.")
    home_error: HomeError | None = None
    sources: tuple[str, ...] = Field(description="Look them up at `/v1/library/sources`.")
    answers: tuple[Answer, ...]


class Section(AnswerModel):
    """Steps that are done together, in their order."""

    id: str
    title: str
    steps: tuple[Step, ...]


class WhenToStop(AnswerModel):
    """What ends a test, or the whole assessment."""

    title: str
    rules: tuple[str, ...]


class Thing(AnswerModel):
    """Something to have at hand."""

    id: str
    name: str


class HomeAssessment(AnswerModel):
    """A home assessment from beginning to end; its body starts with `body` and takes the answers."""

    language: str
    title: str
    intro: str
    minutes: int
    prepare: tuple[str, ...]
    when_to_stop: WhenToStop
    error_factor: float = Field(description="How many times as wide as a clinic's the error of home readings is taken.")
    error_text: str
    equipment: tuple[Thing, ...]
    sections: tuple[Section, ...]
    left_out: tuple[str, ...] = Field(description="What needs a second person, a coach or a clinician: not asked here.")
    body: Mapping[str, str] = Field(description="What every home assessment is sent with.")
    how_to_send: tuple[str, ...]
