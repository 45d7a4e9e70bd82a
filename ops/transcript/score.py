"""How much of what was said was heard right: word errors, character errors where words are not told by spaces.

The usual normaliser of Whisper's evaluations deletes every mark, and with them the vowel signs of all Indic scripts;
this one keeps letters, marks and digits of every script.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from ops.languages.table import language as language_of

__all__ = ["ErrorRate", "error_rate", "normalised"]

_BY_CHARACTER = frozenset({"zho", "jpn", "kor", "tha", "lao", "khm", "mya", "yue"})
"""Languages whose published rates count characters (Open ASR Leaderboard; FLEURS), by ISO 639-3."""

_ARABIC_SIGNS = frozenset(range(0x064B, 0x0653)) | {0x0670, 0x0640, 0x06D6, 0x06ED}
_APOSTROPHES = "'’ʼ＇"


@dataclass(frozen=True)
class ErrorRate:
    """What was heard wrong.

    Attributes:
        unit: "words" or "characters".
        length: Of the reference, in those.
        substitutions: Heard as another.
        deletions: Not heard.
        insertions: Heard though not said.
    """

    unit: str
    length: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        """All of them."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Errors by the reference's length: above 1 where more is invented than was said; 0 for nothing at all."""
        return self.errors / self.length if self.length else float(self.errors > 0)

    def __add__(self, other: ErrorRate) -> ErrorRate:
        """Both together, by their lengths."""
        if self.unit != other.unit:
            raise ValueError(f"{self.unit} and {other.unit} do not add up")
        return ErrorRate(
            self.unit,
            self.length + other.length,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )


def normalised(text: str) -> str:
    """A text as it is compared: letters, marks and digits of any script, in small letters, words by one space.

    Compatibility forms are made one (NFKC). Apostrophes within a word stay, as "'". Arabic's signs for short vowels,
    the dagger alif and the tatweel go, which are written or not as one likes; hamza and madda stay. Digits stay digits:
    "20" and "twenty" differ.
    """
    signs: list[str] = []
    folded = unicodedata.normalize("NFKC", text).casefold()
    for place, sign in enumerate(folded):
        if ord(sign) in _ARABIC_SIGNS or unicodedata.category(sign) == "Cf":
            continue
        within = 0 < place < len(folded) - 1 and folded[place - 1].isalnum() and folded[place + 1].isalnum()
        if sign in _APOSTROPHES and within:
            signs.append("'")
        else:
            signs.append(sign if unicodedata.category(sign)[0] in "LMN" else " ")
    return " ".join("".join(signs).split())


def error_rate(reference: str, heard: str, language: str) -> ErrorRate:
    """The errors of what was heard, by the fewest changes that make it the reference.

    Args:
        reference: What is said.
        heard: What was heard.
        language: A code of `ops.languages`; Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese are counted in
            characters, spaces left out.

    Raises:
        UsageError: There is no such language.
    """
    characters = language_of(language).iso639_3 in _BY_CHARACTER
    unit = "characters" if characters else "words"
    said, got = normalised(reference), normalised(heard)
    if characters:
        said, got = said.replace(" ", ""), got.replace(" ", "")
    if not said:
        return ErrorRate(unit, 0, 0, 0, len(got) if characters else len(got.split()))
    import jiwer

    found = jiwer.process_characters(said, got) if characters else jiwer.process_words(said, got)
    length = len(said) if characters else len(said.split())
    return ErrorRate(unit, length, found.substitutions, found.deletions, found.insertions)
