"""What a new profile or assessment changes: the client as read, the ladder, the position on it."""

from datetime import date

from planner.begin import BlockRequest, read_client, usual_morning
from planner.carry import TOP_STAGE, laid_for, range_really_lost, same_squat
from planner.catalogue import Catalogue
from planner.facts import Assessment, Fact, Profile
from planner.ladder import build_ladder, place_no_harder
from planner.plan import Ladder
from planner.plates import round_down_told
from planner.position import Client
from planner.progress import Spoken, asked_by
from planner.retest import is_partial, merged, retest_moves
from planner.standing import enter_rung
from planner.state import Progress, State
from planner.values import replace


def after_profile(state: State, fact: Fact, profile: Profile, request: BlockRequest, catalogue: Catalogue) -> State:
    """Return the state with a new profile; its ladder is laid anew, unless the profile differs in its locale alone."""
    if replace(profile, locale=state.profile.locale) == state.profile:
        return replace(state, profile=profile, client=replace(state.client, profile=profile))
    client = read_client(
        profile, state.assessment, request.created_on, catalogue, keep=_kept(state, profile), on_plan=True
    )
    other = _weights_of(profile) != _weights_of(state.profile)
    state = replace(state, profile=profile, client=client)
    state = with_ladder(state, rebuilt(state, catalogue), fact.on, catalogue)
    if not other:
        return state
    return replace(
        state, base=_reloaded(state, state.base, catalogue), progress=_reloaded(state, state.progress, catalogue)
    )


def _weights_of(profile: Profile) -> tuple[object, ...]:
    """Return what decides which weights a client can put on."""
    return profile.units, profile.weights, profile.equipment, profile.setting


def _reloaded(state: State, progress: Progress, catalogue: Catalogue) -> Progress:
    """Return the progress with a working load that the weights at hand give; as it was where all are heavier."""
    position = progress.position
    if position.load_kg is None:
        return progress
    variation = catalogue.variations[state.ladder.rungs[position.rung].variation]
    load = round_down_told(position.load_kg, variation, state.profile, catalogue)
    return progress if load is None else replace(progress, position=replace(position, load_kg=load))


def _kept(state: State, profile: Profile) -> Client | None:
    """Return the client whose finding stays: it changes only with the preferred squat."""
    same = profile.preferred_squat == state.profile.preferred_squat
    return state.client if same else None


def after_assessment(
    state: State, fact: Fact, assessment: Assessment, request: BlockRequest, catalogue: Catalogue
) -> tuple[State, list[Spoken]]:
    """Return the state with a re-test or a new assessment, and what it asks for."""
    partial = is_partial(assessment, catalogue)
    spoken = retest_moves(state, assessment, request.frame, fact.on, catalogue)
    whole = merged(state.assessment, assessment) if partial else assessment
    squatted = bool(state.settled_history)
    client = read_client(
        state.profile, whole, fact.on, catalogue, keep=state.client if partial else None, on_plan=squatted
    )
    baseline = state.baseline  # a re-test that asks nothing of the pain leaves it
    if assessment.back_pain is not None:  # mornings of the block may lower what was told, never raise it
        baseline = min(usual_morning(assessment, state.mornings, fact.on, catalogue), assessment.back_pain.usual)
    lost = range_really_lost(state.client.readings, client.readings, catalogue)
    state = replace(
        state,
        assessment=whole,
        client=client,
        baseline=baseline,
        readings_before=state.readings_at_start,
        measured_on=_measured(state, fact, request),
    )
    state = with_ladder(state, rebuilt(state, catalogue), fact.on, catalogue, range_lost=lost)
    asked = any(one.move.rerank for one in spoken)
    progress = state.progress if partial else replace(state.progress, rerank_due=False, refer_advised=False)
    if asked:
        progress = replace(progress, rerank_due=True, asked_on=fact.on, asked_by=asked_by(progress, spoken))
    return replace(state, base=progress, progress=progress, latest=None, history=state.settled_history), spoken


def _measured(state: State, fact: Fact, request: BlockRequest) -> date | None:
    """Return the latest day of a measurement in the block."""
    return fact.on if fact.at > request.created_at else state.measured_on


def rebuilt(state: State, catalogue: Catalogue) -> Ladder:
    """Return the ladder of the client as known now; after a clearance it has the first stages."""
    opening = state.screen.cleared_on is not None
    ladder, here = state.ladder, state.ladder.rungs[state.position.rung]
    climber = state.client
    if here.stage != TOP_STAGE:
        climber = laid_for(climber, ladder.factor, ladder.second)
    return build_ladder(climber, state.assessment, catalogue, opening=opening)


def with_ladder(state: State, ladder: Ladder, on: date, catalogue: Catalogue, *, range_lost: bool = True) -> State:
    """Return the state on a new ladder, standing no harder than before."""
    if ladder.rungs == state.ladder.rungs:
        return state
    position = state.position
    left = state.ladder.rungs[position.rung]
    index = place_no_harder(ladder, left, position.depth_drop, catalogue, range_lost=range_lost)
    state = replace(state, ladder=ladder)
    kept = same_squat(ladder.rungs[index], left)
    moved = replace(position, rung=index) if kept else enter_rung(state, index, on, catalogue)
    progress = replace(state.progress, position=moved)
    return replace(state, base=progress, progress=progress, latest=None, history=state.settled_history)
