"""States and weeks of blocks planned lately, kept in this process beside the database.

The next fact of a client then finds the state read, and the tools of its last plan prepared, which saves about two
thirds of a replan; and the week it falls into, which would be read as JSON otherwise. What counts is what is stored:
both are found by a hash of their text, so that what another process wrote, or what was rolled back, is never taken
for it, and the text itself is asked for only where it is not known. What a plan asks a coach for follows from its
state, and is as it was stored while that is.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Final, Generic, TypeVar
from uuid import UUID

from app import tables
from planner.attention import Notice
from planner.plan import Week
from planner.state import State
from planner.wire import load_state

MOST_STATES: Final = 24
"""About half a megabyte each, most of it the items prepared for a client."""
MOST_WEEKS: Final = 2 * MOST_STATES
"""A log touches the week it comes in and, more rarely, the one it tells of."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """The values used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Key) -> Value | None:
        """Return what is kept under a key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Key, value: Value) -> None:
        """Keep a value in place of an earlier one, and let the one go that was not used for longest."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


class KeptStates:
    """The states of the blocks planned last, by the mark each was stored with."""

    def __init__(self, most: int = MOST_STATES) -> None:
        self._kept: Kept[UUID, tuple[str, State]] = Kept(most)

    def read(self, block: tables.Block) -> State | None:
        """Return the state a block was stored with; None while its plan cannot be made."""
        mark, state = self._kept.find(block.id) or (None, None)
        if mark is not None and mark == block.state_mark:
            return state
        return load_state(block.state) if block.state else None

    def keep(self, block_id: UUID, mark: str, state: State) -> None:
        """Keep a state that is being stored under a mark, in place of the block's earlier one."""
        self._kept.keep(block_id, (mark, state))


KEPT_STATES: Final = KeptStates()
"""The states of this process."""
KEPT_NOTICES: Final[Kept[UUID, tuple[str, str, tuple[Notice, ...]]]] = Kept(MOST_STATES)
"""What a block's plan asks a coach for, by the block: its place when that was stored, the client's zone, and what."""
KEPT_WEEKS: Final[Kept[tuple[UUID, str], Week]] = Kept(MOST_WEEKS)
"""Stored weeks of this process, by their block and the tag of their content."""
