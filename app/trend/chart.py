"""The picture of one block: ladder, responses, mornings, loads and what was decided, on one line of days.

Hand-written SVG: the same trend gives the same bytes. Every meaning has a shape or a letter beside its colour, and
lengths are chosen for a screen 360 px wide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from typing import Final

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.messages import Messages
from app.trend.schemas import Trend, TrendBlock, TrendDecision, TrendExposure
from planner.words import Colour, Units, Verdict

WIDTH: Final = 360
_LEFT, _RIGHT = 122.0, 352.0  # of the plots
_RUNG, _MORNING, _LOAD = 22.0, 7.0, 44.0  # height of a rung, of a point of the score, of the tallest bar
_GAP_DAYS = 4  # mornings further apart are not joined: nothing is known of the days between
_HEAD, _BETWEEN = 22.0, 38.0
_KEYS = 3  # entries in a line of the legend
COLOURS: Final[tuple[Colour, ...]] = ("normal", "watch", "problem", "red_flag", "pending")
_KG_IN: Final[dict[Units, float]] = {"metric": 1, "imperial": 0.45359237}  # a pound is defined as that
MOVES: Final[tuple[Verdict, ...]] = ("up", "load_up", "ease", "step_back", "rerank", "refer", "stop")
"""What is marked: decisions that change what is done. A hold changes nothing."""

_PICTURES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in the picture: where, which kind, and what it stands for."""

    x: float
    y: float
    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled line: a rung or a week."""

    at: float
    text: str
    more: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything the template draws, in its own units."""

    title: str
    description: str
    height: float
    weeks: tuple[Tick, ...]
    rungs: tuple[Tick, ...]
    climb: str
    responses: tuple[Mark, ...]
    moves: tuple[Mark, ...]
    moves_y: float
    mornings_y: float
    band_y: float | None
    band_text: str
    lines: tuple[str, ...]
    mornings: tuple[Mark, ...]
    load_y: float | None
    load_text: str
    bars: tuple[Mark, ...]
    foot_y: float
    colours: tuple[Colour, ...]
    move_kinds: tuple[Verdict, ...]


def draw(trend: Trend, words: Messages, *, units: Units = "metric", standalone: bool = True) -> str:
    """Return the SVG of the trend of one block; `standalone` as a file of its own, else to stand in a page."""
    chart = _chart(trend, trend.blocks[0], words, units)
    template = _PICTURES.get_template("chart.svg")
    return template.render(
        chart=chart,
        words=words,
        width=WIDTH,
        left=_LEFT,
        right=_RIGHT,
        point=_MORNING,
        standalone=standalone,
    )


def _chart(trend: Trend, block: TrendBlock, words: Messages, units: Units) -> Chart:
    line = _Line(block)
    rungs = len(block.ladder)
    ladder_end = _HEAD + rungs * _RUNG
    moves_y = ladder_end + 14
    mornings_y = moves_y + _BETWEEN
    mornings_end = mornings_y + 10 * _MORNING
    bars = tuple(_bars(trend.exposures, line, mornings_end + _BETWEEN + _LOAD, _KG_IN[units], words))
    foot = mornings_end + (_BETWEEN + _LOAD if bars else 0)
    colours = tuple(kind for kind in COLOURS if any(one.response == kind for one in trend.exposures))
    moves = tuple(_moves(trend, line, moves_y))
    move_kinds = tuple(kind for kind in MOVES if any(mark.kind == kind for mark in moves))
    return Chart(
        title=words("chart.title"),
        description=_description(trend, block, words),
        height=foot + 22 + 16 * (ceil(len(colours) / _KEYS) + ceil(len(move_kinds) / _KEYS)),
        weeks=tuple(_weeks(block, line, words)),
        rungs=tuple(_rungs(block)),
        climb=_climb(trend.exposures, block, line),
        responses=tuple(_responses(trend.exposures, block, line, words)),
        moves=moves,
        moves_y=moves_y,
        mornings_y=mornings_y,
        band_y=None if block.normal_up_to is None else _score_y(mornings_y, block.normal_up_to),
        band_text="" if block.normal_up_to is None else words("chart.normal", limit=block.normal_up_to),
        lines=tuple(_lines(trend, line, mornings_y)),
        mornings=tuple(_mornings(trend, line, mornings_y)),
        load_y=foot if bars else None,
        load_text=words(f"chart.load_{units}"),
        bars=bars,
        foot_y=foot,
        colours=colours,
        move_kinds=move_kinds,
    )


# --- where things are ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """The line of days."""

    block: TrendBlock

    def x(self, day: date) -> float:
        """Return the middle of a day."""
        days = (self.block.ends_on - self.block.starts_on).days + 1
        return round(_LEFT + (_RIGHT - _LEFT) * ((day - self.block.starts_on).days + 0.5) / days, 1)


def _rung_y(block: TrendBlock, index: int) -> float:
    """Return the middle of a rung, the first at the bottom; one of an earlier ladder stays inside."""
    place = min(index, len(block.ladder) - 1)
    return _HEAD + (len(block.ladder) - place - 0.5) * _RUNG


def _score_y(top: float, score: int) -> float:
    return top + (10 - score) * _MORNING


# --- what is drawn ------------------------------------------------------------------------------------------------


def _weeks(block: TrendBlock, line: _Line, words: Messages) -> Iterator[Tick]:
    day, number = block.starts_on, 1
    while day <= block.ends_on:
        first = format_skeleton("MMMd", day, locale=words.locale)
        yield Tick(line.x(day), words("chart.week", number=number), first)
        day, number = day + timedelta(days=7), number + 1


