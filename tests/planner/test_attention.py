"""What asks for a coach: each kind on both sides of its limit, and the sentences that say so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.catalogue import load_catalogue
from planner.attention import attention, conflict_notice, flag_notices, held_notice, outlook
from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.facts import Clearance, Limit, Screening
from planner.state import ScreenState, State
from planner.words import URGENCIES
from tests.planner.test_windows import day, exposure, fact, first_day, morning, opening
from tests.rules.case_files import same
from tests.support.story import CLEAR, MONDAY, Story, moment

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "attention.yaml").read_text(encoding="utf-8"))
THREATS = ("damage", "danger", "injur", "disc", "tear", "harm", "cure", "diagnos")
Given = Mapping[str, Any]


def test_what_asks_for_a_coach(catalogue: Catalogue) -> None:
    """Every kind shows and stops showing on the days its case says."""
    assert check_cases(catalogue) == []


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return [case["name"] for case in CASES if not same(case["expect"], shown(catalogue, case["given"]))]


def shown(catalogue: Catalogue, given: Given) -> list[str]:
    """Return kind and urgency of what shows on a day."""
    found = attention(told(given), request(), today=day(given["day"]), catalogue=catalogue)
    return [f"{one.kind} {'overdue' if one.facts.get('overdue') else one.urgency}" for one in found]


def request() -> BlockRequest:
    """Return what the block was asked for with."""
    return opening(load_catalogue())[1]


def told(given: Given) -> State:
    """Return the state after what a case says has happened."""
    state = first_day()
    days = {name: day(given[name]) for name in ("logged", "measured") if name in given}
    state = replace(state, logged_on=days.get("logged"), measured_on=days.get("measured"))
    state = replace(state, last_on=max([MONDAY, *days.values()]))
    state = replace(state, history=tuple(exposure(one, colour="problem") for one in given.get("problems", ())))
    state = replace(state, mornings=tuple(morning(day(on), now) for on, now in given.get("mornings", ())))
    assessed = day(given.get("assessed", 0))
    setting = "home" if given.get("home") else "clinic"
    state = replace(state, assessment=replace(state.assessment, performed_on=assessed, setting=setting))
    if "latest" in given:
        on, colour = given["latest"]
        progress = replace(state.progress, wait="mornings", wait_since=day(on))
        state = replace(state, latest=exposure(on, colour=colour, rule="SY02", peak=6), progress=progress)
    if "asked" in given:
        on, rule = given["asked"]
        refer = given.get("refer", False)
        asked = {"asked_on": day(on), "asked_by": rule, "rerank_due": not refer, "refer_advised": refer}
        state = replace(state, progress=replace(state.progress, **asked))
    if "cleared" in given:
        answers = {flag: replace(one, on=day(given["answered"])) for flag, one in state.screen.answers.items()}
        state = replace(state, screen=replace(state.screen, answers=answers, cleared_on=day(given["cleared"])))
    return with_status(state, given.get("status", "clear"))


def with_status(state: State, status: str) -> State:
    """Return the state under a red flag or with open questions."""
    if status == "refer":
        answers = {**state.screen.answers}
        answers["tingling"] = replace(answers["tingling"], answer="yes", on=day(3))
        screen = replace(state.screen, answers=answers, positive={"tingling": moment(day(3))})
        return replace(state, screen=screen, status="refer", status_on=day(3))
    if status == "incomplete":
        return replace(state, screen=ScreenState(), status="incomplete", status_on=day(2))
    return state


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_kind_asks_once_a_day(catalogue: Catalogue, case: Given) -> None:
    """On no day does a client stand twice with the same kind, and the most urgent stands first."""
    state = told(case["given"])
    for offset in range(80):
        asked = attention(state, request(), today=day(offset), catalogue=catalogue)
        places = [(URGENCIES.index(one.urgency), one.since) for one in asked]

        assert len({one.kind for one in asked}) == len(asked)
        assert places == sorted(places)
        assert all(one.since <= day(offset) for one in asked)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_sentences_are_calm(catalogue: Catalogue, case: Given) -> None:
    """Each notice says one sentence without a threat, a promise or a diagnosis."""
    for one in outlook(told(case["given"]), request(), catalogue):
        assert one.text.endswith(".")
        assert "{" not in one.text
        assert not any(word in one.text.lower() for word in THREATS)


def test_a_red_flag_names_its_rule_its_answers_and_its_day(catalogue: Catalogue) -> None:
    """The coach sees what was answered, since when it waits, and that a clearance ends it."""
    (notice,) = attention(told({"status": "refer"}), request(), today=day(5), catalogue=catalogue)

    assert (notice.kind, notice.rule, notice.since, notice.action) == ("red_flag", "SF06", day(3), "clear")
    assert "tingling" in notice.text


def test_without_a_block_only_red_flags_ask(catalogue: Catalogue) -> None:
    """A checklist with a yes waits for a clearance, one with questions left open holds nothing back."""
    profile, flagged = first_day().profile, fact(1, Screening(red_flags={"major_trauma": "yes"}), MONDAY, 8)
    cleared = fact(2, Clearance(cleared_on=MONDAY, cleared_by="Dr Rivera"), MONDAY, 9)
    asked = flag_notices((flagged,), profile, today=day(1), catalogue=catalogue)

    assert [(one.kind, one.urgency, one.since) for one in asked] == [("red_flag", "emergency", MONDAY)]
    assert flag_notices((flagged, cleared), profile, today=day(1), catalogue=catalogue) == ()
    assert flag_notices((), profile, today=day(1), catalogue=catalogue) == ()


def test_a_condition_without_a_date_waits_for_the_profile(catalogue: Catalogue) -> None:
    """No clearance ends it: the date belongs on the profile."""
    profile = replace(first_day().profile, limits=(Limit(code="hip_replacement", side="left"),))
    clear = fact(1, Screening(red_flags=CLEAR), MONDAY, 8)  # type: ignore[arg-type]
    (notice,) = flag_notices((clear,), profile, today=MONDAY, catalogue=catalogue)

    assert (notice.urgency, notice.rule, notice.action) == ("refer", "SF08", "change_client")


def test_a_young_client_waits_for_a_professional(catalogue: Catalogue) -> None:
    """Below the adult age the reason is the age, not an answer."""
    profile = replace(first_day().profile, birth_year=MONDAY.year - 16)
    (notice,) = flag_notices((), profile, today=MONDAY, catalogue=catalogue)

    assert (notice.urgency, notice.rule) == ("refer", "SF07")
    assert "age" in notice.text


def test_held_plans_and_conflicts_are_told(catalogue: Catalogue) -> None:
    """What the service notices has the same shape: since when, one sentence, what to do."""
    held = held_notice(MONDAY, catalogue)
    one, several = (
        conflict_notice(ids, rule="", since=MONDAY, catalogue=catalogue) for ids in (("a",), ("a", "b", "c"))
    )

    assert (held.kind, held.since, held.shown(MONDAY), held.shown(MONDAY - timedelta(days=1))) == (
        "plan_held",
        MONDAY,
        True,
        False,
    )
    assert one.text.startswith("One adjustment")
    assert several.text.startswith("3 adjustments")


# --- in a life ----------------------------------------------------------------------------------------------------


def kinds(story: Story) -> list[str]:
    """Return the kinds that ask on the day of the latest fact."""
    found = attention(story.state, story.request, today=story.state.last_on, catalogue=story.catalogue)
    return [one.kind for one in found]


def test_a_calm_life_asks_for_re_tests_alone(catalogue: Catalogue) -> None:
    """Two calm weeks with every session logged: only the planned re-test asks, from its day on."""
    story = Story.of(catalogue, "V1")
    story.calm_week(1)
    assert kinds(story) == []
    story.calm_week(2)
    assert kinds(story) == ["retest"]


def test_the_rule_that_asked_is_known(catalogue: Catalogue) -> None:
    """Problem after problem: the row names the rule that asked, and a professional is not overtaken by a re-test."""
    story = Story.of(catalogue, "V1")
    asked = []
    for offset in (0, 4, 7, 11, 14):
        on = day(offset)
        if story.squat_item(on) is not None:
            story.squat(on, during=6, after=6)
        for later in (1, 2):
            story.morning(on + timedelta(days=later), now=1)
        asked.append(story.state.progress.asked_by)

    assert "PG05" in asked
    assert asked[-1] == "PG03"
    assert "step_backs" in kinds(story)
