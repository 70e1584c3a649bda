"""Red flags: what each one stops, what ends it, and what does not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.catalogue import Catalogue
from planner.facts import Clearance, Limit, Screening
from planner.replan import withhold
from planner.withhold import is_loaded
from planner.words import Answer, RedFlag, ScreeningStatus
from tests.support.story import CLEAR, MONDAY, Story, assessment_of, load_vignette, profile_of

EMERGENCY: tuple[RedFlag, ...] = (
    "bladder_or_bowel_change",
    "saddle_numbness",
    "both_legs_affected",
    "progressive_weakness",
    "major_trauma",
    "chest_pain_or_collapse",
)
SAME_DAY: tuple[RedFlag, ...] = (
    "severe_and_rapidly_worsening",
    "loss_of_strength",
    "fever_or_unwell",
    "osteoporosis_or_steroids_with_fall",
    "cannot_bear_weight",
)
REFER: tuple[RedFlag, ...] = (
    "numbness",
    "tingling",
    "radiating_pain",
    "cancer_history_new_pain",
    "unexplained_weight_loss",
    "constant_night_pain",
    "recent_surgery",
    "pregnancy_or_recent_birth",
    "groin_pain_at_rest",
    "long_morning_stiffness",
)
LEVELS: dict[ScreeningStatus, tuple[RedFlag, ...]] = {"emergency": EMERGENCY, "same_day": SAME_DAY, "refer": REFER}
URGENCY = [(flag, level) for level, flags in LEVELS.items() for flag in flags]
TUESDAY = MONDAY + timedelta(days=8)
GENTLE = {"walk", "ankle_car", "t_spine_car_seated", "shoulder_car", "foot_toe_car", "hip_car_side_lying"}


def story_without_answers(catalogue: Catalogue, answers: dict[str, str], screened_on: date | None = None) -> Story:
    """Return V1 with only these answers, given on a day."""
    body = load_vignette("V1")
    assessment = replace(assessment_of(body["assessment"]), red_flags={})
    return Story(catalogue, profile_of(body["client"]), assessment, screening=answers, screened_on=screened_on)


def ahead(story: Story, today: date) -> list[str]:
    """Return the exercises shown on the days after today."""
    days = [day for week in story.block.earned for day in week.days if day.date > today]
    return [item.exercise for day in days for one in day.sessions for item in one.items]


@pytest.fixture(scope="module")
def first_week(catalogue: Catalogue) -> Story:
    """Return V1 after a calm first week."""
    told = Story.of(catalogue, "V1")
    told.calm_week(1)
    return told


@pytest.fixture
def story(first_week: Story) -> Story:
    """Return V1 after a calm first week, for one test."""
    return first_week.copy()


@pytest.mark.parametrize(("flag", "urgency"), URGENCY)
def test_a_yes_in_a_check_in_locks_at_its_level(story: Story, flag: RedFlag, urgency: str) -> None:
    """Each of the 21 flags locks the running block at the level its wording has."""
    told = story.morning(TUESDAY, red_flags={flag: "yes"})

    assert told.response == "red_flag"
    assert story.block.status == "locked"
    assert story.block.lock is not None
    assert story.block.lock.urgency == urgency
    assert [one.verdict for one in told.decisions if one.rule == "PG01"] == ["stop"]


@pytest.mark.parametrize(("flag", "urgency"), URGENCY)
def test_what_is_shown_depends_on_the_level(story: Story, flag: RedFlag, urgency: str) -> None:
    """Emergency and same day show words alone; refer shows the gentle list; nothing is projected."""
    story.morning(TUESDAY, red_flags={flag: "yes"})

    assert set(ahead(story, TUESDAY)) == (GENTLE if urgency == "refer" else set())
    assert story.block.projected == ()


@pytest.mark.parametrize(
    ("flags", "urgency"),
    [
        (("cancer_history_new_pain", "constant_night_pain"), "same_day"),
        (("cancer_history_new_pain", "unexplained_weight_loss"), "same_day"),
        (("cancer_history_new_pain", "severe_and_rapidly_worsening"), "same_day"),
        (("constant_night_pain", "unexplained_weight_loss"), "same_day"),
        (("severe_and_rapidly_worsening", "loss_of_strength"), "emergency"),
        (("numbness", "tingling", "radiating_pain"), "refer"),
        (("numbness", "saddle_numbness"), "emergency"),
    ],
)
def test_flags_together_may_weigh_more(story: Story, flags: tuple[RedFlag, ...], urgency: str) -> None:
    """Some flags together are raised; otherwise the most urgent one decides."""
    story.morning(TUESDAY, red_flags=dict.fromkeys(flags, "yes"))

    assert story.block.lock is not None
    assert story.block.lock.urgency == urgency


def test_flags_told_on_different_days_add_up(story: Story) -> None:
    """A second flag a day later is weighed together with the first."""
    story.morning(TUESDAY, red_flags={"severe_and_rapidly_worsening": "yes"})
    story.morning(TUESDAY + timedelta(days=1), red_flags={"loss_of_strength": "yes"})

    assert story.block.lock is not None
    assert story.block.lock.urgency == "emergency"


def test_a_begun_day_is_kept_but_shown_without_loads(story: Story, catalogue: Catalogue) -> None:
    """The stored day stays as it was shown; what is served of it under a lock holds nothing loaded."""
    before = story.items_on(story.squat_days(2)[0])
    story.morning(story.squat_days(2)[0], red_flags={"numbness": "yes"})
    kept = story.items_on(story.squat_days(2)[0])
    served = withhold(story.week(2), catalogue)

    assert kept == before
    assert not any(is_loaded(item, catalogue) for day in served.days for one in day.sessions for item in one.items)
    assert any(one.status == "withheld" for day in served.days for one in day.sessions)


def test_not_asked_never_locks_a_running_block(story: Story) -> None:
    """A check-in that leaves every item open changes nothing, in the third week as well."""
    story.morning(TUESDAY, red_flags=dict.fromkeys(CLEAR, "not_asked"))
    story.calm_week(3)

    assert story.block.status == "active"


@pytest.mark.parametrize("missing", sorted(CLEAR))
def test_an_unanswered_article_item_locks_a_new_block(catalogue: Catalogue, missing: str) -> None:
    """Each of the six items that was not answered locks the block at creation: gentle list only."""
    story = story_without_answers(catalogue, {flag: "no" for flag in CLEAR if flag != missing})

    assert story.block.lock is not None
    assert story.block.lock.urgency == "incomplete"
    assert {item.exercise for item in story.items()} == GENTLE
    assert not any(is_loaded(item, catalogue) for item in story.items())


@pytest.mark.parametrize(("days", "status"), [(0, "active"), (7, "active"), (8, "locked"), (30, "locked")])
def test_answers_hold_for_seven_days_at_creation(catalogue: Catalogue, days: int, status: str) -> None:
    """Answers up to seven days old are enough for a new block, older ones are not."""
    story = story_without_answers(catalogue, dict(CLEAR), MONDAY - timedelta(days=days))

    assert story.block.status == status


def test_answering_ends_an_incomplete_lock_at_the_entry(catalogue: Catalogue) -> None:
    """The missing answers open the plan where it would have started."""
    story = story_without_answers(catalogue, {})
    story.tell(Screening(red_flags=dict(CLEAR)), MONDAY + timedelta(days=1))  # type: ignore[arg-type]

    assert story.block.status == "active"
    assert story.state.position.rung == story.state.ladder.entry


def test_part_of_the_answers_is_not_enough(catalogue: Catalogue) -> None:
    """Five of six answers leave the block locked."""
    story = story_without_answers(catalogue, {})
    some = dict(list(CLEAR.items())[:5])
    story.tell(Screening(red_flags=some), MONDAY + timedelta(days=1))  # type: ignore[arg-type]

    assert story.block.lock is not None
    assert story.block.lock.urgency == "incomplete"


def test_a_clearance_without_fresh_answers_keeps_the_gentle_list(story: Story) -> None:
    """After a clearance the article's items must be answered anew before anything loaded is planned."""
    story.morning(TUESDAY, red_flags={"numbness": "yes"})
    story.tell(Clearance(cleared_on=TUESDAY + timedelta(days=10), cleared_by="Dr Rivera"), TUESDAY + timedelta(days=10))

    assert story.block.lock is not None
    assert story.block.lock.urgency == "incomplete"


