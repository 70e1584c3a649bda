"""What is kept in memory beside a state: never stored, never shared by two plans at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from planner.catalogue import Catalogue
from planner.plan import Week
from planner.replan import Planned, replan
from planner.state import State
from planner.wire import dump_block, dump_state, dump_week, load_state
from planner.workbench import workbench_of
from tests.support.story import MONDAY, Story, changed

TUESDAY = MONDAY + timedelta(days=1)


def _again(story: Story, before: Planned) -> list[bytes]:
    """Return the weeks of the last fact, replanned from the state before it."""
    fact = story.facts[-1]
    planned = replan(
        story.request, before.state, fact, catalogue=story.catalogue, today=fact.received_on, shown=dict(story.shown)
    )
    assert planned is not None
    return [dump_week(week) for week in (*planned.block.earned, *planned.block.projected)]


def test_a_state_is_stored_without_its_workbench(catalogue: Catalogue) -> None:
    """A state that was read again is the same state and begins without tools."""
    state = Story.of(catalogue, "V1", check_rebuild=False, weeks=6).state
    again = load_state(dump_state(state))

    assert state.workbench is not None
    assert again == state
    assert again.workbench is None
    assert b"workbench" not in dump_state(state)


def test_a_state_is_told_alike_with_and_without_what_was_told_before(catalogue: Catalogue) -> None:
    """The JSON of a field is taken again only while the field is the same value: the text is that of the whole."""
    story, whole = Story.of(catalogue, "V1", check_rebuild=False, weeks=6), TypeAdapter(State)
    for later in range(21):
        story.calm_day(MONDAY + timedelta(days=later), during=later % 4)
        state = story.state

        assert dump_state(state) == whole.dump_json(state, exclude={"workbench"}) == dump_state(state)
    assert state.latest is not None


def test_the_next_plan_takes_the_tools_of_the_one_before(catalogue: Catalogue) -> None:
    """A morning that changes neither client nor ladder is planned with the same tools."""
    story = Story.of(catalogue, "V1", check_rebuild=False, weeks=6)
    bench = workbench_of(story.state)
    tools = bench.take(story.request, story.state, catalogue)
    bench.put_back(tools)
    state = story.morning(TUESDAY).state

    assert workbench_of(state).take(story.request, state, catalogue) is tools


def test_a_calm_morning_projects_no_squat_anew(catalogue: Catalogue) -> None:
    """Mornings that belong to no squat leave the squats ahead as they were told, and so does a state without tools."""
    story = Story.of(catalogue, "V1", weeks=6)
    before, after = (story.morning(day).state for day in (TUESDAY, TUESDAY + timedelta(days=1)))
    assert before.planned_from is not None
    assert after.planned_from is not None

    assert after.planned_from.ahead is before.planned_from.ahead
    fact, bare = story.facts[-1], load_state(dump_state(before))
    anew = replan(story.request, bare, fact, catalogue=catalogue, today=fact.received_on, shown=dict(story.shown))
    assert anew is not None
    assert anew.state.planned_from == after.planned_from


def test_a_squat_day_that_passes_unlogged_moves_the_squats_ahead(catalogue: Catalogue) -> None:
    """What is kept is left as soon as a squat day lies behind: nobody squatted, so nothing was earned."""
    story = Story.of(catalogue, "V1", weeks=6)
    aheads = [story.morning(TUESDAY + timedelta(days=later)).state.planned_from for later in (0, 7)]
    first, later = (dict(inputs.ahead) for inputs in aheads if inputs is not None)

    assert min(later) > min(first)
    assert later != {day: first[day] for day in later}


def test_tools_in_use_are_lent_to_nobody_else(catalogue: Catalogue) -> None:
    """A second plan from the same state makes its own tools."""
    story = Story.of(catalogue, "V1", check_rebuild=False, weeks=6)
    bench = workbench_of(story.state)
    one = bench.take(story.request, story.state, catalogue)

    assert bench.take(story.request, story.state, catalogue) is not one


def test_another_client_drops_the_tools(catalogue: Catalogue) -> None:
    """A new profile makes a new client, for whom other exercises may be chosen."""
    story = Story.of(catalogue, "V1", check_rebuild=False, weeks=6)
    before = workbench_of(story.state).take(story.request, story.state, catalogue)
    workbench_of(story.state).put_back(before)
    state = story.tell(changed(story.profile, session_minutes=30), TUESDAY).state

    assert workbench_of(state).take(story.request, state, catalogue).client is state.client


def test_plans_in_many_threads_from_one_state_are_the_same_plan(catalogue: Catalogue) -> None:
    """Eight threads that replan one fact from one state give what a state without tools gives."""
    story = Story.of(catalogue, "V7", check_rebuild=False, weeks=6)
    before = story.planned
    story.squat(story.squat_days(1)[0])
    cold = _again(story, replace(before, state=replace(before.state, workbench=None)))
    with ThreadPoolExecutor(8) as threads:
        plans = list(threads.map(lambda _: _again(story, before), range(16)))

    assert all(plan == cold for plan in plans)


@pytest.mark.parametrize("vignette", ["V1", "V2", "V3", "V4", "V7", "V14"])
def test_a_state_in_memory_and_its_text_give_the_same_bytes(catalogue: Catalogue, vignette: str) -> None:
    """Whether the state before was kept or read: state, block and weeks are written alike."""
    story = Story.of(catalogue, vignette, check_rebuild=False, weeks=6)
    lived: list[tuple[Planned, dict[int, Week]]] = []
    for day in story.days_of(1)[1:] + story.days_of(2)[:1]:
        lived.append((story.planned, dict(story.shown)))
        story.morning(day, now=2)
        if story.squat_session(day):
            lived.append((story.planned, dict(story.shown)))
            story.squat(day, during=4)

    for (before, shown), fact in zip(lived, story.facts[-len(lived) :], strict=True):
        begun = {number: week for number, week in shown.items() if week.starts_on <= fact.received_on}
        kept, read = (
            replan(story.request, state, fact, catalogue=catalogue, today=fact.received_on, shown=begun)
            for state in (before.state, load_state(dump_state(before.state)))
        )
        assert kept is not None
        assert read is not None
        assert _bytes(kept) == _bytes(read)


def _bytes(planned: Planned) -> list[bytes]:
    weeks = (*planned.block.earned, *planned.block.projected)
    return [dump_state(planned.state), dump_block(planned.block), *map(dump_week, weeks)]
