"""A track against published cues, by the metrics of the subtitling tracks of IWSLT and by its edges."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from ops.languages.table import language
from ops.subtitles.cue import CueTrack
from ops.subtitles.evaluate import scores
from ops.subtitles.files.srt import write_srt

__all__ = ["Against", "against"]


@dataclass(frozen=True)
class Against:
    """How near a track is to a reference.

    Attributes:
        suber: Edits of words, breaks and times by the reference's length, percent; 0 is the same (Wilken et al., 2022).
        t_bleu: BLEU of the words that fall into each reference cue's time, with its breaks, 0 to 100.
        f1: Of in-times and out-times together, within 200 ms.
    """

    suber: float
    t_bleu: float
    f1: float


def against(track: CueTrack, reference: CueTrack) -> Against:
    """Score a track; both go through SRT files, which is what the metrics read."""
    from suber.file_readers import SRTFileReader
    from suber.hyp_to_ref_alignment import time_align_hypothesis_to_reference
    from suber.metrics.sacrebleu_interface import calculate_sacrebleu_metric
    from suber.metrics.suber import calculate_SubER

    with tempfile.TemporaryDirectory() as folder:
        read = []
        for name, each in (("ours", track), ("theirs", reference)):
            path = Path(folder) / f"{name}.srt"
            path.write_text(write_srt(each), encoding="utf-8")
            read.append(SRTFileReader(str(path)).read())
    ours, theirs = read
    tag = language(reference.language).bcp47
    in_time = time_align_hypothesis_to_reference(ours, theirs)
    edges = [score.within_ms[200] for score in scores(track, reference).values()]
    found = sum(edge.found + edge.wanted for edge in edges)
    return Against(
        suber=calculate_SubER(ours, theirs, metric="SubER", language=tag),
        t_bleu=calculate_sacrebleu_metric([*in_time], [*theirs], metric="BLEU-seg", language=tag),
        f1=2 * sum(edge.matched for edge in edges) / found if found else 1.0,
    )
