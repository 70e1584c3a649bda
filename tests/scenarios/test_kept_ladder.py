"""A ladder remembers what it was laid for: a new finding or a noisy reading takes no climb away, a sure one does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import Assessment, Measurement
from planner.facts import TestOutcome as Tried
from tests.support.next_block import next_block
from tests.support.story import MONDAY, Story

WEEKS = 5
LAST_DAY = MONDAY + timedelta(days=7 * WEEKS - 1)
GOOD_HIPS = {"hip_flexion": 122.0, "hip_internal_rotation": 36.0}
SHORT_ANKLES = {"ankle_knee_to_wall": 6.5}
ANKLE_SIGNS = ("hinges_to_stay_upright", "heels_lift_or_arch_collapses")
HEELS_HELP = (Tried(test="heels_up", result="helps"),)

Reassess = Callable[[Story, Assessment], Story]


def within_the_block(story: Story, assessment: Assessment) -> Story:
    """Record the assessment on the last day of the block."""
    story.tell(replace(assessment, performed_on=LAST_DAY), LAST_DAY, 20)
    return story


def for_the_next_block(story: Story, assessment: Assessment) -> Story:
    """Begin the next block from the assessment."""
    return next_block(story, LAST_DAY + timedelta(days=1), assessment)


WHEN = pytest.mark.parametrize("reassess", [within_the_block, for_the_next_block])


@pytest.fixture(scope="module")
def five_weeks(catalogue: Catalogue) -> Story:
    """Return V1, limited at the hip, half way up after five calm weeks."""
    told = Story.of(catalogue, "V1", weeks=WEEKS)
    for number in range(1, WEEKS + 1):
        told.calm_week(number)
    return told


@pytest.fixture
def story(five_weeks: Story) -> Story:
    """Return V1 half way up, for one test."""
    return five_weeks.copy()


def measured(assessment: Assessment, **values: float) -> Assessment:
    """Return an assessment with other readings on both sides, active motion close to passive."""
    return replace(assessment, measurements=tuple(_read(one, values) for one in assessment.measurements))


def _read(one: Measurement, values: dict[str, float]) -> Measurement:
    value = values.get(f"{one.joint}_{one.motion}")
    if value is None:
        return one
    return replace(one, passive=value, active=None if one.active is None else value - 4)


def squats(story: Story) -> list[str]:
    """Return the squats of the whole ladder."""
    return [rung.variation for rung in story.state.ladder.rungs]


@WHEN
def test_a_resolved_limiter_keeps_its_ladder(story: Story, reassess: Reassess) -> None:
    """With hips as they should be nothing limits any more; the climb goes on from the same place on the same rungs."""
    before = story.copy()
    after = reassess(story, replace(measured(story.assessment, **GOOD_HIPS), signs=(), tests=()))

    assert after.state.client.finding.limiting_factor == "none"
    assert after.state.ladder.factor == "hip"
    assert squats(after) == squats(before)
    assert after.state.position == before.state.position


@WHEN
def test_a_finding_with_less_confidence_keeps_the_ladder(story: Story, reassess: Reassess) -> None:
    """An ankle finding while the hips still measure short is not sure enough: the climb goes on as it was."""
    before = story.copy()
    noisy = replace(measured(story.assessment, **SHORT_ANKLES), signs=ANKLE_SIGNS, tests=HEELS_HELP)
    after = reassess(story, noisy)

    finding = after.state.client.finding
    assert (finding.limiting_factor, finding.confidence) == ("ankle", "medium")
    assert after.state.ladder.factor == "hip"
    assert replace(after.state.position, rung=0) == replace(before.state.position, rung=0)
    assert after.here.variation == before.here.variation


@WHEN
def test_a_sure_other_factor_brings_its_own_ladder(story: Story, reassess: Reassess) -> None:
    """Good hips and ankles that limit with high confidence: the ladder is laid for the ankle, entered no harder."""
    before = story.copy()
    sure = replace(measured(story.assessment, **GOOD_HIPS, **SHORT_ANKLES), signs=ANKLE_SIGNS, tests=HEELS_HELP)
    after = reassess(story, sure)

    finding = after.state.client.finding
    assert (finding.limiting_factor, finding.confidence) == ("ankle", "high")
    assert after.state.ladder.factor == "ankle"
    assert squats(after) != squats(before)
    assert "goblet_heels_up" in squats(after)
    assert (after.state.position.load_kg or 0) <= (before.state.position.load_kg or 0)


def test_on_the_preferred_squat_the_new_finding_decides(catalogue: Catalogue) -> None:
    """On the last stage nothing is left to climb, so a resolved limiter leaves its ladder."""
    story = Story.of(catalogue, "V4")
    top = len(story.state.ladder.rungs) - 1
    progress = replace(story.state.progress, position=replace(story.state.position, rung=top))
    story.planned = replace(story.planned, state=replace(story.state, progress=progress, base=progress))
    after = next_block(story, MONDAY + timedelta(days=1), replace(story.assessment, signs=(), tests=()))

    assert after.state.client.finding.limiting_factor == "none"
    assert after.state.ladder.factor == "none"


# --- readings around what a trained rung asks for -------------------------------------------------------------


@pytest.fixture(scope="module")
def on_the_low_bar(catalogue: Catalogue) -> Story:
    """Return V1 whose hips measured 104 degrees, with one exposure at the low-bar box squat, which asks for 99."""
    told = Story.of(catalogue, "V1")
    for number in (1, 2, 3):
        told.calm_week(number)
    day = MONDAY + timedelta(days=21)
    told.tell(hips(told.assessment, 104), day, 6)
    while told.rung != "low_bar_to_box" or told.state.position.exposures < 1:
        told.calm_day(day)
        day += timedelta(days=1)
    return told


def hips(known: Assessment, flexion: float) -> Assessment:
    """Return a re-test of hip flexion alone."""
    again = measured(known, hip_flexion=flexion)
    flexions = tuple(one for one in again.measurements if (one.joint, one.motion) == ("hip", "flexion"))
    return Assessment(performed_on=MONDAY, setting=known.setting, measurements=flexions)


def retested(story: Story, flexion: float) -> Story:
    """Return a copy of a story after a re-test in the evening of its last day."""
    told = story.copy()
    on = story.facts[-1].on
    told.tell(replace(hips(story.assessment, flexion), performed_on=on), on, 20 + len(told.facts) - len(story.facts))
    return told


def test_a_reading_within_error_takes_no_trained_rung_away(on_the_low_bar: Story) -> None:
    """Six degrees less, one short of what the rung asks for and within measurement error: it stays as trained."""
    after = retested(on_the_low_bar, 98)

    assert after.here.waits_for
    assert after.state.position == on_the_low_bar.state.position


def test_a_second_short_reading_in_a_row_takes_it_away(on_the_low_bar: Story) -> None:
    """Short once may be noise, short twice is not: the client stands on a rung the range is there for."""
    once = retested(on_the_low_bar, 98)
    told = replace(hips(once.assessment, 97), performed_on=once.facts[-1].on)
    once.tell(told, once.facts[-1].on, 22)

    assert once.state.position.rung < on_the_low_bar.state.position.rung
    assert not once.here.waits_for


def test_a_real_loss_takes_a_trained_rung_away(on_the_low_bar: Story) -> None:
    """Ten degrees less is more than the smallest real change of 9.7: the rung is left for one that fits."""
    after = retested(on_the_low_bar, 94)

    assert after.state.position.rung < on_the_low_bar.state.position.rung
    assert not after.here.waits_for
    assert after.state.position.exposures == 0


def test_the_same_reading_counts_once_in_the_next_block(on_the_low_bar: Story) -> None:
    """A short reading that the earlier block has seen is no second one when the next block begins from it."""
    on = on_the_low_bar.facts[-1].on
    whole = measured(on_the_low_bar.assessment, hip_flexion=98)
    story = on_the_low_bar.copy()
    story.tell(replace(whole, performed_on=on), on, 20)
    assert story.rung == "low_bar_to_box"
    later = next_block(story, on + timedelta(days=1), whole)

    assert later.rung == "low_bar_to_box"
    assert later.state.position.exposures == story.state.position.exposures
