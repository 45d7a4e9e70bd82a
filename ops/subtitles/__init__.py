"""The craft of cues: how words are parted, broken, timed and written, by a house's rules."""