def _rungs(block: TrendBlock) -> Iterator[Tick]:
    for rung in block.ladder:
        kind = "here" if rung.index == block.current_rung else "owned" if rung.index < block.current_rung else "ahead"
        first, rest = _broken(rung.name)
        yield Tick(_rung_y(block, rung.index), first, rest, kind)


def _broken(name: str, longest: int = 20) -> tuple[str, str]:
    """Break a name into two lines where it is too long for one: at a space, or after a hyphen."""
    if len(name) <= longest:
        return name, ""
    cut = max(name.rfind(" ", 0, longest + 1), name.rfind("-", 0, longest) + 1)
    return (name[:cut].rstrip(), name[cut:].lstrip()) if cut > 0 else (name[:longest], name[longest:])


def _climb(exposures: Sequence[TrendExposure], block: TrendBlock, line: _Line) -> str:
    """Return the path of the steps climbed: each squat on its rung, then to where the client stands."""
    placed = [(line.x(one.on), _rung_y(block, one.rung)) for one in exposures if one.rung is not None]
    here = _rung_y(block, block.current_rung)
    if not placed:
        return f"M{line.x(block.starts_on)} {here}h8"
    path = f"M{placed[0][0]} {placed[0][1]}" + "".join(f"H{x}V{y}" for x, y in placed[1:])
    return f"{path}h8V{here}" if placed[-1][1] != here else f"{path}h4"


def _responses(exposures: Sequence[TrendExposure], block: TrendBlock, line: _Line, words: Messages) -> Iterator[Mark]:
    for one in exposures:
        rung = block.current_rung if one.rung is None else one.rung
        yield Mark(line.x(one.on), _rung_y(block, rung), one.response, words(f"chart.letter_{one.response}"))


def _moved(trend: Trend) -> list[TrendDecision]:
    return [one for one in trend.decisions if one.verdict in MOVES]


def _moves(trend: Trend, line: _Line, y: float) -> Iterator[Mark]:
    """Yield the marks of what was decided; of several on a day the most protective one."""
    days: dict[date, TrendDecision] = {}
    for one in _moved(trend):
        before = days.get(one.on)
        if before is None or MOVES.index(one.verdict) > MOVES.index(before.verdict):
            days[one.on] = one
    yield from (Mark(line.x(on), y, one.verdict) for on, one in sorted(days.items()))


def _lines(trend: Trend, line: _Line, top: float) -> Iterator[str]:
    """Yield the lines through mornings that are near enough to say something of the days between."""
    points: list[str] = []
    before: date | None = None
    for one in trend.mornings:
        if before is not None and (one.on - before).days > _GAP_DAYS:
            yield " ".join(points)
            points = []
        points.append(f"{line.x(one.on)},{_score_y(top, one.now)}")
        before = one.on
    if points:
        yield " ".join(points)


def _mornings(trend: Trend, line: _Line, top: float) -> Iterator[Mark]:
    for one in trend.mornings:
        yield Mark(line.x(one.on), _score_y(top, one.now), "above" if one.normal is False else "normal")


def _bars(
    exposures: Sequence[TrendExposure], line: _Line, base: float, unit_kg: float, words: Messages
) -> Iterator[Mark]:
    """Yield the bars of the loads, `y` their tops; the first, the heaviest and the last say their number."""
    loaded = [one for one in exposures if one.load_kg]
    most = max((one.load_kg or 0 for one in loaded), default=0)
    told = {0, len(loaded) - 1, next((place for place, one in enumerate(loaded) if one.load_kg == most), 0)}
    for place, one in enumerate(loaded):
        load = one.load_kg or 0
        yield Mark(
            line.x(one.on),
            round(base - _LOAD * load / most, 1),
            "bar",
            format_decimal(round(load / unit_kg, 1), locale=words.locale) if place in told else "",
        )


# --- in words -----------------------------------------------------------------------------------------------------


def _description(trend: Trend, block: TrendBlock, words: Messages) -> str:
    """Return what the picture shows, for who does not see it."""
    rung = block.ladder[block.current_rung]
    told = {kind: sum(one.response == kind for one in trend.exposures) for kind in COLOURS}
    return words(
        "chart.description",
        first=1,
        last=((block.ends_on - block.starts_on).days + 7) // 7,
        ladder=words("chart.described_ladder", rung=rung.index + 1, rungs=len(block.ladder), name=rung.name),
        responses=words("chart.described_responses", total=len(trend.exposures), **told),
        mornings=_described_mornings(trend, block, words),
        moves=_described_moves(trend, words),
    )


def _described_mornings(trend: Trend, block: TrendBlock, words: Messages) -> str:
    if not trend.mornings:
        return words("chart.described_no_mornings")
    now = trend.mornings[-1].now
    if block.normal_up_to is None:
        return words("chart.described_mornings_plain", now=now)
    return words("chart.described_mornings", now=now, limit=block.normal_up_to)


def _described_moves(trend: Trend, words: Messages) -> str:
    moves = [
        words(
            "chart.described_move",
            move=words(f"chart.move_{one.verdict}"),
            day=format_skeleton("MMMMd", one.on, locale=words.locale),
        )
        for one in _moved(trend)
    ]
    return words("chart.described_moves", moves=", ".join(moves)) if moves else words("chart.described_no_moves")
