"""Which picture for which audience: what the log of a test that is over allows to be shown to some viewers alone.

A policy over viewers' segments learns from the earlier half of the log. What it would show, always its favourite and
nothing by chance, is judged off-policy on the later half; only where the whole interval of its gain over one picture
for everybody lies above 0 is there an `Audience`, and exactly what was judged is what may be shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ops.experiments.contextual import ContextualPolicy, Explore
from ops.experiments.off_policy import Gain, Refusal
from ops.experiments.trial import Impression, try_policy

__all__ = ["LEAST_OF_SEGMENT", "Audience", "find_audience"]

LEAST_OF_SEGMENT = 1_000
"""Impressions from which a segment is told from the others; viewers of smaller ones see what everybody sees."""


@dataclass(frozen=True)
class Audience:
    """Who is shown something else than the champion.

    Attributes:
        choices: The arm by segment, for segments that prefer another than the champion.
        gain: What this earns more than the champion for everybody, in clicks an impression.
        counted: What the clicks stand for.
    """

    choices: Mapping[str, str]
    gain: Gain
    counted: str = "clicks"

    @property
    def why(self) -> str:
        """For people."""
        more = self.gain.difference
        told = ", ".join(f"{arm} for {segment}" for segment, arm in sorted(self.choices.items()))
        return (
            f"{told}: {1000 * more.estimate:+.1f} {self.counted} in 1,000 impressions against one for everybody "
            f"(95 % between {1000 * more.low:+.1f} and {1000 * more.high:+.1f}, judged off-policy)."
        )


def find_audience(log: Sequence[tuple[str, str, float, bool]], champion: str) -> Audience | Refusal | None:
    """Judge whether segments should see pictures of their own.

    Args:
        log: (segment, arm, propensity, clicked) of each impression, in the order of their time.
        champion: The arm that everybody would see.

    Returns:
        The audience; a `Refusal` where the log cannot tell; None where nothing is gained, or there are no two
        segments to tell apart.
    """
    sizes = Counter(segment for segment, *_ in log if segment)
    segments = sorted(segment for segment, size in sizes.items() if size >= LEAST_OF_SEGMENT)
    arms = sorted({arm for _, arm, *_ in log})
    if not segments or champion not in arms or len(arms) < 2:
        return None
    known = {segment: {segment: 1.0} for segment in segments}
    impressions = [Impression(known.get(segment), arm, share, float(click)) for segment, arm, share, click in log]
    greedy = ContextualPolicy.new(
        segments, arms, explore=Explore.UCB, width=0.0, floor=0.0, least=LEAST_OF_SEGMENT // 2
    )
    taught, found = try_policy(impressions, greedy, champion)
    if isinstance(found, Refusal):
        return found
    alone = {arm: float(arm == champion) for arm in arms}
    shares = {segment: taught.weights(context, fallback=alone) for segment, context in known.items()}
    best = {segment: max(share, key=lambda arm: share[arm]) for segment, share in shares.items()}
    choices = {segment: arm for segment, arm in best.items() if arm != champion}
    return Audience(choices, found) if choices and found.beats else None
