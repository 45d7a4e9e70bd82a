"""A script is found in the sound, and what is not said is left out and told."""

from __future__ import annotations

import csv
from pathlib import Path

import librosa
import numpy as np
import pytest

from ops.transcript.model import Timing, Transcript
from ops.transcript.script import transcript_of_script
from resources.models.sphinx import Sphinx

RATE = 16_000
NOT_SAID = "This line was cut from the film entirely."


@pytest.fixture(scope="module")
def sphinx() -> Sphinx:
    return Sphinx()


def text_of(data: Path, name: str) -> str:
    with (data / "audio" / "transcripts.csv").open(encoding="utf-8") as file:
        return next(row["transcript"] for row in csv.DictReader(file) if row["file"] == name)


def placed(data: Path, name: str, script: str, sphinx: Sphinx) -> Transcript:
    sound = librosa.load(data / "audio" / name, sr=RATE, mono=True)[0]
    spans = [(0.3, len(sound) / RATE - 0.2)]
    return transcript_of_script(script, sound, spans, sphinx, language="eng_Latn")


def test_a_script_with_names_directions_and_a_cut_line_is_placed_where_it_is_said(data: Path, sphinx: Sphinx):
    said = text_of(data, "jfk_inaugural_11s.flac")

    told = placed(data, "jfk_inaugural_11s.flac", f"KENNEDY: {said} [applause]\n{NOT_SAID}", sphinx)

    assert told.text == said
    assert {word.speaker for word in told.words} == {"KENNEDY"}
    starts = {word.text: word.start_s for word in told.words}
    assert starts["Americans,"] == pytest.approx(1.65, abs=0.3)
    assert starts["country."] == pytest.approx(10.0, abs=0.3)
    assert told.dropped == ((NOT_SAID, "not found in the sound"),)
    assert "8 of the script's 30 words" in told.notes[0]


def test_nearly_every_word_of_a_novels_page_is_placed_as_a_plain_alignment_places_it(data: Path, sphinx: Sphinx):
    from ops.transcript.recognition import Window

    name = "librispeech_198-209-0000.ogg"
    said = text_of(data, name)
    sound = librosa.load(data / "audio" / name, sr=RATE, mono=True)[0]
    whole = sphinx.align(Window(0.0, sound), said.split(), language="eng_Latn")

    told = placed(data, name, said, sphinx)

    assert whole is not None
    assert len(told.words) >= len(whole) - 2
    by_text = {word.text: word.start_s for word in whole}
    off = [abs(word.start_s - by_text[word.text]) for word in told.words if said.split().count(word.text) == 1]
    assert np.quantile(off, 0.9) < 0.2
    assert {word.timing for word in told.words} == {Timing.ALIGNED}


def test_a_script_of_another_film_is_not_found(data: Path, sphinx: Sphinx):
    told = placed(data, "sense_and_sensibility_0870.wav", "Ten of clubs. Four queen of clubs. Seven of clubs.", sphinx)

    assert told.words == ()
    assert "were not found" in told.notes[0]


def test_an_empty_script_has_no_words(data: Path, sphinx: Sphinx):
    assert placed(data, "cards_001.wav", "[music]\n\n(nobody speaks)", sphinx).words == ()
