"""An organization's own exercises: added, changed by a further version, never overwritten."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from app.errors import Conflict, ExerciseInUse, InvalidInput
from app.exercise_table import OwnExercise
from app.fact_bodies import dump_body
from app.library import schemas
from app.library.own_schemas import ExerciseCreate
from app.own_exercises import newest_own, to_exercise
from app.signed_in import SignedIn
from app.tables import Organization
from planner.catalogue import Catalogue
from planner.errors import Fault
from planner.own import with_exercises
from planner.parse import parse_exercise

MOST_EXERCISES = 200
"""Of one organization: whoever lists the library reads them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A version as it is kept, and whether it was kept before."""

    row: OwnExercise
    already: bool


def add_exercise(
    session: Session, who: SignedIn, body: ExerciseCreate, catalogue: Catalogue, *, now: datetime
) -> Stored:
    """Keep an exercise, or a further version of one; the same again changes nothing."""
    lock_library(session, who.organization_id)
    newest = newest_own(session, who.organization_id)
    others = [to_exercise(row) for row in newest.values() if row.id != body.own_id]
    exercise = parse_exercise(_written(body), with_exercises(catalogue, others))
    row = OwnExercise(
        organization_id=who.organization_id,
        id=exercise.id,
        version=body.version,
        body=dump_body(exercise),
        author_id=who.person_id,
        created_at=now,
    )
    before = _kept_before(session, row, newest.get(row.id))
    if before is not None:
        return Stored(row=before, already=True)
    if row.id not in newest and len(newest) >= MOST_EXERCISES:
        raise Conflict("most_exercises", facts={"most": MOST_EXERCISES})
    session.add(row)
    session.flush()
    return Stored(row=row, already=False)


def lock_library(session: Session, organization_id: UUID) -> None:
    """Let one transaction at a time add to an organization's library; SQLite has one writer anyway."""
    session.exec(select(Organization.id).where(Organization.id == organization_id).with_for_update(key_share=True))


def _written(body: ExerciseCreate) -> Mapping[str, object]:
    """Return the exercise as a seed file would hold it."""
    exercise = body.model_dump(mode="json", exclude={"version"})
    return exercise | {"id": body.own_id, "code": body.code or body.own_id}


def _kept_before(session: Session, row: OwnExercise, newest: OwnExercise | None) -> OwnExercise | None:
    """Return the version that says the same; refuse another content for one that is there, or one that skips some."""
    latest = 0 if newest is None else newest.version
    if newest is not None and newest.body == row.body:
        return newest
    if row.version > latest + 1:
        raise InvalidInput(faults=(Fault("/version", "not_the_next"),))
    if newest is None or row.version > latest:
        return None
    named = session.get_one(OwnExercise, (row.organization_id, row.id, row.version))
    if named.body == row.body:
        return named
    members = {"stored": to_answer(newest).model_dump(mode="json")}
    raise ExerciseInUse("next_version", facts={"version": latest + 1}, members=members)


def to_answer(row: OwnExercise) -> schemas.Exercise:
    """Return an own exercise as answered."""
    record = {"own": True, "version": row.version, "author_id": row.author_id, "created_at": row.created_at}
    return schemas.Exercise.model_validate(json.loads(row.body) | record)


def list_own(session: Session, organization_id: UUID) -> Mapping[str, schemas.Exercise]:
    """Return an organization's exercises in their newest versions, by id."""
    return {row.id: to_answer(row) for row in newest_own(session, organization_id).values()}
