"""Shared helpers of the tests: vignettes, and stories that live a block day by day."""