def test_a_clearance_and_answers_resume_at_the_shape_stage(story: Story) -> None:
    """Cleared, training resumes at P1 however far it had come, and nothing moves up for 14 days."""
    story.morning(TUESDAY, red_flags={"numbness": "yes"})
    cleared = TUESDAY + timedelta(days=5)
    story.clear(cleared)
    assert story.here.stage == "P1"

    day = cleared + timedelta(days=1)
    while day < cleared + timedelta(days=14):
        story.calm_day(day)
        item = story.squat_item(day)
        assert item is None or item.stage == "P1"
        day += timedelta(days=1)
    for offset in range(14):
        story.calm_day(cleared + timedelta(days=14 + offset))
    assert story.here.stage != "P1"


@pytest.mark.parametrize("name", ["V1", "V2", "V3", "V4", "V7", "V14"])
def test_no_climb_goes_on_where_it_stopped(catalogue: Catalogue, name: str) -> None:
    """Whatever limits, weeks into a block: after a clearance the next squat is one of the shape stage."""
    story = Story.of(catalogue, name)
    for number in (1, 2, 3):
        story.calm_week(number)
    stopped = MONDAY + timedelta(days=21)
    was = story.here
    story.morning(stopped, red_flags={"numbness": "yes"})
    story.clear(stopped + timedelta(days=2))
    squat = story.next_squat(stopped + timedelta(days=2))

    assert (story.block.lock, story.here.stage) == (None, "P1")
    assert was.stage > "P1"
    assert squat is not None
    assert squat.stage == "P1"


def test_a_flag_that_was_not_known_to_the_clearance_stays(story: Story) -> None:
    """A yes from before the clearance that arrives after it was not part of what was cleared."""
    story.morning(TUESDAY, red_flags={"numbness": "yes"})
    cleared = TUESDAY + timedelta(days=5)
    story.clear(cleared)
    story.morning(TUESDAY + timedelta(days=1), red_flags={"tingling": "yes"}, received=cleared + timedelta(days=1))

    assert story.block.lock is not None
    assert story.block.lock.urgency == "refer"


