"""squatback's planner: facts in, block and reasons out. Pure: no I/O, no clock, no randomness.

    catalogue = parse_catalogue(files)                      # planner.parse
    planned = build(request, facts, catalogue=catalogue, today=today)
    planned = replan(request, planned.state, fact, catalogue=catalogue, today=today, shown=weeks)

Facts are in `planner.facts`, answers in `planner.plan`.
"""

PLANNER_VERSION = "0.2.0"
