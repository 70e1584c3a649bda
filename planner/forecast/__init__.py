"""Virtual clients, policies and the forecast: what the rules do to people over months.

A virtual client is a body with a life: it is assessed, trains, hurts, logs and forgets. It
meets the planner only through assessments, plans and logs. Everything is drawn from seeded
streams of random numbers; the ranges are in seeds/population/.
"""
