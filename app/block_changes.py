"""What every change of a block needs: the block as it is inside the transaction, and the answer's difference."""

from collections.abc import Sequence

from app import answer_schemas as answers
from app import tables
from app.block_days import status_on
from app.client_locks import lock_client
from app.errors import BlockFinished
from app.open_blocks import open_block
from app.planning import Desk
from planner.difference import Change


def current_block(desk: Desk, block: tables.Block) -> tables.Block:
    """Return the block as it is inside the transaction; nobody else changes it until that ends."""
    lock_client(desk.session, desk.client)
    found = open_block(desk.session, desk.client)
    if found is None or found.id != block.id or status_on(found, desk.today) == "finished":
        raise BlockFinished
    return found


def to_changes(changes: Sequence[Change]) -> tuple[answers.Change, ...]:
    """Return the rows of a difference as answered."""
    return tuple(answers.Change.model_validate(one, from_attributes=True) for one in changes)
