"""Where a block begins: the request, the client as read, and the state before the first log."""

from collections.abc import Sequence
from datetime import date, datetime

from planner.assess import derive_irritability, read_assessment
from planner.carry import TOP_STAGE, Carried, carried_from, carried_rung, continued, laid_for, squatted_before
from planner.catalogue import Catalogue
from planner.client import age_on, contraindication_codes, relief_tests
from planner.errors import BlockError, Fault
from planner.facts import Assessment, CheckIn, Clearance, Fact, Profile, Screening
from planner.ladder import build_ladder
from planner.limiting import find_limiting_factor
from planner.plan import Ladder
from planner.position import Client, Position
from planner.screening_state import resumes_after_clearance, screened, with_answers, with_clearance, with_open_question
from planner.standing import BlockFrame, enter_rung
from planner.state import KEPT_DAYS, Morning, Progress, ScreenState, State, too_old
from planner.values import dataclass, replace
from planner.words import STAGES

__all__ = [
    "BlockRequest",
    "Carried",
    "begin",
    "carried_from",
    "morning_of",
    "read_client",
    "screen_after",
    "shape_rung",
    "usual_morning",
    "with_morning",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRequest:
    """What a block is asked for with; pinned when it is created.

    `carried` is where an earlier block ended: the new block is entered no harder, and goes on
    from there when it is the same rung.
    """

    id: str
    assessment_id: str
    starts_on: date
    weeks: int
    created_at: datetime
    created_on: date
    carried: Carried | None = None

    @property
    def frame(self) -> BlockFrame:
        """Return the block's first day and length."""
        return BlockFrame(starts_on=self.starts_on, weeks=self.weeks)


def read_client(
    profile: Profile,
    assessment: Assessment,
    on: date,
    catalogue: Catalogue,
    *,
    keep: Client | None = None,
    on_plan: bool = False,
) -> Client:
    """Return what profile and assessment say of a client; `keep` keeps its finding.

    `on_plan` says that an easier squat took the preferred one's place, so that pain tells nothing of it.
    """
    readings = read_assessment(assessment, catalogue)
    irritability = derive_irritability(assessment, catalogue)
    finding = (
        keep.finding
        if keep
        else find_limiting_factor(assessment, profile, readings, catalogue, irritability, on_plan=on_plan)
    )
    return Client(
        profile=profile,
        readings=readings,
        finding=finding,
        codes=contraindication_codes(profile, readings, assessment, irritability, catalogue),
        irritability=irritability,
        age=age_on(profile, on),
        helped=relief_tests(assessment),
    )


def begin(request: BlockRequest, facts: Sequence[Fact], catalogue: Catalogue, *, stands_on: str | None = None) -> State:
    """Return the state a block starts from, of facts performed before it was created, in order.

    `stands_on` is the id of what corrects the assessment asked for, None when nothing does. Raises BlockError for a
    wrong length, without the assessment or a profile, or when the block starts before it.
    """
    _check_length(request.weeks, catalogue)
    profile, assessment, at = _profile_and_assessment(request, facts, stands_on or request.assessment_id)
    on_plan = squatted_before(request.carried, assessment.performed_on)
    client = read_client(profile, assessment, request.created_on, catalogue, on_plan=on_plan)
    screen = _screen_before(facts, catalogue)
    mornings = tuple(morning_of(fact, fact.body) for fact in facts if isinstance(fact.body, CheckIn))
    carried = request.carried
    climber = client
    if carried is not None and carried.rung.stage != TOP_STAGE:
        climber = laid_for(client, carried.factor, carried.second)
    ladder = build_ladder(climber, assessment, catalogue, opening=screen.cleared_on is not None)
    start = Position(rung=ladder.entry, since=request.starts_on)
    last = facts[-1]
    status = screened(screen, profile, request.created_on, catalogue).status
    state = State(
        profile=profile,
        assessment=assessment,
        client=client,
        ladder=ladder,
        screen=replace(screen, needs_answers=status != "clear"),
        status=status,
        baseline=usual_morning(assessment, mornings, request.starts_on, catalogue),
        worst_at_start=assessment.back_pain.worst_24h if assessment.back_pain else 0,
        base=Progress(position=start),
        progress=Progress(position=start),
        mornings=mornings[-KEPT_DAYS:],
        last_at=max(last.at, at),
        last_id=last.id,
        last_on=request.created_on,
    )
    return _entered(state, request, catalogue)


def _check_length(weeks: int, catalogue: Catalogue) -> None:
    block = catalogue.doses.block
    if not block.shortest_weeks <= weeks <= block.longest_weeks:
        facts = {"shortest": block.shortest_weeks, "longest": block.longest_weeks}
        raise BlockError((Fault("/weeks", "wrong_length", facts=facts),))


def _profile_and_assessment(
    request: BlockRequest, facts: Sequence[Fact], assessment_id: str
) -> tuple[Profile, Assessment, datetime]:
    profiles = [fact.body for fact in facts if isinstance(fact.body, Profile)]
    found = [fact for fact in facts if fact.id == assessment_id]
    if not profiles:
        raise BlockError((Fault("/", "no_profile"),))
    if not found or not isinstance(found[0].body, Assessment):
        raise BlockError((Fault("/assessment_id", "no_assessment"),))
    assessment = found[0].body
    corrected = assessment_id != request.assessment_id  # whatever day a correction gives, the block has begun
    if request.starts_on < assessment.performed_on and not corrected:
        raise BlockError((Fault("/starts_on", "before_assessment"),))
    return profiles[-1], assessment, found[0].at


def _screen_before(facts: Sequence[Fact], catalogue: Catalogue) -> ScreenState:
    screen = ScreenState()
    for fact in facts:
        screen = screen_after(screen, fact, catalogue)
    return replace(screen, needs_answers=True)


def screen_after(screen: ScreenState, fact: Fact, catalogue: Catalogue) -> ScreenState:
    """Return the red flags as known after a fact."""
    body = fact.body
    if isinstance(body, Assessment | CheckIn | Screening):
        left_open = isinstance(body, Screening) and body.left_open
        known = with_open_question(screen) if left_open else screen
        return with_answers(known, body.red_flags, fact.on, fact.received_at)
    if isinstance(body, Clearance):
        return with_clearance(screen, body.cleared_on, fact.received_at, catalogue)
    return screen


def usual_morning(assessment: Assessment, mornings: Sequence[Morning], on: date, catalogue: Catalogue) -> float:
    """Return the client's usual morning score, capped: of the days before a day, else as told."""
    limits = catalogue.limits.response
    old = too_old(limits.baseline_days + 1, on)
    before = [one.now for one in mornings if old < one.on < on]
    usual = assessment.back_pain.usual if assessment.back_pain else 0
    known = sum(before) / len(before) if len(before) >= limits.baseline_mornings else usual
    return float(min(known, limits.baseline_cap))


def _entered(state: State, request: BlockRequest, catalogue: Catalogue) -> State:
    """Return the state with the entry position: carried rung, clearance and high irritability first."""
    index = state.ladder.entry
    carried = request.carried
    if carried is not None:
        index = carried_rung(carried, state, catalogue)
    resumes = resumes_after_clearance(state.screen, request.starts_on, catalogue)
    if resumes:
        index = min(index, shape_rung(state.ladder))
    before = date.fromordinal(request.starts_on.toordinal() - 1)
    progress = Progress(position=enter_rung(state, index, before, catalogue), moved_on=request.starts_on)
    state = replace(state, base=progress, progress=progress)
    if carried is not None:
        state = continued(state, carried, request.starts_on, catalogue, anew=resumes)
    if state.client.irritability == "high":
        flare = replace(state.progress, wait="flare", wait_since=request.created_on)
        state = replace(state, base=flare, progress=flare)
    return state


def shape_rung(ladder: Ladder) -> int:
    """Return the last rung of the shape stage (P1), where training resumes after a clearance."""
    shape = [rung.index for rung in ladder.rungs if STAGES.index(rung.stage) <= 1]
    return shape[-1] if shape else 0


def morning_of(fact: Fact, check_in: CheckIn) -> Morning:
    """Return what a check-in says of its morning."""
    return Morning(
        on=fact.on,
        now=check_in.back_pain.now,
        worst=check_in.back_pain.worst_24h,
        sharp="sharp" in check_in.words,
        protective="protective" in check_in.words,
    )


def with_morning(mornings: tuple[Morning, ...], new: Morning) -> tuple[Morning, ...]:
    """Return the recent mornings, one a day: the worse of two check-ins of a day counts."""
    old, on = too_old(KEPT_DAYS, new.on), new.on
    kept = [one for one in mornings if old < one.on <= on]
    if kept and kept[-1].on == new.on:
        before = kept.pop()
        new = Morning(
            on=new.on,
            now=max(before.now, new.now),
            worst=max(before.worst, new.worst),
            sharp=before.sharp or new.sharp,
            protective=before.protective or new.protective,
        )
    return (*kept, new)
