"""States of blocks planned lately, kept in this process beside the database.

The next fact of a client then finds the state read, and the tools of its last plan prepared, which
saves about two thirds of a replan. What counts is the stored text: a state that another process
wrote, or that was rolled back, is never taken for it.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final
from uuid import UUID

from app import tables
from planner.state import State
from planner.wire import load_state

MOST_KEPT: Final = 64
"""About half a megabyte each, most of it the items prepared for a client."""


class KeptStates:
    """The states of the blocks planned last, by the text each was stored as."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[UUID, tuple[str, State]] = OrderedDict()
        self._lock = Lock()

    def read(self, block: tables.Block) -> State:
        """Return the state a block was stored with; the block must have one."""
        with self._lock:
            text, state = self._kept.get(block.id, ("", None))
            if state is not None and text == block.state:
                self._kept.move_to_end(block.id)
                return state
        return load_state(block.state)

    def keep(self, block_id: UUID, text: str, state: State) -> None:
        """Keep a state that is being stored as `text`, in place of the block's earlier one."""
        with self._lock:
            self._kept[block_id] = (text, state)
            self._kept.move_to_end(block_id)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


KEPT_STATES: Final = KeptStates()
"""The states of this process."""
