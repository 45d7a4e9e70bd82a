"""Shots: where one picture ends and the next begins, and what each frame on the way looks like."""
