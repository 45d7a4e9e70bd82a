"""The sentences of a language that failed, tried again by the remedies of what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from ops.translation.attempt import NOTHING, Attempt, Bench
from ops.translation.protect import Protected
from ops.translation.retry import MOST_TRIES, Remedy, asked, joined, remedies
from ops.translation.translator import Candidate, TranslatorRow

__all__ = ["mended"]


_PROBES = 24
_FAILS_AS_A_WHOLE = 0.5
"""Where more than that share of a language fails, so many of its sentences are tried first, and the others only if more
than that share of these was mended: three more runs of a language that the engine cannot write mend none of it."""


def mended(bench: Bench, ready: Mapping[int, Protected], standing: Mapping[int, Attempt]) -> dict[int, Attempt]:
    """Each sentence that failed, as the best of what it was and what its faults' remedies gave.

    One that no remedy mends keeps its faults and is flagged by them: it is never replaced by something else.

    Args:
        bench: The language's.
        ready: The sentences that were translated now, by place.
        standing: All of the language's, judged.

    Returns:
        Those that failed, by place; one that was not tried again has one try.
    """
    failing = [place for place in ready if not standing[place].passed]
    if len(failing) <= max(_PROBES, _FAILS_AS_A_WHOLE * len(ready)):
        return _tried_again(bench, ready, standing, failing)
    step = len(failing) // _PROBES
    probes = failing[: step * _PROBES : step]
    found = _tried_again(bench, ready, standing, probes)
    if sum(attempt.passed for attempt in found.values()) <= _FAILS_AS_A_WHOLE * len(probes):
        return {place: standing[place] for place in failing} | found
    rest = [place for place in failing if place not in found]
    return found | _tried_again(bench, ready, {**standing, **found}, rest)


def _tried_again(
    bench: Bench, ready: Mapping[int, Protected], standing: Mapping[int, Attempt], failing: Sequence[int]
) -> dict[int, Attempt]:
    found = {place: standing[place] for place in failing}
    used: dict[int, set[str]] = {place: set() for place in found}
    for _ in range(MOST_TRIES - 1):
        turns: dict[Remedy, dict[int, list[str]]] = {}
        for place, attempt in found.items():
            chosen = _next_remedy(ready[place].text, attempt, used[place])
            if chosen:
                used[place].add(chosen[0].name)
                turns.setdefault(chosen[0], {})[place] = chosen[1]
        if not turns:
            break
        offers = {
            place: [
                bench.attempt(place, ready[place], each, how=remedy.name, tries=1 + len(used[place]))
                for each in candidates
            ]
            for remedy, pieces in turns.items()
            for place, candidates in _tried(bench, remedy, pieces).items()
        }
        for place, offer in bench.best({**standing, **found}, offers).items():
            if offer.rank() > found[place].rank():
                found[place] = offer
    return {place: replace(attempt, tries=1 + len(used[place])) for place, attempt in found.items()}


def _next_remedy(text: str, attempt: Attempt, used: set[str]) -> tuple[Remedy, list[str]] | None:
    """What to try next, and what to ask the engine; None where it passed or nothing is left to try."""
    if attempt.passed or not text.strip():
        return None
    for remedy in remedies(attempt.judgement.faults if attempt.judgement else ()):
        pieces = asked(text, remedy.asking)
        if remedy.name not in used and pieces:
            return remedy, pieces
    return None


def _tried(bench: Bench, remedy: Remedy, pieces: Mapping[int, Sequence[str]]) -> dict[int, list[Candidate]]:
    """What a remedy gives for some sentences: all candidates of a whole one, one made of the best of each piece."""
    rows = list(dict.fromkeys(piece for own in pieces.values() for piece in own))
    given = bench.translated([TranslatorRow(row) for row in rows], remedy.decoding)
    answers = dict(zip(rows, given, strict=True))
    return {place: _joined(own, [answers[piece] or [NOTHING] for piece in own], bench) for place, own in pieces.items()}


def _joined(pieces: Sequence[str], answers: Sequence[list[Candidate]], bench: Bench) -> list[Candidate]:
    if len(pieces) == 1:
        return answers[0]
    first = [own[0] for own in answers]
    return [
        Candidate(
            joined(pieces, [each.text for each in first], bench.target),
            fmean(each.log_prob for each in first),
            any(each.cut_short for each in first),
        )
    ]
