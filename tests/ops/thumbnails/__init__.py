"""Tests of the thumbnails."""
