"""Words are cut into cues where sentences, pauses, speakers and cuts part them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.grammar import ends_sentence
from ops.subtitles.profile import profile_named
from ops.subtitles.segment import _Weigher, pieces
from ops.subtitles.spoken import SpokenWord

LIMITS = profile_named("netflix").limits("eng_Latn")
AT_24 = LIMITS.at(Fraction(24))


def spoken(text: str, *, start: int = 24, pause: int = 1, speaker: str = "") -> list[SpokenWord]:
    """Words at 16 characters a second; "|" is half a second of silence, "||" one and a half, "@B" another speaker."""
    words, at = [], start
    for token in text.split():
        if set(token) == {"|"}:
            at += 12 if token == "|" else 36
        elif token.startswith("@"):
            speaker = token[1:]
        else:
            end = at + max(2, round(1.5 * len(token)))
            words.append(SpokenWord(token, at, end, speaker=speaker, ends=ends_sentence(token, "eng_Latn")))
            at = end + pause
    return words


def cut(words: list[SpokenWord], cuts: list[int] | None = None, limits=LIMITS) -> list[str]:
    return [
        " ".join(word.text for word in words[piece.first : piece.end])
        for piece in pieces(words, limits, limits.at(Fraction(24)), cuts or [])
    ]


def test_sentences_become_cues():
    words = spoken(
        "The dragon came at night and took my sister. | Nobody saw it leave the village. | I went after it alone."
    )

    assert cut(words) == [
        "The dragon came at night and took my sister.",
        "Nobody saw it leave the village.",
        "I went after it alone.",
    ]


def test_a_long_sentence_is_parted_at_its_clauses_and_not_when_the_lines_are_full():
    words = spoken(
        "When the snow had fallen for the third night in a row, the old man who kept the gate of the city told us that "
        "nobody would come back over the mountains, because the road was closed."
    )

    cues = cut(words)

    assert cues[0].endswith(("row,", "us"))
    assert all(cue.split()[-1] not in {"the", "of", "who", "had", "would", "was", "that"} for cue in cues)


def test_a_second_of_silence_parts_a_sentence():
    assert cut(spoken("I was told || to wait.")) == ["I was told", "to wait."]


def test_a_long_turn_of_another_speaker_is_another_cue():
    words = spoken(
        "@A Where have you been all this time, and who was with you? | @B I went to the market to see my friends."
    )

    assert [cue.split()[0] for cue in cut(words)] == ["Where", "I"]


def test_two_short_turns_share_a_cue():
    words = spoken("@A Really? @B Yes.")

    found = pieces(words, LIMITS, AT_24, [])

    assert [(piece.first, piece.end, piece.lines, piece.two_speakers) for piece in found] == [(0, 2, (0, 1), True)]


def test_three_speakers_never_share_a_cue():
    words = spoken("@A No. @B Yes. @C Maybe.")

    for piece in pieces(words, LIMITS, AT_24, []):
        assert len({word.speaker for word in words[piece.first : piece.end]}) <= 2


def test_a_cut_between_sentences_parts_them():
    text = "He left us in May. She stayed on."
    words = spoken(text, pause=2)
    at = words[5].start

    assert cut(words, [at]) == ["He left us in May.", "She stayed on."]


def test_a_cut_does_not_leave_a_cue_too_short_to_be_seen():
    words = spoken("Well, nobody told us about the gate.")

    assert len(cut(words, [words[1].start])) == 1


def test_words_of_unspaced_scripts_are_parted_where_lines_may_end():
    limits = profile_named("netflix").limits("jpn_Jpan")
    tokens = [
        "私が",
        "小さい",
        "頃",
        "、",
        "父は",
        "通りの",
        "端に",
        "住む",
        "老人が",
        "探検家だったと",
        "話して",
        "くれました",
        "。",
    ]
    words = [SpokenWord(token, 24 + 12 * at, 36 + 12 * at, spaced=False) for at, token in enumerate(tokens)]

    found = pieces(words, limits, limits.at(Fraction(24)), [])

    starts = {tokens[start] for piece in found for start in piece.lines}
    assert not starts & {"、", "。"}


_WORDS = st.lists(
    st.tuples(
        st.text(alphabet="abcdeABC'.,?!-0", min_size=1, max_size=30),
        st.integers(0, 60),
        st.integers(1, 40),
        st.sampled_from(["", "A", "B"]),
        st.booleans(),
    ),
    max_size=40,
)


@given(_WORDS, st.lists(st.integers(0, 2000), max_size=10), st.sampled_from(["netflix", "bbc", "shorts"]))
def test_every_word_is_in_one_cue_and_in_order(rows, cuts, name):
    limits = profile_named(name).limits("eng_Latn")
    words, at = [], 0
    for text, pause, lasts, speaker, spaced in rows:
        at += pause
        words.append(SpokenWord(text, at, at + lasts, spaced, speaker, ends_sentence(text, "eng_Latn")))
        at += lasts

    found = pieces(words, limits, limits.at(Fraction(24)), sorted(cuts))

    assert [piece.first for piece in found] == [0, *(piece.end for piece in found[:-1])][: len(found)]
    assert (found[-1].end if found else 0) == len(words)
    for piece in found:
        assert piece.lines[0] == piece.first and all(one < other < piece.end for one, other in pairwise(piece.lines))
        assert len(piece.lines) <= limits.lines


@pytest.mark.parametrize("words", [400, 800])
def test_the_cheapest_way_is_found_whatever_comes_far_behind(words):
    """What is cut first does not depend on what is said minutes later: the windows are bounded."""
    long = spoken("Nobody knew why he had come back to the village. | " * (words // 10))
    half = long[: len(long) // 2]

    assert pieces(long, LIMITS, AT_24, [])[:20] == pieces(half, LIMITS, AT_24, [])[:20]


def test_a_text_in_single_signs_is_weighed_by_its_phrases(monkeypatch):
    """A recogniser may give Thai a sign at a time: windows that end within a phrase are not priced."""
    weighed = 0
    weigh = _Weigher.weigh

    def counted(self, first, end, *, at_silence):
        nonlocal weighed
        weighed += 1
        return weigh(self, first, end, at_silence=at_silence)

    monkeypatch.setattr(_Weigher, "weigh", counted)
    signs = regex.findall(r"\X", "ฉันไม่รู้ว่าทำไมเขาถึงไม่มาที่นี่พรุ่งนี้เราจะไปตลาดด้วยกันไหมคุณแม่กำลังทำอาหารอยู่ในครัว" * 4)
    words = [SpokenWord(sign, 3 * at, 3 * at + 3, spaced=False) for at, sign in enumerate(signs)]
    limits = profile_named("netflix").limits("tha_Thai")

    found = pieces(words, limits, limits.at(Fraction(24)), [])

    assert len(found) > 4
    assert weighed < 10 * len(words)  # 46 a sign where all are


def test_no_words_make_no_cues():
    assert pieces([], LIMITS, AT_24, []) == []


def test_a_profile_of_one_line_gets_one_line():
    words = spoken("The dragon came at night and took my sister away from us over the mountains.")

    assert all(len(piece.lines) == 1 for piece in pieces(words, replace(LIMITS, lines=1), AT_24, []))
