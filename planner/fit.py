"""Does a squat fit the range a client has? What is missing, and how high the heels need to be.

A value fits when it reaches the demand less a share of its smallest real change. Active
hip flexion must come close to the demand before a depth is loaded. What was not measured
does not fit deep squats.
"""

from collections.abc import Collection, Iterable
from math import ceil, inf, nextafter
from typing import Final

from planner.catalogue import Catalogue, Variation
from planner.client import has_code
from planner.demand import heel_relief
from planner.position import Client
from planner.readings import Readings
from planner.values import dataclass
from planner.words import Joint, Modifier, depth_index

PARALLEL: Final = depth_index("parallel")

FLEXION: Final = "hip_flexion"
ACTIVE: Final = "hip_flexion_active"
KNEE_TO_WALL: Final = "ankle_knee_to_wall"
INTERNAL: Final = "hip_internal_rotation"
EXTERNAL: Final = "hip_external_rotation"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One measure a rung waits for; `now` is None when it was not measured."""

    measure: str
    joint: Joint
    needed: float
    now: float | None


def shortfalls(
    variation: Variation,
    *,
    depth: int,
    modifiers: Collection[Modifier],
    heel_cm: float,
    client: Client,
    catalogue: Catalogue,
) -> tuple[Shortfall, ...]:
    """Return every measure that keeps a squat at a depth index from fitting."""
    found = [
        _flexion(variation, depth, client, catalogue),
        _active(variation, depth, client, catalogue),
        _knee_to_wall(variation, depth, modifiers, heel_cm, client, catalogue),
        *_rotation(variation, depth, client, catalogue),
    ]
    return tuple(shortfall for shortfall in found if shortfall is not None)


def waits_for(
    variation: Variation,
    *,
    depth: int,
    modifiers: Collection[Modifier],
    heel_cm: float,
    client: Client,
    catalogue: Catalogue,
) -> str:
    """Return "" when a squat fits, else a plain phrase of the range that is missing."""
    missing = shortfalls(
        variation,
        depth=depth,
        modifiers=modifiers,
        heel_cm=heel_cm,
        client=client,
        catalogue=catalogue,
    )
    return phrase(missing, catalogue)


def phrase(missing: Iterable[Shortfall], catalogue: Catalogue) -> str:
    """Return missing range in words, several joined by a comma."""
    return ", ".join(_words(shortfall, catalogue) for shortfall in missing)


def _words(shortfall: Shortfall, catalogue: Catalogue) -> str:
    texts = catalogue.texts
    measure = catalogue.measures[shortfall.measure.removesuffix("_active")]
    name = measure.name
    if shortfall.measure.endswith("_active"):
        name = texts.phrase("fit.active", name=name)
    if shortfall.now is None:
        return texts.phrase("fit.not_measured", name=name)
    unit = texts.phrases[f"unit.{measure.unit}"]
    needed = shortfall.needed
    shown = ceil(needed) if measure.unit == "deg" else ceil(needed * 10) / 10
    needed_text, now_text = f"{texts.number(shown)}{unit}", f"{texts.number(shortfall.now)}{unit}"
    return texts.phrase("fit.short", name=name, needed=needed_text, now=now_text)


def flexion_demand(variation: Variation, depth: int, client: Client, catalogue: Catalogue) -> float:
    """Return the hip flexion a squat asks at a depth index, with bar position and stance."""
    demands = catalogue.demands
    extra = demands.low_bar_hip_extra if variation.hip_demand_extra == "low_bar" else 0.0
    stance = demands.wide_stance_hip if _wide(client) else 0.0
    return demands.hip_flexion[depth - 1] + extra - stance


def knee_to_wall_demand(
    variation: Variation,
    *,
    depth: int,
    modifiers: Collection[Modifier],
    client: Client,
    catalogue: Catalogue,
) -> float | None:
    """Return the knee-to-wall distance a flat squat asks, None where none is asked."""
    demands = catalogue.demands
    column = "box" if "box" in modifiers else variation.demand_column
    if variation.demand_column == "none":
        return None
    stance = demands.wide_stance_knee_to_wall if _wide(client) else 0.0
    return demands.knee_to_wall[column][depth - 1] - stance


def needed_heel_cm(
    variation: Variation,
    *,
    depth: int,
    modifiers: Collection[Modifier],
    client: Client,
    catalogue: Catalogue,
) -> float:
    """Return the smallest heel lift that meets the full demand, else the highest allowed one."""
    lifts = allowed_lifts(client, catalogue)
    demand = knee_to_wall_demand(variation, depth=depth, modifiers=modifiers, client=client, catalogue=catalogue)
    value = client.readings.worst_passive(KNEE_TO_WALL)
    if demand is None or value is None:
        return lifts[0]
    for lift in lifts:
        if value >= demand - heel_relief(lift, catalogue.demands):
            return lift
    return lifts[-1]


def allowed_lifts(client: Client, catalogue: Catalogue) -> tuple[float, ...]:
    """Return the heel lifts a client may use, lowest first; knee pain keeps them low."""
    lifts = catalogue.demands.heel_lift_cm
    if not has_code(client.codes, "KN"):
        return lifts
    highest = catalogue.limits.ladder.guards.knee_heel_cm
    return tuple(lift for lift in lifts if lift <= highest) or lifts[:1]


def _wide(client: Client) -> bool:
    return client.profile.preferred_squat.stance == "wide"


def leeway(measure: str, readings: Readings, catalogue: Catalogue) -> float:
    """Return how far a value may fall short before that is more than measurement noise."""
    share = catalogue.limits.ladder.fit.error_share
    return share * catalogue.measures[measure].mdc * readings.error_factor


def _short(measure: str, joint: Joint, needed: float, now: float | None, unmeasured: bool) -> Shortfall | None:
    if now is None:
        return Shortfall(measure, joint, needed, None) if unmeasured else None
    return Shortfall(measure, joint, needed, now) if now < needed else None


def _flexion(variation: Variation, depth: int, client: Client, catalogue: Catalogue) -> Shortfall | None:
    limits = catalogue.limits.ladder.fit
    margin = limits.pinch_margin if has_code(client.codes, "PIN") else 0.0
    demand = flexion_demand(variation, depth, client, catalogue)
    needed = demand + margin - leeway(FLEXION, client.readings, catalogue)
    now = client.readings.worst_passive(FLEXION)
    return _short(FLEXION, "hip", needed, now, depth > limits.unmeasured_depth)


def _active(variation: Variation, depth: int, client: Client, catalogue: Catalogue) -> Shortfall | None:
    """Return what active hip flexion lacks before a depth is loaded."""
    if variation.unloaded:
        return None
    limits, now = catalogue.limits.ladder.fit, client.readings.worst_active(FLEXION)
    demand = flexion_demand(variation, depth, client, catalogue)
    needed = demand - catalogue.demands.active_flexion_allowance
    if client.finding.subtype == "control" and depth > limits.control_depth:
        needed = max(needed, _controlled(client, catalogue))
    return _short(ACTIVE, "hip", needed, now, depth > limits.unmeasured_depth)


def _controlled(client: Client, catalogue: Catalogue) -> float:
    """Return the active hip flexion that closes a large gap of a client whose limiter is control."""
    gap = catalogue.measures[FLEXION].gap
    largest, active = client.readings.largest_gap(FLEXION), client.readings.worst_active(FLEXION)
    if gap is None or largest is None or active is None or largest < gap.large:
        return 0.0
    return nextafter(active + largest - gap.large, inf)


def _knee_to_wall(
    variation: Variation,
    depth: int,
    modifiers: Collection[Modifier],
    heel_cm: float,
    client: Client,
    catalogue: Catalogue,
) -> Shortfall | None:
    demand = knee_to_wall_demand(variation, depth=depth, modifiers=modifiers, client=client, catalogue=catalogue)
    if demand is None:
        return None
    lift = max(heel_cm, _own_heel_cm(variation, client, catalogue))
    needed = demand - heel_relief(lift, catalogue.demands) - leeway(KNEE_TO_WALL, client.readings, catalogue)
    now = client.readings.worst_passive(KNEE_TO_WALL)
    unmeasured = depth > catalogue.limits.ladder.fit.unmeasured_depth
    return _short(KNEE_TO_WALL, "ankle", needed, now, unmeasured)


def _own_heel_cm(variation: Variation, client: Client, catalogue: Catalogue) -> float:
    """Return the heel of the client's own squat, worn for every squat of that family."""
    preferred = client.profile.preferred_squat
    same = catalogue.variations[preferred.variation].family == variation.family
    return preferred.heel_cm if same else 0.0


def _rotation(variation: Variation, depth: int, client: Client, catalogue: Catalogue) -> tuple[Shortfall | None, ...]:
    """Return what hip rotation lacks from parallel on; a wide stance needs less turning in.

    Turning out is judged when it was measured; it is no core measure, so missing it blocks nothing.
    """
    if depth < catalogue.limits.ladder.fit.rotation_depth or variation.single_leg:
        return ()
    demands, readings = catalogue.demands, client.readings
    turned_out = demands.external_rotation - leeway(EXTERNAL, client.readings, catalogue)
    outward = _short(EXTERNAL, "hip", turned_out, readings.worst_passive(EXTERNAL), unmeasured=False)
    if _wide(client) or "wider_stance" in client.helped:
        return (outward,)
    asked = demands.internal_rotation_parallel if depth <= PARALLEL else demands.internal_rotation_deep
    turned_in = asked - leeway(INTERNAL, client.readings, catalogue)
    return (_short(INTERNAL, "hip", turned_in, readings.worst_passive(INTERNAL), unmeasured=True), outward)
