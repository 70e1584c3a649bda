"""What could still speak for a factor: the full points of tests and measurements nobody has taken.

Signs and observations are asked of everybody, so one that was not named is absent, not open.
Load ownership is left out: its signs and its test are counted, not its points.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from planner.rules.limiting_case import LimitingCase, front_load
from planner.words import Factor

WORST_CAR: Final = 3
"""The highest grade of a CAR fault."""


def open_points(case: LimitingCase) -> Mapping[Factor, float]:
    """Return the full points of each factor's evidence that was not taken."""
    return {"hip": sum(_hip(case)), "ankle": sum(_ankle(case)), "trunk": sum(_trunk(case))}


def measured(case: LimitingCase) -> frozenset[Factor]:
    """Return the factors whose range was measured, so that a missing source means it is there.

    A squat that asks nothing of the ankle needs no measurement of it.
    """
    known: dict[Factor, bool] = {
        "hip": case.hip_flexion is not None and case.hip_flexion_gap is not None,
        "ankle": case.knee_to_wall is not None or case.knee_to_wall_needed is None,
    }
    return frozenset(factor for factor, is_known in known.items() if is_known)


def _hip(case: LimitingCase) -> Iterator[float]:
    weights = case.limits.hip
    yield weights.flexion * (case.hip_flexion is None)
    yield weights.internal_rotation * (case.internal_rotation is None)
    yield weights.external_rotation * (case.external_rotation is None)
    yield weights.flexion_gap * (case.hip_flexion_gap is None)
    yield weights.internal_rotation_gap * (case.internal_rotation_gap is None)
    yield weights.rock_back * ("rock_back" not in case.tests)
    yield weights.wider_stance * ("wider_stance" not in case.tests)
    yield weights.car_fault * WORST_CAR * (case.hip_car is None)


def _ankle(case: LimitingCase) -> Iterator[float]:
    weights = case.limits.ankle
    yield weights.knee_to_wall * ("ankle" not in measured(case))
    yield weights.heels_up * ("heels_up" not in case.tests)
    yield weights.arms_forward * ("arms_forward_squat" not in case.tests)
    yield weights.front_load * (front_load(case)[0] is None)


def _trunk(case: LimitingCase) -> Iterator[float]:
    weights = case.limits.trunk
    yield weights.exhale_stack * ("exhale_stack" not in case.tests)
    yield weights.breath_at_bottom * ("breath_at_bottom" not in case.tests)
    yield weights.front_load * (front_load(case)[0] is None)
    yield weights.thoracic_rotation * (case.thoracic_rotation is None)
