"""What is measured: recordings whose words are known, films with published subtitles, and long ones made of them."""

from __future__ import annotations

import csv
import itertools
import subprocess
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from ops.audio.listening import RATE, hear_mono
from ops.subtitles.cue import CueTrack
from ops.subtitles.files.frames_of_cues import cues_of
from ops.subtitles.files.reading import read_subtitles
from ops.transcript.from_cues import transcript_of_cues
from ops.transcript.model import Transcript

__all__ = ["CLEAN", "FRAME_RATE", "TRAILER", "Published", "long_film", "long_speech", "published", "said_in"]

FRAME_RATE = Fraction(24)
TRAILER = Path("video") / "sintel_trailer_720p.mp4"
CLEAN = (
    "jfk_inaugural_11s.flac", "librispeech_198-209-0000.ogg", "sense_and_sensibility_0870.wav",
    "sense_and_sensibility_0880.wav", "sense_and_sensibility_0890.wav",
)  # fmt: skip
"""Speech without noise, of more than a word or two: 41 s of three voices."""

_FILM_FRAMES = 125 * 24
"""Beyond the last of the film's published cues."""


@dataclass(frozen=True)
class Published:
    """Subtitles that a film's makers published.

    Attributes:
        name: Of the file.
        transcript: Their words, each with its share of its cue's time.
        track: Their cues as they are, on the film's frames.
        cuts: First frames of shots that begin with a cut, where somebody wrote them down.
        frames: Of the film.
    """

    name: str
    transcript: Transcript
    track: CueTrack
    cuts: tuple[int, ...]
    frames: int


def published(data: Path) -> list[Published]:
    """Those of the trailer and of the film Sintel, in English and German."""
    cuts = tuple(_cuts(data / "video" / "ground_truth" / "sintel_trailer_720p.transitions.csv"))
    return [
        _published(data / "subtitles" / name, code, cuts if "trailer" in name else (), frames)
        for name, code, frames in (
            ("sintel_trailer_en.srt", "eng_Latn", 1253), ("sintel_trailer_de.srt", "deu_Latn", 1253),
            ("sintel_film_en.vtt", "eng_Latn", _FILM_FRAMES), ("sintel_film_de.vtt", "deu_Latn", _FILM_FRAMES),
        )
    ]  # fmt: skip


def _published(path: Path, language: str, cuts: tuple[int, ...], frames: int) -> Published:
    file = read_subtitles(path, language=language)
    cues = [(float(cue.start_s), float(cue.end_s), cue.text) for cue in file.cues]
    track = CueTrack(language, FRAME_RATE, cues_of(file, rate=FRAME_RATE, frames=frames))
    return Published(path.name, transcript_of_cues(cues, language=language, source=path.name), track, cuts, frames)


def _cuts(path: Path) -> Iterator[int]:
    with path.open(encoding="utf-8") as file:
        yield from (int(row["new_shot_frame"]) for row in csv.DictReader(file) if row["type"] == "cut")


def long_speech(data: Path, seconds: float, to: Path) -> Path:
    """The clean recordings again and again, a second of silence after each, as a WAV file of so many seconds."""
    left = int(seconds * RATE)
    with wave.open(str(to), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        clips = itertools.cycle(CLEAN)
        while left > 0:
            clip = _clip(data / "audio" / next(clips))[: 2 * left]
            file.writeframes(clip)
            left -= len(clip) // 2
    return to


@cache
def _clip(path: Path) -> bytes:
    sound = np.concatenate([*hear_mono(path), np.zeros(RATE, np.float32)])
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def long_film(data: Path, folder: Path, seconds: float) -> Path:
    """The trailer's pictures and sound again and again, small, and the film's English subtitles beside it likewise.

    Every line has a number in it, so that no sentence is there twice and none is translated for nothing.
    """
    film = folder / f"film_{seconds:g}.mp4"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", "-stream_loop", "-1", "-i",
        str(data / TRAILER), "-t", str(seconds), "-vf", "scale=320:-2", "-preset", "ultrafast", str(film),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    cues = [cue for cue in read_subtitles(data / "subtitles" / "sintel_film_en.vtt").cues if cue.start_s > 15]
    period = 110  # the lines before the film's pause and after it, with a breath between
    lines = []
    for nth, (turn, cue) in enumerate(itertools.product(range(int(seconds // period) + 1), cues)):
        start, end = ((float(each) % 109 + turn * period) for each in (cue.start_s, cue.end_s))
        if start < end < seconds:
            lines.append((start, f"{_clock(start)} --> {_clock(end)}\n{cue.text} {nth + 1}."))
    told = "".join(f"{nth}\n{text}\n\n" for nth, (_, text) in enumerate(sorted(lines), start=1))
    film.with_suffix(".en.srt").write_text(told, encoding="utf-8")
    return film


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02},{whole % 1000:03}"


def said_in(data: Path) -> Sequence[tuple[Path, str]]:
    """Recordings of English speech with what is said in them, in the order of the table."""
    with (data / "audio" / "transcripts.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["language"] == "en" and row["transcript"]]
    texts = {row["file"]: row["transcript"] for row in rows}
    return [
        (data / "audio" / name, texts[text.removeprefix("=").strip()] if text.startswith("=") else text)
        for name, text in texts.items()
    ]
