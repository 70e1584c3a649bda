"""Example exercises of an organization's own: each executes as it stands in the demo gym."""

HALO: dict[str, object] = {
    "name": "Half-kneeling bell halo",
    "category": "trunk",
    "targets": ["trunk", "shoulder"],
    "method": "trunk",
    "level": 1,
    "hard": False,
    "sides": "each",
    "positions": ["half_kneeling"],
    "equipment": [["kettlebell", "dumbbell"]],
    "load": "bell",
    "breath_hold": False,
    "contraindications": ["ACU", "SH", "NECK"],
    "easier": ["dead_bug"],
    "harder": ["suitcase_carry"],
    "cue": "The bell travels, the ribs stay.",
    "setup": "Kneel on one knee with a pad under it and hold a light bell upside down in front of your chest.",
    "steps": [
        "Breathe out, bring the ribs down and keep them there.",
        "Carry the bell slowly around your head, close to it, and back to the front.",
        "Change direction with each round, then change the knee.",
    ],
    "feel": "Shoulders that move freely and a trunk that works quietly to stay still.",
    "stop_if": "Stop if the shoulder or the back hurts. Take a lighter bell or make the circle smaller.",
    "mistake": "Arching the back to get the bell behind the head. Keep the circle lower.",
    "dose": {
        "sets": [2, 3],
        "reps": [4, 6],
        "rep_s": [4, 6],
        "rest_s": [30, 45],
        "sessions_per_week": [2, 3],
        "source": "coaching-convention",
        "confidence": "C",
    },
}
"""What the demo gym has added to its library."""

OWN_ID = "own_half_kneeling_bell_halo"

EXERCISE = {
    "band": {
        "summary": "A band press for the trunk",
        "value": {
            **HALO,
            "name": "Standing band press-out",
            "targets": ["trunk"],
            "positions": ["standing"],
            "equipment": [["band"]],
            "load": "band",
            "contraindications": ["SH"],
            "cue": "Press out, breathe out, do not turn.",
            "setup": "Stand beside a band that is fixed at chest height and hold it in front of your chest.",
            "steps": ["Press the band straight out.", "Breathe out once and bring it back slowly."],
            "feel": "The sides of the trunk working to keep you square.",
            "stop_if": "Stop if the back or a shoulder hurts. Step closer to where the band is fixed.",
            "mistake": "Turning towards the band. Take a lighter one.",
        },
    },
    "version": {
        "summary": "Another cue for the demo gym's own exercise",
        "value": {**HALO, "version": 2, "cue": "The bell travels around you, the ribs stay down."},
    },
}

VIDEO = {"link": {"summary": "A video of your own", "value": {"url": "https://videos.example/hip-circle"}}}
