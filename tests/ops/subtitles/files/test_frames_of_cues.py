"""Read cues on a film's frames: in order, apart, and none of their words lost."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.cue import CueTrack, Emphasis, Reason
from ops.subtitles.files.frames_of_cues import cues_of, late_cues
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.subtitle_file import Format, ReadCue, SubtitleFile
from ops.subtitles.files.vtt import write_vtt
from ops.transcript.from_cues import transcript_of_cues
from tests.ops.subtitles.files.tracks import tracks

RATE = Fraction(25)


def read(*cues: tuple[float, float, str]) -> SubtitleFile:
    return SubtitleFile(Format.SRT, tuple(ReadCue(Fraction(start), Fraction(end), text) for start, end, text in cues))


def placed(*cues: tuple[float, float, str], frames: int = 10_000) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in cues_of(read(*cues), rate=RATE, frames=frames)]


def test_times_go_to_the_nearest_frame_and_no_cue_is_empty():
    assert placed((0.019, 1.0, "a"), (1.021, 1.03, "b")) == [(0, 25, "a"), (26, 27, "b")]


def test_cues_that_overlap_stay_as_they_are_for_the_profile_to_part(data: Path):
    file = read_subtitles(data / "subtitles" / "pysubs2" / "ttml_example.ttml")

    cues = cues_of(file, rate=RATE, frames=10_000)

    assert len(cues) == len(file.cues) == 11
    assert placed((4, 6, "Second."), (1, 5, "First.")) == [(25, 125, "First."), (100, 150, "Second.")]


def test_labels_in_capitals_become_speakers_and_markup_moves_along():
    file = read(
        (0, 2, "- ANNA: <i>Where</i> to?\n- <b>Home.</b>\nBEN 2:\nNow: go."), (3, 4, "Listen: I know."),
        (5, 6, "ANNA: How?"), (7, 8, "BEN 2: So."),
    )  # fmt: skip

    first, second, *_ = cues_of(file, rate=RATE, frames=10_000)

    assert first.lines == ("- Where to?", "- Home.", "Now: go.")
    assert first.speakers == ("ANNA", "ANNA", "BEN 2")
    assert first.emphasis == (Emphasis(0, 2, 7, "i"), Emphasis(1, 2, 7, "b"))
    assert second.lines == ("Listen: I know.",) and second.speakers == ()


def test_a_label_inside_of_markup_is_found():
    cue, _ = cues_of(read((0, 2, "<i>ZOË: Far away.</i>"), (3, 4, "ZOË: Away.")), rate=RATE, frames=10_000)

    assert (cue.lines, cue.speakers, cue.emphasis) == (("Far away.",), ("ZOË",), (Emphasis(0, 0, 9, "i"),))


def test_words_before_a_colon_that_come_once_are_words():
    said = [
        "CHAPTER 1: THE BEGINNING",
        "LONDON: 1984",
        "WARNING: DO NOT ENTER",
        "REMEMBER: NEVER GIVE UP.",
        "And so on.",
    ]
    file = read(*((start, start + 1, text) for start, text in enumerate(said)))

    assert [cue.text for cue in cues_of(file, rate=RATE, frames=10_000)] == said


def test_in_a_file_of_capitals_nothing_is_a_name():
    said = ["NOTE: NO ENTRY.", "NOTE: NO EXIT.", "WHO IS THERE?"]

    assert [text for *_, text in placed(*((start, start + 1, text) for start, text in enumerate(said)))] == said


def test_cues_and_transcript_agree_on_who_speaks_and_what():
    said = ["(sighs) ANNA (V.O.): I wait.", "Ben: You do?", "- BEN: I do.\n- ANNA: So?", "LONDON: 1984", "Ben: Yes.",
            ">> BEN: No.", "Note: this."]  # fmt: skip
    file = read(*((start, start + 1, text) for start, text in enumerate(said)))

    cues = cues_of(file, rate=RATE, frames=10_000)
    told = transcript_of_cues(
        [(float(each.start_s), float(each.end_s), each.text) for each in file.cues], language="eng_Latn", source="here"
    )

    assert told.text == "I wait. You do? I do. So? LONDON: 1984 Yes. No. Note: this."
    assert [cue.text for cue in cues] == ["(sighs) I wait.", "You do?", "- I do.\n- So?", "LONDON: 1984", "Yes.",
                                          ">> No.", "Note: this."]  # fmt: skip
    assert [speaker for cue in cues for speaker in cue.speakers] == ["ANNA", "Ben", "BEN", "ANNA", "Ben", "BEN"]
    assert dict.fromkeys(word.speaker for word in told.words if word.speaker) == dict.fromkeys(["ANNA", "Ben", "BEN"])


def test_cues_beyond_the_film_are_cut_or_told():
    file = read((1, 9, "Cut."), (12, 13, "Late."))

    [cue] = cues_of(file, rate=RATE, frames=100)

    assert cue.end == 100 and cue.changes[0].reason is Reason.FILM_END
    assert [each.text for each in late_cues(file, rate=RATE, frames=100)] == ["Late."]


def test_a_track_that_was_written_and_read_is_the_same_track():
    @given(tracks(rates=[Fraction(24), Fraction(24000, 1001), Fraction(60000, 1001)]))
    def same(track: CueTrack) -> None:
        cues = cues_of(read_subtitles(write_vtt(track).encode(), as_written=True), rate=track.rate, frames=10**9)
        assert [(cue.start, cue.end) for cue in cues] == [(cue.start, cue.end) for cue in track.cues]
        assert [cue.at_top for cue in cues] == [cue.at_top for cue in track.cues]

    same()


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(1, 120), st.text("abcdefgh", min_size=1, max_size=6)), max_size=12
    )
)
def test_whatever_overlaps_every_word_is_kept_in_order(drawn: list[tuple[int, int, str]]):
    file = read(*((start / 10, (start + length) / 10, text) for start, length, text in drawn))

    cues = cues_of(file, rate=RATE, frames=10_000)

    assert [cue.start for cue in cues] == sorted(cue.start for cue in cues)
    assert sorted(cue.text for cue in cues) == sorted(text for *_, text in drawn)
