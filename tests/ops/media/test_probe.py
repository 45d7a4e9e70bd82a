"""Probing: against what the data's own README states, and against what the FFmpeg program prints."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ops.errors import MediaError
from ops.media.display import display_size
from ops.media.probe import probe
from tests.conftest import DATA
from tests.ops.media.witness import count_frames, ffmpeg, first_frame, look_at

GOOD_CLIPS = sorted((DATA / "video").glob("*.*"))
NTSC = Fraction(24000, 1001)


@pytest.fixture(params=GOOD_CLIPS, ids=lambda path: path.name)
def clip(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_good_clip_is_told_as_the_ffmpeg_program_tells_it(clip: Path):
    told = look_at(clip)

    info = probe(clip)

    video = info.video
    assert video is not None
    assert (video.codec, video.pixel_format, video.interlaced) == (told.codec, told.pixel_format, told.interlaced)
    assert (video.coded_width, video.coded_height, video.rotation) == (told.width, told.height, told.rotation)
    assert info.duration_s == pytest.approx(told.duration_s, abs=0.01)
    assert [(each.codec, each.sample_rate, each.layout) for each in info.audio] == told.audio
    assert [(each.codec, each.language) for each in info.subtitles] == told.subtitles
    assert [chapter.start_s for chapter in info.chapters] == pytest.approx(told.chapters)
    if video.frame_rate is not None:
        assert float(video.frame_rate) == pytest.approx(told.fps, abs=0.005)


def test_every_good_clip_has_as_many_frames_as_the_ffmpeg_program_decodes(clip: Path):
    video = probe(clip).video

    assert video is not None
    assert video.frames == count_frames(clip)


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        ("big_buck_bunny_0_30_720p.webm", ((1280, 720), 24, 720, 30.0)),
        ("bikes_640x272.mp4", ((640, 272), 25, 250, 10.0)),
        ("bikes_anamorphic_sar2_320x272.mp4", ((640, 272), 25, 250, 10.0)),
        ("bikes_hevc_10bit.mp4", ((640, 272), 25, 75, 3.0)),
        ("bikes_odd_dimensions_427x181_yuv444.mp4", ((427, 181), 25, 60, 2.4)),
        ("bikes_rotate90_metadata.mp4", ((272, 640), 25, 250, 10.0)),
        ("edit_known_transitions.mp4", ((640, 360), 25, 500, 20.0)),
        ("newtons_cradle_200x150.gif", ((200, 150), None, 36, 0.82)),
        ("one_frame.mp4", ((640, 272), 25, 1, 0.04)),
        ("pedestrians_interlaced_576i.mpg", ((768, 576), 25, 150, 6.0)),
        ("sintel_first20s_vfr_360p.mp4", ((640, 360), None, 353, 20.0)),
        ("sintel_trailer_720p.mp4", ((1280, 720), 24, 1253, 52.21)),
        ("transparent_vp9_alpha_200x200.webm", ((200, 200), 30, 150, 5.0)),
        ("vtest_pedestrians_768x576.avi", ((768, 576), 10, 795, 79.5)),
    ],
)
def test_display_size_rate_and_length_are_those_of_the_data_sheet(
    data: Path, name: str, sheet: tuple[tuple[int, int], int | None, int, float]
):
    display, rate, frames, seconds = sheet

    info = probe(data / "video" / name)

    assert info.video is not None
    assert (info.video.width, info.video.height) == display
    assert info.video.frame_rate == (Fraction(rate) if rate else None)
    assert (info.video.frames, info.duration_s) == (frames, pytest.approx(seconds, abs=0.01))


def test_a_variable_rate_has_an_average_that_gives_the_duration(data: Path):
    video = probe(data / "video" / "sintel_first20s_vfr_360p.mp4").video

    assert video is not None
    assert video.frame_rate is None
    assert video.average_rate == Fraction(353, 20)


def test_a_gap_of_an_hour_is_no_constant_rate(data: Path):
    video = probe(data / "broken" / "gap_of_one_hour.mkv").video

    assert video is not None
    assert (video.frame_rate, video.frames) == (None, 60)
    assert video.average_rate == pytest.approx(60 / 3602.4)


def test_an_index_that_promises_more_than_is_there_is_counted_by_what_is_there(data: Path):
    video = probe(data / "broken" / "truncated_30pct_faststart.mp4").video

    assert video is not None
    assert video.frames == count_frames(data / "broken" / "truncated_30pct_faststart.mp4") == 147


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_turning_the_stored_picture_by_the_rotation_gives_what_a_player_shows(data: Path, tmp_path: Path, degrees: int):
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", str(-degrees), "-i", data / "video" / "one_frame.mp4", "-c", "copy", turned)

    video = probe(turned).video

    assert video is not None
    assert video.rotation == degrees
    shown = np.rot90(first_frame(turned, upright=False), -video.rotation // 90)
    assert (video.height, video.width) == shown.shape[:2]
    np.testing.assert_array_equal(shown, first_frame(turned, upright=True))


@pytest.mark.parametrize(("transfer", "name"), [("smpte2084", "PQ"), ("arib-std-b67", "HLG"), ("bt709", None)])
def test_high_dynamic_range_is_told_by_its_transfer_curve(tmp_path: Path, transfer: str, name: str | None):
    film = tmp_path / "hdr.mkv"
    tags = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc,format=yuv420p10le"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=128x72:r=24000/1001:d=0.5", "-vf", tags, "-c:v", "libx265",
        "-x265-params", "log-level=none", film,
    )  # fmt: skip

    video = probe(film).video

    assert video is not None
    assert (video.hdr, video.bit_depth, video.frame_rate) == (name, 10, NTSC)


def test_transparency_is_told_where_it_lies_beside_the_pixels(data: Path):
    transparent = probe(data / "video" / "transparent_vp9_alpha_200x200.webm").video
    opaque = probe(data / "video" / "big_buck_bunny_0_30_720p.webm").video

    assert transparent is not None and opaque is not None
    assert (transparent.has_alpha, opaque.has_alpha) == (True, False)


def test_subtitles_have_languages_and_chapters_have_times(data: Path):
    info = probe(data / "video" / "sintel_360p_two_subtitles_chapters.mkv")

    assert [(each.codec, each.language) for each in info.subtitles] == [("subrip", "eng"), ("subrip", "deu")]
    assert [chapter.start_s for chapter in info.chapters] == [0.0, 11.583, 28.0, 42.5]
    assert info.container == "matroska"


def test_a_cover_picture_is_no_film(data: Path):
    info = probe(data / "audio" / "vibe_ace.ogg")

    assert info.video is None
    assert [(each.codec, each.sample_rate, each.layout) for each in info.audio] == [("vorbis", 22050, "mono")]
    assert info.duration_s == pytest.approx(61.46, abs=0.01)


def test_a_recording_that_states_no_length_is_measured_and_not_guessed(data: Path, tmp_path: Path):
    live = tmp_path / "live.mkv"
    source = data / "video" / "sintel_portrait_270x480.mp4"
    piped = ffmpeg("-i", source, "-c:v", "copy", "-c:a", "pcm_s16le", "-f", "matroska", "-live", "1", "-")
    live.write_bytes(piped.stdout)

    info = probe(live)

    assert info.duration_s == pytest.approx(10.0, abs=0.05)
    assert info.video is not None
    assert info.video.frames == 240


@pytest.mark.parametrize(
    "name", ["-i", "-rf.mp4", "übung 影片.mp4", "two\nlines.mp4", "concat:a|b.mp4", "http:x.mp4", "50%03d.mp4"]
)
def test_no_name_is_taken_for_an_option_a_protocol_or_a_pattern(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    (tmp_path / name).write_bytes((data / "video" / "one_frame.mp4").read_bytes())
    monkeypatch.chdir(tmp_path)

    info = probe(Path(name))

    assert info.video is not None
    assert info.video.frames == 1


def test_a_link_to_a_film_is_as_good_as_the_film(data: Path, tmp_path: Path):
    link = tmp_path / "link.mp4"
    link.symlink_to(data / "video" / "one_frame.mp4")

    assert probe(link).path == link


def test_tags_in_no_known_encoding_do_not_hide_a_film(data: Path, tmp_path: Path):
    film = tmp_path / "latin.avi"
    ffmpeg("-i", data / "video" / "one_frame.mp4", "-c:v", "mpeg4", "-metadata", "title=XXXXX", film)
    film.write_bytes(film.read_bytes().replace(b"XXXXX", b"\xe9t\xe9\xff\xfe"))

    assert probe(film).video is not None


def test_the_facts_go_to_json_and_back_exactly(data: Path):
    facts = probe(data / "video" / "sintel_360p_two_subtitles_chapters.mkv").to_json()

    assert json.loads(json.dumps(facts)) == facts
    assert facts["video"]["frame_rate"] == "24/1"
    assert facts["file"] == "sintel_360p_two_subtitles_chapters.mkv"
    assert str(data) not in json.dumps(facts)


def test_the_table_has_a_row_for_every_stream(data: Path):
    table = probe(data / "video" / "sintel_360p_two_subtitles_chapters.mkv").table()

    assert list(table["kind"]) == ["video", "audio", "subtitle", "subtitle"]
    assert list(table["index"]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("coded", "aspect", "rotation", "shown"),
    [
        ((320, 272), Fraction(2), 0, (640, 272)),
        ((720, 576), Fraction(16, 15), 0, (768, 576)),
        ((720, 480), Fraction(8, 9), 0, (640, 480)),
        ((640, 272), Fraction(1), 90, (272, 640)),
        ((720, 576), Fraction(16, 11), 270, (576, 1047)),
        ((427, 181), Fraction(7240, 7259), 0, (427, 181)),
        ((864, 480), Fraction(80, 81), 0, (853, 480)),
    ],
)
def test_display_size_follows_pixel_aspect_then_rotation(
    coded: tuple[int, int], aspect: Fraction, rotation: int, shown: tuple[int, int]
):
    assert display_size(*coded, aspect, turned=rotation in {90, 270}) == shown


class TestWhatCannotBeProbed:
    def test_a_missing_file(self, tmp_path: Path):
        with pytest.raises(MediaError, match="no such file"):
            probe(tmp_path / "none.mp4")

    def test_a_folder(self, tmp_path: Path):
        with pytest.raises(MediaError, match="folder"):
            probe(tmp_path)

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path):
        os.mkfifo(tmp_path / "pipe.mp4")

        with pytest.raises(MediaError, match="pipe or a device"):
            probe(tmp_path / "pipe.mp4")

    def test_a_name_that_cannot_be(self):
        with pytest.raises(MediaError, match="cannot be opened"):
            probe(Path("a\0b.mp4"))

    def test_a_dangling_link(self, tmp_path: Path):
        (tmp_path / "link.mp4").symlink_to(tmp_path / "gone.mp4")

        with pytest.raises(MediaError, match="no such file"):
            probe(tmp_path / "link.mp4")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can take on another user")
    def test_a_file_without_permission(self, data: Path, tmp_path: Path):
        film = tmp_path / "secret.mp4"
        film.write_bytes((data / "video" / "one_frame.mp4").read_bytes())
        film.chmod(0)
        os.seteuid(65534)
        try:
            with pytest.raises(MediaError, match="may not be read"):
                probe(film)
        finally:
            os.seteuid(0)
