"""Links to videos as they are set and answered."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.schemas_base import AnswerModel, RequestModel, Unfit

LONGEST_LINK = 500


def _with_a_host(link: str) -> str:
    """Refuse what has no host to go to, or hides one behind a name and password."""
    parts = urlsplit(link)
    if not parts.hostname or "." not in parts.hostname or "@" in parts.netloc or parts.port == 0:
        raise Unfit("no_host")
    return link


Link = Annotated[
    str,
    StringConstraints(max_length=LONGEST_LINK, pattern=r"^https://[\x21-\x7e]+$"),
    AfterValidator(_with_a_host),
]
"""A link that begins with https:// and holds no spaces."""


class VideoLink(RequestModel):
    """A video that shows the exercise. Only people of your own organization see the link."""

    url: Link = Field(description="Begins with `https://`; at most 500 characters, none of them a space.")


class Video(AnswerModel):
    """A link to a video of an exercise or squat variation."""

    exercise_id: str
    url: str
    author_id: UUID
    changed_at: datetime
