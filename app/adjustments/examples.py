"""Example adjustments: each executes as it stands in the demo gym."""

from app.demo_ids import BLOCK_AGE_DAYS, demo_id
from planner.identity import SLOTS, session_id, session_ordinal

_NEXT_SQUATS = session_id(str(demo_id("block/sam")), session_ordinal(BLOCK_AGE_DAYS + 7, SLOTS["squat"]), "squat")

ADJUSTMENT = {
    "hold_step": {
        "summary": "Hold the step for now",
        "value": {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling; we go on after that."},
    },
    "skip_session": {
        "summary": "Skip next week's squat session",
        "value": {"kind": "skip_session", "session_id": _NEXT_SQUATS, "reason": "Away on that day."},
    },
    "add_exercise": {
        "summary": "Add carries to next week's squat session",
        "value": {
            "kind": "add_exercise",
            "session_id": _NEXT_SQUATS,
            "exercise": "suitcase_carry",
            "reason": "Likes them, and they train the trunk.",
            "acknowledges": ["AD14"],
        },
    },
    "own_exercise": {
        "summary": "Add the gym's own exercise to next week's squat session",
        "value": {
            "kind": "add_exercise",
            "session_id": _NEXT_SQUATS,
            "exercise": "own_half_kneeling_bell_halo",
            "reason": "Shoulders first, then the bar.",
            "acknowledges": ["AD14"],
        },
    },
    "place_on_rung": {
        "summary": "Start again on the first step",
        "value": {
            "kind": "place_on_rung",
            "scope": "rest_of_block",
            "rung": 0,
            "reason": "We settle the basics first.",
        },
    },
    "pause": {
        "summary": "Pause for a cold",
        "value": {"kind": "pause", "scope": "rest_of_block", "reason": "A cold; daily circles only."},
    },
}
