"""Parts that many answers share: reasons, decisions, locks."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from app.schemas_base import AnswerModel
from planner.decision import Value
from planner.words import ScreeningStatus, Verdict


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
