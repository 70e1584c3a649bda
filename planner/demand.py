"""What the client's preferred squat asks of hip and ankle, from the demand table."""

from bisect import bisect_right
from collections.abc import Mapping

from planner.catalogue import Catalogue, Demands
from planner.facts import PreferredSquat
from planner.values import dataclass
from planner.words import DEPTHS, depth_index


@dataclass(frozen=True, slots=True, kw_only=True)
class SquatDemand:
    """Passive range asked for: degrees at the hip, centimetres from knee to wall."""

    hip_flexion: float
    internal_rotation: float
    external_rotation: float
    knee_to_wall: float | None  # None for squats that ask nothing of the ankle


def squat_demand(squat: PreferredSquat, catalogue: Catalogue) -> SquatDemand:
    """Return what a squat asks at its depth, stance and heel height."""
    demands = catalogue.demands
    deepest = squat.depth == DEPTHS[-1]
    return SquatDemand(
        hip_flexion=_hip_flexion(squat, catalogue),
        internal_rotation=(demands.internal_rotation_deep if deepest else demands.internal_rotation_parallel),
        external_rotation=demands.external_rotation,
        knee_to_wall=_knee_to_wall(squat, catalogue),
    )


def asked_of_ranges(squat: PreferredSquat, catalogue: Catalogue) -> Mapping[tuple[str, str], float]:
    """Return what a squat asks of the ranges it has a demand for, by measure and `passive` or `active`."""
    demand = squat_demand(squat, catalogue)
    asked = {
        ("hip_flexion", "passive"): demand.hip_flexion,
        ("hip_flexion", "active"): demand.hip_flexion - catalogue.demands.active_flexion_allowance,
        ("hip_internal_rotation", "passive"): demand.internal_rotation,
        ("hip_external_rotation", "passive"): demand.external_rotation,
        ("ankle_knee_to_wall", "passive"): demand.knee_to_wall,
    }
    return {where: needed for where, needed in asked.items() if needed is not None}


def heel_relief(heel_cm: float, demands: Demands) -> float:
    """Return the knee-to-wall centimetres a heel lift gives back, straight between known lifts."""
    heights = (0.0, *demands.heel_lift_cm)
    relief = (0.0, *demands.heel_lift_knee_to_wall)
    above = bisect_right(heights, heel_cm)
    if above == len(heights):
        return relief[-1]
    below = above - 1
    share = (heel_cm - heights[below]) / (heights[above] - heights[below])
    return relief[below] + share * (relief[above] - relief[below])


def _hip_flexion(squat: PreferredSquat, catalogue: Catalogue) -> float:
    demands = catalogue.demands
    needed = demands.hip_flexion[depth_index(squat.depth) - 1]
    if catalogue.variations[squat.variation].hip_demand_extra == "low_bar":
        needed += demands.low_bar_hip_extra
    return needed - (demands.wide_stance_hip if squat.stance == "wide" else 0.0)


def _knee_to_wall(squat: PreferredSquat, catalogue: Catalogue) -> float | None:
    demands = catalogue.demands
    column = demands.knee_to_wall.get(catalogue.variations[squat.variation].demand_column)
    if column is None:
        return None
    needed = column[depth_index(squat.depth) - 1] - heel_relief(squat.heel_cm, demands)
    return needed - (demands.wide_stance_knee_to_wall if squat.stance == "wide" else 0.0)
