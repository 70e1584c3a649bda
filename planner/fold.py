"""The fold: a block's state from facts in order of (time performed, id).

`begin` gathers everything performed before the block was created; `step` adds one fact.
`fold` is `begin` and then `step` for each later fact, so that folding one more fact onto a
stored state and folding all facts again give the same state. What a state says in words is in the
language of the newest profile, whenever it was said: another locale asks for folding all facts again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from planner.adjust import after_adjustment
from planner.adjustment import Adjustment
from planner.begin import BlockRequest, begin, morning_of, screen_after, shape_rung, with_morning
from planner.catalogue import Catalogue
from planner.corrections import Telling, counting
from planner.decision import Decision, Value, all_outcomes, first_outcome
from planner.exposure import (
    HOUR_S,
    answers_session_of,
    coloured,
    is_exposure,
    read_exposure,
    session_status,
    with_check_in,
)
from planner.facts import Assessment, CheckIn, Fact, Profile, Screening, SessionLog
from planner.identity import decision_id
from planner.load_steps import load_mark
from planner.load_words import loads_told
from planner.locale import SOURCE_LANGUAGE
from planner.progress import Spoken, decide, decide_waiting
from planner.reassess import after_assessment, after_profile, rebuilt, with_ladder
from planner.rules.progression import ADVANCING_RULES, PROTECTIVE_RULES, RETEST_RULES, RETURN_RULES, ProgressCase
from planner.screening_state import STOPPED, screened
from planner.standing import calm_case, enter_rung, waiting
from planner.state import KEPT_DAYS, Exposure, Progress, ScreenState, State, too_old
from planner.values import replace

SOURCES_OF: Mapping[str, tuple[str, ...]] = {
    **{rule.id: rule.sources for rule in (*PROTECTIVE_RULES, *ADVANCING_RULES)},
    **{rule.id: rule.sources for rule in RETEST_RULES},
    **{rule.id: rule.sources for rule in RETURN_RULES},
}
TRAINING_KINDS = frozenset({"joint", "squat", "retest"})


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that count, by (time performed, id); replaced ones keep their red flags."""
    listed = sorted(facts, key=lambda fact: (fact.at, fact.id))
    replaced = _counting(listed)
    revoked = {fact.body.revokes for fact in listed if isinstance(fact.body, Adjustment) and fact.body.revokes}
    return [_flags_only(fact) if fact.id in replaced else fact for fact in listed if not _taken_back(fact, revoked)]


def _counting(facts: Sequence[Fact]) -> dict[str, str]:
    """Return the id of the fact that counts instead of each one that was corrected."""
    if all(fact.replaces is None for fact in facts):
        return {}
    return counting(
        Telling(
            id=fact.id, kind=type(fact.body).__name__, replaces=fact.replaces, received_at=fact.received_at, at=fact.at
        )
        for fact in facts
    )


def _taken_back(fact: Fact, revoked: set[str]) -> bool:
    """Return whether a fact is an adjustment that was revoked, or the revocation itself."""
    return isinstance(fact.body, Adjustment) and (fact.id in revoked or fact.body.revokes is not None)


def _flags_only(fact: Fact) -> Fact:
    """Return a replaced fact reduced to its red flags: a correction never withdraws one."""
    body = fact.body
    flags = body.red_flags if isinstance(body, Assessment | CheckIn | Screening) else {}
    return replace(fact, body=Screening(red_flags={flag: "yes" for flag in flags if flags[flag] == "yes"}))


def follows(state: State, fact: Fact, request: BlockRequest) -> bool:
    """Return whether a fact comes after the block was made and after all folded ones, so that `step` may take it."""
    if isinstance(fact.body, Adjustment) and fact.body.revokes is not None:
        return False
    if isinstance(fact.body, Profile) and fact.body.locale != state.profile.locale:
        return False
    if fact.replaces is not None or _before(fact, request, request.assessment_id):
        return False
    return (fact.at, fact.id) > (state.last_at, state.last_id)


def step(state: State, fact: Fact, request: BlockRequest, catalogue: Catalogue) -> tuple[State, list[Decision]]:
    """Return the state after one more fact, and the decisions it made, in the language of the catalogue."""
    body, was = fact.body, state.status
    logged_on = fact.on if isinstance(body, SessionLog | CheckIn) else state.logged_on
    state = replace(state, last_at=fact.at, last_id=fact.id, last_on=fact.on, logged_on=logged_on)
    before = state.progress.position.rung
    spoken: list[Spoken] = []
    if isinstance(body, SessionLog):
        state, spoken = _after_session(state, fact, body, request, catalogue)
    elif isinstance(body, CheckIn):
        state, spoken = _after_check_in(state, fact, body, request, catalogue)
    elif isinstance(body, Profile):
        state = after_profile(state, fact, body, request, catalogue)
    elif isinstance(body, Assessment):
        state, spoken = after_assessment(state, fact, body, request, catalogue)
    elif isinstance(body, Adjustment):
        state = after_adjustment(state, fact, body, catalogue)
    state, stopped = _after_screening(state, fact, catalogue)
    if state.status != was:
        state = replace(state, status_on=fact.on)
    decisions = [_decision(fact, one, before, state, catalogue) for one in (*stopped, *spoken)]
    return state, decisions


