"""Cues of a file that stand at the same time: by the profile's lines, none lost, and at once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.build import retimed
from ops.subtitles.cue import Cue, CueTrack, Reason
from ops.subtitles.files.frames_of_cues import cues_of
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.overlaps import apart
from ops.subtitles.profile import profile_named

RATE = Fraction(25)
ENGLISH = profile_named("netflix").limits("eng_Latn")
HEAD = """[Script Info]
[V4+ Styles]
Format: Name, Alignment
Style: Sign,8
Style: Default,2
[Events]
Format: Start, End, Style, Text
"""


def of_file(content: str, frames: int = 10_000) -> CueTrack:
    cues = cues_of(read_subtitles(content.encode()), rate=RATE, frames=frames)
    return retimed(cues, language="eng_Latn", rate=RATE, cuts=[], frames=frames, limits=ENGLISH)


def srt(*cues: str) -> str:
    return "\n\n".join(cues)


def test_two_speakers_of_two_lines_each_never_share_a_cue_of_four():
    track = of_file(
        srt(
            "00:00:01,000 --> 00:00:04,000\nI have searched for years,\nand I will go on searching.",
            "00:00:01,500 --> 00:00:04,500\nYou will find nothing here,\nbut snow and old stones.",
        )
    )

    assert [cue.lines for cue in track.cues] == [
        ("I have searched for years,", "and I will go on searching."),
        ("You will find nothing here,", "but snow and old stones."),
    ]
    assert min(cue.frames for cue in track.cues) >= 20


def test_in_an_hour_of_cues_that_each_overlap_the_next_none_goes_astray():
    cues = [Cue(12 * nth, 12 * nth + 25, (f"This is line {nth}" * (1 + nth % 7 // 6),)) for nth in range(7000)]
    double = [replace(cue, lines=(*cue.lines, "and more")) for cue in cues]

    for given_cues, lines, seconds in ((cues, 2, 1), (double, 2, 7)):
        parted = apart(given_cues, ENGLISH, RATE)
        begins = {line: cue.start for cue in parted for line in cue.lines}
        assert max(len(cue.lines) for cue in parted) == lines
        assert max(abs(begins[cue.lines[0]] - cue.start) for cue in given_cues) <= seconds * RATE


def test_a_sign_takes_the_time_that_the_dialogue_leaves_it():
    sign = "Dialogue: 0:00:01.00,0:00:08.00,Sign,ISHTAR INN\n"
    said = "Dialogue: 0:00:01.00,0:00:03.00,Default,Here we are.\\NAt last.\n"

    track = of_file(HEAD + sign + said)

    assert [(cue.text, cue.at_top) for cue in track.cues] == [("Here we are.\nAt last.", False), ("ISHTAR INN", True)]
    assert track.cues[0].start == 25 and track.cues[1].end == 200
    assert track.cues[1].changes[0].reason is Reason.OVERLAP


def test_a_sign_without_time_of_its_own_stands_above_the_dialogue_or_shares_its_time():
    sign = "Dialogue: 0:00:01.00,0:00:03.00,Sign,ISHTAR INN\n"

    above = of_file(f"{HEAD}{sign}Dialogue: 0:00:01.00,0:00:03.00,Default,Here we are.\n")
    before = of_file(f"{HEAD}{sign}Dialogue: 0:00:01.00,0:00:03.00,Default,Here we are.\\NAt last.\n")

    assert [(cue.text, cue.at_top) for cue in above.cues] == [("ISHTAR INN\nHere we are.", False)]
    assert [(cue.text, cue.at_top) for cue in before.cues] == [
        ("ISHTAR INN", True), ("Here we are.\nAt last.", False)
    ]  # fmt: skip


def test_a_line_at_the_top_that_begins_while_another_speaks_ends_that_one():
    later = "Dialogue: 0:00:03.00,0:00:04.50,Sign,Don't listen to him!\n"

    track = of_file(f"{HEAD}Dialogue: 0:00:01.00,0:00:04.00,Default,Come with me.\n{later}")

    assert [(cue.text, cue.start) for cue in track.cues] == [("Come with me.", 25), ("Don't listen to him!", 75)]


def test_a_file_of_thousands_of_cues_at_one_time_keeps_each_and_never_stalls():
    many = 20_000  # each merged with each took a minute and a half
    places = ("", "{\\an8}")
    file = srt(*(f"00:00:01,000 --> 00:00:03,000\n{places[nth % 2]}line {nth}" for nth in range(many)))

    track = of_file(file, frames=10**6)

    assert sorted(line for cue in track.cues for line in cue.lines) == sorted(f"line {nth}" for nth in range(many))
    assert max(len(cue.lines) for cue in track.cues) <= ENGLISH.lines


def test_the_same_words_thousands_of_times_at_once_are_one_cue():
    track = of_file(srt(*["00:00:01,000 --> 00:00:03,000\nAgain."] * 20_000))

    assert [(cue.start, cue.end, cue.text) for cue in track.cues] == [(25, 75, "Again.")]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 200), st.integers(1, 90), st.lists(st.text("abc", min_size=1, max_size=5), min_size=1,
            max_size=2), st.booleans(),
        ),
        max_size=10,
    )
)  # fmt: skip
def test_whatever_overlaps_every_line_stays_and_no_cue_has_more_than_two(
    drawn: list[tuple[int, int, list[str], bool]],
):
    cues = [Cue(start, start + length, tuple(lines), at_top=top) for start, length, lines, top in drawn]

    track = retimed(cues, language="eng_Latn", rate=RATE, cuts=[], frames=10_000, limits=ENGLISH)

    assert {line for cue in track.cues for line in cue.lines} == {line for cue in cues for line in cue.lines}
    assert max((len(cue.lines) for cue in track.cues), default=0) <= ENGLISH.lines
    assert not track.notes
