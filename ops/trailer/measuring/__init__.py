"""A finished trailer, measured on its file."""
