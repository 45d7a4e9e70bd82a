"""Which rungs a film gets, and how each is encoded: a target of VMAF for each, the quality that gives it, a cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ops.ladder.complexity import CRF_RANGE, Curve
from ops.ladder.rungs import Rung

__all__ = ["LEAST_GAIN", "LEAST_RATIO", "TOLERANCE", "Choice", "Dropped", "choose"]

TOP_VMAF = 94.0
"""Where the top rung should be: nobody tells it from the film (Ozer 2017 and Netflix 2018 put that at 93 to 95)."""

STEP_VMAF = 9.0
"""What each rung down gives up: one and a half differences that viewers just notice (6 points). On the Sintel trailer
it halves the bits, and at 85 a 480p encode costs what 720p does: above that the larger size would be the better one."""

HEADROOM_VMAF = 3.0
"""No rung is asked for more than its ceiling less this: the last points below it cost as much as all before."""

LEAST_GAIN = 6.0
"""A rung that is not this much better than the one below it is not worth its bits: viewers would not see it."""

LEAST_RATIO = 1.5
"""A rung that does not cost this many times the one below it saves nobody from stalling."""

CAP = 2.0
"""Most bits a second over the average: Apple's authoring specification for video on demand, 1.30."""

TOLERANCE = 3.0
"""VMAF by which a delivered rung may miss its target: half of what viewers notice."""


@dataclass(frozen=True)
class Choice:
    """How a rung is to be encoded, and what that should give.

    Attributes:
        rung: Its size.
        crf: Constant quality.
        max_rate: Bits a second that no two seconds exceed.
        target: VMAF that it should have.
        predicted_vmaf: VMAF that it is expected to have; the target, where the range of qualities reaches it.
        predicted_rate: Bits a second that it is expected to take.
        ceiling: VMAF that its size could have.
    """

    rung: Rung
    crf: float
    max_rate: int
    target: float
    predicted_vmaf: float
    predicted_rate: float
    ceiling: float

    @property
    def bound(self) -> str:
        """Why the target is out of reach, or empty."""
        if abs(self.predicted_vmaf - self.target) <= TOLERANCE / 2:
            return ""
        if self.crf >= CRF_RANGE[1]:
            return f"the film is so simple that CRF {CRF_RANGE[1]:g} already gives more"
        return f"CRF {CRF_RANGE[0]:g}, beyond which nobody sees a difference, gives no more"


@dataclass(frozen=True)
class Dropped:
    """A rung that the film does not get."""

    rung: Rung
    why: str


def choose(curves: Sequence[Curve]) -> tuple[tuple[Choice, ...], tuple[Dropped, ...]]:
    """The rungs worth having, the largest first, and those that are not.

    The top one is always made: it is what the film can show. The lowest stays for slow links as long as it is really
    cheaper.

    Args:
        curves: What each size costs, the largest first.
    """
    planned = [choice(curve, nth) for nth, curve in enumerate(curves)]
    top, *below = planned
    if not below:
        return (top,), ()
    kept, dropped = [below[-1]], []
    for each in reversed(below[:-1]):
        why = _not_worth(each, kept[-1])
        if why:
            dropped.append(Dropped(each.rung, why))
        else:
            kept.append(each)
    while kept and (why := _not_worth(top, kept[-1])):
        if len(kept) == 1 and top.predicted_rate >= LEAST_RATIO * kept[0].predicted_rate:
            break
        dropped.append(Dropped(kept.pop().rung, why))
    return (top, *reversed(kept)), tuple(sorted(dropped, key=lambda each: -each.rung.lines))


def choice(curve: Curve, place: int, crf: float | None = None) -> Choice:
    """How the rung in this place from the top is encoded: at `crf`, else at what its target asks."""
    target = round(min(TOP_VMAF - STEP_VMAF * place, curve.ceiling - HEADROOM_VMAF), 1)
    crf = curve.crf_for(target) if crf is None else crf
    rate = curve.bits_at(crf)
    return Choice(
        rung=curve.rung,
        crf=crf,
        max_rate=max(32_000, round(CAP * rate / 1000) * 1000),
        target=target,
        predicted_vmaf=round(curve.vmaf_at(crf), 1),
        predicted_rate=rate,
        ceiling=round(curve.ceiling, 1),
    )


def _not_worth(upper: Choice, lower: Choice) -> str:
    """Why the upper of two rungs is not worth having beside the lower; empty where it is."""
    gain = upper.predicted_vmaf - lower.predicted_vmaf
    if gain < LEAST_GAIN:
        return f"{upper.rung.name} is only {gain:.1f} VMAF better than {lower.rung.name}"
    ratio = upper.predicted_rate / max(lower.predicted_rate, 1.0)
    if ratio < LEAST_RATIO:
        return f"{upper.rung.name} costs only {ratio:.2f} times {lower.rung.name}"
    return ""
