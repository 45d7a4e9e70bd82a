"""The frame reader, held against FFmpeg's own conversion and against itself read straight through."""

from __future__ import annotations

import random
import subprocess
import tracemalloc
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from ops.errors import MediaError
from ops.media.film_reader import Orientation, open_film
from ops.media.frames import read_frames, read_frames_at


def _by_ffmpeg(path: Path, size: tuple[int, int], count: int) -> np.ndarray:
    """The first frames as the ffmpeg tool turns, stretches and converts them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-frames:v", str(count)]
    command += ["-fps_mode", "passthrough", "-vf", f"scale={size[0]}:{size[1]}:flags=bicubic"]
    command += ["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)


@pytest.mark.parametrize(
    ("clip", "size"),
    [
        ("bikes_640x272.mp4", (640, 272)),
        ("bikes_rotate90_metadata.mp4", (272, 640)),
        ("bikes_anamorphic_sar2_320x272.mp4", (640, 272)),
        ("bikes_hevc_10bit.mp4", (640, 272)),
        ("pedestrians_interlaced_576i.mpg", (768, 576)),
        ("newtons_cradle_200x150.gif", (200, 150)),
    ],
)
def test_a_picture_is_what_ffmpeg_displays(data: Path, clip: str, size: tuple[int, int]) -> None:
    path = data / "video" / clip

    frames = [frame.rgb for frame, _ in zip(read_frames(path), range(5), strict=False)]

    assert frames[0].shape == (size[1], size[0], 3)
    wanted = _by_ffmpeg(path, size, len(frames))
    assert np.abs(np.stack(frames).astype(int) - wanted).mean() < 1.0


def test_rotated_film_shows_the_pictures_of_the_film_it_was_made_from(data: Path) -> None:
    upright = next(read_frames(data / "video" / "bikes_640x272.mp4")).rgb

    turned = next(read_frames(data / "video" / "bikes_rotate90_metadata.mp4")).rgb

    assert np.abs(np.rot90(upright).astype(int) - turned).mean() < 1.0


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("upside_down", [False, True])
def test_an_orientation_sizes_pictures_as_it_turns_them(transposed: bool, mirrored: bool, upside_down: bool) -> None:
    orientation = Orientation(transposed, mirrored, upside_down)

    turned = orientation.turn(np.zeros((2, 5, 3), np.uint8))

    assert turned.shape[1::-1] == orientation.size(5, 2)
    assert orientation.size(*orientation.size(5, 2)) == (5, 2)


@pytest.mark.parametrize(
    "clip",
    [
        "cockatoo_720p.mp4",  # 4:4:4 by an old x264: decodes to garbage from a key frame alone
        "sintel_first20s_vfr_360p.mp4",
        "big_buck_bunny_0_30_720p.webm",
        "pedestrians_interlaced_576i.mpg",
        "vtest_pedestrians_768x576.avi",
        "newtons_cradle_200x150.gif",
    ],
)
def test_a_frame_asked_for_by_its_time_is_the_frame_of_a_reading_straight_through(data: Path, clip: str) -> None:
    path = data / "video" / clip
    straight = list(read_frames(path, width=64))
    chosen = sorted(random.Random(7).sample(range(len(straight)), 6))

    found = list(read_frames_at(path, [straight[place].pts for place in chosen], width=64))

    for place, frame in zip(chosen, found, strict=True):
        assert frame.pts == straight[place].pts
        assert np.array_equal(frame.rgb, straight[place].rgb)


def test_reading_from_a_time_begins_with_the_frame_shown_then(data: Path) -> None:
    path = data / "video" / "sintel_first20s_vfr_360p.mp4"
    straight = list(read_frames(path, width=64))
    wanted = straight[200]

    stretch = list(read_frames(path, width=64, start_s=wanted.time_s, end_s=straight[210].time_s))

    assert [frame.pts for frame in stretch] == [frame.pts for frame in straight[200:210]]
    assert [frame.index for frame in stretch] == list(range(10))
    assert np.array_equal(stretch[0].rgb, wanted.rgb)


def test_variable_frame_rate_keeps_the_container_s_own_times(data: Path) -> None:
    path = data / "video" / "sintel_first20s_vfr_360p.mp4"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = sorted(packet.pts for packet in container.demux(stream) if packet.pts is not None)
        assert stream.time_base is not None
        tick = Fraction(stream.time_base)

    frames = list(read_frames(path, width=32))

    assert [frame.pts for frame in frames] == times
    assert [frame.time_s for frame in frames] == [float(pts * tick) for pts in times]


def test_a_width_keeps_proportions_and_never_enlarges(data: Path) -> None:
    path = data / "video" / "one_frame.mp4"

    assert next(read_frames(path, width=320)).rgb.shape == (136, 320, 3)
    assert next(read_frames(path, width=9999)).rgb.shape == (272, 640, 3)
    assert next(read_frames(path, size=(50, 60))).rgb.shape == (60, 50, 3)


def test_an_hour_s_gap_between_two_frames_is_kept(data: Path) -> None:
    frames = list(read_frames(data / "broken" / "gap_of_one_hour.mkv", width=32))

    assert len(frames) == 60
    assert frames[30].time_s - frames[29].time_s == pytest.approx(3600, abs=1)


def test_memory_does_not_grow_with_the_film(data: Path) -> None:
    path = data / "video" / "vtest_pedestrians_768x576.avi"
    one_frame = 768 * 576 * 3
    tracemalloc.start()

    for _ in read_frames(path, end_s=20):
        pass

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * one_frame


@pytest.mark.parametrize(
    "name",
    [
        "audio_only.mp4",
        "first_64_bytes_zero.mp4",
        "header_without_frames.mp4",
        "random_64kB.mkv",
        "text_named.mp4",
        "truncated_60pct_no_moov.mp4",
        "zero_length.mp4",
    ],
)
def test_a_file_that_is_no_film_is_a_media_error_that_names_it(data: Path, name: str) -> None:
    with pytest.raises(MediaError) as caught:
        list(read_frames(data / "broken" / name))

    assert name in str(caught.value)
    assert caught.value.fix


def test_a_missing_file_is_a_media_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        next(read_frames(tmp_path / "nowhere.mp4"))


def test_a_playlist_named_as_a_film_opens_nothing_it_names(data: Path, tmp_path: Path) -> None:
    playlist = tmp_path / "film.mp4"
    playlist.write_text(f"ffconcat version 1.0\nfile '{data / 'video' / 'one_frame.mp4'}'\n")

    with pytest.raises(MediaError):
        next(read_frames(playlist))


def test_a_time_at_which_no_frame_is_shown_is_a_media_error(data: Path) -> None:
    with pytest.raises(MediaError, match="no picture is shown"):
        list(read_frames_at(data / "video" / "bikes_640x272.mp4", [1]))


def test_times_that_do_not_ascend_are_refused(data: Path) -> None:
    with pytest.raises(ValueError, match="ascend"):
        list(read_frames_at(data / "video" / "bikes_640x272.mp4", [512, 512]))


def test_a_reader_begins_anew_after_a_seek(data: Path) -> None:
    with open_film(data / "video" / "bikes_640x272.mp4") as reader:
        late = next(reader.pictures_from(102400))[0]
        first = next(reader.pictures())[0]

    assert late == 102400
    assert first == reader.first_pts
