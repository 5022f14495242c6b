"""Comparison and tolerances: pure functions on arrays."""
