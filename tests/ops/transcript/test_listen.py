"""From sound to a transcript, with an engine of known answers and with the embedded one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from ops.errors import UsageError
from ops.progress import Progress, no_progress
from ops.speech.model import Turn
from ops.transcript.listen import transcribe
from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow, Window

RATE = 16_000
SOUND = np.full(20 * RATE, 0.1, np.float32)
SPANS = [(1.0, 4.0), (5.0, 6.0)]


@dataclass
class Ears:
    """Hears the same words a second after a window's beginning; surer of a sound that is softer."""

    text: str = "We went home."
    tells: str | None = None
    name: str = "ears"
    draft: bool = False
    sureness: tuple[float, float] = (0.9, 0.9)
    asked: list[Window] = field(default_factory=list)

    def language_of(self, windows: Sequence[Window]) -> str | None:
        self.asked += windows
        return self.tells

    def hear(self, windows: Sequence[Window], *, language: str, progress: Progress = no_progress) -> list[HeardWindow]:
        return [self._heard(window, language) for window in windows]

    def _heard(self, window: Window, language: str) -> HeardWindow:
        sure = self.sureness[int(window.sound[0] < 0.05)]
        words = tuple(
            Word(
                f"{word}{'!' if window.sound[0] < 0.05 else ''}",
                window.start_s + 1 + 0.4 * at,
                window.start_s + 1.4 + 0.4 * at,
                sure,
            )
            for at, word in enumerate(self.text.split())
        )
        return HeardWindow(language, words, log_prob=float(np.log(sure)))


def test_what_is_heard_is_told_with_its_engine_its_confidence_and_its_speakers():
    told = transcribe(SOUND, SPANS, Ears(), language="eng_Latn", turns=[Turn(0.0, 5.0, "S1"), Turn(5.5, 7.0, "S2")])

    assert told.text == "We went home."
    assert told.source == "ears"
    assert told.confidence == pytest.approx(0.9)
    assert {word.speaker for word in told.words} == {"S1"}
    assert not told.draft


def test_a_window_that_the_engine_doubts_is_heard_again_without_noise_and_the_surer_is_kept():
    better = transcribe(SOUND, SPANS, Ears(sureness=(0.3, 0.8)), language="eng_Latn", denoised=SOUND * 0.1)
    worse = transcribe(SOUND, SPANS, Ears(sureness=(0.4, 0.2)), language="eng_Latn", denoised=SOUND * 0.1)
    sure = transcribe(SOUND, SPANS, Ears(sureness=(0.9, 0.99)), language="eng_Latn", denoised=SOUND * 0.1)

    assert better.text == "We! went! home.!"
    assert "1 were surer" in better.notes[0]
    assert worse.text == sure.text == "We went home."
    assert "0 were surer" in worse.notes[0]
    assert not sure.notes


def test_the_language_is_the_declared_one_else_the_engines_else_an_error_that_says_how():
    ears = Ears(tells="fra_Latn")

    assert transcribe(SOUND, SPANS, ears, language="deu_Latn").language == "deu_Latn"
    assert not ears.asked
    assert transcribe(SOUND, SPANS, ears, language=None).language == "fra_Latn"
    assert ears.asked
    with pytest.raises(UsageError, match=r"--language or SHOWRUNNER_LANGUAGE.*English"):
        transcribe(SOUND, SPANS, Ears(), language=None)


def test_where_nobody_speaks_there_are_no_words():
    told = transcribe(SOUND, [], Ears(), language="eng_Latn")

    assert told.words == ()
    assert told.notes


def test_what_is_heard_where_nobody_speaks_is_taken_out_and_told():
    told = transcribe(
        SOUND, [(0.5, 1.2)], Ears(text="We went home again to the house by the sea"), language="eng_Latn"
    )

    assert told.text == "We"
    assert told.dropped[0][0] == "went home again to the house by the sea"


def test_bare_english_gets_capitals_and_stops_and_other_text_stays():
    bare = transcribe(SOUND, SPANS, Ears(text="i went home"), language="eng_Latn")

    assert bare.text == "I went home."
    assert "Capitals" in bare.notes[-1]
    assert transcribe(SOUND, SPANS, Ears(text="ich ging heim"), language="deu_Latn").text == "ich ging heim"


@pytest.mark.parametrize(
    "name", ["rain_20s.mp3", "robin_single_call.ogg", "silence_5s.wav", "drum_loop_148bpm.ogg", "vibe_ace.ogg",
             "electric_loop_97bpm.ogg", "trumpet_loop_90bpm.ogg", "sine_1khz_minus20dbfs_stereo.wav"],
)  # fmt: skip
def test_rain_birds_drums_and_music_give_no_words_through_the_whole_chain(data: Path, tmp_path: Path, name: str):
    from ops.speech.sound import speech_sound
    from ops.speech.vad import speech_probabilities, speech_spans
    from resources.models.sphinx import Sphinx

    samples = speech_sound(data / "audio" / name, tmp_path).samples
    spans = speech_spans(speech_probabilities(samples), len(samples))

    assert transcribe(samples, spans, Sphinx(), language="eng_Latn").text == ""
