"""Flares and step-backs: calm content first, then the same squat, lighter."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.plan import Item
from planner.withhold import is_loaded
from tests.support.story import MONDAY, Story, assessment_of, load_vignette, profile_of

BAR = timedelta(days=14)  # V1's third week, at the safety-bar high box


@pytest.fixture(scope="module")
def two_weeks(catalogue: Catalogue) -> Story:
    """Return V1 after two calm weeks, at the first barbell rung."""
    told = Story.of(catalogue, "V1")
    told.calm_week(1)
    told.calm_week(2)
    return told


@pytest.fixture
def story(two_weeks: Story) -> Story:
    """Return V1 after two calm weeks, for one test."""
    return two_weeks.copy()


def flare(story: Story, on: date) -> Item:
    """Squat on a day and wake up much worse, not settled; return what was squatted."""
    item = story.squat_item(on)
    assert item is not None
    story.squat(on, during=6, after=7)
    story.morning(on + timedelta(days=1), now=6, worst=7, hours_to_settle=None)
    return item


def calm(story: Story, after: date, mornings: int = 2, now: int = 2) -> date:
    """Have some calm mornings after a day; return the last one."""
    for offset in range(1, mornings + 1):
        story.morning(after + timedelta(days=offset), now=now)
    return after + timedelta(days=mornings)


def test_a_flare_is_a_problem_and_takes_35_percent(story: Story) -> None:
    """A peak of seven with a morning four above baseline steps back to 65 percent of the load."""
    done = flare(story, MONDAY + BAR)

    assert story.planned.response == "problem"
    assert "PG08" in story.rules()
    assert done.load_kg is not None
    assert story.state.position.load_kg is not None
    assert story.state.position.load_kg <= 0.65 * done.load_kg
    assert story.here.variation == done.exercise


def test_calm_content_holds_no_load(story: Story, catalogue: Catalogue) -> None:
    """From the next day on circles of small effort and easy walks are all there is."""
    flare(story, MONDAY + BAR)
    after = MONDAY + BAR + timedelta(days=2)
    shown = [item for offset in range(12) for item in story.items_on(after + timedelta(days=offset))]

    assert shown
    assert not any(is_loaded(item, catalogue) for item in shown)
    assert all((item.effort_percent or 0) <= 10 for item in shown if item.category == "cars")
    assert any(item.exercise == "walk" for item in shown)
    assert story.block.status == "active"


def test_two_calm_mornings_bring_the_same_rung_back(story: Story) -> None:
    """One calm morning is not enough; after the second the same squat is back, much lighter and with fewer sets."""
    done = flare(story, MONDAY + BAR)
    morning = MONDAY + BAR + timedelta(days=1)
    story.morning(morning + timedelta(days=1), now=2)
    assert story.state.progress.wait == "flare"
    assert _next_loaded(story, morning + timedelta(days=1)) is None
    story.morning(morning + timedelta(days=2), now=2)
    back = story.next_squat(morning + timedelta(days=2))

    assert back is not None
    assert done.load_kg is not None
    assert back.load_kg is not None
    assert back.exercise == done.exercise
    assert back.load_kg <= 0.65 * done.load_kg
    assert back.sets < done.sets


def _next_loaded(story: Story, after: date) -> Item | None:
    item = story.next_squat(after)
    return item if item is not None and item.load_kg is not None else None


def test_a_restless_morning_starts_the_count_anew(story: Story) -> None:
    """Calm, restless, calm is not two calm mornings."""
    flare(story, MONDAY + BAR)
    start = MONDAY + BAR + timedelta(days=1)
    for offset, now in enumerate((2, 5, 2), start=1):
        story.morning(start + timedelta(days=offset), now=now)

    assert _next_loaded(story, start + timedelta(days=3)) is None


def test_more_than_a_week_costs_a_stage(story: Story) -> None:
    """A flare without calm mornings for more than seven days goes back one stage, once."""
    flare(story, MONDAY + BAR)
    stage = story.here.stage
    start = MONDAY + BAR
    for offset in range(2, 12):
        story.morning(start + timedelta(days=offset), now=5)
        if offset <= 7:
            assert story.here.stage == stage
    lower = story.here
    assert lower.stage < stage
    for offset in range(12, 14):
        story.morning(start + timedelta(days=offset), now=5)
    assert story.here == lower


def test_more_than_two_weeks_are_referred_without_a_lock(story: Story) -> None:
    """After fourteen days a professional's look is advised; the block stays unlocked and nothing moves up."""
    flare(story, MONDAY + BAR)
    for offset in range(2, 17):
        story.morning(MONDAY + BAR + timedelta(days=offset), now=5)

    assert story.state.progress.refer_advised
    assert story.block.lock is None
    assert any("professional" in text for text in story.block.advice)
    here = story.state.position.rung
    last = calm(story, MONDAY + BAR + timedelta(days=16))
    for offset in range(1, 15):
        story.calm_day(last + timedelta(days=offset))
    assert story.state.position.rung <= here


