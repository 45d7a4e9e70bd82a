"""Keyframes: the frames that show a film's shots best, chosen and saved."""

from ops.keyframes.model import Keyframe, KeyframeSet, SkippedShot
from ops.keyframes.select import select_keyframes

__all__ = ["Keyframe", "KeyframeSet", "SkippedShot", "select_keyframes"]
