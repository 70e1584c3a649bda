"""Forecasts: a block simulated to the preferred squat, computed beside the server and kept for each revision."""
