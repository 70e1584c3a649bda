"""`squatback plan`: the block an assessment leads to, with neither server nor database."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import typer
import yaml
from pydantic import ValidationError
from rich.console import Console

from app.catalogue import load_catalogue
from app.fact_bodies import to_assessment, to_profile
from app.messages import SOURCE_LANGUAGE, messages_in
from app.person_file import PersonFile, read_person_file
from app.plan_report import Report, show
from app.problem_texts import fault_text, invalid_text
from planner.assess import check_assessment
from planner.catalogue import Catalogue
from planner.errors import Fault, PlannerError
from planner.facts import Body, Fact
from planner.plan import Week
from planner.replan import BlockRequest, Planned, build
from planner.wire import dump_block, dump_finding, dump_week

_PROFILE_TIME, _ASSESSMENT_TIME, _BLOCK_TIME = time(8, tzinfo=UTC), time(9, tzinfo=UTC), time(10, tzinfo=UTC)


def print_plan(file: Path, *, as_json: bool, weeks: int, starts_on: date) -> int:
    """Print the plan of a file, or everything that is wrong with it; return the exit code."""
    try:
        person = read_person_file(file.read_text(encoding="utf-8"))
        report = _report(person, load_catalogue(), weeks=weeks, starts_on=starts_on)
    except yaml.YAMLError as error:
        return _refused(file, (Fault("", "bad_yaml", " ".join(str(error).split())),))
    except ValidationError as error:
        return _refused(file, _faults(error))
    except PlannerError as error:
        return _refused(file, error.faults)
    if as_json:
        typer.echo(_as_json(report))
    else:
        show(report, Console())
    return 0


def _report(person: PersonFile, catalogue: Catalogue, *, weeks: int, starts_on: date) -> Report:
    performed_on = person.assessment.performed_on or starts_on
    assessment = to_assessment(person.assessment, performed_on=performed_on)
    faults = check_assessment(assessment, catalogue)
    if faults:
        raise PlannerError(faults)
    facts = (
        _fact("profile", performed_on, _PROFILE_TIME, to_profile(person.client)),
        _fact("assessment", performed_on, _ASSESSMENT_TIME, assessment),
    )
    request = BlockRequest(
        id=_id("block"),
        assessment_id=_id("assessment"),
        starts_on=starts_on,
        weeks=weeks,
        created_at=datetime.combine(max(starts_on, performed_on), _BLOCK_TIME),
        created_on=max(starts_on, performed_on),
    )
    planned = build(request, facts, catalogue=catalogue, today=request.created_on)
    return Report(
        name=person.client.display_name,
        planned=planned,
        weeks=tuple(_shown(planned)),
        catalogue=catalogue,
    )


def _shown(planned: Planned) -> list[Week]:
    """Return each week as a client would see it on the first day."""
    weeks = {week.week_number: week for week in planned.block.earned}
    weeks |= {week.week_number: week for week in planned.block.projected}
    return [weeks[number] for number in sorted(weeks)]


def _fact(kind: str, on: date, at: time, body: Body) -> Fact:
    instant = datetime.combine(on, at)
    return Fact(id=_id(kind), at=instant, on=on, received_at=instant, received_on=on, body=body)


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"squatback plan {name}"))


def _as_json(report: Report) -> str:
    """Return the block as the API answers a dry run, with the findings it rests on."""
    block = json.loads(dump_block(report.planned.block))
    block["findings"] = json.loads(dump_finding(report.planned.state.client.finding))
    block["planned_weeks"] = [json.loads(dump_week(week)) for week in report.weeks]
    return json.dumps(block, ensure_ascii=False, indent=2)


def _faults(error: ValidationError) -> tuple[Fault, ...]:
    return tuple(
        Fault("/" + "/".join(map(str, fault["loc"])), fault["type"], invalid_text(fault, messages_in(SOURCE_LANGUAGE)))
        for fault in error.errors(include_input=False, include_url=False)
    )


def _refused(file: Path, faults: tuple[Fault, ...]) -> int:
    for fault in faults:
        typer.echo(f"{file.name}{fault.pointer}: {fault_text(fault, messages_in(SOURCE_LANGUAGE))}", err=True)
    return 2
