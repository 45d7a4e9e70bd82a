"""What the craft asks of an engine that translates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from ops.progress import Progress, no_progress

__all__ = ["Candidate", "Decoding", "Pair", "Revised", "Spelling", "Translator", "TranslatorRow"]


@dataclass(frozen=True)
class TranslatorRow:
    """One sentence to translate.

    Attributes:
        text: The sentence, alone, without line breaks and markup.
        before: The sentence before it, where it is hard to understand without; else empty.
        before_targets: The accepted translations of that one, by target language; used where `before` is, and where
            both sentences together are not longer than the engine reads.
    """

    text: str
    before: str = ""
    before_targets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decoding:
    """How an engine looks for a translation; part of what a result depends on.

    Attributes:
        beams: 1 is greedy; 4 is what NLLB's own evaluation uses.
        shortest: The least length of the target, as a share of the source's tokens; 0 asks for nothing.
        repetition_penalty: 1 for none.
        candidates: How many are returned, at most `beams`.
    """

    beams: int = 4
    shortest: float = 0.0
    repetition_penalty: float = 1.0
    candidates: int = 1


@dataclass(frozen=True)
class Candidate:
    """One translation of a sentence.

    Attributes:
        text: In the target language.
        log_prob: Mean natural log-probability of its tokens and of its end, by the model itself, so that it compares
            with `score`; 0 of an engine that has no probabilities, whose `score` is None.
        cut_short: Whether it ended because there was no more room.
    """

    text: str
    log_prob: float
    cut_short: bool = False


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation, to be judged or aligned."""

    source: str
    target: str


class Translator(Protocol):
    """Translates sentences. The same call gives the same result."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "nllb:facebook/nllb-200-distilled-600M"."""
        ...

    @property
    def licence(self) -> str:
        """What its weights may be used for, in words: "CC-BY-NC-4.0: not for commercial use"."""
        ...

    def speaks(self, source: str, target: str) -> bool:
        """Whether it translates from one language of `ops.languages` into another."""
        ...

    def translate(
        self,
        rows: Sequence[TranslatorRow],
        source: str,
        targets: Sequence[str],
        *,
        decoding: Decoding,
        progress: Progress = no_progress,
    ) -> Iterator[tuple[str, list[list[Candidate]]]]:
        """Translate every row into every target; each language is given as soon as it is whole.

        Returns:
            Target language and, for each row in order, its candidates, the best first.

        Raises:
            UsageError: It does not translate between these.
        """
        ...

    def score(self, pairs: Sequence[Pair], source: str, target: str) -> list[float] | None:
        """Mean log P(target | source) of each pair, teacher-forced; None where the engine cannot tell."""
        ...

    def attention(self, pairs: Sequence[Pair], source: str, target: str) -> list[np.ndarray] | None:
        """How much each word of the target looks at each of the source: (target words, source words) float32, rows
        summing to 1, words as `ops.languages.scripts.word_spans` parts them: by white space, characters in scripts
        without; None where the engine cannot tell.
        """
        ...


@runtime_checkable
class Spelling(Protocol):
    """What an engine may have besides: it tells what it cannot write. One that has it not writes everything."""

    def unwritable(self, text: str, language: str) -> str:
        """The characters of a text that its vocabulary lacks, each once: emoji, notes, rare Han. It would read and
        write nothing in their place, so they are cut out before and put back after.
        """
        ...


@runtime_checkable
class Revised(Protocol):
    """What an engine may have besides: it tells its weights apart from others of the same name."""

    @property
    def revision(self) -> str:
        """Changes with the weights, and stays while they do, wherever they lie: a hub's commit, or a hash."""
        ...
