"""Thumbnails: from a keyframe to a publishable picture of any aspect ratio."""
