"""Late, out-of-order and corrected logs: the same facts give the same state, whenever they arrive."""

from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import CheckIn, Fact, MorningPain, SessionLog, SessionPain
from planner.replan import build
from planner.state import State
from tests.support.story import MONDAY, Story

LAST = MONDAY + timedelta(days=9)
CREATED = 9  # the hour the block is made
TUESDAY, THURSDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)


@pytest.fixture
def story(catalogue: Catalogue) -> Story:
    """Return the first day of V1."""
    return Story.of(catalogue, "V1")


def days_ahead(story: Story, today: date) -> list[object]:
    """Return every day after today as planned now, earned."""
    return [day for week in story.block.earned for day in week.days if day.date > today]


def received_at_once(story: Story) -> State:
    """Return the state of a story's facts folded as if they had come in order."""
    return build(story.request, story.facts, catalogue=story.catalogue, today=LAST).state


def test_a_log_that_arrives_late_counts_as_if_on_time(catalogue: Catalogue) -> None:
    """The morning of Tuesday told on Wednesday week gives the state and the days ahead it would have given."""
    on_time, late = Story.of(catalogue, "V1"), Story.of(catalogue, "V1")
    on_time.squat(MONDAY, during=4, after=4)
    on_time.morning(TUESDAY, now=3, worst=4, hours_to_settle=30)
    on_time.morning(LAST)
    late.squat(MONDAY, during=4, after=4)
    late.morning(LAST)
    late.morning(TUESDAY, now=3, worst=4, hours_to_settle=30, received=LAST)

    assert late.state.position == on_time.state.position
    assert late.state.progress == on_time.state.progress
    assert days_ahead(late, LAST) == days_ahead(on_time, LAST)


def test_begun_days_stay_as_they_were_shown(story: Story) -> None:
    """A late bad morning changes the days ahead, not the days the client has already seen."""
    story.squat(MONDAY)
    story.morning(LAST, now=1)
    seen = {day: story.items_on(day) for day in (*story.days_of(1), *story.days_of(2)) if day <= LAST}
    story.morning(TUESDAY, now=5, worst=7, hours_to_settle=None, words=("sharp",), received=LAST)

    assert {day: story.items_on(day) for day in seen} == seen
    assert story.planned.response == "problem"


def test_a_log_received_before_an_earlier_one_changes_nothing_in_the_end(story: Story) -> None:
    """Squat and mornings told in reverse order end in the state of their right order."""
    story.morning(MONDAY + timedelta(days=2), now=1, received=LAST)
    story.morning(TUESDAY, now=1, received=LAST)
    story.squat(MONDAY, received=LAST)

    assert story.state == received_at_once(story)
    assert story.state.position.exposures == 1
    assert story.state.latest is not None
    assert story.state.latest.colour == "normal"


def test_a_correction_counts_instead_of_the_first_telling(catalogue: Catalogue) -> None:
    """A session told with pain of seven and corrected to one stands as if told with one."""
    corrected, plain = Story.of(catalogue, "V1"), Story.of(catalogue, "V1")
    corrected.squat(MONDAY, during=7, after=7)
    first = corrected.facts[-1]
    corrected.squat(MONDAY, during=1, after=1, replaces=first.id, received=TUESDAY)
    corrected.morning(TUESDAY)
    plain.squat(MONDAY, during=1, after=1)
    plain.morning(TUESDAY)

    assert corrected.state.position == plain.state.position
    assert corrected.state.latest is not None
    assert corrected.state.latest.peak == 1
    assert corrected.state.sessions_done == plain.state.sessions_done


def test_a_correction_of_a_correction_counts(story: Story) -> None:
    """Of three tellings of the same session the newest stands."""
    story.squat(MONDAY, during=1, after=1)
    first = story.facts[-1].id
    story.squat(MONDAY, during=8, after=8, replaces=first, received=TUESDAY)
    second = story.facts[-1].id
    story.squat(MONDAY, during=2, after=2, replaces=second, received=TUESDAY)

    assert story.state.latest is not None
    assert story.state.latest.peak == 2


def test_a_corrected_morning_takes_back_what_it_changed(story: Story) -> None:
    """A bad morning that was a typing slip leaves no step back behind."""
    before = story.state.position.load_kg
    story.squat(MONDAY)
    story.morning(TUESDAY, now=8, worst=8, hours_to_settle=None)
    slip = story.facts[-1].id
    assert story.planned.response == "problem"
    story.morning(TUESDAY, now=0, worst=1, received=TUESDAY, replaces=slip)

    assert story.planned.response == "normal"
    assert story.state.progress.events == ()
    assert story.state.position.load_kg is not None
    assert before is not None
    assert story.state.position.load_kg >= before


def test_a_correction_that_arrives_before_the_first_telling(story: Story, catalogue: Catalogue) -> None:
    """Whichever of the two arrives first, the correction counts."""
    story.squat(MONDAY, during=7, after=7)
    first = story.facts[-1]
    story.squat(MONDAY, during=1, after=1, replaces=first.id, received=TUESDAY)
    told: list[Fact] = [*story.facts[:3], story.facts[4], story.facts[3]]
    swapped = build(story.request, told, catalogue=catalogue, today=TUESDAY)

    assert swapped.state == story.state


def test_two_mornings_of_a_day_count_as_the_worse(story: Story) -> None:
    """A second, milder check-in of a day does not soften the first."""
    story.squat(MONDAY)
    story.morning(TUESDAY, now=5, worst=5, hours_to_settle=30)
    story.morning(TUESDAY, now=1)

    assert story.state.latest is not None
    assert story.state.latest.morning == 5
    assert story.planned.response != "normal"


def test_a_log_from_before_the_block_starts_is_no_exposure_of_it(story: Story) -> None:
    """A check-in from last week told today moves no baseline inside the block."""
    before = story.state.position
    story.morning(MONDAY - timedelta(days=3), now=9, worst=9, received=TUESDAY)

    assert story.state.position == before
    assert story.state.latest is None


def test_a_squat_from_just_before_the_block_is_no_exposure_of_it_however_late_it_is_told(story: Story) -> None:
    """Told on Tuesday, a hard squat that was no session of the block gives what all facts at once give."""
    before = story.state.position
    story.tell(SessionLog(back_pain=SessionPain(during=8, after=8)), MONDAY, CREATED, received=TUESDAY)

    assert story.state == received_at_once(story)
    assert story.state.position == before
    assert story.state.latest is None


def test_a_session_of_the_block_counts_though_it_was_done_before_the_block_was_made(story: Story) -> None:
    """Somebody trains in the morning, is planned for that day afterwards and logs it there."""
    story.squat(MONDAY, hour=CREATED, during=7, after=7)
    session = story.squat_session(MONDAY)

    assert session is not None
    assert session.status == "done"
    assert story.state == received_at_once(story)
    assert story.state.position.exposures == 1
    assert story.state.latest is not None
    assert story.state.latest.peak == 7


def test_a_red_flag_from_just_before_the_block_stops_training_however_late_it_is_told(story: Story) -> None:
    """It was told on a phone without a connection, and the coach planned meanwhile."""
    flagged = CheckIn(back_pain=MorningPain(now=2, worst_24h=2), red_flags={"fever_or_unwell": "yes"})
    story.tell(flagged, MONDAY, CREATED, received=TUESDAY)

    assert story.state == received_at_once(story)
    assert story.block.status == "locked"
    assert [item for day in story.days_of(2) for item in story.items_on(day) if item.load_kg] == []
