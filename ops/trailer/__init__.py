"""Trailers: which moments of a film, in what order, to which sound, and how they become a file."""
