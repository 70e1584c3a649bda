"""The lab's page and its command."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console
from typer.testing import CliRunner

from app.cli import cli
from app.lab import command
from app.lab.plots import line_plot
from app.lab.report import page
from tests.forecast.results import figures, result


class _Links(HTMLParser):
    """Collects what a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name for name, _ in attrs}
        if tag in {"script", "link", "img", "iframe"} or named & {"src", "href", "onload", "onclick"}:
            self.found.append(tag)


def test_the_page_asks_nobody_for_anything() -> None:
    """No script, no style sheet, picture or font from elsewhere."""
    links = _Links()
    links.feed(page(result()))
    assert links.found == []
    assert "url(" not in page(result())
    assert "@import" not in page(result())


def test_plots_are_described_for_screen_readers() -> None:
    """Each plot is well-formed SVG with a title and a description that its label names."""
    plots = re.findall(r"<svg.*?</svg>", page(result()), re.DOTALL)
    assert len(plots) == 2
    for plot in plots:
        root = ET.fromstring(plot)
        said = [root.find("title"), root.find("desc")]
        assert root.get("aria-labelledby") == " ".join(one.get("id", "") for one in said if one is not None)
        assert all(one is not None and one.text for one in said)


def test_the_page_says_what_it_is() -> None:
    """Seed, versions, the arms, the words and the honest sentence stand on the page."""
    said = page(result())
    for part in ("seed 8", "1.2.3", "<code>abc</code>", "no evidence about people", "Kaplan", "Natural recovery"):
        assert part in said
    for part in ("Red day", "Back", "Stalled in silence", "People forget logs all the same", "generic ladder"):
        assert part in said


def test_the_page_says_plainly_what_misses() -> None:
    """A missed target reads "misses", the others "pass"."""
    said = page(result(none_mislabelled=0.2))
    assert said.count(">misses<") == 1
    assert said.count(">pass<") == 7
    assert "misses<" not in page(result())


def test_the_page_holds_no_timings() -> None:
    """The same figures give the same page, however long they took."""
    slow = {name: replace(one, seconds_per_client_year=99.0) for name, one in result().policies.items()}
    assert page(result(policies=slow)) == page(result())


def test_names_of_lines_do_not_cover_each_other() -> None:
    """Lines that end at the same share have names at different heights, all within the plot."""
    plot = line_plot(dict.fromkeys("abcde", (0.0, 0.0)))
    heights = sorted(line.label_y for line in plot.lines)
    assert all(later - earlier >= 12 for earlier, later in pairwise(heights))
    assert plot.top <= heights[0]
    assert heights[-1] <= plot.bottom


def test_the_terminal_needs_eighty_columns() -> None:
    """Targets and policies fit a terminal of 80 columns without a broken figure."""
    console = Console(width=80, record=True, file=StringIO())
    wide = {"squatback": figures(25.3, 12.34), "oracle": figures(20.1, 11.11), "linear": figures(None, 123.45)}
    command.print_result(result(policies=wide, none_mislabelled=0.2), console)
    said = console.export_text()
    assert max(map(len, said.splitlines())) <= 80
    assert "misses" in said
    assert "123.45" in said


def test_strict_fails_when_a_target_is_missed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--strict` exits with 1 when a target is missed, and with 0 otherwise; the page is written either way."""
    given = result(none_mislabelled=0.2)
    monkeypatch.setattr(command, "with_progress", lambda clients, weeks, seed: given)
    path, kept = tmp_path / "reports" / "lab.html", tmp_path / "lab.json"

    assert CliRunner().invoke(cli, ["lab", "--json"]).exit_code == 0
    assert CliRunner().invoke(cli, ["lab", "--strict", "--report", str(path), "--save", str(kept)]).exit_code == 1
    assert path.read_text(encoding="utf-8") == page(given)
    assert command.RESULTS.validate_json(kept.read_bytes()) == given
    given = result()
    assert CliRunner().invoke(cli, ["lab", "--strict"]).exit_code == 0


def test_sensitivity_refuses_what_it_does_not_do() -> None:
    """`--sensitivity` writes one list: JSON, saved figures and strictness belong to the comparison."""
    assert CliRunner().invoke(cli, ["lab", "--sensitivity", "--strict"]).exit_code == 2
