"""A translation spoken in the time of its source: every word once, within its sentence, and not in the pauses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.build import cues_from_words
from ops.subtitles.conform import conformance
from ops.subtitles.profile import profile_named
from ops.transcript.model import Word
from ops.translation.free import spoken_in
from ops.translation.sentences import sentences_of, written

SAID = "If you had told me before the winter came, I would have stayed there with you. Then we went home."
JAPANESE = "冬が来る前に教えてくれていたら、私はあなたと一緒にそこに残っていただろう。", "それから私たちは家に帰った。"


def said(text: str, *, letter_s: float = 0.08, pause_s: float = 0.06) -> list[Word]:
    words, now_s = [], 0.0
    for each in text.split():
        words.append(Word(each, now_s, now_s + letter_s * len(each), speaker="S1"))
        now_s += letter_s * len(each) + pause_s
    return words


def test_the_words_of_a_translation_are_spoken_while_their_sentence_is():
    words = said(SAID)
    sentences = sentences_of(words, "eng_Latn")
    texts = dict(zip([each.id for each in sentences], JAPANESE, strict=True))

    spoken, held = spoken_in("jpn_Jpan", sentences, texts, words)

    assert [each.id for each in held] == [each.id for each in sentences]
    for source, target in zip(sentences, held, strict=True):
        mine = spoken[target.first_word : target.end_word]
        assert written(mine) == texts[source.id]
        assert mine[0].start_s == pytest.approx(words[source.first_word].start_s)
        assert mine[-1].end_s == pytest.approx(words[source.end_word - 1].end_s)


def test_nothing_is_spoken_in_a_pause():
    words = [Word("One", 0, 1), Word("two", 1, 2), Word("three", 9, 10), Word("four.", 10, 11)]
    sentence = sentences_of([Word("x.", 0, 1)], "eng_Latn")[0]
    whole = type(sentence)("a-0", "One two three four.", 0, 4)

    spoken, _ = spoken_in("deu_Latn", [whole], {"a-0": "Eins zwei drei vier fünf sechs."}, words)

    assert not any(2.5 < word.start_s < 8.5 for word in spoken)


def test_japanese_cues_of_its_own_keep_its_rules_where_the_source_has_time():
    words = said(SAID, letter_s=0.2)
    sentences = sentences_of(words, "eng_Latn")
    limits = profile_named("netflix").limits("jpn_Jpan")
    spoken, held = spoken_in(
        "jpn_Jpan", sentences, dict(zip([each.id for each in sentences], JAPANESE, strict=True)), words
    )

    track = cues_from_words(
        spoken, language="jpn_Jpan", rate=Fraction(24), cuts=[], frames=24 * 60, limits=limits, sentences=held
    )

    assert "".join(line for cue in track.cues for line in cue.lines) == "".join(JAPANESE)
    assert conformance(track, limits, cuts=[]).share == 1.0


@given(
    st.lists(st.tuples(st.text("ab,", min_size=1, max_size=6), st.floats(0, 1), st.floats(0, 1.5)), min_size=1),
    st.text("xy z,雨が", max_size=60),
    st.sampled_from(["deu_Latn", "jpn_Jpan"]),
)
def test_times_rise_and_no_word_is_lost(drawn, text, language):
    words, now_s = [], 0.0
    for each, length_s, pause_s in drawn:
        words.append(Word(each, now_s, now_s + length_s))
        now_s += length_s + pause_s
    sentences = sentences_of(words, "eng_Latn")

    spoken, held = spoken_in(language, sentences, {each.id: text for each in sentences}, words)

    times = [time_s for word in spoken for time_s in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert "".join(word.text for word in spoken) == "".join(text.split()) * len(sentences)
    assert [each.first_word for each in held[1:]] == [each.end_word for each in held[:-1]]
