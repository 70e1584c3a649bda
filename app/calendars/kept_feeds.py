"""Feeds written lately, kept in this process: programs ask every few hours, and little has changed.

A tag names everything a feed is made from, so a text under it is current for as long as anybody can ask for it.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

MOST_KEPT: Final = 64
"""About a hundred kilobytes each."""


class KeptFeeds:
    """The texts asked for last, by their tags."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def text(self, tag: str, write: Callable[[], str]) -> str:
        """Return the text of a tag, written if it is not kept."""
        with self._lock:
            kept = self._kept.get(tag)
            if kept is not None:
                self._kept.move_to_end(tag)
                return kept
        written = write()
        with self._lock:
            self._kept[tag] = written
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return written


KEPT_FEEDS: Final = KeptFeeds()
"""The feeds of this process."""
