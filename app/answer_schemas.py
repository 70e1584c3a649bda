"""Parts that many answers share: reasons, decisions, locks, differences."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.schemas_base import AnswerModel
from planner.decision import Value
from planner.words import ScreeningStatus, Side, Verdict


class Reason(AnswerModel):
    """Why something is as it is: the rule, one sentence, the numbers compared."""

    rule: str = Field(description="Look it up at `/v1/library/rules/{rule_id}`.")
    text: str
    facts: Mapping[str, Value]


class Decision(AnswerModel):
    """What a log, a check-in or another fact changed, and why."""

    id: str
    at: datetime
    rule: str
    verdict: Verdict
    because: str
    facts: Mapping[str, Value]
    rung_before: int
    rung_after: int
    source_ids: tuple[str, ...]


class Lock(AnswerModel):
    """Why nothing loaded is planned, and what ends it."""

    urgency: ScreeningStatus
    text: str
    unlock: str


class Change(AnswerModel):
    """One thing that differs between two versions of a block. What follows from it is not told again."""

    week: int | None = Field(description="Number of the week; null for the block itself.")
    date: Annotated[date | None, Field(description="The day in the later version; null for a whole week or the block.")]
    session: str = Field(description="Title of the session; empty for a whole week or the block.")
    item: str = Field(description="Name of the exercise; empty for a whole session, a week or the block.")
    side: Side | None = None
    field: str = Field(
        description="What differs: a field of the exercise such as `load_kg`, `sets` or `exercise` (swapped, new or "
        "gone); of the session `session`, `date` (moved), `status` or `exercises` (their number); of the week `week`, "
        "`status`, `lock`, `stage`, `focus`, `deload` or `projected`; of the block `status`, `lock`, `rung`, `ladder` "
        "or `limiting_factor`."
    )
    before: Value = Field(description="Null when it was not there or did not apply.")
    after: Value = Field(description="Null when it is not there any more or does not apply.")
    because: tuple[str, ...] = Field(description="What the later version says about it that the earlier did not.")
    rules: tuple[str, ...] = Field(description="The rules that say so; see `/v1/library/rules/{rule_id}`.")
