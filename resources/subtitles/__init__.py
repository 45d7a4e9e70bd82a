"""What the house remembers of a title's words: texts handed in, translations, corrections, and speakers' names."""
