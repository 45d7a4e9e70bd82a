"""What is written is read back by two programs that others made, and by our own, as the same cues."""

from __future__ import annotations

import html
import io
import re
from fractions import Fraction
from pathlib import Path

import pysrt
import pysubs2
import webvtt
from hypothesis import HealthCheck, assume, given, settings

from ops.media.ffmpeg import run_ffmpeg
from ops.subtitles.cue import CueTrack
from ops.subtitles.files.ass import write_ass
from ops.subtitles.files.lettering import clean, comparable, shown_cues
from ops.subtitles.files.markup import without_tags
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.srt import write_srt
from ops.subtitles.files.vtt import write_vtt
from tests.ops.subtitles.files.tracks import tracks

Read = list[tuple[int, int, str]]
"""Cues as a program reads them: from and to in thousandths, and the text without markup."""


def given_cues(track: CueTrack) -> list[tuple[Fraction, Fraction, str]]:
    """The track's own, exact, in thousandths."""
    cues = [track.cues[index] for index in shown_cues(track)]
    texts = [comparable(line for line in map(clean, cue.lines) if line.strip()) for cue in cues]
    return [(1000 * track.start_s(cue), 1000 * track.end_s(cue), text) for cue, text in zip(cues, texts, strict=True)]


def assert_same(track: CueTrack, read: Read, *, unit: int) -> None:
    wanted = given_cues(track)
    assert [text for *_, text in read] == [text for *_, text in wanted]
    for (start, end, _), (read_start, read_end, _) in zip(wanted, read, strict=True):
        assert 0 <= start - read_start < unit and 0 <= end - read_end < 2 * unit


def by_pysrt(text: str) -> Read:
    items = pysrt.from_string(text)
    return [(each.start.ordinal, each.end.ordinal, plain(each.text)) for each in items]


def by_pysubs2(text: str, kind: str) -> Read:
    keep = {"keep_html_tags": True, "keep_unknown_html_tags": True} if kind == "srt" else {}
    events = pysubs2.SSAFile.from_string(text, format_=kind, **keep).events
    return [
        (
            each.start,
            each.end,
            comparable(each.plaintext.split("\n")) if kind == "ass" else plain(each.text.replace("\\N", "\n")),
        )
        for each in events
    ]


def by_webvtt_py(text: str) -> Read:
    captions = webvtt.from_buffer(io.StringIO(text)).captions
    texts = [comparable(html.unescape(each.text).split("\n")) for each in captions]
    times = [(thousandths(each.start_time), thousandths(each.end_time)) for each in captions]
    return [(start, end, text) for (start, end), text in zip(times, texts, strict=True)]


def by_us(text: str) -> Read:
    file = read_subtitles(text.encode(), as_written=True)
    return [(int(each.start_s * 1000), int(each.end_s * 1000), plain(each.text)) for each in file.cues]


def by_ffmpeg(text: str, folder: Path) -> Read:
    source, target = folder / "in.ass", folder / "out.srt"
    source.write_text(text, encoding="utf-8")
    run_ffmpeg(["-i", source, "-f", "srt", target], timeout_s=60)
    styled = target.read_text(encoding="utf-8")  # with the style's size and place
    return by_pysrt(re.sub(r"</?font[^>]*>|\{\\an8\}", "", styled))


def thousandths(time: object) -> int:
    hours, minutes, seconds = (getattr(time, unit) for unit in ("hours", "minutes", "seconds"))
    return (hours * 3600 + minutes * 60 + seconds) * 1000 + getattr(time, "milliseconds")  # noqa: B009


def plain(text: str) -> str:
    return comparable(without_tags(text.strip()).split("\n"))


@given(tracks())
def test_srt_is_read_back_by_pysrt_and_pysubs2_as_it_was(track: CueTrack):
    text = write_srt(track)

    assert_same(track, by_pysrt(text), unit=1)
    assert_same(track, by_pysubs2(text, "srt"), unit=1)


@given(tracks())
def test_vtt_is_read_back_by_webvtt_py_and_by_us_as_it_was(track: CueTrack):
    text = write_vtt(track)

    assert_same(track, by_webvtt_py(text), unit=1)
    assert_same(track, by_us(text), unit=1)


@given(tracks())
def test_ass_is_read_back_by_pysubs2_and_by_us_as_it_was(track: CueTrack):
    text = write_ass(track, size=(1920, 1080))

    assert_same(track, by_pysubs2(text, "ass"), unit=10)
    assert_same(track, by_us(text), unit=10)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tracks())
def test_ass_is_read_back_by_ffmpeg_as_it_was(tmp_path: Path, track: CueTrack):
    assume("<" not in "".join(cue.text for cue in track.cues))  # which FFmpeg does not escape in SubRip
    text = write_ass(track, size=(1280, 720))

    assert_same(track, by_ffmpeg(text, tmp_path), unit=10)
