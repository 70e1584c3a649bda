"""Example bodies for clients, screenings and clearances: each executes as it stands in the demo gym."""

from app.demo_ids import ADMIN
from app.red_flags import ALL_NO

CLIENT = {
    "gym": {
        "summary": "Low-bar lifter in a gym",
        "value": {
            "display_name": "Sam",
            "birth_year": 1992,
            "sex": "male",
            "time_zone": "America/Chicago",
            "units": "metric",
            "setting": "gym",
            "equipment": ["barbell", "rack", "safety_bar", "dumbbell", "kettlebell", "box", "wedge", "band", "bench"],
            "weights": {"bar_kg": 20, "plate_step_kg": 2.5, "kettlebells_kg": [8, 12, 16, 20, 24]},
            "training_days": ["mon", "wed", "fri"],
            "session_minutes": 60,
            "preferred_squat": {"variation": "low_bar_back_squat", "depth": "parallel", "one_rep_max_kg": 150},
            "height_cm": 180,
        },
    },
    "home": {
        "summary": "At home with a backpack, maximum unknown",
        "value": {
            "display_name": "Kim",
            "birth_year": 1974,
            "sex": "female",
            "time_zone": "Europe/Lisbon",
            "setting": "home",
            "equipment": ["backpack"],
            "weights": {"backpack_max_kg": 12},
            "training_days": ["mon", "tue", "thu", "sat"],
            "session_minutes": 20,
            "preferred_squat": {"variation": "goblet_squat", "depth": "parallel"},
        },
    },
    "limit": {
        "summary": "With a cleared hip replacement",
        "value": {
            "display_name": "Lee",
            "birth_year": 1961,
            "sex": "male",
            "time_zone": "Europe/Berlin",
            "setting": "gym",
            "equipment": ["barbell", "rack", "kettlebell", "box"],
            "training_days": ["tue", "fri"],
            "session_minutes": 45,
            "preferred_squat": {"variation": "goblet_squat", "depth": "half"},
            "limits": [{"code": "hip_replacement", "side": "left", "cleared_on": "2026-09-01"}],
        },
    },
}

CLIENT_CHANGE = {
    "days": {
        "summary": "Other training days and less time",
        "value": {"training_days": ["tue", "thu", "sat"], "session_minutes": 45},
    },
    "hour": {"summary": "Trains before work", "value": {"session_time": "06:30"}},
    "equipment": {"summary": "Now trains at home", "value": {"setting": "home", "equipment": ["kettlebell", "band"]}},
    "maximum": {
        "summary": "New maximum of the preferred squat (coach)",
        "value": {"preferred_squat": {"one_rep_max_kg": 152.5}},
    },
    "limit": {
        "summary": "Knee pain from now on (coach)",
        "value": {"limits": [{"code": "knee_pain", "side": "right", "note": "since the ski trip"}]},
    },
}

TRANSFER = {
    "robin": {
        "summary": "Robin takes over",
        "value": {"coach_id": str(ADMIN), "note": "Sam trains mornings now."},
    }
}

ERASURE = {"leo": {"summary": "Leo, who moved away", "value": {"confirm": "Leo"}}}

SCREENING = {
    "clear": {"summary": "Nothing found", "value": {"red_flags": ALL_NO}},
    "red_flag": {
        "summary": "Red flag: tingling in one leg",
        "value": {"red_flags": ALL_NO | {"tingling": "yes"}},
    },
    "emergency": {
        "summary": "Red flag: emergency",
        "value": {"red_flags": {"saddle_numbness": "yes", "bladder_or_bowel_change": "yes"}},
    },
    "incomplete": {"summary": "Not everything was asked", "value": {"red_flags": {"numbness": "no", "tingling": "no"}}},
}

CLEARANCE = {
    "cleared": {
        "summary": "Cleared to squat",
        "value": {
            "cleared_by": "Dr. Amara Osei, sports medicine",
            "note": "Normal examination; build up step by step.",
        },
    }
}
