"""Joint-by-joint assessments and what they find."""
