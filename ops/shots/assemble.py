"""From changes found to the list of shots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ops.shots.cuts import Cut
from ops.shots.dissolves import Dissolve
from ops.shots.fades import Fade
from ops.shots.model import Shot, ShotList, Transition
from ops.shots.wipes import Wipe

__all__ = ["assemble"]


@dataclass(frozen=True)
class _Boundary:
    frame: int
    kind: Transition
    start: int | None = None
    end: int | None = None


def assemble(
    cuts: Sequence[Cut],
    dissolves: Sequence[Dissolve],
    fades: Sequence[Fade],
    wipes: Sequence[Wipe] = (),
    *,
    times: Sequence[int],
    fps: Fraction | None,
    time_base: Fraction,
) -> ShotList:
    """Put every change in its place.

    Args:
        cuts: Hard cuts that are no part of a fade.
        dissolves: Dissolves; one that overlaps a fade is part of it.
        fades: Fades.
        wipes: Wipes; one that overlaps a fade or dissolve is part of it.
        times: Presentation time of every frame, and when the last one ends: one more than there are frames.
        fps: Exact frame rate, None where it varies.
        time_base: Seconds a tick.
    """
    frames = len(times) - 1
    boundaries = [_Boundary(cut.frame, Transition.CUT) for cut in cuts]
    boundaries += [_Boundary(fade.new_start, Transition.FADE, fade.out_start, fade.in_end) for fade in fades]
    taken = [(fade.out_start, fade.in_end) for fade in fades]
    for kind, mixes in ((Transition.DISSOLVE, dissolves), (Transition.WIPE, wipes)):
        apart = [
            each for each in mixes if not any(each.old_end < end and start < each.new_start for start, end in taken)
        ]
        boundaries += [_Boundary(each.new_start, kind, each.old_end + 1, each.new_start) for each in apart]
        taken += [(each.old_end, each.new_start) for each in apart]
    boundaries = [each for each in boundaries if 0 < each.frame < frames]
    boundaries.sort(key=lambda each: (each.frame, each.kind is Transition.CUT))
    kept = [_Boundary(0, Transition.START)]
    for boundary in boundaries:
        if boundary.frame > kept[-1].frame:
            kept.append(boundary)
    shots = []
    for index, boundary in enumerate(kept):
        end = kept[index + 1].frame if index + 1 < len(kept) else frames
        shots.append(
            Shot(
                index=index,
                start=boundary.frame,
                end=end,
                start_pts=times[boundary.frame],
                end_pts=times[end],
                transition_in=boundary.kind,
                transition_start=boundary.start,
                transition_end=boundary.end,
            )
        )
    return ShotList(fps=fps, time_base=time_base, frames=frames, shots=tuple(shots))
