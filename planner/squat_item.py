"""The squat of a day: the rung as it stands, eased or lightened, with its tempo, rest and ceiling."""

from collections.abc import Iterable

from planner.catalogue import Catalogue, Variation
from planner.client import allowed_variation, rpe_cap
from planner.decision import Reason
from planner.load import load_reasons, round_down
from planner.load_words import load_text, ramp_sets
from planner.maximum import HARDEST, Effort, first_effort, load_case
from planner.minutes import Draft
from planner.plan import Item, Rung
from planner.position import Client, Due, PlanContext, Position
from planner.rules.dosing import Asker, Dosing, told
from planner.rules.ladder import LadderCase, box_height
from planner.rules.load_case import LoadCase
from planner.rules.squat_dose import calm_squat, eased, lighter_week, rpe_ceiling, squat_rest
from planner.selection import dose_case
from planner.values import replace
from planner.words import Modifier, depth_at, depth_index

SQUAT_PLACE = 3
HAND_LOADS = frozenset({"bell", "two_bells"})


def squat_asker(client: Client, catalogue: Catalogue) -> Asker:
    """Return who answers what the squats of a client have in common."""
    quiet = catalogue.doses.block.no_limiter_rpe
    case = replace(
        dose_case(client, catalogue),
        squat_day=True,
        rpe_cap=rpe_cap(client.codes, catalogue),
        no_limiter_rpe=quiet if client.finding.limiting_factor == "none" else None,
    )
    return Asker(case)


def squat_draft(context: PlanContext, due: Due, *, deload: bool, ask: Asker) -> Draft:
    """Return the squat that is due on a day."""
    catalogue, client, position = context.catalogue, context.client, due.position
    rung = context.ladder.rungs[position.rung]
    variation = catalogue.variations[rung.variation]
    sets, because = _sets(position, ask, catalogue, deload=deload)
    most = _ceiling(position, rung, ask, client, catalogue)
    load = _load(position, variation, client, catalogue, deload=deload)
    index = max(1, depth_index(rung.depth) - position.depth_drop)
    if most and most.say != "stage":
        because.append(told("LD57", most, catalogue))
    item = Item(
        id="",
        exercise=variation.id,
        name=rung.name,
        category="squat",
        side="both",
        sets=sets,
        reps=position.reps or None,
        tempo=_tempo(rung, variation, catalogue),
        rest_s=_whole(ask(squat_rest, stage=rung.stage)),
        rpe_max=_number(most),
        load_kg=load,
        load_text=_load_text(load, position, variation, client, catalogue),
        depth=depth_at(index),
        box_height_cm=box_height_cm(variation, rung.modifiers, index, client, catalogue),
        load_position=rung.load_position,
        modifiers=rung.modifiers or None,
        stage=rung.stage,
        rung=position.rung,
        ramp=ramp_sets(load, variation, client.profile, catalogue) or None,
        cue=variation.cue,
        because=(*rung.because[:1], *_why_this_load(load, due, context, _number(most)), *because),
    )
    return Draft(item=item, source=variation, place=SQUAT_PLACE, required=True)


def _why_this_load(load: float | None, due: Due, context: PlanContext, rpe: float | None) -> tuple[Reason, ...]:
    """Return the ceiling a load stays under, or why it has no number."""
    return load_reasons(_load_case(due, context, rpe), load, context.client.profile, context.catalogue)


def _load_case(due: Due, context: PlanContext, rpe: float | None) -> LoadCase:
    position = due.position
    rung = context.ladder.rungs[position.rung]
    effort = Effort(
        stage=rung.stage,
        reps=position.reps,
        rpe=HARDEST if rpe is None else rpe,
        first=position.exposures == 0,
        gate_passed=due.gate_open,
    )
    return load_case(
        context.catalogue.variations[rung.variation],
        effort=effort,
        client=context.client,
        on=context.judged_on,
        catalogue=context.catalogue,
        modifiers=rung.modifiers,
    )


