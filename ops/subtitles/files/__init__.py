"""Subtitle files: SRT, WebVTT and ASS written and read, the streams and files that come with a film, and the check of
what was written. How a cue is made is told elsewhere.
"""
