"""The coach's inbox as it is answered."""

from datetime import date
from uuid import UUID

from pydantic import Field

from app.schemas_base import AnswerModel, Page
from planner.decision import Value
from planner.words import NoticeKind, Urgency


class InboxRow(AnswerModel):
    """One client and one thing that asks for a coach; it goes away when it is resolved."""

    client_id: UUID
    client_name: str
    kind: NoticeKind = Field(description="What it is about; more kinds may come.")
    urgency: Urgency = Field(
        description="`emergency`, `same_day` and `refer` are levels of a red flag; then `soon`, then `routine`."
    )
    since: date = Field(description="The day it counts from, in the client's time zone.")
    reason: str = Field(description="Why the client is here, in one sentence.")
    rule: str = Field(description="The rule behind it, to be looked up in the library; empty without one.")
    facts: dict[str, Value] = Field(description="What was looked at.")
    link: str = Field(description="Where to look: `GET` this path.")
    action: str = Field(description="What resolves it: method and path of one operation.")


class InboxPage(Page[InboxRow]):
    """A page of the inbox, most urgent first; among equals the oldest first."""
