"""The embedded recogniser, on recordings whose words are known."""

from __future__ import annotations

import csv
from pathlib import Path

import librosa
import numpy as np
import pytest

from ops.errors import UsageError
from ops.transcript.model import Timing
from ops.transcript.recognition import Window
from ops.transcript.score import error_rate
from resources.models.sphinx import Sphinx

RATE = 16_000


@pytest.fixture(scope="module")
def sphinx() -> Sphinx:
    return Sphinx()


def sound_of(data: Path, name: str) -> np.ndarray:
    return librosa.load(data / "audio" / name, sr=RATE, mono=True)[0]


def text_of(data: Path, name: str) -> str:
    with (data / "audio" / "transcripts.csv").open(encoding="utf-8") as file:
        return next(row["transcript"] for row in csv.DictReader(file) if row["file"] == name)


def test_read_english_is_heard_with_the_films_times(data: Path, sphinx: Sphinx):
    (heard,) = sphinx.hear([Window(100.0, sound_of(data, "cards_001.wav"))], language="eng_Latn")

    assert [word.text for word in heard.words] == ["ten", "of", "clubs"]  # published with the recording
    assert 100.0 <= heard.words[0].start_s < heard.words[-1].end_s <= 101.11
    assert all(one.end_s <= other.start_s + 1e-9 for one, other in zip(heard.words, heard.words[1:], strict=False))
    assert heard.log_prob is not None
    assert heard.log_prob < 0


def test_a_third_of_a_novels_words_are_wrong_at_most_and_it_says_so(data: Path, sphinx: Sphinx):
    name = "librispeech_198-209-0000.ogg"

    (heard,) = sphinx.hear([Window(0.0, sound_of(data, name))], language="eng_Latn")

    text = " ".join(word.text for word in heard.words)
    assert error_rate(text_of(data, name), text, "eng_Latn").rate < 0.4
    assert sphinx.draft
    assert 0.5 < np.mean([word.confidence for word in heard.words]) < 0.8


def test_it_is_less_sure_of_what_it_hears_in_rain(data: Path, sphinx: Sphinx):
    clean, rainy = sphinx.hear(
        [
            Window(0.0, sound_of(data, "sense_and_sensibility_0890.wav")),
            Window(0.0, sound_of(data, "jfk_rain_snr0db.wav")[: 4 * RATE]),
        ],
        language="eng_Latn",
    )

    assert np.mean([word.confidence for word in clean.words]) > np.mean([word.confidence for word in rainy.words]) + 0.1


def test_a_window_is_heard_the_same_after_whatever_came_before_it(data: Path, sphinx: Sphinx):
    card, loud = (Window(0.0, sound_of(data, name)) for name in ("cards_003.wav", "jfk_clipped.wav"))
    loud = Window(0.0, loud.sound[: 3 * RATE])

    first, _, again = sphinx.hear([card, loud, card], language="eng_Latn")

    assert first == again == Sphinx().hear([card], language="eng_Latn")[0]


@pytest.mark.parametrize(
    "sound", [np.zeros(0), np.zeros(10), np.zeros(RATE), np.full(RATE, np.nan), np.full(RATE, 9.0)]
)
def test_no_sound_is_so_strange_that_it_fails(sphinx: Sphinx, sound: np.ndarray):
    (heard,) = sphinx.hear([Window(0.0, sound.astype(np.float32))], language="eng_Latn")

    assert all(0 <= word.start_s <= word.end_s <= 1.0 for word in heard.words)


def test_another_language_is_refused_with_what_to_set(sphinx: Sphinx):
    with pytest.raises(UsageError, match=r"English only, not French.*SHOWRUNNER_RECOGNISER_ENGINE"):
        sphinx.hear([], language="fra_Latn")
    assert sphinx.language_of([]) is None


def test_a_known_text_is_found_where_it_is_said(data: Path, sphinx: Sphinx):
    sound = sound_of(data, "jfk_inaugural_11s.flac")
    words = text_of(data, "jfk_inaugural_11s.flac").split()

    found = sphinx.align(Window(5.0, sound), words, language="eng_Latn")

    assert found is not None
    assert [word.text for word in found] == words
    # word times of the recording as several engines give them (huggingface/candle, pull request 2728)
    published = {0: 0.3, 3: 1.2, 5: 3.3, 7: 4.3, 8: 5.4, 15: 8.2}
    off = [abs(found[place].start_s - 5.0 - at) for place, at in published.items()]
    assert np.median(off) < 0.25, [(found[place].text, found[place].start_s - 5.0) for place in published]


def test_a_text_that_is_not_said_is_not_found(data: Path, sphinx: Sphinx):
    window = Window(0.0, sound_of(data, "sense_and_sensibility_0870.wav"))

    assert sphinx.align(window, text_of(data, "sense_and_sensibility_0890.wav").split(), language="eng_Latn") is None
    assert sphinx.align(window, ["word"] * 500, language="eng_Latn") is None
    assert sphinx.align(window, ["—", "…"], language="eng_Latn") is None


def test_a_word_that_no_dictionary_has_is_found_by_its_letters(data: Path, sphinx: Sphinx):
    window = Window(0.0, sound_of(data, "sense_and_sensibility_0890.wav"))
    words = text_of(data, "sense_and_sensibility_0890.wav").split()
    true = sphinx.align(window, words, language="eng_Latn")
    unknown = ["unlesse" if word == "unless" else "sellfishe" if word == "selfish" else word for word in words]

    found = sphinx.align(window, unknown, language="eng_Latn")

    assert true is not None
    assert found is not None
    assert all(abs(one.start_s - other.start_s) < 0.1 for one, other in zip(true, found, strict=True))
    assert {word.timing for word in found} == {Timing.ALIGNED}


def test_what_has_no_sound_shares_the_time_between_its_neighbours(data: Path, sphinx: Sphinx):
    window = Window(0.0, sound_of(data, "cards_003.wav"))

    found = sphinx.align(window, ["Seven", "—", "of", "clubs."], language="eng_Latn")

    assert found is not None
    assert [word.timing for word in found] == [Timing.ALIGNED, Timing.SHARED, Timing.ALIGNED, Timing.ALIGNED]
    assert found[0].end_s <= found[1].start_s <= found[1].end_s <= found[2].start_s


def test_numbers_are_sought_by_their_names(data: Path, sphinx: Sphinx):
    window = Window(0.0, sound_of(data, "english_one_two_three.wav"))
    true = sphinx.align(window, ["one", "two", "three"], language="eng_Latn")

    assert true is not None
    assert [
        (word.start_s, word.end_s) for word in sphinx.align(window, ["1,", "2", "3!"], language="eng_Latn") or ()
    ] == [(word.start_s, word.end_s) for word in true]
