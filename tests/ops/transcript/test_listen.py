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
        soft = window.sound[len(window.sound) // 2] < 0.05
        sure = self.sureness[int(soft)]
        words = tuple(
            Word(
                f"{word}{'!' if soft else ''}",
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


@dataclass
class ManyEars(Ears):
    """Tells the language of each window by its level, and hears each in its own."""

    spoken: dict[float, str | None] = field(default_factory=dict)
    heard: list[list[str]] = field(default_factory=list)

    def languages_of(self, windows: Sequence[Window]) -> list[str | None]:
        return [self.spoken[round(float(window.sound[len(window.sound) // 2]), 2)] for window in windows]

    def hear(  # type: ignore[override]
        self, windows: Sequence[Window], *, language: str | Sequence[str], progress: Progress = no_progress
    ) -> list[HeardWindow]:
        codes = [language] * len(windows) if isinstance(language, str) else list(language)
        self.heard.append(codes)
        return [self._heard(window, code) for window, code in zip(windows, codes, strict=True)]


def film_of(levels: Sequence[float], length_s: float = 12.0) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Speech of a level each, 5 s apart."""
    sound, spans, at = np.zeros(0, np.float32), [], 0.0
    for level in levels:
        spans.append((at + 5.0, at + 5.0 + length_s))
        sound = np.concatenate(
            [sound, np.zeros(5 * RATE, np.float32), np.full(int(length_s * RATE), level, np.float32)]
        )
        at += 5.0 + length_s
    return sound, spans


def test_windows_of_another_language_are_heard_in_it_and_told():
    ears = ManyEars(spoken={0.1: "eng_Latn", 0.2: "fra_Latn", 0.3: None})
    sound, spans = film_of([0.1, 0.2, 0.1, 0.3])

    told = transcribe(sound, spans, ears, language=None, denoised=sound * 0.1)

    assert told.language == "eng_Latn"
    assert ears.heard[0] == ["eng_Latn", "fra_Latn", "eng_Latn", "eng_Latn"]
    assert told.notes[0].startswith("French is spoken too, from 22 to 34 s")


def test_windows_that_are_heard_again_keep_their_language():
    ears = ManyEars(spoken={0.1: "eng_Latn", 0.2: "fra_Latn"}, sureness=(0.3, 0.8))
    sound, spans = film_of([0.1, 0.2, 0.1])

    transcribe(sound, spans, ears, language=None, denoised=sound * 0.1)

    assert ears.heard == [["eng_Latn", "fra_Latn", "eng_Latn"]] * 2


@pytest.mark.parametrize(
    ("length_s", "other", "why"),
    [(2.0, "fra_Latn", "too short a window"), (6.0, "fra_Latn", "too little of it"), (12.0, "nob_Latn", "a neighbour")],
)
def test_a_window_is_not_heard_in_a_language_by_a_mistake(length_s: float, other: str, why: str):
    ears = ManyEars(spoken={0.1: "swe_Latn", 0.2: other}, tells="swe_Latn")
    sound, spans = film_of([0.1, 0.2, 0.1, 0.1], length_s)

    transcribe(sound, spans, ears, language=None)

    assert set(ears.heard[0]) == {"swe_Latn"}, why


def test_a_declared_language_is_asked_for_in_every_window():
    ears = ManyEars(spoken={0.1: "eng_Latn", 0.2: "fra_Latn"})
    sound, spans = film_of([0.1, 0.2])

    assert not transcribe(sound, spans, ears, language="eng_Latn").notes
    assert ears.heard == [["eng_Latn"] * 2]


@pytest.mark.parametrize(
    ("declared", "text", "label"),
    [
        ("zho_Hant", "我们明天见", "zho_Hans"),
        ("zho_Hans", "我們明天見", "zho_Hant"),
        ("zho_Hant", "我們明天見", "zho_Hant"),
        ("zho_Hant", "你好", "zho_Hant"),
    ],
)
def test_chinese_is_labelled_by_the_signs_that_the_engine_writes(declared: str, text: str, label: str):
    told = transcribe(SOUND, SPANS, Ears(text=text), language=declared)

    assert told.language == label
    assert bool(told.notes) is (declared != label)


def test_where_nobody_speaks_there_are_no_words():
    told = transcribe(SOUND, [], Ears(), language="eng_Latn")

    assert told.words == ()
    assert told.notes


def test_what_is_heard_where_nobody_speaks_is_taken_out_and_told():
    told = transcribe(SOUND, [(0.5, 1.2)], Ears(text="We went home again to the house by the sea"), language="eng_Latn")

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
