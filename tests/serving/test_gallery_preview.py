"""The film that a page plays: the master itself where browsers can, else a small encode that shows the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from ops.errors import MediaError
from ops.media.ffmpeg import run_ffmpeg
from ops.media.frames import read_frames
from ops.media.probe import probe
from serving.gallery import preview
from serving.gallery.preview import browser_preview, plays_in_browsers


@pytest.mark.parametrize(
    ("clip", "plays"),
    [
        ("edit_known_transitions.mp4", True),
        ("bikes_rotate90_metadata.mp4", True),
        ("bikes_anamorphic_sar2_320x272.mp4", True),
        ("sintel_first20s_vfr_360p.mp4", True),
        ("big_buck_bunny_0_30_720p.webm", True),
        ("transparent_vp9_alpha_200x200.webm", True),
        ("bikes_hevc_10bit.mp4", False),
        ("bikes_odd_dimensions_427x181_yuv444.mp4", False),
        ("sintel_360p_two_subtitles_chapters.mkv", False),
        ("pedestrians_interlaced_576i.mpg", False),
        ("newtons_cradle_200x150.gif", False),
    ],
)
def test_browsers_play_h264_and_vpx_in_eight_bits_and_nothing_else(data: Path, clip: str, plays: bool) -> None:
    assert plays_in_browsers(probe(data / "video" / clip)) is plays


def test_a_small_film_that_browsers_play_is_taken_as_it_is(data: Path, tmp_path: Path) -> None:
    film = data / "video" / "chaplin_640x360.mp4"

    assert browser_preview(film, tmp_path / "made") == film
    assert not (tmp_path / "made").exists()


def test_a_film_under_a_name_that_lies_is_encoded(data: Path, tmp_path: Path) -> None:
    liar = Path(shutil.copy(data / "video" / "transparent_vp9_alpha_200x200.webm", tmp_path / "film.mp4"))

    assert browser_preview(liar, tmp_path / "made") == tmp_path / "made" / "preview.mp4"


@pytest.mark.parametrize(
    ("clip", "size"),
    [
        ("bikes_hevc_10bit.mp4", (640, 272)),
        ("bikes_odd_dimensions_427x181_yuv444.mp4", (428, 180)),
        ("pedestrians_interlaced_576i.mpg", (480, 360)),
        ("newtons_cradle_200x150.gif", (200, 150)),
    ],
)
def test_other_films_become_h264_in_square_pixels(data: Path, tmp_path: Path, clip: str, size: tuple[int, int]) -> None:
    film = data / "video" / clip

    made = browser_preview(film, tmp_path)

    told, source = probe(made), probe(film)
    assert plays_in_browsers(told)
    assert told.video is not None
    assert (told.video.width, told.video.height) == pytest.approx(size, abs=2)
    assert told.video.pixel_aspect == 1
    assert told.duration_s == pytest.approx(source.duration_s, abs=0.15)
    assert [one.name for one in tmp_path.iterdir()] == ["preview.mp4"]


def test_sound_comes_along_as_aac(data: Path, tmp_path: Path) -> None:
    made = probe(browser_preview(data / "video" / "sintel_360p_two_subtitles_chapters.mkv", tmp_path))

    assert [(track.codec, track.channels) for track in made.audio] == [("aac", 2)]
    assert made.subtitles == ()
    assert made.chapters == ()


def test_a_big_film_that_browsers_play_is_made_small(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = data / "video" / "cockatoo_720p.mp4"
    monkeypatch.setattr(preview, "INLINE_LIMIT_BYTES", film.stat().st_size - 1)
    told: list[float] = []

    made = browser_preview(film, tmp_path, progress=told.append)

    video = probe(made).video
    assert video is not None
    assert (video.width, video.height) == (640, 360)
    assert made.stat().st_size < film.stat().st_size
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_film_that_starts_late_starts_at_once_with_the_same_picture(data: Path, tmp_path: Path) -> None:
    film = data / "broken" / "start_offset_5s.mp4"

    made = browser_preview(film, tmp_path)

    assert made != film
    theirs, ours = (next(iter(read_frames(path, size=(160, 68)))) for path in (film, made))
    assert theirs.time_s == pytest.approx(5.0, abs=0.1)
    assert ours.time_s == pytest.approx(0.0, abs=0.002)
    assert np.abs(theirs.rgb.astype(int) - ours.rgb.astype(int)).mean() < 6
    assert sum(1 for _ in read_frames(made)) == sum(1 for _ in read_frames(film))


def test_hdr_becomes_what_every_screen_shows(data: Path, tmp_path: Path) -> None:
    """A grey card at reference white (203 cd/m², 58 % PQ by ITU-R BT.2408) comes out light, not dim."""
    hdr = tmp_path / "hdr.mp4"
    pq = "color=c=0x949494:s=320x180:r=25:d=0.4,format=yuv420p10le,setparams=color_primaries=bt2020"
    tags = ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"]
    run_ffmpeg(
        ["-f", "lavfi", "-i", f"{pq}:color_trc=smpte2084:colorspace=bt2020nc", "-c:v", "libx264", *tags, hdr],
        timeout_s=60,
    )
    source = probe(hdr).video
    assert source is not None
    assert source.hdr == "PQ"

    made = browser_preview(hdr, tmp_path / "made")

    video = probe(made).video
    assert video is not None
    assert video.hdr is None
    assert video.bit_depth == 8
    assert next(iter(read_frames(made))).rgb.mean() > 150


def test_what_is_no_film_is_refused_and_nothing_is_left(data: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        browser_preview(data / "broken" / "random_64kB.mkv", tmp_path / "made")

    assert not (tmp_path / "made").exists()


def test_a_film_cut_short_while_encoding_leaves_no_half_preview(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: object, **options: object) -> None:
        (tmp_path / ".preview.part.mp4").write_bytes(b"half")
        raise MediaError("FFmpeg failed", where="film", fix="Try again.")

    monkeypatch.setattr(preview, "run_ffmpeg", killed)

    with pytest.raises(MediaError):
        browser_preview(data / "video" / "bikes_hevc_10bit.mp4", tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_first_picture_can_be_sought_at_once(data: Path, tmp_path: Path) -> None:
    made = browser_preview(data / "video" / "bikes_hevc_10bit.mp4", tmp_path)

    with av.open(str(made)) as container:
        first = next(container.demux(video=0))

    assert first.is_keyframe
    assert first.pts == 0
