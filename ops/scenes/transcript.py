"""What is said, by the film's own subtitles: the text stream that fits its sound, as whole sentences with their times.

Descriptions of sound and music, speakers' names and markup are not said and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ops.subtitles.files.streams import best_stream, read_stream, text_streams

__all__ = ["Cue", "Sentence", "Transcript", "embedded_transcript", "sentences_of"]

_SAME_BREATH_S = 1.0
"""A sentence goes on in the next cue if it comes within a second."""

_LONGEST_S = 12.0
"""A cue that stands longer is a sign or a song's title and not a sentence."""

_MARKUP = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_SOUNDS = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】")
_SUNG = re.compile(r"[♪♫#]")
_SPEAKER = re.compile(r"^\s*(?:[A-ZÄÖÜÉÈ][A-ZÄÖÜÉÈ0-9.' -]{1,24}|[A-Z][a-z]+(?: [A-Z][a-z]+)?):\s+")
_DASH = re.compile(r"^\s*[-–—]\s*")
_NO_END = r"(?<!\bMr\.)(?<!\bDr\.)(?<!\bMs\.)(?<!\bSt\.)(?<!\bMrs\.)"
_END = re.compile(_NO_END + r"(?<=[.!?…。！？])[\"'”’»)]*\s+|(?<=[。！？])")
_WHOLE = re.compile(r"[.!?…。！？][\"'”’»)]*$")


@dataclass(frozen=True)
class Cue:
    """Words that stand under the picture for a while; lines by "\\n"."""

    start_s: float
    end_s: float
    words: str


@dataclass(frozen=True)
class Sentence:
    """A sentence; `whole` where it ends as one does."""

    start_s: float
    end_s: float
    words: str
    whole: bool = True


@dataclass(frozen=True)
class Transcript:
    """What is said.

    Attributes:
        sentences: In order, in seconds from the film's first picture.
        language: As the stream names it: "eng"; "und" where it does not.
        source: Where it comes from, in words.
    """

    sentences: tuple[Sentence, ...]
    language: str
    source: str


def embedded_transcript(film: Path, *, origin_s: float, folder: Path) -> Transcript | None:
    """Read the film's text subtitles in the language of its sound; None where there are none.

    Args:
        film: The film.
        origin_s: When its first picture is shown, on the container's clock.
        folder: For the stream's text; nothing is left in it.

    Raises:
        MediaError: The film cannot be opened, or its subtitles cannot be read.
    """
    carried = text_streams(film)
    stream = best_stream(carried.streams, spoken=carried.spoken)
    if stream is None:
        return None
    language = stream.language or "und"
    file = read_stream(film, stream, origin_s=origin_s, folder=folder)
    cues = [Cue(float(cue.start_s), float(cue.end_s), cue.text) for cue in file.cues]
    return Transcript(tuple(sentences_of(cues)), language, f"subtitle stream {stream.index} ({language})")


def sentences_of(cues: list[Cue]) -> Iterator[Sentence]:
    """Whole sentences of cues in order: split where two stand in one cue, joined where one runs over several.

    Within a cue time is shared out by letters.
    """
    open_part: Sentence | None = None
    for part in _parts(cues):
        joined = part
        if open_part is not None and not open_part.whole:
            if part.start_s - open_part.end_s <= _SAME_BREATH_S and part.end_s - open_part.start_s <= _LONGEST_S:
                words = f"{open_part.words.rstrip('—–-')} {part.words}".strip()
                joined = Sentence(open_part.start_s, part.end_s, words, part.whole)
            else:
                yield open_part
        if joined.whole:
            yield joined
            open_part = None
        else:
            open_part = joined
    if open_part is not None:
        yield open_part


def _parts(cues: list[Cue]) -> Iterator[Sentence]:
    for cue in sorted(cues, key=lambda cue: cue.start_s):
        turns = [turn for turn in _turns(cue.words) if turn]
        letters = sum(map(len, turns))
        if not letters or cue.end_s <= cue.start_s or cue.end_s - cue.start_s > _LONGEST_S:
            continue
        at = 0
        for turn in turns:
            for words in filter(None, (piece.strip() for piece in _END.split(turn))):
                share = (cue.end_s - cue.start_s) / letters
                start = cue.start_s + share * at
                at = min(letters, at + len(words))
                yield Sentence(start, cue.start_s + share * at, words, bool(_WHOLE.search(words)))


def _turns(text: str) -> list[str]:
    """What each speaker of a cue says, without what is not said; a cue that is sung has none."""
    text = _SOUNDS.sub(" ", _MARKUP.sub("", text))
    if _SUNG.search(text):
        return []
    rows = [row for row in text.splitlines() if row.strip(" -–—")]
    several = sum(bool(_DASH.match(row)) for row in rows) > 1
    said: list[str] = []
    for row in rows:
        starts = several and bool(_DASH.match(row))
        words = " ".join(_SPEAKER.sub("", _DASH.sub("", row) if starts or not said else row).split())
        if said and not starts:
            said[-1] = f"{said[-1]} {words}"
        else:
            said.append(words)
    if several:  # a new speaker ends the sentence, marked or not
        said = [each if _WHOLE.search(each) else f"{each}." for each in said[:-1]] + said[-1:]
    return said
