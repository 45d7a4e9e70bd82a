"""Which translations a person should see before anybody else: unsafe where the source is not, or made up.

The house's word lists are English with their disguises; a customer's own lists may hold any language. What a list
has as English and is ordinary in the target ("slut" is Swedish for "end") is in `ordinary_words.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ops.safety.text_gate import TextGate
from ops.translation.gates import Fault, Judgement
from ops.translation.translator import Pair

__all__ = ["ReviewNote", "for_review"]

_FILE = Path(__file__).with_name("ordinary_words.toml")
_MADE_UP = (Fault.DETACHED, Fault.ADDED, Fault.REPEATED, Fault.WRONG_LANGUAGE)


@dataclass(frozen=True)
class ReviewNote:
    """One translation for a person to see.

    Attributes:
        sentence: Its sentence's id.
        why: For people.
    """

    sentence: str
    why: str


def for_review(
    pairs: Mapping[str, Pair],
    judgements: Mapping[str, Judgement],
    *,
    target: str,
    gate: TextGate,
) -> list[ReviewNote]:
    """Which sentences a person should see, in the order of the pairs.

    A film may swear, and its translation with it: a listed word is asked about only where its source holds none.

    Args:
        pairs: Sentences and their translations, by id.
        judgements: What the gates said of them.
        target: The target's code.
        gate: `Engines.text_gate`'s: the house's lists and the customer's.
    """
    notes = []
    for sentence, pair in pairs.items():
        reasons = [*_unsafe(pair, target, gate), *_made_up(judgements.get(sentence))]
        if reasons:
            notes.append(ReviewNote(sentence, "; ".join(reasons)))
    return notes


def _unsafe(pair: Pair, target: str, gate: TextGate) -> list[str]:
    hits = [hit for hit in gate.judge(pair.target).hits if hit.entry.word not in _ordinary(target)]
    if not hits or not gate.judge(pair.source).clean:
        return []
    return [f"it holds {', '.join(map(str, hits))}, and its source nothing of the kind"]


def _made_up(judgement: Judgement | None) -> list[str]:
    found = [str(fault) for fault in _MADE_UP if judgement is not None and fault in judgement.faults]
    return [f"the engine may have made it up ({', '.join(found)})"] if found else []


@cache
def _ordinary(target: str) -> frozenset[str]:
    return frozenset(tomllib.loads(_FILE.read_text(encoding="utf-8")).get(target, ()))
