"""How the back answered each squat, as the client was told: read from what is stored, never judged again.

The state of a block knows its latest exposures with everything that was corrected since. What is older was told in
the answers to logs and check-ins: each speaks of the latest squat that was known when it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, TypeAdapter

from planner.words import Colour


class StoredExposure(BaseModel):
    """What is read of an exposure in a stored state, whichever version stored it."""

    id: str
    rung: int
    colour: Colour


class StoredStanding(BaseModel):
    """What is read of a stored state."""

    baseline: float
    history: tuple[StoredExposure, ...]
    latest: StoredExposure | None

    @property
    def exposures(self) -> dict[str, StoredExposure]:
        """Return the exposures it remembers, by their ids."""
        known = (*self.history, self.latest) if self.latest else self.history
        return {one.id: one for one in known}


class _Told(BaseModel):
    response: Colour


_TOLD = TypeAdapter(_Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A log or check-in as it was answered; `squatted` names its id when it tells of squats."""

    id: str
    performed_at: datetime
    received_at: datetime
    squatted: bool
    answer: str | None


def colours(told: Iterable[Told], remembered: Mapping[str, StoredExposure]) -> dict[str, Colour]:
    """Return the colour of each squat by the id of its log."""
    told = tuple(told)
    said = _said(sorted(told, key=lambda one: (one.received_at, one.performed_at, one.id)))
    order = [one.id for one in sorted(told, key=lambda one: (one.performed_at, one.id)) if one.squatted]
    return {name: _final(name, said, remembered, is_last=name == order[-1]) for name in order}


def _said(by_receipt: Sequence[Told]) -> dict[str, Colour]:
    """Return what was said last of each squat while it was the latest one known; a red flag stays said."""
    said: dict[str, Colour] = {}
    latest: Told | None = None
    for one in by_receipt:
        if one.squatted and (latest is None or (one.performed_at, one.id) > (latest.performed_at, latest.id)):
            latest = one
        if latest is None or one.answer is None or said.get(latest.id) == "red_flag":
            continue
        said[latest.id] = _TOLD.validate_json(one.answer).response
    return said


def _final(name: str, said: Mapping[str, Colour], remembered: Mapping[str, StoredExposure], *, is_last: bool) -> Colour:
    colour = said.get(name, "pending")
    if colour != "red_flag" and name in remembered:
        colour = remembered[name].colour
    # Once another squat followed, the missing morning can no longer make it normal.
    return "watch" if colour == "pending" and not is_last else colour
