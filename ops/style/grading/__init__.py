"""Grades: LUTs, what they are read from and written to, and what makes them: numbers, an example picture, words."""
