"""A trailer as an OpenTimelineIO file, out and back."""
