"""How long viewers stay with each cut under test, as the experiment page draws it."""

from __future__ import annotations

from dataclasses import dataclass

from ops.experiments.exhibit import length_s
from ops.trailer.viewers.retention import Retention, retention
from resources.experiment_model import Arm, Experiment
from resources.viewer_events import CONTENT_DIGITS
from resources.viewings import Viewings
from serving.edge import Edge

__all__ = ["Curve", "curves"]

_VIEWERS = 5_000
"""Newest viewers of each cut: the curve is right to a percent and a half, and the page there in a moment."""
_WIDTH, _HEIGHT = 600, 160


@dataclass(frozen=True)
class Curve:
    """One arm's curve.

    Attributes:
        arm: Its id.
        path: The share still watching, as points of an SVG of 600 by 160.
        viewings: How many it rests on.
        completed: In words, with its interval.
        worst: In words: the second that lost most of those who saw it.
    """

    arm: str
    path: str
    viewings: int
    completed: str
    worst: str


def curves(edge: Edge, experiment: Experiment) -> list[Curve]:
    """A curve of each arm that was seen; none of a test of pictures."""
    length = length_s(experiment.aspect)
    if length is None:
        return []
    known = Viewings(edge.database)

    def of(arm: Arm) -> Retention:
        content = arm.sha256[:CONTENT_DIGITS]
        return retention(known.of(experiment.title, experiment.aspect, content, most=_VIEWERS), length)

    drawn = [(arm, of(arm)) for arm in experiment.arms]
    return [_curve(arm.id, curve) for arm, curve in drawn if curve.viewings]


def _curve(arm: str, curve: Retention) -> Curve:
    step = _WIDTH / (len(curve.watching) - 1)
    points = [f"{step * place:.1f},{_HEIGHT * (1 - share):.1f}" for place, share in enumerate(curve.watching)]
    done, worst = curve.completion, curve.worst()
    told = f"{done.share:.0%}, likely {done.low:.0%} to {done.high:.0%}" if done.viewings else "not known yet"
    lost = (
        "" if worst is None else f"second {worst + 1} loses {curve.lost[worst] / curve.seen[worst]:.0%} of its viewers"
    )
    return Curve(arm, " ".join(points), curve.viewings, told, lost)
