"""Handing a client over, as it is sent and answered."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.schemas_base import AnswerModel, Note, Page, RequestModel


class TransferCreate(RequestModel):
    """Who looks after the client from now on."""

    coach_id: UUID = Field(description="A coach or admin of your organization who can sign in.")
    note: Note = ""


class Transfer(AnswerModel):
    """One hand-over, as it was recorded."""

    id: UUID
    client_id: UUID
    from_coach_id: UUID | None = Field(default=None, description="Null when nobody looked after the client before.")
    to_coach_id: UUID
    author_id: UUID = Field(description="Who handed the client over.")
    note: str
    at: datetime


class TransferPage(Page[Transfer]):
    """A page of hand-overs, newest first."""
