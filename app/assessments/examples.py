"""Example assessments: one of each limiting factor, at home, and with a red flag."""

from collections.abc import Iterator

from app.red_flags import ALL_NO


def _both(
    joint: str, motion: str, unit: str, *ranges: tuple[float | None, float | None]
) -> Iterator[dict[str, object]]:
    """Yield the measurements of a motion on the left and the right side."""
    for side, (passive, active) in zip(("left", "right"), ranges, strict=True):
        measured: dict[str, object] = {"joint": joint, "motion": motion, "side": side, "unit": unit, "passive": passive}
        yield measured if active is None else measured | {"active": active}


def _joints(
    *, flexion: tuple[int, int], rotation: tuple[int, int], knee_to_wall: float, thoracic: int
) -> list[dict[str, object]]:
    return [
        *_both("hip", "flexion", "deg", flexion, (flexion[0] + 2, flexion[1] + 1)),
        *_both("hip", "internal_rotation", "deg", rotation, (rotation[0] + 2, rotation[1] + 1)),
        *_both("hip", "external_rotation", "deg", (40, 35), (41, 36)),
        *_both("ankle", "knee_to_wall", "cm", (knee_to_wall, None), (knee_to_wall + 0.5, None)),
        *_both("thoracic", "rotation", "deg", (thoracic, thoracic - 4), (thoracic + 1, thoracic - 4)),
    ]


ASSESSMENT = {
    "hip": {
        "summary": "Hip limits a low-bar squat",
        "value": {
            "setting": "clinic",
            "measurements": _joints(flexion=(96, 84), rotation=(17, 12), knee_to_wall=11.5, thoracic=48),
            "signs": ["depth_blocked", "quick_change_near_bottom", "find_it_and_survive_it", "back_does_hip_work"],
            "tests": [{"test": "rock_back", "result": "tucks_same_angle"}, {"test": "wider_stance", "result": "helps"}],
            "car_faults": [{"joint": "hip", "side": "left", "fault": 1}],
            "back_pain": {"usual": 2, "worst_24h": 4, "settles_within_h": 36},
            "red_flags": ALL_NO,
        },
    },
    "ankle": {
        "summary": "Ankle limits a high-bar squat",
        "value": {
            "setting": "clinic",
            "measurements": _joints(flexion=(122, 107), rotation=(36, 32), knee_to_wall=5.5, thoracic=48),
            "signs": ["not_balanced_midfoot", "hinges_to_stay_upright", "heels_lift_or_arch_collapses"],
            "tests": [{"test": "heels_up", "result": "helps"}, {"test": "goblet_load", "result": "some_help"}],
            "back_pain": {"usual": 1, "worst_24h": 3, "settles_within_h": 20},
            "red_flags": ALL_NO,
        },
    },
    "trunk": {
        "summary": "Trunk strategy: the unrack is the hardest part",
        "value": {
            "setting": "clinic",
            "measurements": _joints(flexion=(122, 107), rotation=(36, 32), knee_to_wall=11.5, thoracic=38),
            "signs": ["unrack_is_hardest", "compressed_not_tired", "cannot_breathe_without_arching"],
            "tests": [{"test": "exhale_stack", "result": "helps"}, {"test": "breath_at_bottom", "result": "fails"}],
            "observations": ["rib_flare", "pain_on_arching_eased_by_bending"],
            "back_pain": {"usual": 2, "worst_24h": 3, "settles_within_h": 24},
            "red_flags": ALL_NO,
        },
    },
    "home": {
        "summary": "Home assessment: the slow squat is not owned",
        "value": {
            "setting": "home",
            "measurements": _joints(flexion=(117, 102), rotation=(36, 32), knee_to_wall=10.5, thoracic=48),
            "signs": ["bottom_unstable", "rushes_last_part", "back_tight_later_not_during"],
            "tests": [
                {"test": "bodyweight_squat", "result": "clean"},
                {"test": "slow_tempo_pause", "result": "fails"},
            ],
            "back_pain": {"usual": 1, "worst_24h": 3, "settles_within_h": 24},
            "red_flags": ALL_NO,
        },
    },
    "red_flag": {
        "summary": "Red flag: pain down one leg",
        "value": {
            "setting": "clinic",
            "measurements": _joints(flexion=(110, 98), rotation=(30, 26), knee_to_wall=10, thoracic=45),
            "back_pain": {"usual": 3, "worst_24h": 5, "settles_within_h": 48},
            "red_flags": ALL_NO | {"radiating_pain": "yes"},
        },
    },
}
