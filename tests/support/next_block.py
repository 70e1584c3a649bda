"""The block after a story's block: the same client, the same facts, and what the earlier block hands on."""

from dataclasses import replace
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from planner.carry import carried_from
from planner.facts import Assessment, Profile, Screening
from planner.replan import BlockRequest, build
from tests.support.story import CLEAR, Story, moment


def next_block(
    story: Story, on: date, assessment: Assessment | None = None, *, profile: Profile | None = None, weeks: int = 8
) -> Story:
    """Return the story of the block that starts on a day, from a new assessment or the one known by then."""
    later = story.copy()
    later.shown, later.starts_on, later.weeks = {}, on, weeks
    if profile is not None:
        later._fact(profile, on, 4)
    later._fact(Screening(red_flags=CLEAR), on, 5)  # type: ignore[arg-type]
    assessed = story.request.assessment_id
    if assessment is not None:
        later.assessment = replace(assessment, performed_on=on)
        assessed = later._fact(later.assessment, on, 6).id
    later.request = BlockRequest(
        id=str(uuid5(NAMESPACE_URL, f"block of {on}")),
        assessment_id=assessed,
        starts_on=on,
        weeks=weeks,
        created_at=moment(on, 6),
        created_on=on,
        carried=carried_from(story.state),
    )
    later.planned = build(later.request, later.facts, catalogue=story.catalogue, today=on)
    later._keep(later.planned.block)
    return later
