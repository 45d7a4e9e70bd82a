"""Translations back in their cues: nothing lost, nothing twice, and what was said in a cue stays in it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.grammar import break_penalty
from ops.subtitles.profile import profile_named
from ops.transcript.model import Word
from ops.translation.realign import Realigned, cue_texts, in_several_cues
from ops.translation.sentences import sentences_of

RATE = Fraction(24)


class Film:
    """A source of cues of two seconds, each given as its words."""

    def __init__(self, *cues: str, speakers: tuple[str, ...] = ()) -> None:
        self.words: list[Word] = []
        spans = []
        for place, cue in enumerate(cues):
            first = len(self.words)
            for rank, text in enumerate(cue.split()):
                speaker = speakers[place] if speakers else ""
                self.words.append(Word(text, place * 2 + rank * 0.1, place * 2 + rank * 0.1 + 0.1, speaker=speaker))
            spans.append((first, len(self.words)))
        # a film of one scene: the gaps between cues are no silences
        self.words = [
            Word(word.text, place * 0.2, place * 0.2 + 0.2, speaker=word.speaker)
            for place, word in enumerate(self.words)
        ]
        self.sentences = sentences_of(self.words, "eng_Latn")
        self.track = CueTrack(
            "eng_Latn",
            RATE,
            tuple(
                Cue(
                    place * 48,
                    place * 48 + 46,
                    (cue,),
                    words=span,
                    sentences=tuple(
                        each.id for each in self.sentences if each.first_word < span[1] and each.end_word > span[0]
                    ),
                )
                for place, (cue, span) in enumerate(zip(cues, spans, strict=True))
            ),
        )

    def into(self, language: str, *texts: str, attention: list[np.ndarray | None] | None = None) -> Realigned:
        ids = [each.id for each in self.sentences]
        return cue_texts(
            self.track,
            self.sentences,
            dict(zip(ids, texts, strict=True)),
            words=self.words,
            attention=dict(zip(ids, attention or [None] * len(ids), strict=True)),
            limits=profile_named("netflix").limits(language),
        )


def attention_of(target: str, source: str, links: list[tuple[int, int]]) -> np.ndarray:
    """All of a word's attention on the words that it is linked with."""
    matrix = np.zeros((len(target.split()), len(source.split())), dtype=np.float32)
    for row, column in links:
        matrix[row, column] = 1
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def test_a_sentence_in_one_cue_goes_there_whole():
    film = Film("I know.", "We go now.")

    assert film.into("deu_Latn", "Ich weiß.", "Wir gehen jetzt.").texts == ["Ich weiß.", "Wir gehen jetzt."]


def test_two_sentences_of_one_cue_both_stand_in_it():
    film = Film("Hi George. Roy, got to", "talk to you.")

    got = film.into("deu_Latn", "Hallo, George.", "Roy, ich muss mit dir reden.")

    assert got.texts[0].startswith("Hallo, George. Roy,")
    assert " ".join(got.texts) == "Hallo, George. Roy, ich muss mit dir reden."


def test_two_speakers_in_one_cue_have_a_line_each():
    words = [Word("You?", 0, 0.4, speaker="S1"), Word("Me.", 0.5, 0.9, speaker="S2")]
    film = Film("You? Me.")
    film.words, film.sentences = words, sentences_of(words, "eng_Latn")
    film.track = CueTrack(
        "eng_Latn", RATE, (Cue(0, 48, ("You?", "Me."), words=(0, 2), sentences=tuple(s.id for s in film.sentences)),)
    )

    assert film.into("deu_Latn", "Du?", "Ich.").texts == ["Du?\nIch."]


def test_words_follow_what_they_translate_and_not_their_number():
    source = ("When the rain came over the hills", "we left.")
    target = "Wir gingen fort, als der Regen kam."
    # "we left" is the first half of the translation's words for the second cue only by order; by sense it is the verb
    late = "Als Regen kam, da gingen wir alle zusammen fort."
    links = [(0, 0), (1, 2), (2, 3), (3, 7), (4, 8), (5, 7), (6, 7), (7, 7), (8, 8)]
    film = Film(*source)

    told = film.into("deu_Latn", late, attention=[attention_of(late, " ".join(source), links)])
    untold = film.into("deu_Latn", target)

    assert told.texts == ["Als Regen kam,", "da gingen wir alle zusammen fort."]
    assert not told.by_share
    assert told.notes == ()
    assert untold.by_share == (film.sentences[0].id,)
    assert "by length" in untold.notes[0]


