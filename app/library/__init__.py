"""The library: exercises, squat variations, rules, measures and their sources."""
