"""Example bodies: each executes as it stands in the demo gym."""

from typing import Any

MY_DELIVERY: dict[str, Any] = {
    "sunday": {"summary": "On Sunday evening", "value": {"email": True, "weekday": "sun", "hour": 18}},
    "off": {"summary": "No e-mail", "value": {"email": False, "weekday": "mon", "hour": 6}},
}
WEBHOOK: dict[str, Any] = {
    "all": {
        "summary": "Everything that happens",
        "value": {
            "url": "https://hooks.example.com/squatback",
            "events": ["week.ready", "block.changed", "block.locked"],
            "description": "Our mobile app",
        },
    }
}