def fold(request: BlockRequest, facts: Iterable[Fact], catalogue: Catalogue) -> tuple[State, list[Decision]]:
    """Return state and decisions of all facts of a client, given in any order, in the client's language."""
    told = list(facts)
    stands_on = _counting(told).get(request.assessment_id, request.assessment_id)
    ordered = in_order(_placed(told, request.assessment_id, stands_on))
    catalogue = catalogue.spoken(_locale(ordered))
    before = [fact for fact in ordered if _before(fact, request, stands_on)]
    known = {fact.id for fact in before}
    state = begin(request, before, catalogue, stands_on=stands_on)
    decisions: list[Decision] = []
    for fact in ordered:
        if fact.id not in known:
            state, made = step(state, fact, request, catalogue)
            decisions += made
    return state, decisions


def _placed(facts: Sequence[Fact], assessment_id: str, stands_on: str) -> Sequence[Fact]:
    """Return the facts, what corrects the assessment of a block dated as that: the block goes on standing on it."""
    asked = next((fact for fact in facts if fact.id == assessment_id), None)
    if asked is None or stands_on == assessment_id:
        return facts
    return [replace(fact, at=asked.at, on=asked.on) if fact.id == stands_on else fact for fact in facts]


def _locale(ordered: Sequence[Fact]) -> str:
    """Return the locale of the newest profile."""
    profiles = (fact.body for fact in reversed(ordered) if isinstance(fact.body, Profile))
    return next((profile.locale for profile in profiles), SOURCE_LANGUAGE)


def _before(fact: Fact, request: BlockRequest, stands_on: str) -> bool:
    """Return whether a fact belongs to what the block was made from, however late it comes.

    What changes the block always came after it, and a log of one of its sessions counts even if somebody trained before
    the block was made that day. What corrects the assessment that the block was made from takes its place.
    """
    if isinstance(fact.body, Adjustment):
        return fact.at < request.created_at
    if fact.id in (request.assessment_id, stands_on):
        return True
    if fact.at > request.created_at:
        return False
    return not (isinstance(fact.body, SessionLog) and answers_session_of(fact.body, request.id, request.starts_on))


def _decision(fact: Fact, spoken: Spoken, rung_before: int, state: State, catalogue: Catalogue) -> Decision:
    words = _loads_told(spoken, state, rung_before, catalogue)
    reason = catalogue.reason(spoken.rule, spoken.move.say, words, **spoken.move.facts)
    return Decision(
        id=decision_id(fact.id, spoken.rule),
        at=fact.at,
        rule=spoken.rule,
        verdict=spoken.move.verdict,
        because=reason.text,
        facts=reason.facts,
        rung_before=rung_before,
        rung_after=state.position.rung,
        source_ids=SOURCES_OF.get(spoken.rule, ()),
    )


def _loads_told(spoken: Spoken, state: State, rung: int, catalogue: Catalogue) -> dict[str, str]:
    """Return the loads that a move names, in the client's units."""
    if spoken.move.new_load is None:
        return {}
    loads = {name: spoken.move.facts[name] for name in ("before", "after")}
    variation = catalogue.variations[state.ladder.rungs[rung].variation]
    return loads_told(loads, variation, state.profile, catalogue)


def _after_session(
    state: State, fact: Fact, log: SessionLog, request: BlockRequest, catalogue: Catalogue
) -> tuple[State, list[Spoken]]:
    status = session_status(log)
    statuses = state.statuses
    if log.session_id:
        statuses = {**statuses, log.session_id: status}
    trained = state.trained
    kind = log.answers.kind if log.answers else "squat"
    done = status != "skipped" and kind in TRAINING_KINDS
    old, on = too_old(KEPT_DAYS, fact.on), fact.on
    if done and on not in trained:
        trained = (*[day for day in trained if old < day <= on], on)
    unfelt = too_old(catalogue.limits.progression.stress_days, on)
    stress = tuple([(day, score) for day, score in state.stress if unfelt < day <= on])
    if log.context.stress is not None:
        stress = (*stress, (on, log.context.stress))
    state = replace(
        state,
        statuses=statuses,
        trained=trained,
        stress=stress,
        sessions_done=state.sessions_done + done,
    )
    if not is_exposure(log, catalogue):
        return state, []
    exposure = read_exposure(fact, log, state, catalogue)
    mark = load_mark(state.position, exposure.on)
    loads = tuple([one for one in state.loads if old < one.on <= on])
    state = replace(
        state,
        base=state.progress,
        history=state.settled_history,
        loads=loads if mark is None else (*loads, mark),
    )
    return _decided(state, exposure, fact, request, catalogue)


