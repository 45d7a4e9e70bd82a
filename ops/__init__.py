"""HOW it is made: plain functions on frames, cues, sounds and scores. No Dagster, no database, no web."""
