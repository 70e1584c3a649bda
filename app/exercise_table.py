"""The tables of what organizations add to the library. `app.tables` has all others and the rules they follow."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.table_kit import belongs


class OwnExercise(SQLModel, table=True):
    """One version of an exercise of an organization's own: written once, never changed."""

    __tablename__: ClassVar[str] = "own_exercises"
    __table_args__ = (belongs(("author_id",), "people"),)
    organization_id: UUID = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    author_id: UUID
    created_at: datetime


class ExerciseVideo(SQLModel, table=True):
    """An organization's link to a video of an exercise or squat variation, the library's or its own."""

    __tablename__: ClassVar[str] = "exercise_videos"
    __table_args__ = (belongs(("author_id",), "people"),)
    organization_id: UUID = Field(primary_key=True)
    exercise_id: str = Field(primary_key=True)
    url: str
    author_id: UUID
    changed_at: datetime
