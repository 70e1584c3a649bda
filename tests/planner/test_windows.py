"""What counts and how long it counts: the windows and caps around the progression rules."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.catalogue import load_catalogue
from planner.begin import BlockRequest, begin
from planner.carry import Carried, carried_from
from planner.catalogue import Catalogue
from planner.exposure import escalating
from planner.facts import Body, CheckIn, Context, Fact, MorningPain, Screening, SessionLog
from planner.fold import step
from planner.inputs import effort_step
from planner.load_steps import gate_open, heavy_bar, weekly_cap
from planner.progress import decide, progress_case
from planner.readings import Reading
from planner.rules.progression import calm_again
from planner.standing import BlockFrame, adherence, calm_case, deloads, greens
from planner.state import Event, Exposure, LoadMark, Morning, State
from tests.rules.case_files import same
from tests.support.story import CLEAR, MONDAY, assessment_of, load_vignette, moment, profile_of

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "windows.yaml").read_text(encoding="utf-8"))
FRAME = BlockFrame(starts_on=MONDAY, weeks=8)
VIGNETTE = load_vignette("V1")
Given = Mapping[str, Any]


def test_windows_and_caps(catalogue: Catalogue) -> None:
    """Every count, window and cap answers as its case says."""
    assert check_cases(catalogue) == []


def check_cases(catalogue: Catalogue) -> list[str]:
    """Return the names of the cases that fail with a catalogue."""
    return [case["name"] for case in CASES if not same(case["expect"], ASK[case["ask"]](catalogue, case["given"]))]


# --- a client with three training days a week, on the first day of a block ------------------------------------


def day(offset: int) -> date:
    """Return a day counted from the first of the block."""
    return MONDAY + timedelta(days=offset)


def fact(number: int, body: Body, on: date, hour: int) -> Fact:
    """Return a fact received when it happened."""
    at = moment(on, hour)
    return Fact(id=f"00000000-0000-5000-8000-{number:012}", at=at, on=on, received_at=at, received_on=on, body=body)


def opening(
    catalogue: Catalogue, usual: int = 2, earlier: tuple[Fact, ...] = (), carried: Carried | None = None
) -> tuple[State, BlockRequest]:
    """Return the state of the block's first day, and its request."""
    assessed = assessment_of(VIGNETTE["assessment"])
    assert assessed.back_pain is not None
    assessed = replace(assessed, back_pain=replace(assessed.back_pain, usual=usual))
    bodies = (profile_of(VIGNETTE["client"]), Screening(red_flags=CLEAR), assessed)  # type: ignore[arg-type]
    facts = [*earlier, *(fact(number, body, MONDAY, 6 + number) for number, body in enumerate(bodies))]
    request = BlockRequest(
        id=facts[-1].id,
        assessment_id=facts[-1].id,
        starts_on=MONDAY,
        weeks=8,
        created_at=moment(MONDAY, 9),
        created_on=MONDAY,
        carried=carried,
    )
    return begin(request, facts, catalogue), request


@cache
def first_day() -> State:
    """Return the state of the block's first day with the numbers as they are."""
    return opening(load_catalogue())[0]


def morning(on: date, now: float, *, sharp: bool = False) -> Morning:
    """Return a morning whose worst score of the day is its own."""
    return Morning(on=on, now=now, worst=now, sharp=sharp, protective=False)  # type: ignore[arg-type]


def exposure(offset: int = 0, **facts: Any) -> Exposure:
    """Return a squat session at the entry rung."""
    on = day(offset)
    return Exposure(id="squat", at=moment(on), on=on, rung=1, stage=2, at_rung=True, **facts)


# --- what the cases ask ---------------------------------------------------------------------------------------


def escalates(catalogue: Catalogue, given: Given) -> bool:
    """Mornings of whole weeks, the last of them maybe with a new word; asked at the start of the next."""
    weeks, sharp = given["weeks"], given.get("sharp", False)
    mornings = tuple(
        morning(day(7 * week + place), score, sharp=sharp and week == len(weeks) - 1)
        for week, scores in enumerate(weeks)
        for place, score in enumerate(scores)
    )
    state = replace(first_day(), baseline=given["baseline"], mornings=mornings)
    return escalating(state, MONDAY, day(7 * len(weeks)), catalogue)


def calm(catalogue: Catalogue, given: Given) -> bool:
    """Mornings after the first day of the block."""
    mornings = tuple(morning(day(place), score) for place, score in enumerate(given["mornings"], start=1))
    state = replace(first_day(), baseline=given["baseline"], mornings=mornings)
    return calm_again(calm_case(state, MONDAY, catalogue)) is not None


def slow_to_settle(catalogue: Catalogue, given: Given) -> bool:
    """Hours until the back settled, or for which it had not."""
    seen = exposure(colour="problem", **given)
    state = first_day()
    return progress_case(state, seen, state.position, FRAME, day(1), catalogue).slow_to_settle


def baseline(catalogue: Catalogue, given: Given) -> float:
    """Usual score of the assessment, and mornings of days before the block."""
    pairs = zip(given["mornings"], given["days_before"], strict=True)
    earlier = tuple(
        fact(100 + before, CheckIn(back_pain=MorningPain(now=score, worst_24h=score)), day(-before), 7)
        for score, before in pairs
    )
    ordered = tuple(sorted(earlier, key=lambda one: one.at))
    return opening(catalogue, usual=given["usual"], earlier=ordered)[0].baseline


