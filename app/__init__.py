"""The squatback service: HTTP, database and files around the pure planner."""
