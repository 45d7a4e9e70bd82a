"""What is said: words with their times, how sure they are, and who says them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

__all__ = ["SourceCue", "Timing", "Transcript", "Word"]


class Timing(StrEnum):
    """Where a word's times come from."""

    HEARD = "heard"
    """The recogniser's own."""
    ALIGNED = "aligned"
    """A known text, forced onto the sound."""
    SHARED = "shared"
    """A stretch's time, shared out by letters."""


@dataclass(frozen=True)
class Word:
    """One word as it is written, punctuation included; in scripts without spaces, what a break may part.

    Attributes:
        text: "Americans,".
        start_s: When it begins, in the film's seconds.
        end_s: When it ends.
        confidence: 0 to 1; 1 for a text that a person wrote.
        speaker: Id of who says it ("S1"), or empty.
        spaced: Whether a space comes before it in writing.
        timing: Where its times come from.
    """

    text: str
    start_s: float
    end_s: float
    confidence: float = 1.0
    speaker: str = ""
    spaced: bool = True
    timing: Timing = Timing.HEARD


@dataclass(frozen=True)
class SourceCue:
    """A cue of a source that had some, kept as it is.

    Attributes:
        start_s: When it comes.
        end_s: When it goes.
        text: Its lines by "\\n", with `<i>`, `<b>`, `<u>` as its only markup.
        first_word: The first of the transcript's words that it holds.
        end_word: One past the last; equal to the first where it holds none (a sound's description).
    """

    start_s: float
    end_s: float
    text: str
    first_word: int
    end_word: int


@dataclass(frozen=True)
class Transcript:
    """The `transcript` artifact.

    Attributes:
        language: A code of `ops.languages`: "eng_Latn".
        words: In order of their beginnings.
        source: Where they come from, in words: "subtitle stream 2 (eng)", "embedded/pocketsphinx".
        draft: Whether it needs a person's look before it is shown: a recogniser that is known to be often wrong.
        confidence: Mean over its words, weighed by their length; 1 for a text that a person wrote.
        cues: The source's own cues, where it had some.
        dropped: What was heard and taken out again, each with why.
        notes: What is worth telling, as sentences.
    """

    language: str
    words: tuple[Word, ...]
    source: str
    draft: bool = False
    confidence: float = 1.0
    cues: tuple[SourceCue, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All words in one line."""
        return "".join(f" {word.text}" if word.spaced else word.text for word in self.words).strip()

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            **asdict(self),
            "words": [{**asdict(word), "timing": str(word.timing)} for word in self.words],
            "cues": [asdict(cue) for cue in self.cues],
            "dropped": [list(each) for each in self.dropped],
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Transcript:
        """Read back what `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: It is not such a value.
        """
        return cls(
            language=value["language"],
            words=tuple(Word(**{**row, "timing": Timing(row["timing"])}) for row in value["words"]),
            source=value["source"],
            draft=value["draft"],
            confidence=value["confidence"],
            cues=tuple(SourceCue(**row) for row in value["cues"]),
            dropped=tuple((text, why) for text, why in value["dropped"]),
            notes=tuple(value["notes"]),
        )
