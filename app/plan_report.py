"""A plan on the terminal: the finding with its evidence, the ladder, week by week, reasons, texts."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from planner.catalogue import Catalogue
from planner.decision import Reason
from planner.plan import Item, PlannedSession, Week
from planner.replan import Planned
from planner.screening_state import screened

_MARKS = {"owned": "owned", "current": "now", "ahead": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is printed."""

    name: str
    planned: Planned
    weeks: tuple[Week, ...]
    catalogue: Catalogue


def show(report: Report, console: Console) -> None:
    """Print the whole plan."""
    parts = (
        _lock(report),
        _finding(report),
        _ladder(report),
        *map(_week, report.weeks),
        _rules(report),
        _texts(report),
    )
    for part in parts:
        if part is not None:
            console.print(part)
            console.print()


def _lock(report: Report) -> Panel | None:
    lock, state = report.planned.block.lock, report.planned.state
    if lock is None:
        return None
    result = screened(state.screen, state.profile, report.planned.block.starts_on, report.catalogue)
    lines = [lock.text, f"To go on: {lock.unlock}"]
    questions = report.catalogue.texts.red_flags
    lines += [f"Open: {questions.get(flag, flag)} ({flag})" for flag in result.unanswered]
    lines += [f"Reported: {questions.get(flag, flag)} ({flag})" for flag in result.positive]
    return Panel(escape("\n".join(lines)), title="Nothing loaded is planned")


def _finding(report: Report) -> Group:
    finding = report.planned.state.client.finding
    factor = " and ".join(filter(None, (finding.limiting_factor, finding.second_factor))).replace("_", " ")
    subtype = f" ({finding.subtype})" if finding.subtype else ""
    title = Text(f"{report.name}: limiting factor {factor}{subtype}, confidence {finding.confidence}", style="bold")
    table = Table("", "Factor", "Weight", "What was found", "Rule", title="Evidence for (+) and against (-)")
    for item in finding.evidence:
        mark = "+" if item.supports else "-"
        table.add_row(mark, item.factor.replace("_", " "), f"{item.weight:g}", escape(item.text), item.rule)
    return Group(title, table, *_bullets("Not measured", finding.missing), *_bullets("Advice", finding.advice))


def _ladder(report: Report) -> Group:
    block = report.planned.block
    table = Table("", "Stage", "Squat", "Depth", "With", "Why", title="Ladder to the preferred squat")
    for rung in block.ladder:
        why = rung.waits_for and f"waits for {rung.waits_for}"
        table.add_row(
            _MARKS[rung.status],
            rung.stage,
            rung.name,
            rung.depth.replace("_", " "),
            ", ".join(rung.modifiers).replace("_", " "),
            escape(why or _sentences(rung.because)),
            style="bold" if rung.status == "current" else "",
        )
    return Group(
        table, *_bullets("", (reason.text for reason in block.reasons)), *_bullets("To move up", block.up_criteria)
    )


def _week(week: Week) -> Group:
    about = [f"Week {week.week_number}", f"{week.starts_on} to {week.ends_on}", week.stage]
    about += ["less work on purpose"] if week.deload else []
    about += ["if all goes well"] if week.projected else []
    title = Text(" · ".join(about), style="bold")
    table = Table("Day", "Session", "Min", "Exercise", "Dose", "Load", show_lines=False)
    for day in week.days:
        label = f"{day.date:%a %d %b}"
        for session in day.sessions:
            _add_session(table, label, session)
            label = ""
    return Group(title, Text(week.focus), table if table.row_count else Text("No sessions."))


def _add_session(table: Table, label: str, session: PlannedSession) -> None:
    rows: Iterable[Item | None] = session.items or (None,)
    for number, item in enumerate(rows):
        first = number == 0
        table.add_row(
            label if first else "",
            session.title if first else "",
            str(session.minutes) if first else "",
            _name(item) if item else "",
            _dose(item) if item else "",
            _load(item) if item else "",
        )


def _name(item: Item) -> str:
    side = "" if item.side in ("both", "midline") else f", {item.side}"
    return f"{item.name}{side}"


def _dose(item: Item) -> str:
    amounts = (
        (item.reps, "{}"),
        (item.hold_s, "{} s hold"),
        (item.breaths, "{} breaths"),
        (item.duration_s, "{} s"),
        (item.distance_m, "{} m"),
    )
    said = [shape.format(value) for value, shape in amounts if value is not None]
    if item.phases:
        said.append(" + ".join(f"{phase.name} {phase.seconds} s" for phase in item.phases))
    dose = f"{item.sets} × {', '.join(said)}" if said else f"{item.sets} ×"
    details = (
        item.tempo,
        item.rest_s and f"rest {item.rest_s} s",
        item.rpe_max and f"RPE ≤ {item.rpe_max:g}",
        item.effort_percent and f"{item.effort_percent} % effort",
    )
    return "; ".join([dose, *(str(detail) for detail in details if detail)])


def _load(item: Item) -> str:
    depth = item.depth.replace("_", " ") if item.depth else ""
    box = f"box {item.box_height_cm} cm" if item.box_height_cm else ""
    return escape(", ".join(part for part in (item.load_text or "", depth, box) if part))


def _rules(report: Report) -> Group:
    block = report.planned.block
    retests = (
        f"week {retest.week_number}, {retest.on}: {retest.text} ({', '.join(retest.measures)})"
        for retest in block.retests
    )
    return Group(*_bullets("Stop or ease when", block.stop_rules), *_bullets("Re-tests", retests))


def _texts(report: Report) -> Group:
    panels = [Panel(escape(text.text), title=escape(text.title)) for text in report.planned.block.teaching]
    return Group(Text(report.planned.block.reduced_range_reason), *panels)


def _sentences(reasons: Iterable[Reason]) -> str:
    return " ".join(reason.text for reason in reasons)


def _bullets(title: str, lines: Iterable[str]) -> list[Text]:
    found = [Text(f"  · {line}") for line in lines]
    return [Text(title, style="bold"), *found] if found and title else found