def test_a_referral_is_told_once(story: Story) -> None:
    """A flare that goes on after the advice says nothing new each morning, and the question keeps its day."""
    flare(story, MONDAY + BAR)
    for offset in range(2, 17):
        story.morning(MONDAY + BAR + timedelta(days=offset), now=5)
    asked = story.state.progress.asked_on
    told = [story.morning(MONDAY + BAR + timedelta(days=offset), now=5).decisions for offset in (17, 18)]

    assert asked is not None
    assert story.state.progress.asked_on == asked
    assert told == [(), ()]


def test_two_flares_in_four_weeks_ask_for_a_reassessment(story: Story) -> None:
    """The second flare within 28 days re-ranks: it holds until there is a new assessment."""
    flare(story, MONDAY + BAR)
    last = calm(story, MONDAY + BAR + timedelta(days=1))
    assert "PG06" not in story.rules()
    again = next(day for offset in range(1, 10) if story.squat_session(day := last + timedelta(days=offset)))
    flare(story, again)

    assert "PG06" in story.rules()
    assert story.state.progress.rerank_due


def test_a_lone_six_costs_twenty_percent_of_one_exposure(story: Story) -> None:
    """A six during, calm the next morning, eases the next exposure by a fifth; a normal one gives the load back."""
    day = MONDAY + BAR
    done = story.squat_item(day)
    assert done is not None
    assert done.load_kg is not None
    story.squat(day, during=6, after=3)
    story.morning(day + timedelta(days=1), now=2, worst=6)
    assert story.planned.response == "watch"
    following = next(one for offset in range(2, 9) if story.squat_session(one := day + timedelta(days=offset)))
    eased = story.squat_item(following)
    assert eased is not None
    assert eased.load_kg is not None
    assert 0.7 * done.load_kg <= eased.load_kg <= 0.8 * done.load_kg
    assert eased.sets == done.sets
    assert story.state.progress.events == ()

    story.squat(following)
    story.morning(following + timedelta(days=1))
    assert story.state.position.load_kg == done.load_kg
    assert story.state.position.ease == 1


def test_a_problem_takes_load_and_a_set(story: Story) -> None:
    """A squat changed only to survive it steps back 20 percent and one set, without a flare."""
    day = MONDAY + BAR
    done = story.squat_item(day)
    assert done is not None
    assert done.load_kg is not None
    story.squat(day, during=3, after=3, changed_technique_to_survive=True)
    story.morning(day + timedelta(days=1), now=2)

    assert story.planned.response == "problem"
    assert "PG08" not in story.rules()
    assert story.state.position.load_kg is not None
    assert story.state.position.load_kg <= 0.8 * done.load_kg
    assert story.state.position.sets == done.sets - 1
    assert story.here.variation == done.exercise


def test_the_second_problem_takes_depth_and_the_third_the_rung(story: Story) -> None:
    """Problems within three weeks cost load, then depth, then the rung."""
    day = MONDAY + BAR
    start = story.state.position.rung
    seen = []
    for _ in range(3):
        item = story.squat_item(day)
        assert item is not None
        story.squat(day, changed_technique_to_survive=True)
        story.morning(day + timedelta(days=1), now=1)
        story.morning(day + timedelta(days=2), now=1)
        seen.append((story.state.position.rung, story.state.position.depth_drop))
        day = next(one for offset in range(3, 10) if story.squat_session(one := day + timedelta(days=offset)))

    assert seen[0] == (start, 0)
    assert seen[1] == (start, 1)
    assert seen[2][0] < start


def test_an_easily_provoked_back_starts_calm(catalogue: Catalogue) -> None:
    """High irritability begins with calm content; two calm mornings bring the unloaded entry."""
    body = load_vignette("V1")
    assessment = replace(assessment_of(body["assessment"]), irritability="high")
    story = Story(catalogue, profile_of(body["client"]), assessment)
    assert story.state.client.irritability == "high"
    shown = [item for number in range(1, 9) for day in story.days_of(number) for item in story.items_on(day)]
    assert not any(is_loaded(item, catalogue) for item in shown)
    assert story.week(1).stage == "P0"

    last = calm(story, MONDAY)
    item = story.next_squat(last)
    assert item is not None
    assert item.stage == "P1"
    assert item.load_kg is None


def test_every_flare_text_keeps_its_calm(story: Story) -> None:
    """What is said about a flare threatens nobody."""
    flare(story, MONDAY + BAR)
    told = " ".join(one.because for one in story.planned.decisions).lower()

    assert told
    assert not any(word in told for word in ("damage", "danger", "injur", "disc", "tear", "harm"))
