"""Words with their times, from every source that a film may have, ready to be cut into cues."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.subtitles.greedy import greedy_track
from benchmarks.subtitles.material import FRAME_RATE, TRAILER, Published, published, said_in
from ops.speech.analyse import analyse_speech
from ops.speech.denoise import denoised
from ops.speech.sound import SpeechSound, speech_sound
from ops.speech.voice_print import VoicePrint
from ops.subtitles.build import cues_from_words, retimed
from ops.subtitles.cue import CueTrack
from ops.subtitles.profile import profile_named
from ops.transcript.from_cues import aligned
from ops.transcript.listen import transcribe
from ops.transcript.model import Transcript
from ops.transcript.script import transcript_of_script
from ops.translation.sentences import sentences_of
from resources.models.sphinx import Sphinx

__all__ = ["AS_HEARD", "AS_SAID", "Stream", "heard_streams", "published_streams", "trailer_streams"]

AS_HEARD = "as the recogniser hears them"
AS_SAID = "as they are said, found in the sound"


@dataclass(frozen=True)
class Stream:
    """The words of one recording.

    Attributes:
        group: What is told together: "read speech, as they are said".
        transcript: The words.
        cuts: First frames of shots that begin with a cut.
        frames: Of the film, 24 a second.
        reference: Cues that its makers published, or None.
    """

    group: str
    transcript: Transcript
    cuts: tuple[int, ...]
    frames: int
    reference: CueTrack | None = None

    def ours(self, profile: str) -> CueTrack:
        """Cut and timed by the house."""
        words, language = self.transcript.words, self.transcript.language
        limits = profile_named(profile).limits(language)
        return cues_from_words(
            words,
            language=language,
            rate=FRAME_RATE,
            cuts=self.cuts,
            frames=self.frames,
            limits=limits,
            sentences=sentences_of(words, language),
        )

    def greedy(self, profile: str) -> CueTrack:
        """Cut where a cue is full."""
        language = self.transcript.language
        limits = profile_named(profile).limits(language)
        return greedy_track(
            self.transcript.words, language=language, rate=FRAME_RATE, frames=self.frames, limits=limits
        )

    def greedy_timed(self, profile: str) -> CueTrack:
        """Cut where a cue is full, and timed by the house: what the cutting alone costs."""
        return self.kept(self.greedy(profile), profile)

    def kept(self, track: CueTrack, profile: str) -> CueTrack:
        """Cues as they are, timed by the house."""
        limits = profile_named(profile).limits(track.language)
        return retimed(
            track.cues, language=track.language, rate=FRAME_RATE, cuts=self.cuts, frames=self.frames, limits=limits
        )


def published_streams(data: Path) -> list[Stream]:
    """The words of published subtitles, each with its share of its cue's time."""
    return [
        Stream(f"published words of {each.name}", each.transcript, each.cuts, each.frames, each.track)
        for each in published(data)
    ]


def heard_streams(data: Path, *, most: int | None = None) -> list[Stream]:
    """The words of every recording of English speech, as they are said and as they are heard."""
    found: list[Stream] = []
    for path, text in said_in(data)[:most]:
        if path.suffix == ".mp4":
            continue
        with _ears(path) as (sound, spans, soft):
            frames = int(sound.duration_s * FRAME_RATE) + 1
            said = transcript_of_script(text, sound.samples, spans, Sphinx(), language="eng_Latn")
            heard = transcribe(sound.samples, spans, Sphinx(), language="eng_Latn", denoised=soft)
            found.append(Stream(f"read speech, words {AS_SAID}", said, (), frames))
            found.append(Stream(f"read speech, words {AS_HEARD}", heard, (), frames))
    return [each for each in found if each.transcript.words]


def trailer_streams(data: Path) -> list[Stream]:
    """The words of the trailer of Sintel, as they are said and as they are heard."""
    english = _english(published(data))
    with _ears(data / TRAILER) as (sound, spans, soft):
        said = aligned(english.transcript, sound.samples, Sphinx())
        heard = transcribe(sound.samples, spans, Sphinx(), language="eng_Latn", denoised=soft)
    return [
        Stream(f"trailer, words {way}", told, english.cuts, english.frames, english.track)
        for way, told in ((AS_SAID, said), (AS_HEARD, heard))
    ]


def _english(films: Sequence[Published]) -> Published:
    return next(each for each in films if each.name == "sintel_trailer_en.srt")


@contextmanager
def _ears(path: Path) -> Iterator[tuple[SpeechSound, Sequence[tuple[float, float]], np.ndarray]]:
    """A recording's sound, where somebody speaks in it, and the sound without noise."""
    with tempfile.TemporaryDirectory() as folder:
        spans = analyse_speech(path, voices=VoicePrint(), folder=Path(folder)).spans
        sound = speech_sound(path, Path(folder))
        yield sound, spans, denoised(sound, Path(folder)).samples
