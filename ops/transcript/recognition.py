"""What the craft asks of an engine that turns sound into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ops.progress import Progress, no_progress
from ops.transcript.model import Word

__all__ = ["Aligner", "HeardWindow", "Recogniser", "Window"]


@dataclass(frozen=True, eq=False)
class Window:
    """A stretch of sound that is heard at once.

    Attributes:
        start_s: When it begins, in the film's seconds.
        sound: (N,) float32 mono at 16 kHz, full scale 1; at most 30 s.
    """

    start_s: float
    sound: np.ndarray

    @property
    def end_s(self) -> float:
        """When it ends."""
        return self.start_s + len(self.sound) / 16_000


@dataclass(frozen=True)
class HeardWindow:
    """What was heard in a window.

    Attributes:
        language: A code of `ops.languages`.
        words: With the film's times.
        log_prob: Mean log-probability of the tokens; None where the engine tells none.
        no_speech: The engine's belief that nobody speaks, 0 to 1; None where it has none.
        repetition: Tokens over what they compress to (1.0 for no repetition at all); None where unknown.
        tries: How often it was decoded: 1 where the first was good.
    """

    language: str
    words: tuple[Word, ...]
    log_prob: float | None = None
    no_speech: float | None = None
    repetition: float | None = None
    tries: int = 1


class Recogniser(Protocol):
    """Turns sound into words. The same windows give the same words."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "embedded/pocketsphinx"."""
        ...

    @property
    def draft(self) -> bool:
        """Whether what it hears needs a person's look before it is shown."""
        ...

    def language_of(self, windows: Sequence[Window]) -> str | None:
        """The language that is spoken, as a code of `ops.languages`; None where the engine cannot tell."""
        ...

    def hear(self, windows: Sequence[Window], *, language: str, progress: Progress = no_progress) -> list[HeardWindow]:
        """The words of every window, in order.

        Raises:
            UsageError: The engine does not hear that language.
        """
        ...


class Aligner(Protocol):
    """Finds the times of a text that is known to be said."""

    @property
    def name(self) -> str:
        """The engine and its model."""
        ...

    def align(self, window: Window, words: Sequence[str], *, language: str) -> list[Word] | None:
        """The words with their times, one each and in order; None where the sound does not hold them.

        Raises:
            UsageError: The engine does not know that language.
        """
        ...
