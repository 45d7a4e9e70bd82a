"""All gates over one language's sentences of a run."""

from __future__ import annotations

from collections.abc import Sequence

from ops.translation.gates.judgement import Fault, Judgement
from ops.translation.terms import Terms
from ops.translation.translator import Pair

__all__ = ["judged"]


def judged(
    pairs: Sequence[Pair],
    source: str,
    target: str,
    *,
    forward: Sequence[float] | None = None,
    backward: Sequence[float] | None = None,
    log_probs: Sequence[float] | None = None,
    cut_short: Sequence[bool] | None = None,
    lost: Sequence[Sequence[str]] | None = None,
    round_trip: Sequence[str | None] | None = None,
    confidences: Sequence[float] | None = None,
    terms: Terms | None = None,
) -> list[Judgement]:
    """Judge one language's sentences.

    Thresholds hang on the run itself: what is usual among these pairs is not a fault. So judge all sentences of a
    language together, and a retried one among the others.

    Args:
        pairs: The sentences and their translations, as they will be shown.
        source: The source's code, of `ops.languages`.
        target: The target's.
        forward: Mean log P(target | source) of each, teacher-forced; None where the engine cannot tell.
        backward: Mean log P(source | target).
        log_probs: Mean log-probability as decoded; used where `forward` is not known.
        cut_short: Whether the engine ran out of room.
        lost: What `Protected.lost` told of each.
        round_trip: Each translated back into the source's language; None for those outside the sample.
        confidences: How sure the recogniser was of each source sentence, 0 to 1.
        terms: The title's.

    Returns:
        One judgement a pair, in order.
    """
    raise NotImplementedError
