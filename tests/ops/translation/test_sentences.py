"""Sentences are whole, each word is in one, and their ids stay while their words do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.transcript.model import Word
from ops.translation.sentences import sentences_of, written


def words_of(text: str, *, pause_after: dict[int, float] | None = None, speakers: Sequence[str] = ()) -> list[Word]:
    """Words of 0.3 s with 0.05 s between them, or what `pause_after` says of a word's place."""
    words, now_s = [], 0.0
    for place, each in enumerate(text.split()):
        speaker = speakers[place] if speakers else ""
        words.append(Word(each, now_s, now_s + 0.3, speaker=speaker))
        now_s += 0.3 + (pause_after or {}).get(place, 0.05)
    return words


def texts(text: str, language: str = "eng_Latn", **options) -> list[str]:
    return [each.text for each in sentences_of(words_of(text, **options), language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("eng_Latn", ["Hi George.", "Roy, got to talk to you."]),
        ("eng_Latn", ["Mr. Smith met Dr. J. R. Jones at 3.5 miles.", "Did he?", "Yes!"]),
        ("eng_Latn", ["It was I.", "She went to the U.S. Army at 6 a.m. sharp.", "He stayed in the U.S.", "She left."]),
        ("eng_Latn", ['"Stop!" he said.', "No.", "No. 5 is alive…", "Well... maybe not."]),
        ("eng_Latn", ["(He laughs.)", "“Go.”", "What?!", "♪ La la. ♪"]),
        ("deu_Latn", ["Am 3. Oktober kam Fr. Weber, z.B. mit dem Zug usw. an.", "Um 5 Uhr."]),
        ("fra_Latn", ["M. Dupont est là.", "Vraiment ?", "« Oui. »", "Bien."]),
        ("spa_Latn", ["¿Qué dice Ud. ahora?", "¡Nada!", "El Sr. López vino."]),
        ("rus_Cyrl", ["Это было в 1945 г. в Берлине и т.д.", "Да?", "Нет."]),
        ("ell_Grek", ["Τι κάνεις;", "Είμαι καλά."]),
        ("hin_Deva", ["तुम कहाँ हो?", "मैं घर पर हूँ।", "अच्छा॥"]),
        ("urd_Arab", ["تم کہاں ہو؟", "میں گھر پر ہوں۔"]),
        ("amh_Ethi", ["ሰላም ነው።", "እንዴት ነህ፧"]),
        ("khm_Khmr", ["សួស្តី។", "អរគុណ៕"]),
        ("mya_Mymr", ["မင်္ဂလာပါ၊ ကျေးဇူး။", "ဟုတ်ကဲ့။"]),
        ("hye_Armn", ["Բարև։", "Ինչպե՞ս ես։"]),
        ("sat_Beng", ["ᱡᱚᱦᱟᱨ᱾", "ᱪᱮᱫ ᱠᱟᱱᱟ?"]),
        ("zho_Hans", ["你好。", "你在哪里？", "走吧！"]),
        ("jpn_Jpan", ["「行こう。」", "うん。"]),
    ],
)
def test_sentences_end_where_readers_of_the_language_end_them(language, expected):
    assert texts(" ".join(expected), language) == expected


def test_a_stop_after_an_abbreviation_ends_a_sentence_where_the_voice_does():
    text = "He came at six p.m. Friends waited."

    assert texts(text, pause_after={4: 0.9}) == ["He came at six p.m.", "Friends waited."]


def test_another_speaker_ends_a_sentence():
    assert texts("you know what I do not", speakers=["S1"] * 3 + ["S2"] * 3) == ["you know what", "I do not"]


def test_a_word_of_nobody_known_stays_with_those_before_it():
    assert texts("you know uh what", speakers=["S1", "S1", "", "S1"]) == ["you know uh what"]


@pytest.mark.parametrize(("pause_s", "count"), [(1.8, 1), (2.2, 2)])
def test_a_silence_of_two_seconds_ends_a_sentence_that_has_punctuation(pause_s, count):
    assert len(texts("I thought that you were gone.", pause_after={2: pause_s})) == count


def test_words_without_punctuation_are_parted_by_shorter_silences():
    text = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
    text = f"{text} {text}"

    assert len(texts(text, pause_after={20: 0.9})) == 2


def test_a_sentence_that_is_too_long_is_parted_at_clauses():
    clause = "and the wind went over the hills where nobody had lived for a hundred years"
    text = f"{', '.join([clause] * 10)}; {', '.join([clause] * 2)}."

    parts = texts(text)

    assert all(len(part) <= 400 for part in parts)
    assert all(part.endswith((",", ";", ".")) for part in parts)
    assert " ".join(parts) == text


def test_an_hour_without_a_stop_or_a_pause_is_parted_as_well():
    words = words_of("la " * 12_000, pause_after=dict.fromkeys(range(0, 12_000, 7), 0.6))

    sentences = sentences_of(words, "eng_Latn")

    assert max(len(each.text) for each in sentences) <= 400
    assert sum(each.end_word - each.first_word for each in sentences) == 12_000


def test_ids_stay_when_another_sentence_changes_and_equals_are_told_apart():
    before = sentences_of(words_of("Yes. I know. Yes. We go now."), "eng_Latn")
    after = sentences_of(words_of("Yes. I knew it. Yes. We go now."), "eng_Latn")

    assert len({each.id for each in before}) == 4
    assert [each.id for each in after[:1] + after[2:]] == [each.id for each in before[:1] + before[2:]]
    assert after[1].id != before[1].id
    assert before[0].id[:-2] == before[2].id[:-2]


def test_a_sentence_is_as_sure_as_its_least_sure_stretch():
    words = [Word("a", place, place + 0.5, confidence=0.3 if 3 <= place < 6 else 0.9) for place in range(9)]

    assert sentences_of(words, "eng_Latn")[0].confidence == pytest.approx(0.3)


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="ab. ?!。।…\"'-A1,;", min_size=1, max_size=6).filter(str.strip),
            st.floats(0, 3),
            st.sampled_from(["", "S1", "S2"]),
        ),
        max_size=60,
    ),
    st.sampled_from(["eng_Latn", "deu_Latn", "jpn_Jpan", "tha_Thai"]),
)
def test_every_word_is_in_exactly_one_sentence(drawn, language):
    words, now_s = [], 0.0
    for text, pause_s, speaker in drawn:
        words.append(Word(text, now_s, now_s + 0.2, speaker=speaker))
        now_s += 0.2 + pause_s

    sentences = sentences_of(words, language)

    assert [place for each in sentences for place in range(each.first_word, each.end_word)] == list(range(len(words)))
    assert [each.text for each in sentences] == [written(words[each.first_word : each.end_word]) for each in sentences]


def test_a_film_of_cues_becomes_sentences_that_begin_and_end_as_such(data: Path):
    cues = pysubs2.load(str(data / "subtitles" / "sintel_film_en.vtt"))
    words = []
    for cue in cues:
        said = cue.plaintext.split()
        step_s = (cue.end - cue.start) / 1000 / max(1, len(said))
        words += [
            Word(w, cue.start / 1000 + k * step_s, cue.start / 1000 + (k + 1) * step_s) for k, w in enumerate(said)
        ]

    sentences = sentences_of(words, "eng_Latn")

    ended = sum(each.text.rstrip("\"'”").endswith((".", "!", "?", "…")) for each in sentences)
    assert len(sentences) >= len(cues) / 2
    assert ended >= 0.9 * len(sentences)
