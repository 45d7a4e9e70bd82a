"""Texts that came with a film: subtitles beside it or within it, and scripts; and what they tell of its language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.making import Inputs
from assets.shots import SHOTS_FILE
from ops.errors import MediaError
from ops.languages.table import by_tag
from resources.subtitles.texts import HandedText, HandedTexts, TextKind

if TYPE_CHECKING:
    from ops.subtitles.files.subtitle_file import SubtitleFile

__all__ = ["WrittenText", "cues_from_json", "cues_to_json", "handed_texts", "tagged_language", "written_texts"]


@dataclass(frozen=True)
class WrittenText:
    """Subtitles that came with the film.

    Attributes:
        language: A code of `ops.languages`; empty where nothing tells it.
        source: Where they lie, in words: "film.en.srt", "subtitle stream 2 (eng)".
        file: Their cues, in the film's seconds.
    """

    language: str
    source: str
    file: SubtitleFile

    @property
    def hash(self) -> str:
        """Of everything that it says and when."""
        told = [self.language, cues_to_json(self.file)]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def written_texts(work: Inputs) -> tuple[list[WrittenText], list[str]]:
    """The subtitles that came with a film, those beside it first; and what could not be read, as sentences.

    A text that cannot be read is passed over and told of: a broken file beside a film keeps nothing else back.
    """
    from ops.subtitles.files.reading import read_subtitles

    texts, notes = [], []
    for text in handed_texts(work, TextKind.SUBTITLES):
        try:
            file = read_subtitles(text.content, language=text.language or None)
        except MediaError as error:
            notes.append(f"{text.name} cannot be read: {error.what}.")
            continue
        texts.append(WrittenText(text.language, text.name, file))
    try:
        texts += _carried(work)
    except MediaError as error:
        notes.append(f"The film's own subtitles cannot be read: {error.what}.")
    return [text for text in texts if text.file.cues], notes


def _carried(work: Inputs) -> Iterator[WrittenText]:
    """The best stream of each language, that of the film's sound first."""
    from ops.subtitles.files.streams import best_stream, read_stream, text_streams

    film = work.film()
    carried = text_streams(film)
    languages = dict.fromkeys(stream.language for stream in carried.streams)
    for tag in sorted(languages, key=lambda tag: tag != carried.spoken):
        stream = best_stream((one for one in carried.streams if one.language == tag), spoken=carried.spoken)
        if stream is not None and not stream.aside:
            file = read_stream(film, stream, origin_s=_origin_s(work), folder=work.folder)
            code = found.code if (found := by_tag(tag)) else ""
            yield WrittenText(code, f"subtitle stream {stream.index} ({tag or 'und'})", file)


def handed_texts(work: Inputs, kind: TextKind) -> list[HandedText]:
    """The texts of a kind that lay beside the film."""
    return [text for text in HandedTexts(work.studio.database).of(work.title) if text.kind is kind]


def tagged_language(film: Path) -> str | None:
    """The language that the tag of a film's sound tells; None where there is none, or it is no language of the house.

    Raises:
        MediaError: The film cannot be read.
    """
    from ops.audio.samples import main_sound
    from ops.media.container import open_media

    with open_media(film) as container:
        sound = main_sound(container)
        tagged = by_tag(sound.language) if sound is not None and sound.language else None
    return tagged.code if tagged else None


def cues_to_json(file: SubtitleFile) -> list[dict[str, Any]]:
    """A text's cues as plain values, times exactly."""
    return [
        {
            "start_s": str(cue.start_s),
            "end_s": str(cue.end_s),
            "text": cue.text,
            "speakers": list(cue.speakers),
            "at_top": cue.at_top,
        }
        for cue in file.cues
    ]


def cues_from_json(rows: list[dict[str, Any]]) -> SubtitleFile:
    """Read back what `cues_to_json` wrote.

    Raises:
        KeyError, ValueError: It is not such a value.
    """
    from ops.subtitles.files.subtitle_file import Format, ReadCue, SubtitleFile

    cues = [
        ReadCue(Fraction(row["start_s"]), Fraction(row["end_s"]), row["text"], tuple(row["speakers"]), row["at_top"])
        for row in rows
    ]
    return SubtitleFile(Format.SRT, tuple(cues))


def _origin_s(work: Inputs) -> float:
    from ops.shots.model import ShotList

    shots = ShotList.from_json(json.loads(work.input_file("shots", SHOTS_FILE).read_text()))
    return shots.start_s(shots.shots[0])
