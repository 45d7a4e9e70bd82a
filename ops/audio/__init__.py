"""Sound: tracks, loudness, rhythm, and what is speech, music or silence."""