@given(st.data())
def test_with_any_word_order_the_split_is_the_best_of_all_splits(data):
    """By trying every one, with the costs written down again from the words of the specification."""
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=3))
    count = sum(sizes)
    said = [f"w{'x' * data.draw(st.integers(0, 6))}" for _ in range(count)]
    order = data.draw(st.permutations(range(count)))
    target = [said[place].replace("w", "t") for place in order]
    bounds = np.cumsum([0, *sizes])
    film = Film(*[" ".join(said[a:b]) for a, b in pairwise(bounds)])
    matrix = attention_of(" ".join(target), " ".join(said), list(enumerate(order)))
    limits = profile_named("netflix").limits("deu_Latn")

    def cost(ends: tuple[int, ...]) -> float:
        edges, whole, total = [0, *ends, count], len(" ".join(target)), 0.0
        for cue, (first, end) in enumerate(pairwise(edges)):
            text = " ".join(target[first:end])
            wrong = sum(len(target[k]) for k in range(first, end) if not bounds[cue] <= order[k] < bounds[cue + 1])
            share = len("".join(said[bounds[cue] : bounds[cue + 1]])) / len("".join(said))
            most = min(float(limits.cps or 0) * 46 / 24, limits.chars * limits.lines)
            total += wrong + 0.35 * abs(len(text) - share * whole) + max(0.0, len(text) - most)
        return total + sum(0.4 * break_penalty(target[end - 1], target[end], "deu_Latn") for end in ends)

    got = film.into("deu_Latn", " ".join(target), attention=[matrix]).texts

    ends = tuple(np.cumsum([len(text.split()) for text in got])[:-1])
    best = min(cost(each) for each in combinations(range(1, count), len(sizes) - 1))
    assert cost(ends) == pytest.approx(best)


@given(
    cues=st.lists(
        st.lists(st.sampled_from(["a", "bird", "sang,", "then", "stopped.", "Why?", "No."]), min_size=1, max_size=5),
        min_size=1,
        max_size=6,
    ),
    language=st.sampled_from(["deu_Latn", "jpn_Jpan", "tha_Thai", "arb_Arab", "zho_Hans"]),
    data=st.data(),
)
def test_no_word_is_lost_or_said_twice(cues, language, data):
    film = Film(*[" ".join(cue) for cue in cues])
    alphabet = {"jpn_Jpan": "私は行く、雨。ーっ A1", "zho_Hans": "我们走，雨。 A1", "tha_Thai": "เราไปกันฝนำ้ A1"}.get(
        language, "abc ,.1’ "
    )
    texts = data.draw(
        st.lists(
            st.text(alphabet=alphabet, min_size=0, max_size=40).map(lambda text: " ".join(text.split())),
            min_size=len(film.sentences),
            max_size=len(film.sentences),
        )
    )
    attention = [
        np.full((len(text.split()), len(each.text.split())), 1.0, dtype=np.float32)
        if data.draw(st.booleans())
        else None
        for text, each in zip(texts, film.sentences, strict=True)
    ]

    got = film.into(language, *texts, attention=attention)

    said = [part.text for parts in got.parts for part in parts]
    assert "".join("".join(said).split()) == "".join("".join(texts).split())
    assert len(got.texts) == len(film.track.cues)


def test_a_character_that_may_not_begin_a_line_begins_no_cue():
    film = Film("Because the weather is good today,", "let us walk to the park.")

    texts = film.into("jpn_Jpan", "今日は天気がいいので、公園まで散歩に行きましょう。").texts

    assert texts == ["今日は天気がいいので、", "公園まで散歩に行きましょう。"]


def test_a_translation_of_fewer_words_than_cues_leaves_a_cue_empty():
    film = Film("I do not", "know what", "to say.")

    texts = film.into("deu_Latn", "Sprachlos.").texts

    assert sorted(texts) == ["", "", "Sprachlos."]


@pytest.mark.parametrize(
    "matrix",
    [np.ones((2, 2)), np.full((5, 6), np.nan), np.ones(3), np.zeros((0, 0))],
    ids=["size", "nan", "flat", "no"],
)
def test_attention_that_is_not_of_these_texts_is_told_of_and_not_used(matrix):
    film = Film("One two three", "four five six.")

    got = film.into("deu_Latn", "Eins zwei drei vier fünf.", attention=[matrix])

    assert got.by_share == (film.sentences[0].id,)
    assert "".join(" ".join(got.texts).split()) == "Einszweidreivierfünf."


def test_attention_is_asked_for_sentences_in_several_cues_alone():
    film = Film("I know.", "And so we", "go now. Yes.")

    assert in_several_cues(film.track) == [film.sentences[1].id]


def test_a_cue_without_a_sentence_stays_and_a_sentence_without_a_cue_is_told_of():
    film = Film("I know.", "We go.")
    first, second = film.track.cues
    film.track = CueTrack("eng_Latn", RATE, (first, Cue(second.start, second.end, ("[DOOR]",))))

    got = film.into("deu_Latn", "Ich weiß.", "Wir gehen.")

    assert got.texts == ["Ich weiß.", ""]
    assert got.unplaced == (film.sentences[1].id,)
