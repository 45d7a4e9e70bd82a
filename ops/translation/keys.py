"""What a sentence's translation hangs on, as one hash; and the memory that is asked by it.

Only what decides the words is in the key. So a changed line, a new term or another engine re-translates exactly the
sentences that it touches, and all others keep their very bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ops.translation.alignment import Alignment
from ops.translation.gates import GATES_VERSION, Fault, Judgement
from ops.translation.terms import Terms, stands_in
from ops.translation.translator import Decoding, Revised, Translator

__all__ = ["Keys", "Memory", "Remembered", "engine_of"]

_VERSION = 1
"""Of all that the house does around an engine: to be raised when protection, adaptation or retries change what comes
out for a sentence that they had a hand in. Gates have a version of their own: it asks again only for what failed."""


@dataclass(frozen=True)
class Remembered:
    """A sentence as it was translated and judged.

    Attributes:
        text: In the target language, as it is shown.
        judgement: What the gates said of it among the sentences of its run.
        tries: How often it was translated until it was taken: 1 where the first was good.
        how: By what: "first", "in context", or a remedy's name.
        log_prob: The engine's mean log-probability of it; None where that is no number (half precision overflows).
        forward: Mean log P(target | source), or None.
        backward: Mean log P(source | target), or None.
        notes: What adaptation changed or tells.
        alignment: Which words go together; None where nobody asked.
        gates: The version of the gates that judged it.
    """

    text: str
    judgement: Judgement
    tries: int = 1
    how: str = "first"
    log_prob: float | None = 0.0
    forward: float | None = None
    backward: float | None = None
    notes: tuple[str, ...] = ()
    alignment: Alignment | None = None
    gates: int = GATES_VERSION

    @property
    def stands(self) -> bool:
        """Whether it need not be tried again: it passed, or these very gates have failed all that could be tried."""
        return self.judgement.passed or self.gates == GATES_VERSION

    def to_json(self) -> dict[str, Any]:
        """Plain values; a number that is none (NaN, an infinity) is null, or no score: JSON has no word for it."""
        return {
            "text": self.text,
            "faults": [str(fault) for fault in self.judgement.faults],
            "scores": {name: value for name, value in self.judgement.scores.items() if math.isfinite(value)},
            "passed": self.judgement.passed,
            "tries": self.tries,
            "how": self.how,
            "log_prob": _finite(self.log_prob),
            "forward": _finite(self.forward),
            "backward": _finite(self.backward),
            "notes": list(self.notes),
            "alignment": self.alignment and self.alignment.to_json(),
            "gates": self.gates,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Remembered:
        """Read back what `to_json` wrote.

        Raises:
            KeyError, ValueError: It is not such a value.
        """
        return cls(
            text=value["text"],
            judgement=Judgement(
                tuple(Fault(fault) for fault in value["faults"]), dict(value["scores"]), value["passed"]
            ),
            tries=value["tries"],
            how=value["how"],
            log_prob=value["log_prob"],
            forward=value["forward"],
            backward=value["backward"],
            notes=tuple(value["notes"]),
            alignment=Alignment.from_json(value["alignment"]) if value["alignment"] else None,
            gates=value["gates"],
        )


class Memory(Protocol):
    """Where translated sentences are kept between runs."""

    def known(self, keys: Sequence[str]) -> Mapping[str, Remembered]:
        """What is remembered of these keys."""
        ...

    def keep(self, language: str, entries: Mapping[str, Remembered]) -> None:
        """Remember sentences of a language, all or none.

        What is known already stays as it is, but for what no longer stands (`Remembered.stands`), which is replaced,
        and for an alignment that was not asked for then, which is put to it.
        """
        ...


@dataclass(frozen=True)
class Keys:
    """Makes the keys of one title's sentences.

    Attributes:
        source: The source's code.
        engine: The engine and its model, as `engine_of` tells them.
        decoding: How it looks for a translation.
        terms: The title's.
        formality: How people are addressed.
        unwritable: Characters that the engine's vocabulary has not.
    """

    source: str
    engine: str
    decoding: Decoding
    terms: Terms
    formality: str
    unwritable: str = ""
    _held: dict[tuple[str, str], bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, text: str, antecedent: str, target: str) -> str:
        """64 hexadecimal digits.

        Args:
            text: The sentence.
            antecedent: The sentence that it was translated in the light of, or empty.
            target: The target's code.
        """
        decoding = self.decoding
        told = [
            _VERSION,
            text,
            antecedent,
            [self.source, target, self.engine],
            [decoding.beams, decoding.shortest, decoding.repetition_penalty, decoding.candidates],
            self._asked(text, target),
            self.formality,
            sorted(set(self.unwritable) & set(text)),
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    def _asked(self, text: str, target: str) -> list[Any]:
        """What the terms say of this sentence: a term that it does not hold changes nothing for it."""
        glossary = [
            [term.source, term.target, list(term.also)]
            for term in self.terms.of(target)
            if self._holds(text, term.source)
        ]
        return [glossary, [kept for kept in self.terms.keep if self._holds(text, kept)], str(self.terms.units)]

    def _holds(self, text: str, term: str) -> bool:
        """Asked once for all of 202 languages."""
        if (text, term) not in self._held:
            self._held[text, term] = stands_in(term, text)
        return self._held[text, term]


def engine_of(translator: Translator) -> str:
    """What of a translator decides its words: its name, and the revision of its weights where it tells one."""
    return f"{translator.name}@{translator.revision}" if isinstance(translator, Revised) else translator.name


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
