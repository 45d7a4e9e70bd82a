"""How good a trailer is, as far as numbers can say blind: rhythm, pacing, variety, coverage, highlights.

They are proxies: nobody watched. They tell a cut that is made with care from one that is thrown together, and are
reported beside the same numbers of such cuts (`benchmarks/trailers`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from fractions import Fraction

import numpy as np

from ops.scenes.model import SceneAnalysis
from ops.trailer.cuts import CUTS
from ops.trailer.editing.structure import structure_of
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Part
from ops.trailer.measuring.sync import beat_errors

__all__ = ["Proxies", "hard_cuts", "highlight_recall", "judge_edit"]

_STAGES = (0.19, 0.21, 0.27, 0.21, 0.12)
"""How official trailers draw on the fifths of what they may show (craft §4.2)."""


@dataclass(frozen=True)
class Proxies:
    """Each is 0 to 1, higher is better.

    Attributes:
        beats: Share of hard cuts on a beat, to the frame; 0 where the music has none.
        pacing: How near the lengths of shots are to the structure's curve: 1 is on it, 0.5 is twice off on average.
        variety: How unlike each other the shots are, neighbours counting twice.
        coverage: How near the trailer's use of the film's stages is to official trailers'.
        highlights: Mean of the film's highlight curve where the trailer shows it.
    """

    beats: float
    pacing: float
    variety: float
    coverage: float
    highlights: float

    @property
    def mean(self) -> float:
        """Of all five."""
        return float(np.mean(list(asdict(self).values())))

    def to_json(self) -> dict[str, float]:
        """By name, to three decimals."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def hard_cuts(edl: EditDecisionList) -> list[int]:
    """The trailer's frames at which one picture gives way to another at once."""
    return [start for start, join in zip(edl.starts[1:], edl.joins, strict=True) if not join.before and not join.after]


def judge_edit(edl: EditDecisionList, analysis: SceneAnalysis, spoiler_frame: int) -> Proxies:
    """Judge an edit by what is known of its film.

    Args:
        edl: The trailer.
        analysis: What its film's shots are like.
        spoiler_frame: The film's frame from which on nothing should be shown.
    """
    cuts = hard_cuts(edl)
    errors = beat_errors(cuts, edl.rate, edl.bed) if edl.bed is not None else np.zeros(0)
    shots = np.array([_shot_at(clip.start, analysis, edl.rate) for _, clip in edl.clips()])
    middles = np.array([(clip.start + clip.end) / 2 for _, clip in edl.clips()])
    stages = np.clip((5 * middles / max(1, spoiler_frame)).astype(int), 0, 4)
    shares = np.bincount(stages, minlength=5) / max(1, len(stages))
    return Proxies(
        beats=float((np.abs(errors) <= 1.0).mean()) if len(errors) else 0.0,
        pacing=_pacing(edl),
        variety=_variety(shots, analysis),
        coverage=float(1 - np.abs(shares - np.array(_STAGES)).sum() / 2),
        highlights=_highlights(edl, analysis),
    )


def highlight_recall(edl: EditDecisionList, cuts: list[int], highlights: Collection[int]) -> float:
    """Share of the trailer's shots, of as many as there are to find, that are true highlights of the film.

    Args:
        edl: The trailer.
        cuts: First frames of the film's true shots, ascending, on the trailer's rate.
        highlights: Which of them are highlights.
    """
    shown = {int(np.searchsorted(cuts, (clip.start + clip.end) // 2, side="right")) for _, clip in edl.clips()}
    findable = min(len(highlights), len(shown))
    return len(shown & set(highlights)) / findable if findable else 0.0


def _shot_at(frame: int, analysis: SceneAnalysis, rate: Fraction) -> int:
    starts = analysis.column("start_s")
    return max(0, int(np.searchsorted(starts, float((frame + Fraction(1, 2)) / rate), side="right")) - 1)


def _pacing(edl: EditDecisionList) -> float:
    cut = CUTS.get(edl.cut)
    if cut is None:
        return 0.0
    begun, off = 0.0, []
    for plan in structure_of(cut.structure).parts:
        length = plan.share * edl.frames
        for at, clip in edl.clips():
            middle = at + clip.frames / 2
            if begun <= middle < begun + length and plan.part is not Part.BUTTON:
                along = (middle - begun) / length
                wished = plan.shot_s[0] + (plan.shot_s[1] - plan.shot_s[0]) * along
                off.append(abs(np.log2(float(clip.frames / edl.rate) / wished)))
        begun += length
    return float(2 ** -np.mean(off)) if off else 0.0


def _variety(shots: np.ndarray, analysis: SceneAnalysis) -> float:
    if len(shots) < 2:
        return 0.0
    alike = analysis.likeness(shots[:, None], shots[None, :]).astype(float)
    upper = np.triu_indices(len(shots), 1)
    weights = np.where(upper[1] - upper[0] == 1, 2.0, 1.0)
    return float(1 - np.average(alike[upper], weights=weights))


def _highlights(edl: EditDecisionList, analysis: SceneAnalysis) -> float:
    curve = np.asarray(analysis.curves["highlight"], dtype=float)
    at_s = np.concatenate([np.arange(clip.start, clip.end) / float(edl.rate) for _, clip in edl.clips()])
    return float(np.interp(at_s, np.arange(len(curve)) * analysis.step_s, curve).mean())
