"""The squatback service: HTTP, database and files around the pure planner."""

from app.allocator import share_arenas
from app.collector import collect_seldom

# Importing it makes objects by the hundred thousand that stay: an eighth of the time went into counting them.
collect_seldom()
# Once a thread has started it is too late: the demo gym's deliveries start some before the app of a server is made.
share_arenas()
