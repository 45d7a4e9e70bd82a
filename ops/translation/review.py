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
from typing import Protocol

from ops.safety.text_gate import TextGate
from ops.translation.gates import Fault, Judgement

__all__ = ["ReviewNote", "Translated", "for_review"]

_FILE = Path(__file__).with_name("ordinary_words.toml")
_MADE_UP = (Fault.DETACHED, Fault.ADDED, Fault.REPEATED, Fault.WRONG_LANGUAGE)


@dataclass(frozen=True)
class ReviewNote:
    """One translation for a person to see.

    Attributes:
        sentence: Its sentence's id.
        why: For people; goes on from the line itself: "holds …".
    """

    sentence: str
    why: str


class Translated(Protocol):
    """What is known of a translation (`ops.translation.keys.Remembered` is one)."""

    @property
    def text(self) -> str:
        """As it would be shown."""
        ...

    @property
    def judgement(self) -> Judgement | None:
        """What the gates say of it; None where they were not asked."""
        ...


def for_review(
    translations: Mapping[str, Translated], sources: Mapping[str, str], gate: TextGate, *, target: str = ""
) -> list[ReviewNote]:
    """Which sentences a person should see, in the order of the translations.

    A film may swear, and its translation with it: a listed word is asked about only where its source holds none.

    Args:
        translations: By their sentences' ids.
        sources: The sentences' texts, by id; of all that are translated.
        gate: The house's lists and the customer's.
        target: The target's code, so that words that are ordinary in it are not asked about; empty asks about all.
    """
    notes = []
    for sentence, translated in translations.items():
        reasons = [*_unsafe(sources[sentence], translated.text, target, gate), *_made_up(translated.judgement)]
        if reasons:
            notes.append(ReviewNote(sentence, "; ".join(reasons)))
    return notes


def _unsafe(source: str, text: str, target: str, gate: TextGate) -> list[str]:
    hits = [hit for hit in gate.judge(text).hits if hit.entry.word not in _ordinary(target)]
    if not hits or not gate.judge(source).clean:
        return []
    return [f"holds {', '.join(map(str, hits))}, and its source nothing of the kind"]


def _made_up(judgement: Judgement | None) -> list[str]:
    found = [str(fault) for fault in _MADE_UP if judgement is not None and fault in judgement.faults]
    return [f"may be made up by the engine ({', '.join(found)})"] if found else []


@cache
def _ordinary(target: str) -> frozenset[str]:
    return frozenset(tomllib.loads(_FILE.read_text(encoding="utf-8")).get(target, ()))
