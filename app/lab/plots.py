"""Where lines and bars of the report's plots lie; the page draws them as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH, HEIGHT = 520, 300
LEFT, RIGHT, TOP, BOTTOM = 54, 136, 14, 44
LABEL_GAP: Final = 17
BAR_HEIGHT, BAR_GAP, BAR_LEFT, BAR_RIGHT = 22, 12, 128, 60
WEEK_STEP: Final = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its points as SVG wants them, and where its name stands."""

    name: str
    points: str
    end_x: float
    end_y: float
    label_y: float


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Shares by week, one line per policy."""

    lines: tuple[Line, ...]
    weeks: tuple[Tick, ...]
    shares: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar from the left, with its value."""

    name: str
    y: float
    width: float
    value: str


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Bars one below the other."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    left: int = BAR_LEFT
    thickness: int = BAR_HEIGHT


def line_plot(series: Mapping[str, Sequence[float]]) -> LinePlot:
    """Return lines of shares (0-1) by week, the first value being the start."""
    last = max(len(values) for values in series.values()) - 1
    ends = {name: _y(values[-1]) for name, values in series.items()}
    labels = _apart(ends)
    lines = tuple(
        Line(name, _steps(values, last), _x(last, last), round(ends[name], 1), round(labels[name], 1))
        for name, values in series.items()
    )
    weeks = tuple(Tick(_x(week, last), str(week)) for week in range(0, last + 1, WEEK_STEP if last > WEEK_STEP else 1))
    shares = tuple(Tick(_y(share / 100), f"{share} %") for share in (0, 25, 50, 75, 100))
    return LinePlot(lines, weeks, shares)


def _steps(values: Sequence[float], last: int) -> str:
    return " ".join(f"{_x(week, last)},{_y(share)}" for week, share in enumerate(values))


def _x(week: int, last: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * week / max(1, last), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)


def _apart(ends: Mapping[str, float]) -> dict[str, float]:
    """Return heights for the names of lines, from the top down, none on top of another."""
    placed: dict[str, float] = {}
    floor = float(TOP)
    for name, at in sorted(ends.items(), key=lambda item: item[1]):
        placed[name] = max(at, floor)
        floor = placed[name] + LABEL_GAP
    over = floor - LABEL_GAP - (HEIGHT - BOTTOM)
    return {name: at - max(0.0, over) for name, at in placed.items()}


def bar_plot(values: Mapping[str, float]) -> BarPlot:
    """Return bars as long as their values."""
    most = max(values.values(), default=0) or 1
    room = WIDTH - BAR_LEFT - BAR_RIGHT
    bars = tuple(
        Bar(name, BAR_GAP / 2 + place * (BAR_HEIGHT + BAR_GAP), round(room * value / most, 1), f"{value:.2f}")
        for place, (name, value) in enumerate(values.items())
    )
    return BarPlot(bars, len(bars) * (BAR_HEIGHT + BAR_GAP))
