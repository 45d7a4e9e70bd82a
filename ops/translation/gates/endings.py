"""Whether a translation ends as its source does: a question as a question, and at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import regex

from ops.translation.gates.run import FEWEST
from ops.translation.translator import Pair

__all__ = ["Endings"]

_CLOSING = " \u00a0\u202f\"'”’“»«」』)]）♪-–—"
_ASKS = "?？؟՞፧⁇"
_EXCLAIMS = "!！՜"
_STOPS = ".。．।॥။።᱾۔։។།"
_PAUSES = "…:;,，、；："
"""Whatever ends in one of these goes on, in the source as in the translation."""
_KINDS = (("?", _ASKS), ("!", _EXCLAIMS), (".", _STOPS), ("…", _PAUSES))
_GREEK_QUESTION = regex.compile(r"(?<=\p{Greek}\p{M}*[”»\"]?);")
_WITHOUT_STOPS = ("tha_Thai", "lao_Laoo", "bod_Tibt", "dzo_Tibt")

_USUAL = 0.6
"""Share of a run's ended sources whose translations end as well, from which on that is its language's way."""


class Endings:
    """A run's endings.

    Args:
        pairs: The run.
        target: The target's code.
    """

    def __init__(self, pairs: Sequence[Pair], target: str) -> None:
        told = [(_ending(pair.source), _ending(pair.target), _questions(pair)) for pair in pairs]
        ended = [bool(theirs) for ours, theirs, _ in told if ours not in ("", "…")]
        asking = [theirs > 0 for _, _, (ours, theirs) in told if ours]
        self._ends = target not in _WITHOUT_STOPS and (
            sum(ended) / len(ended) >= _USUAL if len(ended) >= FEWEST else False
        )
        self._asks = target not in _WITHOUT_STOPS and (sum(asking) / len(asking) >= 0.5 if len(asking) >= 3 else True)

    def stops_early(self, pair: Pair) -> bool:
        """Whether a translation has no mark at its end where its source has, in a language whose sentences have."""
        whole = _ending(pair.source) not in ("", "…") and not pair.source.rstrip(_CLOSING).endswith("...")
        return self._ends and whole and not _ending(pair.target) and bool(pair.target.strip())

    def agrees(self, pair: Pair) -> bool:
        """Whether a question is one still, and nothing else became one; the same of an exclamation that stays none."""
        ours, theirs = _questions(pair)
        if self._asks and bool(ours) != bool(theirs):
            return False
        return not (_ending(pair.target) == "!" and _ending(pair.source) == "?")


@lru_cache(maxsize=1 << 15)
def _ending(text: str) -> str:
    """The kind of a text's last mark: "?", "!", ".", "…" for a pause, or empty."""
    last = text.rstrip(_CLOSING)[-1:]
    return next((kind for kind, marks in _KINDS if last and last in marks), "")


@lru_cache(maxsize=1 << 15)
def _questions(pair: Pair) -> tuple[int, int]:
    """How many questions a source and its translation hold."""
    ours = sum(each in _ASKS for each in pair.source) + len(_GREEK_QUESTION.findall(pair.source))
    theirs = sum(each in _ASKS for each in pair.target) + len(_GREEK_QUESTION.findall(pair.target))
    return ours, theirs
