"""How much of what was said was heard right: word errors, character errors where words are not told by spaces.

The usual normaliser of Whisper's evaluations deletes every mark, and with them the vowel signs of all Indic scripts;
this one keeps letters, marks and digits of every script.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ops.errors import UsageError
from ops.languages.table import language as language_of
from ops.progress import Progress, no_progress
from ops.transcript.hallucination import Spans
from ops.transcript.listen import transcribe
from ops.transcript.recognition import Recogniser

__all__ = ["Case", "ErrorRate", "Heard", "cases_of", "error_rate", "evaluated", "normalised", "table_of"]

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


@dataclass(frozen=True)
class Case:
    """A recording whose words are known."""

    audio: Path
    language: str
    text: str


@dataclass(frozen=True)
class Heard:
    """A case, what was heard in it, and how much of that is wrong."""

    case: Case
    text: str
    confidence: float
    error: ErrorRate


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


def cases_of(manifest: Path) -> list[Case]:
    """The cases of a manifest: CSV with the columns file, language, text; files by their place beside it.

    Raises:
        UsageError: It is no such file, names a language that is none, or a recording that is not there.
    """
    folder = manifest.parent.resolve()
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"the manifest cannot be read ({error})", where=manifest) from error
    missing = {"file", "language", "text"} - set(rows[0] if rows else ())
    if missing:
        raise UsageError(
            f"the manifest has no column {' or '.join(sorted(missing))}" if rows else "the manifest names no recording",
            where=manifest,
            fix="Its first line is: file,language,text",
        )
    found: list[Case] = []
    for row in rows:
        audio = folder / (row["file"] or "")
        if not audio.is_file():
            raise UsageError("the recording is not there", where=audio, fix=f"Mend its line in {manifest}.")
        found.append(Case(audio, language_of(row["language"] or "").code, row["text"] or ""))
    return found


def evaluated(
    cases: Iterable[tuple[Case, np.ndarray, Spans]],
    recogniser: Recogniser,
    *,
    count: int,
    progress: Progress = no_progress,
) -> list[Heard]:
    """Hear every case as a film is heard, its language declared.

    Args:
        cases: Each with its sound, (N,) float32 mono at 16 kHz, and where somebody speaks in it; read one by one.
        recogniser: The engine.
        count: How many there are.
        progress: Told how far it is.

    Raises:
        UsageError: The engine does not hear a case's language.
    """
    found: list[Heard] = []
    for case, samples, spans in cases:
        told = transcribe(samples, spans, recogniser, language=case.language)
        error = error_rate(case.text, told.text, case.language)
        found.append(Heard(case, told.text, told.confidence, error))
        progress(min(1.0, len(found) / max(1, count)))
    return found


def table_of(heard: Sequence[Heard], *, limit: float = 0.05) -> str:
    """The rates by language as a table, each with whether it keeps the limit."""
    rows = [("language", "cases", "unit", "length", "errors", "rate", f"<= {limit:.0%}")]
    for code in sorted({each.case.language for each in heard}):
        of_it = [each.error for each in heard if each.case.language == code]
        total = of_it[0]
        for more in of_it[1:]:
            total = total + more
        kept = "yes" if total.rate <= limit else "no"
        rows.append(
            (code, str(len(of_it)), total.unit, str(total.length), str(total.errors), f"{total.rate:.1%}", kept)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
