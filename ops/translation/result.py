"""What became of a title's sentences in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ops.translation.gates import Judgement
from ops.translation.keys import Remembered

__all__ = ["LanguageResult", "made_notes"]


@dataclass(frozen=True)
class LanguageResult:
    """One language.

    Attributes:
        language: Its code.
        sentences: By the sentences' ids, all of them; empty where there is an error.
        remembered: How many of them came out of the memory.
        error: Why there is no translation; empty where there is one.
        failure: What was raised, where that is why.
        notes: What is worth telling, as sentences.
        took_s: How long it took since the language before it was done.
    """

    language: str
    sentences: Mapping[str, Remembered] = field(default_factory=dict)
    remembered: int = 0
    error: str = ""
    notes: tuple[str, ...] = ()
    took_s: float = 0.0
    failure: Exception | None = None

    @property
    def texts(self) -> dict[str, str]:
        """The translations by the sentences' ids."""
        return {name: each.text for name, each in self.sentences.items()}

    @property
    def judgements(self) -> dict[str, Judgement]:
        """What the gates said, by the sentences' ids."""
        return {name: each.judgement for name, each in self.sentences.items()}

    @property
    def retried(self) -> dict[str, int]:
        """How many sentences were taken from each way but the first: {"in two halves": 3}."""
        return dict(Counter(each.how for each in self.sentences.values() if each.how != "first"))


def made_notes(made: Sequence[Remembered], *, of: int) -> tuple[str, ...]:
    """What is worth telling of the sentences that were translated now, as sentences.

    Args:
        made: They.
        of: How many the title has.
    """
    if not made:
        return ()
    failing = sum(not each.judgement.passed for each in made)
    retried = sum(each.tries > 1 for each in made)
    notes = [f"{len(made)} of {of} sentences were translated anew, {retried} more than once."]
    if failing:
        notes.append(f"{failing} of them fail their gates and are flagged.")
    left = sum(not each.judgement.passed and each.tries == 1 for each in made)
    if left > 1:
        notes.append(f"{left} that fail were not tried again: the language fails as a whole.")
    return tuple(notes)
