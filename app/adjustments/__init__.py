"""Adjustments: a person's changes, kept beside the plan, tried before they are kept, taken back."""
