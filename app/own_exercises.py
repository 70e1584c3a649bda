"""Where whoever meets an exercise by its id finds those of the organization's own."""

import re
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.exercise_table import OwnExercise
from app.fact_bodies import load_body
from planner.library import Exercise
from planner.own import version_key

_KEY = re.compile(r"(own_[a-z0-9_]+)(?:@([1-9][0-9]{0,4}))?")


def find_own(session: Session, organization_id: UUID, key: str) -> OwnExercise | None:
    """Return the version a key names, the newest for an id without one; None for what the organization has not."""
    named = _KEY.fullmatch(key)
    if named is None:
        return None
    statement = (
        select(OwnExercise)
        .where(OwnExercise.organization_id == organization_id, OwnExercise.id == named[1])
        .order_by(col(OwnExercise.version).desc())
    )
    if named[2] is not None:
        statement = statement.where(OwnExercise.version == int(named[2]))
    return session.exec(statement.limit(1)).first()


def newest_own(session: Session, organization_id: UUID) -> dict[str, OwnExercise]:
    """Return the newest version of each of an organization's exercises, by its id."""
    newest = (
        select(col(OwnExercise.id).label("id"), func.max(OwnExercise.version).label("version"))
        .where(OwnExercise.organization_id == organization_id)
        .group_by(col(OwnExercise.id))
        .subquery()
    )
    same = (newest.c.id == OwnExercise.id) & (newest.c.version == OwnExercise.version)
    statement = select(OwnExercise).join(newest, same).where(OwnExercise.organization_id == organization_id)
    return {row.id: row for row in session.exec(statement.order_by(col(OwnExercise.id)))}


def to_exercise(row: OwnExercise) -> Exercise:
    """Return a version as it is listed: under the exercise's id."""
    return load_body(Exercise, row.body)


def to_prescribed(row: OwnExercise) -> Exercise:
    """Return a version as it is prescribed: under the key of that version."""
    return replace(to_exercise(row), id=version_key(row.id, row.version))
