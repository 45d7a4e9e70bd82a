"""The peer: the same cut list in moviepy 2, as its documentation does it, set as it can be set.

`concatenate_videoclips` for plain cuts and `CompositeVideoClip` with `CrossFadeIn` for cross-fades are the ways of its
user guide ("Compositing multiple clips"). Every clip opens the film for itself: clips that share one reader seek at
every frame of a cross-fade.

    python -m benchmarks.trailers.moviepy_script CUTS.json OUT.mp4
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

from moviepy import CompositeVideoClip, VideoFileClip, concatenate_videoclips, vfx

from benchmarks.trailers.cut_list import CutList

__all__ = ["cut"]


def cut(cuts: CutList, out: Path, *, crf: int = 18) -> None:
    """Cut the film: H.264 by the preset and the quality that ours has, on two threads, with the film's sound."""
    rate = Fraction(cuts.rate)
    clips = [VideoFileClip(cuts.film).subclipped(float(start / rate), float(end / rate)) for start, end in cuts.reaches]
    if cuts.dissolve:
        fade_s, at_s, placed = float(cuts.dissolve / rate), 0.0, []
        for nth, clip in enumerate(clips):
            shown = clip.with_start(at_s)
            placed.append(shown.with_effects([vfx.CrossFadeIn(fade_s)]) if nth else shown)
            at_s += clip.duration - fade_s
        whole = CompositeVideoClip(placed)
    else:
        whole = concatenate_videoclips(clips)
    whole.write_videofile(
        str(out),
        fps=float(rate),
        codec="libx264",
        preset="veryfast",
        threads=2,
        audio_codec="aac",
        ffmpeg_params=["-crf", str(crf)],
        logger=None,
    )
    whole.close()
    for clip in clips:
        clip.close()


if __name__ == "__main__":
    cut(CutList.from_json(json.loads(Path(sys.argv[1]).read_text())), Path(sys.argv[2]))
