"""Experiments on variants: who sees what, what was learned, and when it is enough to decide. Pure functions."""