def test_a_clearance_from_before_the_flag_ends_nothing(story: Story) -> None:
    """A clearance dated before the yes does not unlock it."""
    story.morning(TUESDAY, red_flags={"numbness": "yes"})
    story.tell(Clearance(cleared_on=MONDAY, cleared_by="Dr Rivera"), MONDAY, received=MONDAY)

    assert story.block.lock is not None


@pytest.mark.parametrize(("days", "locked"), [(-1, True), (0, False), (1, False)])
@pytest.mark.parametrize("denied", [False, True])
def test_a_clearance_ends_no_flag_that_came_up_after_the_day_it_tells_of(
    story: Story, days: int, locked: bool, denied: bool
) -> None:
    """Written down later, dated before, on and after the day of the yes; a no in between moves that day nowhere."""
    story.morning(TUESDAY, red_flags={"numbness": "yes"})
    if denied:
        story.morning(TUESDAY + timedelta(days=2), red_flags={"numbness": "no"})
    body = Clearance(cleared_on=TUESDAY + timedelta(days=days), cleared_by="Dr Rivera")
    story.tell(body, TUESDAY + timedelta(days=3))

    assert story.block.lock is not None
    assert story.block.lock.urgency == ("refer" if locked else "incomplete")  # the other answers are a week old


def test_a_correction_never_withdraws_a_flag(story: Story) -> None:
    """A check-in replaced by one without the yes leaves the lock in place."""
    story.morning(TUESDAY, red_flags={"saddle_numbness": "yes"})
    first = story.facts[-1].id
    story.morning(TUESDAY, red_flags={"saddle_numbness": "no"}, received=TUESDAY + timedelta(days=1), replaces=first)

    assert story.block.lock is not None
    assert story.block.lock.urgency == "emergency"


@pytest.mark.parametrize("code", ["hip_replacement", "spine_surgery", "bone_fragility", "hernia", "pregnancy"])
def test_a_limit_without_clearance_locks_until_it_is_dated(story: Story, code: str) -> None:
    """A new limit that needs a clearance locks at refer; with a date and fresh answers it unlocks at P1."""
    limit = Limit(code=code, cleared_on=None, note="cleared, promised")  # type: ignore[arg-type]
    story.tell(replace(story.profile, limits=(limit,)), TUESDAY)
    assert story.block.lock is not None
    assert story.block.lock.urgency == "refer"

    story.tell(Screening(red_flags=dict(CLEAR)), TUESDAY + timedelta(days=1))  # type: ignore[arg-type]
    assert story.block.lock is not None
    dated = replace(limit, cleared_on=TUESDAY)
    story.tell(replace(story.profile, limits=(dated,)), TUESDAY + timedelta(days=1))
    assert story.block.lock is None
    assert story.here.stage == "P1"


@pytest.mark.parametrize("birth_year", [2009, 2015])
def test_a_minor_is_referred(catalogue: Catalogue, birth_year: int) -> None:
    """Under 18 the plan waits for a professional."""
    body = load_vignette("V1")
    profile = replace(profile_of(body["client"]), birth_year=birth_year)
    story = Story(catalogue, profile, assessment_of(body["assessment"]))

    assert story.block.lock is not None
    assert story.block.lock.urgency == "refer"


def test_logs_under_a_lock_earn_nothing(story: Story) -> None:
    """Squats logged while the lock holds do not move anyone up."""
    here = story.state.position.rung
    story.morning(TUESDAY, red_flags={"numbness": "yes"})
    story.squat(story.squat_days(2)[0], received=TUESDAY + timedelta(days=1))
    story.morning(TUESDAY + timedelta(days=2))

    assert story.state.position.rung <= here
    assert story.block.status == "locked"


@pytest.mark.parametrize("told", ["before the morning", "with the morning", "not at all"])
def test_a_calm_morning_moves_nothing_up_under_a_lock(story: Story, told: str) -> None:
    """A squat from before the flag earns no load either: what the morning after it says comes too late."""
    trained = story.squat_days(2)[0]
    story.squat(trained, rpe=4)
    here, flagged = story.state.position, dict[RedFlag, Answer](numbness="yes")
    if told == "before the morning":
        story.tell(Screening(red_flags=flagged), trained, 21)
    story.morning(trained + timedelta(days=1), red_flags=flagged if told == "with the morning" else {})

    earned = [decision for decision in story.planned.decisions if decision.verdict in {"up", "load_up"}]
    assert bool(earned) == (told == "not at all")
    assert (story.state.position == here) == (told != "not at all")


def test_a_changed_profile_asks_no_question_anew(story: Story) -> None:
    """Answers that have grown old lock no running block, whatever else is changed in the profile."""
    story.calm_week(1)
    today = story.days_of(2)[3]
    story.tell(replace(story.profile, session_minutes=story.profile.session_minutes - 5), today)

    assert story.block.lock is None
    assert story.block.status == "active"