def attributed(catalogue: Catalogue, given: Given) -> bool:
    """Whether a check-in so many hours after a session still changes what is known of it."""
    state, request = opening(load_catalogue())
    seen = exposure()
    told = CheckIn(back_pain=MorningPain(now=2, worst_24h=2), hours_to_settle=20)
    at = seen.at + timedelta(hours=given["hours"])
    late = Fact(
        id=fact(9, told, at.date(), 0).id, at=at, on=at.date(), received_at=at, received_on=at.date(), body=told
    )
    after, _ = step(replace(state, latest=seen), late, request, catalogue)
    return after.latest is not None and after.latest.settled_h == 20


def sessions_done(catalogue: Catalogue, given: Given) -> float:
    """Days with a training session done, asked on a day."""
    state = replace(first_day(), trained=tuple(day(offset) for offset in given["trained"]))
    return adherence(state, FRAME, day(given["day"]), catalogue)


def normal_ones(catalogue: Catalogue, given: Given) -> int:
    """Colours of squats, the last one asked about; "untold" is a watch whose next morning nobody told of."""
    seen = [
        exposure(3 * place, colour="watch" if colour == "untold" else colour, morning=None if colour == "untold" else 2)
        for place, colour in enumerate(given["colours"])
    ]
    return greens(seen[:-1], seen[-1], catalogue.limits.progression.up.green_window)


def lighter_weeks(catalogue: Catalogue, given: Given) -> list[int]:
    """Training days of a week, days with a training session done; asked on a day of an eight-week block."""
    profile = replace(first_day().profile, training_days=tuple(given["days"]))
    trained = tuple(day(offset) for offset in given["trained"])
    state = replace(first_day(), profile=profile, trained=trained, last_on=day(given["day"]))
    return list(deloads(state, FRAME, catalogue))


def goes_on(catalogue: Catalogue, given: Given) -> bool:
    """Whether a block goes on with the exposures of an earlier one whose last squat was so many days before."""
    before = first_day()
    position = replace(before.position, exposures=3)
    last = exposure(-given["days_since"], colour="normal", morning=2)
    ended = replace(before, progress=replace(before.progress, position=position), history=(last,))
    return opening(catalogue, carried=carried_from(ended))[0].position.exposures == 3


def load_cap(catalogue: Catalogue, given: Given) -> float:
    """Loads of a rung by day, the load now and the load one step up (kg)."""
    rung = given["rung"]
    loads = tuple(LoadMark(on=day(offset), rung=rung, load_kg=load) for offset, load in given["loads"])
    state = replace(first_day(), loads=loads)
    position = replace(state.position, rung=rung, load_kg=given["load"])
    return weekly_cap(state, position, given["raised"], day(given["day"]), catalogue)


def tonnage_capped(catalogue: Catalogue, given: Given) -> bool:
    """Load (kg) and repetitions at a barbell rung: whether one repetition more is too much for a week."""
    position = replace(first_day().position, rung=given["rung"], load_kg=given["load"], reps=given["reps"])
    return heavy_bar(first_day(), position, catalogue)


def gate(catalogue: Catalogue, given: Given) -> bool:
    """Colours of the last squats, and maybe a measured back-extensor hold (s)."""
    history = tuple(exposure(3 * place, colour=colour) for place, colour in enumerate(given["colours"]))
    state = replace(first_day(), history=history)
    if "hold" in given:
        hold = Reading(passive=None, active=given["hold"], gap=None)
        sides = {**state.client.readings.sides, "trunk_back_extensor_hold": {"midline": hold}}
        readings = replace(state.client.readings, sides=sides)  # type: ignore[arg-type]
        state = replace(state, client=replace(state.client, readings=readings))
    return gate_open(state, catalogue)


def depth_drop_after_a_second_problem(catalogue: Catalogue, given: Given) -> int:
    """Depth indices already taken off a half-depth rung, before its second problem."""
    state = first_day()
    position = replace(state.position, depth_drop=given["depth_drop"])
    events = (Event(kind="step_back", on=MONDAY, rung=position.rung),)
    state = replace(state, base=replace(state.progress, position=position, events=events))
    progress, _ = decide(state, exposure(7, colour="problem"), FRAME, day(8), catalogue, held=False)
    return progress.position.depth_drop


def stress_kept(catalogue: Catalogue, given: Given) -> bool:
    """Whether a stress score of some days ago is still there after another log."""
    state, request = opening(load_catalogue())
    state = replace(state, stress=((day(20 - given["days_ago"]), 9),))
    log = fact(9, SessionLog(context=Context(stress=1)), day(20), 12)
    return len(step(state, log, request, catalogue)[0].stress) == 2


def effort_steps(catalogue: Catalogue, given: Given) -> int:
    """The effort after so many training sessions and whole weeks of the block."""
    return effort_step(replace(first_day(), sessions_done=given["sessions"]), given["weeks"], catalogue)


ASK: Mapping[str, Callable[[Catalogue, Given], object]] = {
    "escalates": escalates,
    "calm": calm,
    "slow_to_settle": slow_to_settle,
    "baseline": baseline,
    "attributed": attributed,
    "adherence": sessions_done,
    "normal_ones": normal_ones,
    "lighter_weeks": lighter_weeks,
    "goes_on": goes_on,
    "weekly_cap": load_cap,
    "tonnage_capped": tonnage_capped,
    "gate": gate,
    "depth_drop_after_a_second_problem": depth_drop_after_a_second_problem,
    "stress_kept": stress_kept,
    "effort_step": effort_steps,
}
