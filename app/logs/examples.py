"""Example logs and check-ins: each executes as it stands in the demo gym, on the day it was loaded."""

from app.demo_ids import BLOCK_AGE_DAYS, demo_id
from app.red_flags import ALL_NO
from planner.identity import SLOTS, session_id, session_ordinal

_TODAY = session_id(str(demo_id("block/sam")), session_ordinal(BLOCK_AGE_DAYS, SLOTS["squat"]), "squat")

SESSION_LOG = {
    "calm": {
        "summary": "Calm week: today's squat session, all as planned",
        "value": {
            "session_id": _TODAY,
            "back_pain": {"before": 1, "during": 1, "after": 1},
            "words": ["worked"],
            "warm_up_helped": True,
            "leg_soreness": 2,
            "context": {"sleep_h": 7.5, "sitting_h": 5, "stress": 3},
        },
    },
    "flare_up": {
        "summary": "Flare-up: sharp during the squats",
        "value": {
            "session_id": _TODAY,
            "back_pain": {"before": 2, "during": 6, "after": 6},
            "words": ["sharp", "protective"],
            "same_spot": True,
            "changed_technique_to_survive": True,
            "context": {"sleep_h": 5, "sitting_h": 9, "stress": 7},
            "note": "Stopped after the second set.",
        },
    },
    "unplanned": {
        "summary": "Unplanned: goblet squats on a trip",
        "value": {
            "items": [
                {
                    "exercise": "goblet_squat",
                    "sets": [{"reps": 8, "load_kg": 16, "rpe": 5}, {"reps": 8, "load_kg": 16, "rpe": 5.5}],
                    "depth_reached": "half",
                    "tempo_kept": True,
                    "position_lost": False,
                    "breath_ok": True,
                }
            ],
            "back_pain": {"during": 1, "after": 1},
        },
    },
}

CHECK_IN = {
    "calm": {
        "summary": "Calm week: settled by the evening",
        "value": {
            "back_pain": {"now": 1, "worst_24h": 2},
            "hours_to_settle": 6,
            "words": ["worked"],
            "leg_soreness": 3,
        },
    },
    "flare_up": {
        "summary": "Flare-up: the back shapes the week",
        "value": {
            "back_pain": {"now": 5, "worst_24h": 7},
            "hours_to_settle": None,
            "same_spot": True,
            "words": ["sharp", "protective"],
            "affects_week": True,
            "red_flags": ALL_NO,
        },
    },
    "red_flag": {
        "summary": "Red flag: numbness in a leg since yesterday",
        "value": {"back_pain": {"now": 3, "worst_24h": 5}, "red_flags": ALL_NO | {"numbness": "yes"}},
    },
}

SYNC = {
    "first": {"summary": "Nothing to tell: read everything", "value": {"cursor": None}},
    "offline": {
        "summary": "Without a connection for a day: last night's squats and this morning",
        "value": {
            "session_logs": [
                {
                    "id": str(demo_id("sync/session_log")),
                    "session_id": _TODAY,
                    "back_pain": {"before": 1, "during": 1, "after": 1},
                    "words": ["worked"],
                }
            ],
            "check_ins": [
                {"id": str(demo_id("sync/check_in")), "back_pain": {"now": 1, "worst_24h": 2}, "hours_to_settle": 6}
            ],
        },
    },
    "one_bad": {
        "summary": "One that cannot be: a morning years ahead; the other is stored",
        "value": {
            "check_ins": [
                {
                    "id": str(demo_id("sync/bad")),
                    "at": "2099-01-01T07:00:00Z",
                    "back_pain": {"now": 1, "worst_24h": 2},
                },
                {"id": str(demo_id("sync/good")), "back_pain": {"now": 2, "worst_24h": 3}},
            ],
        },
    },
}

WHAT_IF = {
    "sore_morning": {
        "summary": "Tomorrow morning at 4/10",
        "value": {"check_ins": [{"days_ahead": 1, "back_pain": {"now": 4, "worst_24h": 4}, "words": ["sharp"]}]},
    },
    "calm_morning": {
        "summary": "Calm: settled by tomorrow morning",
        "value": {
            "check_ins": [
                {"days_ahead": 1, "back_pain": {"now": 1, "worst_24h": 2}, "hours_to_settle": 6, "words": ["worked"]}
            ]
        },
    },
}
