"""Doses as people read them beside a clock: short pieces, times as minutes and seconds."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.blocks.schemas import Item
from app.dose_words import Dose, dose_text, phase_text
from app.messages import Messages
from planner.library import Exercise, Variation


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a dose; `seconds` where a clock can run."""

    text: str
    seconds: int | None = None
    help: str = ""


def clock(seconds: int) -> str:
    """Return seconds as a clock shows them: 0:30, 2:00."""
    return f"{seconds // 60}:{seconds % 60:02}"


def dose(item: Item, words: Messages, taught: Exercise | Variation | None) -> tuple[Piece, ...]:
    """Return what an item asks for: work, side, tempo, rest, effort."""
    return tuple(_pieces(item, words, taught))


def _pieces(item: Item, words: Messages, taught: Exercise | Variation | None) -> Iterator[Piece]:
    yield from _work(item, words)
    if item.side in {"left", "right"} or (item.side == "both" and _by_side(taught)):
        yield Piece(words(f"dose.side_{item.side}"))
    if item.tempo is not None:
        yield Piece(words("dose.tempo", tempo=item.tempo), help=words("page.tempo_help"))
    if item.rest_s is not None:
        yield Piece(words("dose.rest", time=clock(item.rest_s)), item.rest_s)
    if item.rpe_max is not None:
        yield Piece(words("dose.effort_of_ten", rpe=f"{item.rpe_max:g}"))
    if item.effort_percent is not None and item.phases is None:
        yield Piece(words("dose.effort_percent", percent=item.effort_percent))
    if item.box_height_cm is not None:
        yield Piece(words("dose.box", centimetres=item.box_height_cm))


def _by_side(taught: Exercise | Variation | None) -> bool:
    """Tell whether an exercise is done one side after the other, so that a dose for both needs a word."""
    return taught.single_leg if isinstance(taught, Variation) else taught is not None and taught.sides == "each"


def _work(item: Item, words: Messages) -> Iterator[Piece]:
    """Yield sets and what each of them holds."""
    if item.phases is None:
        yield Piece(dose_text(Dose.of(dict(item)), words, clock), item.hold_s or item.duration_s)
        return
    if item.sets > 1:
        yield Piece(words("dose.rounds", sets=item.sets))
    for phase in item.phases:
        told = phase_text(phase.name, clock(phase.seconds), words, percent=phase.effort_percent)
        yield Piece(told, phase.seconds)
