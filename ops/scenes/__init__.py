"""What a film's shots are worth to an editor: their movement, sound, mood and words, and the scenes they make."""
