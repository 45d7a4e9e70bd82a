"""Tests of the media layer, against the open test media and the FFmpeg program as an independent witness."""
