"""Which cue is which, over re-runs: by the sentences that it holds and not by its number or its times."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter

from ops.subtitles.cue import CueTrack
from ops.subtitles.measure import unmarked

__all__ = ["base_hash", "cue_ids", "plain", "track_mark", "without_marks"]

_UNSEEN = dict.fromkeys([0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks of direction and of width, which writers add and editors drop."""


def without_marks(text: str) -> str:
    """A text as its own writer had it: without markup, and without the marks that files need and readers do not see."""
    return unmarked(text).translate(_UNSEEN)


def plain(text: str) -> str:
    """A cue's words in one line, without markup and what is not seen: how its lines are broken is no part of it."""
    return " ".join(unicodedata.normalize("NFC", without_marks(text)).split())


def base_hash(text: str) -> str:
    """16 hexadecimal digits of a text as a reader reads it."""
    return hashlib.sha256(plain(text).encode()).hexdigest()[:16]


def cue_ids(track: CueTrack) -> list[str]:
    """An id for each cue: "3fa2c1d09b1e-0+77ab01c2d3e4-0.1" is the second of those that hold these two sentences.

    A sentence's id comes from the source's words, so that a cue has the same id in every language, and keeps it when
    others are added before it or moved. A cue without a sentence goes by its own text.
    """
    seen: Counter[str] = Counter()
    names = []
    for cue in track.cues:
        name = "+".join(cue.sentences) or f"text-{base_hash(cue.text)}"
        names.append(f"{name}.{seen[name]}")
        seen[name] += 1
    return names


def track_mark(track: CueTrack) -> str:
    """16 hexadecimal digits of what a track shows and when: files tell by it which version they were made of."""
    shown = [(cue.start, cue.end, cue.lines) for cue in track.cues]
    return hashlib.sha256(repr((track.language, str(track.rate), shown)).encode("utf-8", "replace")).hexdigest()[:16]
