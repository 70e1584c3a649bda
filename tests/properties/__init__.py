"""Laws of the planner, checked on generated clients, assessments and histories."""
