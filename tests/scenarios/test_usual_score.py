"""What pain is told counts for: the usual score that responses are held against, and what a squat adds to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import BackPainHistory
from tests.support.next_block import next_block
from tests.support.story import MONDAY, Story

SECOND = MONDAY + timedelta(days=35)
"""The first day after a block of five weeks."""

QUIET = BackPainHistory(usual=1, worst_24h=1)


@pytest.fixture(scope="module")
def five_weeks(catalogue: Catalogue) -> Story:
    """Return V3 after five calm weeks in which every third morning was two points."""
    told = Story.of(catalogue, "V3", weeks=5)
    for number in range(1, 6):
        told.calm_week(number)
    for offset in range(1, 14, 3):
        told.morning(SECOND - timedelta(days=offset), now=2)
    return told


def test_a_retest_that_asks_nothing_of_the_pain_leaves_the_usual_score(five_weeks: Story) -> None:
    """The mornings before the block stay the measure when only ranges are measured again."""
    block = next_block(five_weeks, SECOND, five_weeks.assessment)
    usual = block.state.baseline
    ranges = replace(block.assessment, measurements=block.assessment.measurements[:2], back_pain=None)
    block.tell(replace(ranges, performed_on=SECOND), SECOND, 20)

    assert usual != block.assessment.back_pain.usual  # type: ignore[union-attr]
    assert block.state.baseline == usual


def test_a_new_assessment_reads_the_usual_score_as_a_new_block_does(five_weeks: Story) -> None:
    """Within the block, the mornings of the last two weeks outweigh a score told from memory."""
    story = five_weeks.copy()
    on = SECOND - timedelta(days=1)
    story.tell(replace(story.assessment, performed_on=on, back_pain=replace(QUIET, usual=4)), on, 20)

    assert 0 < story.state.baseline < 2


def test_a_squat_that_adds_no_pain_names_no_load_ownership(catalogue: Catalogue) -> None:
    """All signs and a failed test name nothing in a back whose worst day is a usual one."""
    story = Story.of(catalogue, "V3")
    quiet = next_block(story, MONDAY + timedelta(days=1), replace(story.assessment, back_pain=QUIET))

    assert story.state.client.finding.limiting_factor == "load_ownership"
    assert quiet.state.client.finding.limiting_factor == "none"
    assert "worst day" in " ".join(quiet.state.client.finding.advice)


def test_by_a_plan_a_calm_back_says_nothing_of_the_preferred_squat(five_weeks: Story) -> None:
    """The easier squats of a plan cost no pain; what limits the preferred one is found by signs and test alone."""
    after = next_block(five_weeks, SECOND, replace(five_weeks.assessment, back_pain=QUIET))

    assert after.state.client.finding.limiting_factor == "load_ownership"