def calm_squat_draft(context: PlanContext) -> Draft | None:
    """Return the easiest supported squat for a calm morning of a flare, None when there is none."""
    catalogue, client = context.catalogue, context.client
    case = replace(dose_case(client, catalogue), restriction=context.restriction, pain_now=context.pain_now)
    chosen = calm_squat(case)
    variation = easiest_squat(client, catalogue)
    if chosen is None or variation is None:
        return None
    dose = catalogue.doses.stages.of("P0")
    item = Item(
        id="",
        exercise=variation.id,
        name=variation.name,
        category="squat",
        side="both",
        sets=_whole(chosen) or 1,
        reps=catalogue.doses.block.calm.squat_reps,
        tempo=dose.tempo or None,
        rest_s=catalogue.doses.block.pace.squat_rest_s,
        rpe_max=dose.rpe[0],
        load_text=load_text(None, variation, client.profile, catalogue),
        depth=depth_at(variation.depths[0]),
        load_position=variation.load_position,
        stage="P0",
        cue=variation.cue,
        because=(told("LD55", chosen, catalogue),),
    )
    return Draft(item=item, source=variation, place=SQUAT_PLACE)


def easiest_squat(client: Client, catalogue: Catalogue) -> Variation | None:
    """Return the allowed bodyweight squat that asks least in all dimensions together."""
    allowed = (
        one
        for one in catalogue.variations.values()
        if one.load.kind == "bodyweight" and not allowed_variation(one, client)
    )
    return min(allowed, key=lambda one: (_demand(one), one.id), default=None)


def _demand(variation: Variation) -> float:
    scores = variation.scores
    return scores.hip + scores.ankle + scores.trunk + scores.control + scores.spine_load


def _ceiling(position: Position, rung: Rung, ask: Asker, client: Client, catalogue: Catalogue) -> Dosing | None:
    """Return the ceiling of effort, which is lower while a rung is new."""
    first = first_effort(rung.stage, client.codes, catalogue).rpe if position.exposures == 0 else None
    stage_rpe = catalogue.doses.stages.of(rung.stage).rpe[1]
    return ask(rpe_ceiling, stage_rpe=stage_rpe, first_rpe=first)


def _sets(position: Position, ask: Asker, catalogue: Catalogue, *, deload: bool) -> tuple[int, list[Reason]]:
    """Return the working sets after easing and lightening, and why they are fewer."""
    sets, because = max(1, position.sets), list[Reason]()
    easier = ask(eased, ease=position.ease)
    if easier:
        because.append(told("LD53", easier, catalogue))
    lighter = ask(lighter_week, sets=sets, deload=deload)
    if lighter:
        sets = _whole(lighter) or 1
        because.append(told("LD52", lighter, catalogue))
    return sets, because


def _load(
    position: Position, variation: Variation, client: Client, catalogue: Catalogue, *, deload: bool
) -> float | None:
    """Return the load after easing and lightening, on weights that exist, always rounded down.

    Where nothing lighter exists, an eased squat puts the bell down; a bar or a lighter week keeps it.
    """
    factor = position.ease * (catalogue.doses.block.deload_load if deload else 1)
    if position.load_kg is None or factor >= 1:
        return position.load_kg
    lighter = round_down(position.load_kg * factor, variation, client.profile, catalogue)
    if lighter is not None or (position.ease < 1 and variation.load.kind in HAND_LOADS):
        return lighter
    return position.load_kg


def _load_text(
    load: float | None,
    position: Position,
    variation: Variation,
    client: Client,
    catalogue: Catalogue,
) -> str:
    if load is None and position.load_kg is not None:
        return catalogue.texts.phrases["squat.no_weight"]
    return load_text(load, variation, client.profile, catalogue)


def _tempo(rung: Rung, variation: Variation, catalogue: Catalogue) -> str | None:
    """Return the tempo: the modifier's, else the variation's own, else the stage's; None = free."""
    stages = catalogue.doses.stages
    if "slow_tempo" in rung.modifiers:
        return stages.slow_tempo
    if "pause" in rung.modifiers:
        return stages.pause_tempo
    return variation.built_in.tempo or stages.of(rung.stage).tempo or None


def box_height_cm(
    variation: Variation, modifiers: Iterable[Modifier], index: int, client: Client, catalogue: Catalogue
) -> int | None:
    """Return the height of the box or the pins of a squat at a depth index, None when it is done without."""
    built_in = variation.built_in
    case = LadderCase(
        limits=catalogue.limits.ladder,
        box=built_in.box or built_in.pins or not {"box", "pins"}.isdisjoint(modifiers),
        height_cm=client.profile.height_cm,
        depth=index,
    )
    height = box_height(case)
    return None if height is None else height.cm


def _whole(outcome: object) -> int | None:
    value = getattr(outcome, "value", None)
    return value if isinstance(value, int) else None


def _number(outcome: object) -> float | None:
    value = getattr(outcome, "value", None)
    return float(value) if isinstance(value, (int, float)) else None
