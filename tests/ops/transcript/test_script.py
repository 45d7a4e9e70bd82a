"""A script is found in the sound, and what is not said is left out and told."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import librosa
import numpy as np
import pytest

from ops.transcript.model import Timing, Transcript, Word
from ops.transcript.recognition import HeardWindow, Window
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


def test_three_passages_between_rain_music_and_silence_are_placed_and_a_cut_paragraph_is_told(
    data: Path, sphinx: Sphinx
):
    sound = librosa.load(data / "audio" / "mix_known_segments.wav", sr=RATE, mono=True)[0]
    speech = [(2.3, 12.6), (18.3, 24.9), (34.4, 39.3)]  # by the table of its segments
    names = ("jfk_inaugural_11s.flac", "sense_and_sensibility_0870.wav", "sense_and_sensibility_0890.wav")
    one, two, three = (text_of(data, name).capitalize() + "." for name in names)
    never = "He bought a boat and sailed away from it all. Nobody ever saw him again in that town."

    told = transcript_of_script(f"{one}\n{two}\n\n{never}\n\n{three}", sound, speech, sphinx, language="eng_Latn")

    assert told.text == f"{one} {two} {three}"
    starts = {word.text: word.start_s for word in told.words}
    assert starts["And"] == pytest.approx(18.0 + 0.2, abs=0.3)
    assert starts["Unless"] == pytest.approx(34.1 + 0.3, abs=0.3)
    assert told.dropped == ((never, "not found in the sound"),)


SINTEL = ((12.18, "What brings you to the land of the gatekeepers?"), (18.64, "I'm searching for someone."),
          (36.99, "A dangerous quest for a lone hunter."),
          (41.59, "I've been alone for as long as I can remember."))  # fmt: skip
"""Published with the test data, to 0.2 s."""


@pytest.fixture(scope="module")
def trailer(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    """Its mix and the middle of it."""
    from ops.speech.centre import centre_sound
    from ops.speech.sound import speech_sound

    folder = tmp_path_factory.mktemp("trailer")
    film = data / "video" / "sintel_trailer_720p.mp4"
    middle = centre_sound(film, folder)
    assert middle is not None
    return speech_sound(film, folder).samples, middle.samples


class Deaf:
    """The embedded aligner where nothing at all is understood: every sentence has to be sought."""

    name = "deaf"

    def __init__(self, inner: Sphinx) -> None:
        self._inner = inner

    def align(self, window: Window, words: Sequence[str], *, language: str) -> list[Word] | None:
        return self._inner.align(window, words, language=language)


SPEECH = ((12.1, 14.5), (18.6, 20.0), (20.6, 21.0), (22.5, 22.8), (37.2, 38.9), (41.8, 43.8))
"""As the detector finds it: two of them are music."""


def test_lines_in_a_films_music_are_found_though_none_is_understood(
    trailer: tuple[np.ndarray, np.ndarray], sphinx: Sphinx
):
    mix, middle = trailer
    cut = "She never told him the truth about her father."
    lines = [line for _, line in SINTEL]
    script = "\n".join([*lines[:2], cut, *lines[2:]])

    told = transcript_of_script(script, mix, SPEECH, Deaf(sphinx), language="eng_Latn", dialogue=middle)

    assert told.text == " ".join(lines)
    firsts = [told.words[at].start_s for at in (0, 9, 13, 20)]
    assert firsts == pytest.approx([at for at, _ in SINTEL], abs=0.3)
    assert told.dropped == ((cut, "not found in the sound"),)


def test_a_script_in_another_order_keeps_the_films_and_tells_the_rest(
    trailer: tuple[np.ndarray, np.ndarray], sphinx: Sphinx
):
    mix, middle = trailer
    script = "\n".join(line for _, line in (*SINTEL[2:], *SINTEL[:2]))

    told = transcript_of_script(script, mix, SPEECH, Deaf(sphinx), language="eng_Latn", dialogue=middle)

    starts = [word.start_s for word in told.words]
    assert starts == sorted(starts)
    assert told.words
    left = " ".join(line for line, _ in told.dropped)
    assert len(told.words) + len(left.split()) == 30
    true = {line.split()[0]: at for at, line in SINTEL}
    assert all(word.start_s == pytest.approx(true[word.text], abs=0.3) for word in told.words if word.text in true)


class Hour:
    """An engine that knows what is said when; it mishears each third word, and a tenth of all windows wholly."""

    name = "known"

    def __init__(self, said: Sequence[Word]) -> None:
        self._said = said
        self._starts = [word.start_s for word in said]

    def _within(self, window: Window) -> list[Word]:
        low, high = np.searchsorted(self._starts, [window.start_s, window.end_s])
        return [word for word in self._said[low:high] if word.end_s <= window.end_s + 0.01]

    def hear(self, windows: Sequence[Window], *, language: str) -> list[HeardWindow]:
        heard = []
        for place, window in enumerate(windows):
            words = [
                Word(word.text if at % 3 and place % 10 else "mumble", word.start_s, word.end_s)
                for at, word in enumerate(self._within(window))
            ]
            heard.append(HeardWindow(language, tuple(words)))
        return heard

    def align(self, window: Window, words: Sequence[str], *, language: str) -> list[Word] | None:
        here = self._within(window)
        for at in range(len(here) - len(words) + 1):
            if [word.text for word in here[at : at + len(words)]] == list(words):
                return here[at : at + len(words)]
        return None


def test_an_hours_script_is_placed_word_by_word_but_for_its_cut_scenes():
    draw = np.random.default_rng(5)
    vocabulary = ["".join(draw.choice(list("aeiou" if at % 2 else "bdklmnrst")) for at in range(6)) for _ in range(900)]
    said: list[Word] = []
    script: list[str] = []
    cut: list[str] = []
    spans: list[tuple[float, float]] = []
    at_s = 1.0
    while at_s < 3590.0:
        words = [*(str(word) for word in draw.choice(vocabulary, size=int(draw.integers(4, 10)))), "end."]
        if len(script) % 50 == 49:
            cut.append(" ".join(words))
            script.append(cut[-1])
            continue
        script.append(" ".join(words))
        starts = [at_s + 0.4 * at for at in range(len(words))]
        said += [
            Word(word, start, start + 0.4, 0.9, timing=Timing.ALIGNED)
            for word, start in zip(words, starts, strict=True)
        ]
        spans.append((at_s, starts[-1] + 0.4))
        at_s = spans[-1][1] + 0.6

    told = transcript_of_script(
        "\n".join(script), np.zeros(3600 * RATE, np.float32), spans, Hour(said), language="eng_Latn"
    )

    assert len(said) > 6_000
    assert [(word.text, word.start_s) for word in told.words] == [(word.text, word.start_s) for word in said]
    assert [line for line, _ in told.dropped] == cut
