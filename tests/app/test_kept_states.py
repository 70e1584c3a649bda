"""States kept in memory: found by the mark they are stored with, and never more than a few."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from app import tables
from app.kept_states import KeptStates
from planner.catalogue import Catalogue
from planner.state import State
from planner.wire import dump_state, dump_week, load_week
from tests.support.story import Story


@pytest.fixture(scope="module")
def state(catalogue: Catalogue) -> State:
    """Return the state of a block at its start."""
    return Story.of(catalogue, "V7", check_rebuild=False, weeks=4).state


def _block(state: State, block_id: UUID | None = None) -> tables.Block:
    return tables.Block(
        organization_id=uuid4(),
        id=block_id or uuid4(),
        client_id=uuid4(),
        assessment_id=uuid4(),
        starts_on=date(2026, 11, 2),
        weeks=4,
        status="active",
        planner_version="",
        catalogue_digest="",
        revision=1,
        etag="",
        state=dump_state(state).decode(),
        state_mark="as stored",
        document="",
        created_at=datetime(2026, 11, 2, tzinfo=UTC),
        created_on=date(2026, 11, 2),
    )


def test_a_state_stored_as_it_was_kept_is_found(state: State) -> None:
    """The very object comes back, with everything prepared for it."""
    kept, block = KeptStates(), _block(state)
    kept.keep(block.id, "as stored", state)

    assert kept.read(block) is state


def test_a_state_that_was_never_kept_is_read_from_its_text(state: State) -> None:
    """Another process may have stored it."""
    again = KeptStates().read(_block(state))

    assert again == state
    assert again is not state


def test_what_was_rolled_back_is_never_taken_for_what_is_stored(state: State) -> None:
    """A dry run keeps the state it would store; the block still has the one before."""
    kept, block = KeptStates(), _block(state)
    kept.keep(block.id, "as it would be", state)

    assert kept.read(block) is not state


def test_only_the_blocks_planned_last_are_kept(state: State) -> None:
    """The block that was asked for longest ago makes room."""
    kept, blocks = KeptStates(most=2), [_block(state) for _ in range(3)]
    for block in blocks[:2]:
        kept.keep(block.id, "as stored", state)
    kept.read(blocks[0])
    kept.keep(blocks[2].id, "as stored", state)

    assert [kept.read(block) is state for block in blocks] == [True, False, True]


def test_a_week_that_was_planned_is_kept_as_it_would_be_read(catalogue: Catalogue) -> None:
    """Whether a week comes from memory or from its JSON makes no difference to the next plan."""
    planned = Story.of(catalogue, "V7", check_rebuild=False, weeks=4).planned.block

    for week in (*planned.earned, *planned.projected):
        assert load_week(dump_week(week)) == week
