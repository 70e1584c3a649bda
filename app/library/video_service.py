"""Links to videos of exercises: one for each exercise and organization, set by its coaches, seen by its people."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from app.errors import NotFound
from app.exercise_table import ExerciseVideo
from app.library.own_service import lock_library
from app.library.schemas import LibraryEntry
from app.own_exercises import find_own
from app.signed_in import SignedIn
from planner.catalogue import Catalogue

Entry = TypeVar("Entry", bound=LibraryEntry)


def exercise_key(session: Session, organization_id: UUID, exercise_id: str, catalogue: Catalogue) -> str:
    """Return the id that a link is kept under; all versions of an own exercise share it."""
    own = find_own(session, organization_id, exercise_id)
    if own is not None:
        return own.id
    if exercise_id not in catalogue.exercises:
        raise NotFound
    return exercise_id


def variation_key(variation_id: str, catalogue: Catalogue) -> str:
    """Return the id that a link of a squat variation is kept under."""
    if variation_id not in catalogue.variations:
        raise NotFound
    return variation_id


def link_video(session: Session, who: SignedIn, key: str, url: str, *, now: datetime) -> ExerciseVideo:
    """Keep a link in the place of the one before."""
    lock_library(session, who.organization_id)
    video = _find(session, who.organization_id, key) or ExerciseVideo(
        organization_id=who.organization_id, exercise_id=key, url=url, author_id=who.person_id, changed_at=now
    )
    video.url, video.author_id, video.changed_at = url, who.person_id, now
    session.add(video)
    session.flush()
    return video


def unlink_video(session: Session, who: SignedIn, key: str) -> None:
    """Forget a link; without one nothing changes."""
    video = _find(session, who.organization_id, key)
    if video is not None:
        session.delete(video)
        session.flush()


def _find(session: Session, organization_id: UUID, key: str) -> ExerciseVideo | None:
    return session.get(ExerciseVideo, (organization_id, key))


def with_video(entry: Entry, videos: Mapping[str, str]) -> Entry:
    """Return a library entry with the link an organization has for it."""
    return entry.model_copy(update={"video_url": videos.get(entry.id)})
