"""Links to videos: an organization's coaches say where its people see an exercise done."""

from typing import Annotated

from fastapi import APIRouter, Body

from app.deps import CatalogueDep, CoachPerson, NowDep, SessionDep
from app.library import examples, video_service
from app.library.routes import ExerciseId, VariationId
from app.library.video_schemas import Video, VideoLink

router = APIRouter(prefix="/v1/library", tags=["Library"])

LinkBody = Annotated[VideoLink, Body(openapi_examples=examples.VIDEO)]


@router.put("/exercises/{exercise_id}/video")
def link_exercise_video(
    exercise_id: ExerciseId,
    person: CoachPerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    body: LinkBody,
) -> Video:
    """Link an exercise to a video. Your organization's people see it as `video_url`; the link before is replaced."""
    key = video_service.exercise_key(session, person.organization_id, exercise_id, catalogue)
    video = video_service.link_video(session, person, key, body.url, now=now)
    return Video.model_validate(video, from_attributes=True)


@router.delete("/exercises/{exercise_id}/video", status_code=204)
def unlink_exercise_video(
    exercise_id: ExerciseId, person: CoachPerson, session: SessionDep, catalogue: CatalogueDep
) -> None:
    """Take the link to a video away."""
    key = video_service.exercise_key(session, person.organization_id, exercise_id, catalogue)
    video_service.unlink_video(session, person, key)


@router.put("/squat-variations/{variation_id}/video")
def link_variation_video(
    variation_id: VariationId,
    person: CoachPerson,
    session: SessionDep,
    catalogue: CatalogueDep,
    now: NowDep,
    body: LinkBody,
) -> Video:
    """Link a squat variation to a video. Your organization's people see it as `video_url`."""
    key = video_service.variation_key(variation_id, catalogue)
    video = video_service.link_video(session, person, key, body.url, now=now)
    return Video.model_validate(video, from_attributes=True)


@router.delete("/squat-variations/{variation_id}/video", status_code=204)
def unlink_variation_video(
    variation_id: VariationId, person: CoachPerson, session: SessionDep, catalogue: CatalogueDep
) -> None:
    """Take the link to a video away."""
    video_service.unlink_video(session, person, video_service.variation_key(variation_id, catalogue))
