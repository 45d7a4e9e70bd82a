"""What is said, by the film's own subtitles: the text stream that fits its sound, as whole sentences with their times.

Descriptions of sound and music, speakers' names and markup are not said and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ops.audio.samples import main_sound
from ops.media.container import open_media
from ops.media.ffmpeg import run_ffmpeg

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.subtitles.stream import SubtitleStream

__all__ = ["Cue", "Sentence", "Transcript", "embedded_transcript", "sentences_of"]

_TEXT = frozenset({"subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"})
"""Codecs of text; the others are pictures of it."""

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
    with open_media(film) as container:
        stream = _best_stream(container)
        if stream is None:
            return None
        index, language = stream.index, stream.language or "und"
    text = folder / "subtitles.srt"
    try:
        run_ffmpeg(["-copyts", "-i", film, "-map", f"0:{index}", "-c:s", "subrip", "-f", "srt", text], timeout_s=600)
        cues = [replace(cue, start_s=cue.start_s - origin_s, end_s=cue.end_s - origin_s) for cue in _cues(text)]
    finally:
        text.unlink(missing_ok=True)
    return Transcript(tuple(sentences_of(cues)), language, f"subtitle stream {index} ({language})")


def _best_stream(container: InputContainer) -> SubtitleStream | None:
    """Text, not forced (those are only the foreign lines); of the sound's language, then default, then the first."""
    from av.stream import Disposition

    sound = main_sound(container)
    spoken = sound.language if sound is not None else None

    def rank(stream: SubtitleStream) -> tuple[bool, bool, bool, int]:
        chosen = bool(stream.disposition & Disposition.default)
        aloud = not stream.disposition & (Disposition.comment | Disposition.lyrics)
        return aloud, bool(spoken) and stream.language == spoken, chosen, -stream.index

    def is_text(stream: SubtitleStream) -> bool:
        context = stream.codec_context
        return context is not None and context.name in _TEXT and not stream.disposition & Disposition.forced

    return max((stream for stream in container.streams.subtitles if is_text(stream)), key=rank, default=None)


def _cues(path: Path) -> Iterator[Cue]:
    import pysrt

    for item in pysrt.open(str(path), encoding="utf-8", error_handling=pysrt.SubRipFile.ERROR_PASS):
        yield Cue(item.start.ordinal / 1000, item.end.ordinal / 1000, item.text)


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
