"""The days of a block: which week holds a day, which version of it is shown, what its documents are tagged with."""

from collections.abc import Collection
from datetime import date, timedelta
from hashlib import sha256
from typing import Protocol

DAYS = 7


class Dated(Protocol):
    """A block as far as its days are concerned."""

    @property
    def starts_on(self) -> date:
        """Return the first day."""

    @property
    def weeks(self) -> int:
        """Return how many weeks it has."""


class Standing(Dated, Protocol):
    """A block as far as its days and its status are concerned."""

    @property
    def status(self) -> str:
        """Return the stored status."""


def last_day(block: Dated) -> date:
    """Return the last day of a block."""
    return block.starts_on + timedelta(days=block.weeks * DAYS - 1)


def first_day(block: Dated, number: int) -> date:
    """Return the first day of a block week, the first week being 1."""
    return block.starts_on + timedelta(days=(number - 1) * DAYS)


def week_number(block: Dated, on: date) -> int | None:
    """Return the number of the block week that holds a day, None outside the block."""
    number = (on - block.starts_on).days // DAYS + 1
    return number if 1 <= number <= block.weeks else None


def status_on(block: Standing, today: date) -> str:
    """Return the status readers see: a block whose days are over is finished, without anything being planned."""
    return "finished" if today > last_day(block) else block.status


def tag(*parts: object) -> str:
    """Return a strong entity tag of what identifies a document's bytes."""
    return f'"{sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]}"'


def version_for(versions: Collection[str], *, begun: bool) -> str:
    """Return which stored version of a week is shown; a withheld one is there only while a lock holds, or for good."""
    if "withheld" in versions:
        return "withheld"
    return "earned" if begun or "projected" not in versions else "projected"
