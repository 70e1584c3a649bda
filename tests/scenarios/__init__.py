"""Stories of clients living through a block, told through the planner's public functions."""
