"""Example bodies for blocks: each executes as it stands in the demo gym."""

from app.demo_ids import demo_id

BLOCK = {
    "usual": {
        "summary": "Six weeks from today",
        "value": {"assessment_id": str(demo_id("assessment/ana"))},
    },
    "four_weeks": {
        "summary": "Four weeks",
        "value": {"assessment_id": str(demo_id("assessment/ana")), "weeks": 4},
    },
}
