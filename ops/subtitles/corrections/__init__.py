"""What people corrected in subtitles, applied again after every re-run: never to words that nobody looked at, and never
silently lost."""

from ops.subtitles.corrections.cues import Corrected, apply_corrections
from ops.subtitles.corrections.edited import corrections_by_origin, corrections_of_edited
from ops.subtitles.corrections.model import Conflict, Correction, is_same_place
from ops.subtitles.corrections.origin import marked_origin
from ops.subtitles.corrections.table import cue_table, read_corrections
from ops.subtitles.corrections.words import CorrectedWords, corrected_words

__all__ = [
    "Conflict",
    "Corrected",
    "CorrectedWords",
    "Correction",
    "apply_corrections",
    "corrected_words",
    "corrections_by_origin",
    "corrections_of_edited",
    "cue_table",
    "is_same_place",
    "marked_origin",
    "read_corrections",
]
