"""A plan on the terminal: the finding with its evidence, the ladder, week by week, reasons, texts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from planner.catalogue import Catalogue
from planner.plan import Item, Week
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
        *_weeks(report.weeks),
        _rules(report),
        _reasons(report),
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
    catalogue = report.catalogue.spoken(state.profile.locale)
    result = screened(state.screen, state.profile, report.planned.block.starts_on, catalogue)
    lines = [lock.text, f"To go on: {lock.unlock}"]
    questions = catalogue.texts.red_flags
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
    table = Table("", "Stage", "Squat", "Depth", "With", title="Ladder to the preferred squat")
    for rung in block.ladder:
        cells = (_MARKS[rung.status], rung.stage, rung.name, _words(rung.depth), _words(", ".join(rung.modifiers)))
        table.add_row(*cells, style="bold" if rung.status == "current" else "")
    why = (reason.text for reason in block.ladder[block.current_rung].because)
    waits = (f"{rung.name} waits for {rung.waits_for}" for rung in block.ladder if rung.waits_for)
    return Group(
        table,
        *_bullets("Why this step now", why),
        *_bullets("Still missing further up", waits),
        *_bullets("About the ladder", (reason.text for reason in block.reasons)),
        *_bullets("To move up", block.up_criteria),
    )


def _weeks(weeks: Iterable[Week]) -> Iterator[Group]:
    """Yield each week at a glance, with the sessions that were not listed before."""
    listed: set[tuple[str, ...]] = set()
    for week in weeks:
        yield Group(_title(week), Text(week.focus), _glance(week), *_new_sessions(week, listed))


def _title(week: Week) -> Text:
    about = [f"Week {week.week_number}", f"{week.starts_on} to {week.ends_on}", week.stage]
    about += ["less work on purpose"] if week.deload else []
    about += ["if all goes well"] if week.projected else []
    return Text(" · ".join(about), style="bold")


def _glance(week: Week) -> Table | Text:
    """Return one line a day: how long, which session, which squat."""
    table = Table("Day", "Min", "Session", "Squat")
    for day in week.days:
        minutes = sum(session.minutes for session in day.sessions)
        names = ", ".join(session.title for session in day.sessions)
        squats = [item for session in day.sessions for item in session.items if item.category == "squat"]
        if day.sessions:
            table.add_row(f"{day.date:%a %d %b}", str(minutes), names, "\n".join(map(_squat, squats)))
    return table if table.row_count else Text("No sessions.")


def _squat(item: Item) -> str:
    return escape("\n".join(part for part in (f"{item.name}: {_dose(item)}", _load(item)) if part))


def _new_sessions(week: Week, listed: set[tuple[str, ...]]) -> Iterator[Text]:
    """Yield the content of sessions that no week before had."""
    for day in week.days:
        for session in day.sessions:
            lines = tuple(_line(item) for item in session.items)
            if lines and lines not in listed:
                listed.add(lines)
                yield Text(f"{session.title}, {session.minutes} min ({day.date:%a})", style="italic")
                yield from _bullets("", lines)


def _line(item: Item) -> str:
    load = _load(item)
    return f"{_name(item)}: {_dose(item)}{f'; {load}' if load else ''}"


def _words(text: str) -> str:
    return text.replace("_", " ")


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
    return ", ".join(part for part in (item.load_text or "", depth, box) if part)


def _rules(report: Report) -> Group:
    block = report.planned.block
    retests = (
        f"week {retest.week_number}, {retest.on}: {retest.text} ({', '.join(retest.measures)})"
        for retest in block.retests
    )
    return Group(*_bullets("Stop or ease when", block.stop_rules), *_bullets("Re-tests", retests))


def _reasons(report: Report) -> Group:
    """Return the sentence of every rule behind the sessions of the first week, each once."""
    items = (item for day in report.weeks[0].days for session in day.sessions for item in session.items)
    told = {f"{reason.text} ({reason.rule})": None for item in items for reason in item.because}
    return Group(*_bullets("Why the first week is as it is", told))


def _texts(report: Report) -> Group:
    panels = [Panel(escape(text.text), title=escape(text.title)) for text in report.planned.block.teaching]
    return Group(Text(report.planned.block.reduced_range_reason), *panels)


def _bullets(title: str, lines: Iterable[str]) -> list[Text]:
    found = [Text(f"  · {line}") for line in lines]
    return [Text(title, style="bold"), *found] if found and title else found
