"""The closed vocabularies shared by facts, plans and seeds.

Each choice is a `Literal`, so that a wrong word is refused where it is read and
found by the type checker where it is written. The words are those of the API.
"""

from typing import Final, Literal, get_args

Side = Literal["left", "right", "both", "midline"]
Setting = Literal["gym", "home"]
AssessmentSetting = Literal["clinic", "home"]
Sex = Literal["female", "male", "other"]
Units = Literal["metric", "imperial"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Stance = Literal["narrow", "medium", "wide"]
Irritability = Literal["low", "moderate", "high"]

Depth = Literal["quarter", "high", "half", "above_parallel", "parallel", "deep"]
DEPTHS: Final[tuple[Depth, ...]] = get_args(Depth)

PreferredVariation = Literal[
    "low_bar_back_squat",
    "high_bar_back_squat",
    "front_squat",
    "safety_bar_squat",
    "goblet_squat",
    "overhead_squat",
]

Equipment = Literal[
    "barbell",
    "rack",
    "safety_bar",
    "dumbbell",
    "kettlebell",
    "box",
    "wedge",
    "band",
    "bench",
    "backpack",
    "step",
    "pins",
    "landmine",
    "belt_squat",
    "sled",
    "leg_press",
    "strap",
    "dowel",
    "bike",
    "lifting_shoes",
    "ring",
]

LimitCode = Literal[
    "hip_replacement",
    "hip_surgery",
    "spine_surgery",
    "hip_front_pinch",
    "ankle_front_pinch",
    "knee_pain",
    "shoulder_pain",
    "wrist_pain",
    "hypermobility",
    "bone_fragility",
    "uncontrolled_blood_pressure",
    "hernia",
    "pregnancy",
    "post_partum",
    "neck_pain",
    "dizziness",
    "achilles_pain",
    "recent_ankle_sprain",
    "groin_pain",
    "hamstring_cramp",
]

Joint = Literal["hip", "ankle", "thoracic", "shoulder", "trunk"]
Motion = Literal[
    "flexion",
    "internal_rotation",
    "external_rotation",
    "extension",
    "knee_to_wall",
    "dorsiflexion",
    "rotation",
    "back_extensor_hold",
]
Unit = Literal["deg", "cm", "s"]
LimitFelt = Literal["stretch", "front_pinch", "hard_stop"]
CarJoint = Literal["hip", "ankle", "thoracic"]

HipSign = Literal[
    "depth_blocked",
    "quick_change_near_bottom",
    "find_it_and_survive_it",
    "back_does_hip_work",
    "jammed_bottom",
    "unexplained_shift",
    "early_butt_wink",
    "smooth_until_last_inches",
]
AnkleSign = Literal[
    "not_balanced_midfoot",
    "hinges_to_stay_upright",
    "depth_varies_by_day",
    "heels_lift_or_arch_collapses",
]
LoadOwnershipSign = Literal[
    "bottom_unstable",
    "rushes_last_part",
    "loses_tension_and_bounces",
    "back_tight_later_not_during",
]
TrunkSign = Literal[
    "unrack_is_hardest",
    "compressed_not_tired",
    "cannot_breathe_without_arching",
    "front_loaded_feels_better",
]
Sign = Literal[HipSign, AnkleSign, LoadOwnershipSign, TrunkSign]

Test = Literal[
    "heels_up",
    "goblet_load",
    "wider_stance",
    "exhale_stack",
    "rock_back",
    "slow_tempo_pause",
    "bodyweight_squat",
    "breath_at_bottom",
    "overhead_squat",
    "arms_forward_squat",
]
TestResult = Literal["helps", "some_help", "no_help", "tucks_same_angle", "fails", "clean"]
Observation = Literal["rib_flare", "pain_on_arching_eased_by_bending", "pain_on_bending_eased_by_arching"]

RedFlag = Literal[
    "bladder_or_bowel_change",
    "saddle_numbness",
    "both_legs_affected",
    "progressive_weakness",
    "major_trauma",
    "chest_pain_or_collapse",
    "severe_and_rapidly_worsening",
    "loss_of_strength",
    "fever_or_unwell",
    "osteoporosis_or_steroids_with_fall",
    "cannot_bear_weight",
    "numbness",
    "tingling",
    "radiating_pain",
    "cancer_history_new_pain",
    "unexplained_weight_loss",
    "constant_night_pain",
    "recent_surgery",
    "pregnancy_or_recent_birth",
    "groin_pain_at_rest",
    "long_morning_stiffness",
]
Answer = Literal["yes", "no", "not_asked"]
ScreeningStatus = Literal["clear", "incomplete", "refer", "same_day", "emergency"]

Factor = Literal["hip", "ankle", "load_ownership", "trunk"]
LimitingFactor = Literal["hip", "ankle", "load_ownership", "trunk", "none"]
Subtype = Literal["motion", "control"]
Confidence = Literal["high", "medium", "low"]
Colour = Literal["normal", "watch", "problem", "red_flag", "pending"]
Verdict = Literal["up", "load_up", "hold", "ease", "step_back", "rerank", "refer", "stop"]

Stage = Literal["P0", "P1", "P2", "P3", "P4", "P5", "P6"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
Modifier = Literal["heels_up", "pause", "slow_tempo", "box", "pins"]
LoadPosition = Literal["none", "front", "sides", "back", "overhead", "hips", "machine"]
ChangeVerdict = Literal["better", "worse", "noise", "not_comparable"]
ClueChange = Literal["appeared", "gone", "changed", "unchanged", "not_tested"]
FactorStatus = Literal["resolved", "unchanged", "new", "not_tested"]
Entrance = Literal["shape", "kept", "no_harder", "first"]
RungStatus = Literal["owned", "current", "ahead"]
BlockStatus = Literal["active", "locked", "paused", "finished"]

Category = Literal["cars", "end_range", "trunk", "mobility", "squat", "accessory", "general"]
SessionKind = Literal["daily_cars", "joint", "squat", "recovery", "retest"]
SessionStatus = Literal["planned", "done", "partly", "skipped", "withheld"]

PainWord = Literal["worked", "tight", "compressed", "sharp", "protective"]

AdjustmentKind = Literal[
    "swap_exercise",
    "set_dose",
    "set_load",
    "cap_load",
    "cap_depth",
    "move_session",
    "skip_session",
    "add_exercise",
    "remove_exercise",
    "hold_step",
    "place_on_rung",
    "pause",
    "resume",
    "note",
]
AdjustmentScope = Literal["session", "week", "rest_of_block"]

NoticeKind = Literal[
    "red_flag",
    "unanswered",
    "plan_held",
    "problem",
    "mornings_rising",
    "step_backs",
    "assessment_asked",
    "retest",
    "block_ended",
    "block_ending",
    "no_logs",
    "conflict",
    "undelivered",
]
"""What a coach's attention is asked for."""

Urgency = Literal["emergency", "same_day", "refer", "soon", "routine"]
URGENCIES: Final[tuple[Urgency, ...]] = get_args(Urgency)
"""Most urgent first: the levels of a red flag, then what should not wait, then the usual upkeep."""

NoticeAction = Literal[
    "clear",
    "change_client",
    "screen",
    "check_in",
    "log_session",
    "assess",
    "plan_block",
    "settle_conflict",
    "redeliver",
]
"""What a coach does about a notice."""

Evidence = Literal["S", "P", "P*", "C", "C+", "J", "M"]
"""Confidence tag of a number: stated by the method's article, published, published but not
re-read, coaching convention, convention looked up, judgement, computed by simulation."""


def depth_index(depth: Depth) -> int:
    """Return the depth index 1 (quarter) to 6 (deep)."""
    return DEPTHS.index(depth) + 1


def depth_at(index: int) -> Depth:
    """Return the depth word of an index 1 to 6."""
    return DEPTHS[index - 1]
