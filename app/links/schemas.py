"""Private links as they are answered."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.private_links import LinkKind
from app.schemas_base import AnswerModel, Page


class Link(AnswerModel):
    """A private link; its token is shown only when it is made."""

    id: UUID
    client_id: UUID
    kind: LinkKind
    created_by: UUID
    created_at: datetime
    revoked_at: datetime | None = Field(default=None, description="Since when it opens nothing any more.")


class NewLink(Link):
    """A private link with the secret that opens it."""

    token: str = Field(description="The secret; whoever has it reads without signing in.")
    url: str = Field(description="The address to hand out.")


class LinkPage(Page[Link]):
    """A page of private links, newest first; revoked ones too."""
