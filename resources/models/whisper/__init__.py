"""Whisper as the recogniser and the aligner: `engine` is the way in."""
