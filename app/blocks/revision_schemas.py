"""Revisions of a block as they are answered."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.answer_schemas import Change, Decision
from app.blocks.schemas import Week
from app.schemas_base import AnswerModel, Page
from planner.words import BlockStatus, Verdict


class Author(AnswerModel):
    """Who made a revision."""

    id: UUID
    display_name: str


class RevisionSummary(AnswerModel):
    """What made a revision, who and when, and what it changed."""

    revision: int
    cause_kind: str = Field(
        description="`created`, `session_log`, `check_in`, `assessment`, `screening`, `clearance`, `adjustment`, "
        "`profile`, `upgrade` (a newer planner or catalogue) or `finished`; more may be added."
    )
    cause_id: UUID | None = Field(default=None, description="Id of the log, check-in or whatever made it.")
    author: Author
    at: datetime
    verdicts: tuple[Verdict, ...] = Field(description="What was decided, in order; empty when nothing was.")
    changed_weeks: tuple[int, ...] = Field(description="The weeks readers saw differently from then on.")
    difference_count: int | None = Field(
        default=None, description="How many rows its difference has; null for revisions of earlier versions."
    )
    status: BlockStatus | None = Field(default=None, description="Status of the block from then on.")
    rung: str | None = Field(default=None, description="The step the client was on from then on, in words.")


class RevisionPage(Page[RevisionSummary]):
    """A page of revisions, newest first."""


class RevisionHead(RevisionSummary):
    """A revision without its weeks."""

    decisions: tuple[Decision, ...]
    compared_with: int | None = Field(description="The revision `difference` starts from; null for the first one.")
    difference: tuple[Change, ...] = Field(
        description="By week, day, session and exercise, the block itself first. The first 200 rows; all of them when "
        "`compare_with` is given."
    )


class Revision(RevisionHead):
    """A revision with what was decided, what differs and the weeks as readers saw them when it was made."""

    weeks: tuple[Week, ...]
