"""The forecast of a block: many virtual clients like this one, run on through the same planner."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from planner.begin import BlockRequest
from planner.catalogue import Catalogue
from planner.decision import Value
from planner.forecast.answer import Forecast, Lever, Return, WeekShare
from planner.forecast.conditioned import Known, Usual, draw_alike, known, usual_session
from planner.forecast.life import WEEK, draw_life
from planner.forecast.person import Person
from planner.forecast.planned import NOON, Planned
from planner.forecast.summary import seen
from planner.forecast.survival import Curve, curve
from planner.forecast.trial import CALM_RUN, Outcome, Trial
from planner.state import State
from planner.words import Weekday

WEEKS_AHEAD: Final = 26
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
LEVER_SHARE: Final = 4
"""A lever is tried on every fourth run."""

MOST_TRAINING_DAYS: Final = 5
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def forecast(
    request: BlockRequest,
    state: State,
    *,
    catalogue: Catalogue,
    today: date,
    seed: int,
    runs: int,
    levers: bool = True,
) -> Forecast:
    """Return when virtual clients like this one are back at the preferred squat.

    Simulates `runs` lives of up to 26 weeks from `today`; the same seed gives the same answer.
    Meant for a block that is not locked. `levers` = also say what would change the return.
    """
    catalogue = catalogue.spoken(state.profile.locale)
    session = week_ahead(request, state, today, catalogue)
    told = known(state, request.frame, today, catalogue, session=session, follows=request.carried is not None)
    outcomes = [_run(request, state, told, catalogue, today, f"{seed}/{number}") for number in range(runs)]
    gone_by = max(0, (today - request.starts_on).days)
    last = -(-(gone_by + WEEK * WEEKS_AHEAD) // WEEK)
    back = curve(seen(outcomes))
    returned = _return(back, gone_by)
    return Forecast(
        runs=runs,
        seed=seed,
        last_week=last,
        back=returned,
        back_share=round(1 - back.never, 3),
        by_week=tuple(
            WeekShare(week=week, share=round(back.back_by(WEEK * week - gone_by - 1), 3))
            for week in range(gone_by // WEEK + 1, last + 1)
        ),
        step_back_chance=round(_stepped_back(outcomes) / runs, 3),
        levers=tuple(_levers(request, state, told, catalogue, today, seed, runs)) if levers else (),
        assumptions=_assumptions(told, state, catalogue),
        text=_text(returned, runs, last, catalogue),
    )


def _run(
    request: BlockRequest,
    state: State,
    told: Known,
    catalogue: Catalogue,
    today: date,
    key: str,
    *,
    always: bool = False,
) -> Outcome:
    """Return what became of one virtual client, from today until back at the preferred squat."""
    traits = draw_alike(Random(f"{key}/traits"), state, told, catalogue)
    if always:
        traits = replace(traits, habits=replace(traits.habits, adherence=1.0))
    days = WEEK * WEEKS_AHEAD
    life = draw_life(Random(f"{key}/life"), traits, days + 1, catalogue.population)
    person = Person(traits, life, catalogue, today, Random(f"{key}/person").getrandbits(32))
    outcome = Outcome(policy="forecast", limiter=traits.limiter, mixed=traits.second is not None)
    policy = taken_over(request, state, today, catalogue)
    trial = Trial(person, policy, outcome, catalogue, calm_run=calm_so_far(state))
    return trial.live(days, until_back=True)


def week_ahead(request: BlockRequest, state: State, today: date, catalogue: Catalogue) -> Usual:
    """Return what a session of the coming week does: what was done so far is taken to be like it."""
    policy = taken_over(request, state, today, catalogue)
    days = [policy.training(today + timedelta(days=day)) for day in range(WEEK)]
    return usual_session([one for one in days if one is not None])


def taken_over(request: BlockRequest, state: State, today: date, catalogue: Catalogue) -> Planned:
    """Return the planner in the middle of a block, as it stands today."""
    policy = Planned(catalogue, request=request, state_now=state)
    policy.keep(state.profile, today, NOON)
    gone_by = (today - request.starts_on).days
    begun = gone_by // WEEK + (gone_by % WEEK > 0)  # a re-test is taken on the first day of its week
    policy.tested = set(range(1, begun + 1))
    progress = state.progress
    if progress.rerank_due or progress.refer_advised:
        policy.asked_on, policy.referred = progress.asked_on or today, progress.refer_advised
    return policy


def calm_so_far(state: State) -> int:
    """Return how many calm sessions of the preferred squat the latest ones were; one more is left to do."""
    lived = state.history if state.latest is None else (*state.history, state.latest)
    goal = len(state.ladder.rungs) - 1
    calm = 0
    for one in reversed(lived):
        if one.rung != goal or not one.at_rung or one.colour == "problem":
            break
        calm += 1
    return min(calm, CALM_RUN - 1)


def _return(back: Curve, gone_by: int) -> Return:
    low, middle, high = (_week(back.quantile(share), gone_by) for share in (LOW, MIDDLE, HIGH))
    return Return(median=middle, low=low, high=high)


def _week(day: int | None, gone_by: int) -> int | None:
    """Return the block week, counted from 1, of a day counted from today."""
    return None if day is None else (gone_by + day) // WEEK + 1


def _stepped_back(outcomes: Iterable[Outcome]) -> int:
    return sum(one.first_step_back is not None for one in outcomes)


def _levers(
    request: BlockRequest, state: State, told: Known, catalogue: Catalogue, today: date, seed: int, runs: int
) -> Iterable[Lever]:
    """Yield what would change the week of return: every session done, one training day more."""
    gone_by = max(0, (today - request.starts_on).days)
    some = range(max(1, runs // LEVER_SHARE))
    phrases = catalogue.texts.phrases
    every = [_run(request, state, told, catalogue, today, f"{seed}/{number}", always=True) for number in some]
    yield Lever(id="full_adherence", text=phrases["forecast.full_adherence"], back=_return(curve(seen(every)), gone_by))
    days = state.profile.training_days
    if len(days) < MOST_TRAINING_DAYS:
        profile = replace(state.profile, training_days=one_day_more(days))
        more = replace(state, profile=profile, client=replace(state.client, profile=profile))
        busier = [_run(request, more, told, catalogue, today, f"{seed}/{number}") for number in some]
        yield Lever(
            id="one_day_more", text=phrases["forecast.one_day_more"], back=_return(curve(seen(busier)), gone_by)
        )


def one_day_more(days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    """Return the training days with one more, as far from the others as can be."""
    taken = [WEEKDAYS.index(day) for day in days]
    free = [index for index in range(WEEK) if index not in taken]
    added = max(free, key=lambda index: (min(_apart(index, other) for other in taken), -index))
    return tuple(WEEKDAYS[index] for index in sorted((*taken, added)))


def _apart(one: int, other: int) -> int:
    return min((one - other) % WEEK, (other - one) % WEEK)


def _assumptions(told: Known, state: State, catalogue: Catalogue) -> tuple[str, ...]:
    texts, finding = catalogue.texts, state.client.finding
    facts: dict[str, Value] = {
        "factor": texts.phrases[f"factor_{finding.limiting_factor}"],
        "confidence": texts.phrases[f"confidence_{finding.confidence}"],
        "done": told.done,
        "planned": told.planned,
        "scores": told.mornings,
        "usual": round(told.usual, 1),
    }
    keys = ("finding", "attendance", "scores", "body", "no_events")
    return tuple(texts.phrase(f"forecast.assumes_{key}", **facts) for key in keys)


def _text(returned: Return, runs: int, last: int, catalogue: Catalogue) -> str:
    """Return the forecast in two sentences: what the runs did, and what that is not."""
    texts = catalogue.texts
    case = "never" if returned.median is None else "open" if returned.high is None else "known"
    facts = {"runs": runs, "last": last, "median": returned.median, "low": returned.low, "high": returned.high}
    return f"{texts.phrase(f'forecast.{case}', **facts)} {texts.phrases['forecast.honest']}"
