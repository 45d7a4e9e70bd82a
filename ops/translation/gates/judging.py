"""All gates over one language's sentences of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ops.translation.chrf import chrf
from ops.translation.gates.belief import outliers
from ops.translation.gates.copies import Copies
from ops.translation.gates.endings import Endings
from ops.translation.gates.figures import kept_numbers, wrong_numbers
from ops.translation.gates.judgement import Fault, Judgement
from ops.translation.gates.length import Lengths, letters
from ops.translation.gates.letters import has_unknown_glyphs, own_script, strange_language, wrong_script
from ops.translation.gates.loops import compression, looped
from ops.translation.gates.names import Names
from ops.translation.terms import NO_TERMS, Terms, kept_terms
from ops.translation.translator import Pair

__all__ = ["judged"]

_FAR, _VERY_FAR = 3.5, 6.0
"""Spreads below the run's middle: of 10 000 normally distributed values two lie beyond the first, none beyond both."""
_ROUND_TRIP = 0.2
"""chrF of a sentence with what came back: of unrelated English sentences (870 pairs of good.py) 97 in 100 lie below."""
_FEWEST_LETTERS = 10
"""Of a source, for its way back to be judged: "Yes." comes back as "Right." """


@dataclass(frozen=True)
class _Run:
    """What is known of all sentences; the sequences run along the pairs."""

    pairs: Sequence[Pair]
    source: str
    target: str
    forward: Sequence[float | None] | None
    backward: Sequence[float | None] | None
    cut_short: Sequence[bool]
    lost: Sequence[Sequence[str]]
    back: Sequence[float | None]
    confidences: Sequence[float] | None
    terms: Terms


def judged(
    pairs: Sequence[Pair],
    source: str,
    target: str,
    *,
    forward: Sequence[float | None] | None = None,
    backward: Sequence[float | None] | None = None,
    log_probs: Sequence[float | None] | None = None,
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
        forward: Mean log P(target | source) of each, teacher-forced; None where the engine cannot tell, of one or of
            all.
        backward: Mean log P(source | target).
        log_probs: Mean log-probability as decoded; used where `forward` is not known.
        cut_short: Whether the engine ran out of room.
        lost: What `Protected.lost` told of each.
        round_trip: Each translated back into the source's language; None for those outside the sample.
        confidences: How sure the recogniser was of each source sentence, 0 to 1.
        terms: The title's.

    Returns:
        One judgement a pair, in order.

    Raises:
        ValueError: A sequence is not as long as the pairs.
    """
    known = (forward, backward, log_probs, cut_short, lost, round_trip, confidences)
    if any(each is not None and len(each) != len(pairs) for each in known):
        raise ValueError(f"there are {len(pairs)} pairs, and something told of them has another length")
    run = _Run(
        pairs=pairs,
        source=source,
        target=target,
        forward=forward if forward is not None else log_probs,
        backward=backward,
        cut_short=cut_short if cut_short is not None else [False] * len(pairs),
        lost=lost if lost is not None else [()] * len(pairs),
        back=_ways_back(pairs, round_trip),
        confidences=confidences,
        terms=terms if terms is not None else NO_TERMS,
    )
    found = _found(run)
    scores = _scores(run)
    return [
        Judgement(faults, score, passed=not any(fault.fails for fault in faults))
        for faults, score in zip(
            (tuple(fault for fault in Fault if found[fault][place]) for place in range(len(pairs))), scores, strict=True
        )
    ]


def _ways_back(pairs: Sequence[Pair], round_trip: Sequence[str | None] | None) -> list[float | None]:
    if round_trip is None:
        return [None] * len(pairs)
    return [
        None
        if back is None or letters(pair.source) < _FEWEST_LETTERS
        else chrf(back.casefold(), pair.source.casefold())
        for pair, back in zip(pairs, round_trip, strict=True)
    ]


def _found(run: _Run) -> Mapping[Fault, Sequence[bool]]:
    """Each fault, and which sentences have it."""
    pairs, source, target = run.pairs, run.source, run.target
    lengths, copies = Lengths(pairs, source, target), Copies(pairs, run.terms)
    names, endings = Names(pairs, source, target), Endings(pairs, target)
    count = len(pairs)
    unlikely = [
        one or other
        for one, other in zip(
            outliers(run.forward, beyond=_FAR, count=count),
            outliers(run.backward, beyond=_FAR, count=count),
            strict=True,
        )
    ]
    far_back = [likeness is not None and likeness < _ROUND_TRIP for likeness in run.back]
    elsewhere = outliers(run.backward, beyond=_VERY_FAR, count=count)
    empty = [not letters(pair.target) for pair in pairs]
    return {
        Fault.DROPPED: [lengths.dropped(pair) for pair in pairs],
        Fault.ADDED: [lengths.added(pair) for pair in pairs],
        Fault.COPIED: [copies.copied(pair) for pair in pairs],
        Fault.WRONG_SCRIPT: [wrong_script(pair, target) for pair in pairs],
        Fault.WRONG_LANGUAGE: [bool(strange_language(pair, source, target)) for pair in pairs],
        Fault.REPEATED: [looped(pair, source, target) for pair in pairs],
        Fault.NUMBERS: [wrong_numbers(pair, source) for pair in pairs],
        Fault.UNKNOWN_GLYPH: [has_unknown_glyphs(pair) for pair in pairs],
        Fault.CUT_SHORT: [cut or endings.stops_early(pair) for cut, pair in zip(run.cut_short, pairs, strict=True)],
        Fault.DETACHED: [far or (one and other) for far, one, other in zip(elsewhere, unlikely, far_back, strict=True)],
        Fault.UNLIKELY: unlikely,
        Fault.NAMES: [names.lost(pair) for pair in pairs],
        Fault.ROUND_TRIP: far_back,
        Fault.PUNCTUATION: [
            not nothing and not endings.agrees(pair) for nothing, pair in zip(empty, pairs, strict=True)
        ],
        Fault.TERMS: [
            bool(lost) or not kept_terms(run.terms, pair.source, pair.target, target)
            for lost, pair in zip(run.lost, pairs, strict=True)
        ],
    }


def _scores(run: _Run) -> list[dict[str, float]]:
    """Every component of every sentence, by name; those that are not known are left out."""
    lengths, copies = Lengths(run.pairs, run.source, run.target), Copies(run.pairs, run.terms)
    names = Names(run.pairs, run.source, run.target)
    scores = []
    for place, pair in enumerate(run.pairs):
        told = {
            "length_ratio": lengths.ratio(pair),
            "length_distance": lengths.distance(pair),
            "likeness_to_source": copies.likeness(pair),
            "own_script": own_script(pair, run.target),
            "compression": compression(pair.target),
            "numbers_kept": kept_numbers(pair, run.source),
            "names_kept": names.kept(pair),
            "forward": run.forward[place] if run.forward is not None else None,
            "backward": run.backward[place] if run.backward is not None else None,
            "round_trip": run.back[place],
            "source_confidence": run.confidences[place] if run.confidences is not None else None,
        }
        scores.append({name: round(value, 4) for name, value in told.items() if value is not None})
    return scores
