"""When cues come and go: by the sound, the cuts, the reader and each other."""
