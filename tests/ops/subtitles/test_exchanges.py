"""Two who speak at once get a line each of one cue, and every cue holds words in a row."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.build import cues_from_words
from ops.subtitles.cue import CueTrack
from ops.subtitles.exchanges import exchanges
from ops.subtitles.profile import profile_named
from ops.transcript.model import Word
from ops.translation.sentences import sentences_of

LIMITS = profile_named("netflix").limits("eng_Latn")


def said(text: str, start_s: float, speaker: str, *, step_s: float = 0.35) -> list[Word]:
    return [
        Word(each, start_s + at * step_s, start_s + at * step_s + 0.3, speaker=speaker)
        for at, each in enumerate(text.split())
    ]


def heard(*turns: list[Word]) -> list[Word]:
    return sorted((word for turn in turns for word in turn), key=lambda word: word.start_s)


def cues(words: list[Word]) -> CueTrack:
    sentences = sentences_of(words, "eng_Latn")
    return cues_from_words(
        words, language="eng_Latn", rate=Fraction(24), cuts=[], frames=2400, limits=LIMITS, sentences=sentences
    )


def test_two_who_speak_at_once_share_a_cue_with_a_line_each():
    words = heard(said("I never said that to you.", 1.0, "A"), said("Yes you did, last night.", 1.2, "B"))

    track = cues(words)

    assert [cue.lines for cue in track.cues] == [("-I never said that to you.", "-Yes you did, last night.")]
    assert track.cues[0].speakers == ("A", "B")
    assert track.cues[0].words == (0, len(words))


def test_who_is_interrupted_ends_the_line_and_the_other_follows():
    words = heard(said("I never said that to you.", 1.0, "A"), said("Yes you did, last night.", 1.9, "B"))

    track = cues(words)

    assert track.cues[-1].lines[1] == "-Yes you did, last night."
    assert " ".join(cue.lines[0].removeprefix("-") for cue in track.cues) == "I never said that to you."


def test_a_long_quarrel_has_few_cues_of_two_lines():
    one = "I never said that to you and you know that I would not do so because we are friends."
    other = "Yes you did, last night, in front of everybody who was there, and they all heard it."
    words = heard(said(one, 1.0, "A"), said(other, 1.2, "B"))

    track = cues(words)

    assert len(track.cues) <= 4
    for speaker, text in (("A", one), ("B", other)):
        lines = [
            line.removeprefix("-")
            for cue in track.cues
            for line, who in zip(
                cue.lines, cue.speakers * (1 if len(cue.speakers) > 1 else len(cue.lines)), strict=True
            )
            if who == speaker
        ]
        assert " ".join(lines) == text


def test_turns_that_follow_one_another_stay_in_their_order():
    words = heard(said("No.", 1.0, "A"), said("Yes.", 1.35, "B"), said("No.", 1.7, "A"), said("Yes!", 2.05, "B"))

    assert exchanges(words, LIMITS) == []


def test_a_word_of_another_between_two_that_do_not_overlap_moves_nowhere():
    words = heard(said("I went", 1.0, "A"), said("to", 1.7, "B"), said("the market", 2.05, "A"))

    assert exchanges(words, LIMITS) == []


def test_words_whose_speaker_is_not_known_are_nobodys_turn():
    assert exchanges(heard(said("one two three", 1.0, ""), said("four five six", 1.1, "B")), LIMITS) == []


def test_three_who_speak_at_once_have_a_line_each_that_can_be_read():
    words = heard(
        said("I never said that to you.", 1.0, "A"),
        said("Yes you did, last night.", 1.15, "B"),
        said("Stop it, both of you!", 1.3, "C"),
    )

    track = cues(words)

    lines = [line.removeprefix("-") for cue in track.cues for line in cue.lines]
    assert lines == ["I never said that to you.", "Yes you did, last night.", "Stop it, both of you!"]
    assert all(cue.frames >= 20 for cue in track.cues)
    assert len(track.cues) <= 3


def test_what_three_shout_in_a_moment_is_there_long_enough_to_be_noticed():
    words = heard(said("No!", 1.0, "A"), said("What?", 1.1, "B"), said("Run!", 1.2, "C"), said("Well then.", 6.0, "A"))

    track = cues(words)

    assert [cue.lines for cue in track.cues] == [("-No!", "-What?"), ("Run!",), ("Well then.",)]
    assert all(cue.frames >= 20 for cue in track.cues)


def test_an_uproar_is_capped_by_the_longest_duration_and_no_word_is_a_cue():
    long = " ".join(f"word{place}" for place in range(40))
    words = heard(said(long, 1.0, "A"), said(long, 1.1, "B"), said(long, 1.2, "C"), said(long, 1.3, "D"))

    found = exchanges(words, LIMITS)
    track = cues(words)

    assert all(words[each.end - 1].end_s - words[each.first].start_s <= 7 for each in found)
    assert sum(cue.words is not None for cue in track.cues) < len(words) / 3
    assert sum(len(cue.text.replace("-", " ").split()) for cue in track.cues) == len(words)


def test_where_two_may_share_no_cue_those_who_speak_at_once_follow_one_another():
    words = heard(said("I never said that to you.", 1.0, "A"), said("Yes you did, last night.", 1.2, "B"))
    bbc = profile_named("bbc").limits("eng_Latn")

    track = cues_from_words(words, language="eng_Latn", rate=Fraction(25), cuts=[], frames=2400, limits=bbc)

    assert [cue.lines for cue in track.cues] == [("I never said that to you.",), ("Yes you did, last night.",)]
    assert [cue.speakers for cue in track.cues] == [("A",), ("B",)]


def test_two_turns_share_no_cue_where_nothing_tells_them_apart():
    words = heard(said("Really?", 1.0, "A"), said("Yes.", 1.5, "B"))
    bbc = profile_named("bbc").limits("eng_Latn")

    track = cues_from_words(words, language="eng_Latn", rate=Fraction(25), cuts=[], frames=2400, limits=bbc)

    assert [cue.lines for cue in track.cues] == [("Really?",), ("Yes.",)]


_TURNS = st.lists(
    st.tuples(
        st.lists(st.text("abcd.", min_size=1, max_size=9), min_size=1, max_size=12),
        st.floats(0, 12),
        st.sampled_from(["A", "B", "C", ""]),
        st.floats(0.05, 1.5),
    ),
    max_size=6,
)


@given(_TURNS, st.sampled_from(["netflix", "shorts", "bbc"]))
def test_every_word_is_in_one_cue_and_each_cue_holds_words_in_a_row(turns, profile):
    words = heard(*(said(" ".join(texts), start_s, who, step_s=step_s) for texts, start_s, who, step_s in turns))

    limits = profile_named(profile).limits("eng_Latn")

    track = cues_from_words(words, language="eng_Latn", rate=Fraction(24), cuts=[], frames=24 * 600, limits=limits)

    spans = [cue.words for cue in track.cues if cue.words is not None]
    readable = [place for place, word in enumerate(words) if word.text.strip(".")]
    if not any(each.shared for each in exchanges([words[place] for place in readable], limits)):
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert all(any(first <= place < end for first, end in spans) for place in readable)
