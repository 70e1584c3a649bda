"""Where an organization's people see exercises done."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session, select

from app.exercise_table import ExerciseVideo


def video_links(session: Session, organization_id: UUID) -> Mapping[str, str]:
    """Return an organization's links to videos, by the id of their exercise or variation."""
    statement = select(ExerciseVideo.exercise_id, ExerciseVideo.url)
    return dict(session.exec(statement.where(ExerciseVideo.organization_id == organization_id)).all())
