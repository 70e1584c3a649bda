"""Training blocks: their weeks, ladder and decisions."""