def _after_check_in(
    state: State, fact: Fact, check_in: CheckIn, request: BlockRequest, catalogue: Catalogue
) -> tuple[State, list[Spoken]]:
    waited = waiting(state, state.progress, catalogue)
    state = replace(state, mornings=with_morning(state.mornings, morning_of(fact, check_in)))
    state, spoken = _after_morning(state, fact, check_in, request, catalogue)
    calm = waited and not waiting(state, state.progress, catalogue)
    if calm and state.progress.wait_since and not _held(state, fact):
        case = calm_case(state, state.progress.wait_since, catalogue)
        spoken = [*(Spoken(rule, move) for rule, move in all_outcomes(RETURN_RULES, case)), *spoken]
    return state, spoken


def _after_morning(
    state: State, fact: Fact, check_in: CheckIn, request: BlockRequest, catalogue: Catalogue
) -> tuple[State, list[Spoken]]:
    """Return what a morning says of the latest exposure, or of a flare that goes on without one."""
    latest = state.latest
    limit = catalogue.limits.response.attribution_h
    if latest is None or not 0 <= (fact.at - latest.at).total_seconds() / HOUR_S <= limit:
        progress, spoken = decide_waiting(state, fact.on, catalogue)
        return replace(state, base=progress, progress=progress), spoken
    seen = with_check_in(latest, fact, check_in, state.baseline, catalogue)
    return _decided(state, seen, fact, request, catalogue)


def _decided(
    state: State, exposure: Exposure, fact: Fact, request: BlockRequest, catalogue: Catalogue
) -> tuple[State, list[Spoken]]:
    """Return the state with the latest exposure coloured and decided (again) from `base`."""
    seen, _ = coloured(exposure, state, request.starts_on, fact.at, catalogue)
    progress, spoken = decide(state, seen, request.frame, fact.on, catalogue, held=_held(state, fact))
    told = tuple([one.rule for one in spoken])
    news = told != exposure.told or progress != state.progress
    latest = seen if told == exposure.told else replace(seen, told=told)
    return replace(state, latest=latest, progress=progress), spoken if news else []


def _held(state: State, fact: Fact) -> bool:
    """Return whether training is held when a fact has been told: it may hold the red flag itself."""
    return state.locked or (isinstance(fact.body, CheckIn) and "yes" in fact.body.red_flags.values())


def _after_screening(state: State, fact: Fact, catalogue: Catalogue) -> tuple[State, list[Spoken]]:
    """Return the state with the lock as it stands after a fact, and the stop if it began now."""
    screen = screen_after(state.screen, fact, catalogue)
    if screen is state.screen and not isinstance(fact.body, Profile):
        return state, []
    result = screened(screen, state.profile, fact.on, catalogue)
    if result.status == "clear" and screen.needs_answers:
        screen = replace(screen, needs_answers=False)
    was, now = state.status, result.status
    if was in STOPPED and now not in STOPPED:
        screen = replace(screen, cleared_on=screen.cleared_on or fact.on)
        state = _resumed(state, screen, fact.on, catalogue)
    state = replace(state, screen=screen, status=now)
    if now not in STOPPED or now == was:
        return state, []
    facts: dict[str, Value] = {"status": now, "flags": ", ".join(result.positive)}
    case = ProgressCase(limits=catalogue.limits.progression, colour="red_flag")
    named = first_outcome(PROTECTIVE_RULES, case)
    assert named is not None  # PG01 speaks first for a red flag
    return state, [Spoken(named[0], replace(named[1], facts=facts))]


def _resumed(state: State, screen: ScreenState, on: date, catalogue: Catalogue) -> State:
    """Return the state after a clearance: the shape stage, never where it stopped."""
    cleared = replace(state, screen=screen)
    cleared = with_ladder(cleared, rebuilt(cleared, catalogue), on, catalogue)
    index = min(shape_rung(state.ladder), state.position.rung)
    entered = enter_rung(cleared, index, on, catalogue)
    progress = Progress(position=entered, events=state.progress.events, moved_on=on)
    return replace(cleared, base=progress, progress=progress, latest=None, history=state.settled_history)
