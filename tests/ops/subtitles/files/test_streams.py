"""The subtitles that a film carries."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from ops.errors import MediaError
from ops.media.ffmpeg import run_ffmpeg
from ops.subtitles.files.streams import TextStream, best_stream, read_stream, text_streams
from ops.subtitles.files.subtitle_file import Format

FILM = "sintel_360p_two_subtitles_chapters.mkv"


def carried(*streams: TextStream) -> list[TextStream]:
    return [replace(stream, index=index) for index, stream in enumerate(streams)]


def test_the_streams_of_a_film_are_listed_with_what_they_are(data: Path):
    found = text_streams(data / "video" / FILM)

    assert [(each.codec, each.language) for each in found.streams] == [("subrip", "eng"), ("subrip", "deu")]
    assert not any(each.forced or each.hearing_impaired for each in found.streams)
    assert text_streams(data / "video" / "sintel_trailer_720p.mp4").streams == ()


def test_a_stream_is_read_from_the_first_picture_on(data: Path, tmp_path: Path):
    film = data / "video" / FILM
    german = text_streams(film).streams[1]

    file = read_stream(film, german, origin_s=0, folder=tmp_path)
    later = read_stream(film, german, origin_s=Fraction(13), folder=tmp_path)

    assert file.language == "deu" and [cue.text for cue in file.cues][1] == "Ich suche jemanden."
    assert [float(cue.start_s) for cue in file.cues] == pytest.approx([12.1, 18.55, 36.9, 41.5], abs=0.05)
    assert later.cues[0].start_s == 0 and float(later.cues[1].start_s) == pytest.approx(5.55, abs=0.05)
    assert list(tmp_path.iterdir()) == []


def test_cues_before_the_first_picture_are_left_out_and_told(data: Path, tmp_path: Path):
    film = data / "video" / FILM

    file = read_stream(film, text_streams(film).streams[0], origin_s=20.0, folder=tmp_path)

    assert len(file.cues) == 2 and "2 cues" in file.notes[0]


def test_ass_in_a_film_keeps_its_speakers_and_flags_are_read(data: Path, tmp_path: Path):
    film, signs = tmp_path / "film.mkv", data / "subtitles" / "exoplayer" / "style_bold_italic.ass"
    source = data / "video" / FILM
    run_ffmpeg(
        ["-i", source, "-i", signs, "-map", "0:v", "-map", "1:0", "-map", "0:s:0", "-c", "copy", "-t", "12",
         "-c:s:0", "ass", "-disposition:s:0", "forced", "-disposition:s:1", "hearing_impaired",
         "-metadata:s:s:0", "title=Signs", film],
        timeout_s=60,
    )  # fmt: skip

    found = text_streams(film)

    assert [(each.codec, each.forced, each.hearing_impaired) for each in found.streams] == [
        ("ass", True, False),
        ("subrip", False, True),
    ]
    assert found.streams[0].title == "Signs"
    file = read_stream(film, found.streams[0], origin_s=0, folder=tmp_path)
    assert file.format is Format.ASS
    assert file.cues[1].text == "<i>Second line with Italic.</i>"


def test_webvtt_in_a_film_keeps_its_voices_and_places(tmp_path: Path):
    film, words = tmp_path / "film.mkv", tmp_path / "words.vtt"
    words.write_text("WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Tom &amp; <i>I</i></v>\n", encoding="utf-8")
    black = ["-f", "lavfi", "-i", "color=c=black:s=64x64:d=3"]
    run_ffmpeg([*black, "-i", words, "-map", "0:v", "-map", "1:s", "-c:s", "copy", film], timeout_s=60)

    [stream] = text_streams(film).streams
    file = read_stream(film, stream, origin_s=0, folder=tmp_path)

    assert (stream.codec, file.format) == ("webvtt", Format.VTT)
    [cue] = file.cues
    assert (cue.text, cue.speakers, cue.at_top) == ("Tom & <i>I</i>", ("Ann",), True)
    assert (cue.start_s, cue.end_s) == (1, 2)


@pytest.mark.parametrize(("codec", "container"), [("mov_text", "mp4"), ("webvtt", "webm"), ("ass", "mkv")])
def test_the_same_words_are_read_from_every_container(data: Path, tmp_path: Path, codec: str, container: str):
    source, film = data / "video" / FILM, tmp_path / f"film.{container}"
    pictures = ["-map", "0:v", "-c:v", "copy"] if container != "webm" else ["-map", "0:a", "-c:a", "copy"]
    run_ffmpeg(["-i", source, *pictures, "-map", "0:s", "-c:s", codec, film], timeout_s=60)

    stream = text_streams(film).streams[1]
    file = read_stream(film, stream, origin_s=0, folder=tmp_path)

    assert (stream.codec, stream.language) == (codec, "deu")
    assert file.cues[0].text == "Was führt dich in das Land\nder Torwächter?"
    assert [float(cue.start_s) for cue in file.cues] == [12.1, 18.55, 36.9, 41.5]


def test_a_stream_of_pictures_is_told_and_not_read(data: Path, tmp_path: Path):
    film = tmp_path / "film.mkv"
    words = data / "subtitles" / "sintel_trailer_en.srt"
    picture = ["-f", "lavfi", "-i", "color=c=black:s=64x64:d=1"]
    run_ffmpeg([*picture, "-i", words, "-map", "0:v", "-map", "1:s", "-c:s", "subrip", film], timeout_s=60)
    pictures = tmp_path / "pictures.mkv"
    pictures.write_bytes(film.read_bytes().replace(b"S_TEXT/UTF8", b"S_HDMV/PGS\0"))

    found = text_streams(pictures)

    assert found.streams == () and "is not text" in found.notes[0]


def test_the_stream_that_tells_what_is_said_is_chosen():
    english = TextStream(0, "subrip", "eng")
    german = replace(english, language="deu")
    forced = replace(english, forced=True, default=True)
    sdh = replace(english, hearing_impaired=True, default=True)
    commentary = replace(english, aside=True)

    def chosen(*streams: TextStream, spoken: str = "eng") -> int | None:
        best = best_stream(carried(*streams), spoken=spoken)
        return None if best is None else best.index

    assert chosen(forced, german, english) == 2
    assert chosen(sdh, english) == 1
    assert chosen(german, sdh) == 1
    assert chosen(commentary, german) == 1
    assert chosen(german, replace(english, default=True), spoken="") == 1
    assert chosen(german, english, spoken="") == 0
    assert chosen(forced) is None and chosen() is None


def test_a_file_that_is_no_film_is_an_error(data: Path):
    with pytest.raises(MediaError):
        text_streams(data / "broken" / "text_named.mp4")
