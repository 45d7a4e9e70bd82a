"""Captions that roll up: every line once, and what people say twice stays."""

from __future__ import annotations

from fractions import Fraction

from ops.subtitles.files.frames_of_cues import cues_of
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.subtitle_file import SubtitleFile
from ops.transcript.from_cues import transcript_of_cues

YOUTUBE = """WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.000 align:start position:0%
&nbsp;
hello<00:00:00.500><c> world</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
hello world
&nbsp;

00:00:02.010 --> 00:00:04.000 align:start position:0%
hello world
this<00:00:02.500><c> is</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
this is
&nbsp;

00:00:04.010 --> 00:00:06.000 align:start position:0%
this is
no

00:00:06.000 --> 00:00:06.010 align:start position:0%
no
&nbsp;

00:00:06.010 --> 00:00:08.000 align:start position:0%
no
no
"""


def words(file: SubtitleFile) -> str:
    cues = [(float(cue.start_s), float(cue.end_s), cue.text) for cue in file.cues]
    return transcript_of_cues(cues, language="eng_Latn", source="here").text


def srt(*cues: tuple[int, int, str]) -> bytes:
    return "\n".join(f"00:00:{start:02} --> 00:00:{end:02}\n{text}\n" for start, end, text in cues).encode()


def test_each_line_of_youtubes_captions_comes_once():
    file = read_subtitles(YOUTUBE.replace("&nbsp;", " ").encode())

    assert [(float(cue.start_s), cue.text) for cue in file.cues] == [
        (0.0, "hello world"), (2.01, "this is"), (4.01, "no"), (6.01, "no")
    ]  # fmt: skip
    assert words(file) == "hello world this is no no"
    assert [cue.text for cue in cues_of(file, rate=Fraction(25), frames=1000)] == ["hello world", "this is", "no", "no"]
    assert file.notes[-1].startswith("The captions roll up: 6 lines")


def test_states_of_a_television_screen_become_lines():
    file = read_subtitles(srt((0, 2, "ONE two"), (2, 4, "ONE two\nthree"), (4, 6, "three\nfour"), (6, 9, "four\nfive")))

    assert words(file) == "ONE two three four five"
    assert [float(cue.start_s) for cue in file.cues] == [0, 2, 4, 6]


def test_a_line_that_stands_on_alone_keeps_its_time():
    file = read_subtitles(srt((0, 2, "a"), (2, 4, "a\nb"), (4, 6, "b\nc"), (6, 9, "c")))

    assert [(cue.text, float(cue.end_s)) for cue in file.cues] == [("a", 2), ("b", 4), ("c", 9)]


def test_what_people_say_twice_stays():
    said = ["No.", "No.", "Never!\nNo.", "No.\nI said no.", "Go.", "Go.", "Now\ngo.", "Why?"]
    file = read_subtitles(srt(*((start, start + 1, text) for start, text in enumerate(said))))

    assert [cue.text for cue in file.cues] == said


def test_lines_that_were_written_so_are_checked_as_they_stand():
    file = read_subtitles(YOUTUBE.replace("&nbsp;", " ").encode(), as_written=True)

    assert len(file.cues) == 7
