"""The squatback service: HTTP, database and files around the pure planner."""

from app.collector import collect_seldom

collect_seldom()  # importing it makes objects by the hundred thousand that stay: an eighth of it went into counting them
