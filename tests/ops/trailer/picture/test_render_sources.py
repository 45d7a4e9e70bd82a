"""Frame for frame, whatever the film: each rendered picture is the one that PyAV decodes there by its timestamps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ops.media.ffmpeg import run_ffmpeg
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Encoder
from ops.trailer.picture.render import render_trailer
from tests.ops.trailer.render_cases import around, clip, luma, picture_at, psnr, trailer_of


def rendered(
    film: Path, folder: Path, start: int, frames: int, *, rate: Fraction, size: tuple[int, int], total: int
) -> Path:
    edl = trailer_of(film, clip(start, frames), rate=rate, size=size, frames=total)
    made = folder / "made.mp4"
    render_trailer(edl, film, made, pieces=PieceCache(folder / "pieces"), encoder=Encoder.X264)
    return made


SOURCES = {
    "H.264 with B-frames": ("video/sintel_trailer_720p.mp4", 24, 1253, 697, (320, 180)),
    "a clock that starts at 5 s": ("broken/start_offset_5s.mp4", 25, 50, 31, (320, 136)),
    "variable rate": ("video/sintel_first20s_vfr_360p.mp4", 24, 480, 331, (320, 180)),
    "VP8 in WebM": ("video/big_buck_bunny_0_30_720p.webm", 24, 720, 370, (320, 180)),
    "Matroska's milliseconds": ("video/sintel_360p_two_subtitles_chapters.mkv", 24, 1253, 697, (320, 180)),
    "anamorphic": ("video/bikes_anamorphic_sar2_320x272.mp4", 25, 250, 72, (320, 136)),
    "turned by its metadata": ("video/bikes_rotate90_metadata.mp4", 25, 250, 72, (136, 320)),
    "HEVC of 10 bits": ("video/bikes_hevc_10bit.mp4", 25, 75, 26, (320, 136)),
    "4:4:4 of odd size": ("video/bikes_odd_dimensions_427x181_yuv444.mp4", 25, 60, 27, (320, 136)),
    "AVI without timestamps": ("video/vtest_pedestrians_768x576.avi", 10, 795, 401, (240, 180)),
    "interlaced MPEG-2": ("video/pedestrians_interlaced_576i.mpg", 25, 150, 61, (240, 180)),
    "at another rate": ("video/bikes_640x272.mp4", 24, 240, 70, (320, 136)),
}


@pytest.mark.parametrize("name", SOURCES)
def test_each_frame_is_the_one_that_was_ordered(name: str, data: Path, tmp_path: Path):
    file, rate, total, start, size = SOURCES[name]
    film, frames = data / file, 10

    made, times = luma(rendered(film, tmp_path, start, frames, rate=Fraction(rate), size=size, total=total), size)

    if "interlaced" in name:  # the reference is deinterlaced from the start of the film, without any seek
        film = _deinterlaced(film, tmp_path)
    theirs, due = around(film, start, frames, Fraction(rate), size)
    assert len(made) == frames
    assert np.allclose(times, np.arange(frames) / rate, atol=1e-4)
    for place in range(frames):
        right = picture_at(due, start + place)
        scores = {at: psnr(made[place], theirs[at]) for at in range(max(0, right - 2), min(len(theirs), right + 3))}
        assert scores[right] > 30, (place, scores)
        assert scores[right] >= max(scores.values()) - 0.3, (place, right, scores)


def _deinterlaced(film: Path, folder: Path) -> Path:
    whole = folder / "deinterlaced.mkv"
    run_ffmpeg(
        ["-i", film, "-an", "-vf", "bwdif=mode=send_frame,scale=240:180", "-frames:v", "90", "-c:v", "ffv1", whole],
        timeout_s=60,
    )
    return whole


def test_an_open_group_is_entered_without_losing_its_first_pictures(data: Path, tmp_path: Path):
    film = tmp_path / "open.mp4"
    source = data / "video/sintel_trailer_720p.mp4"
    run_ffmpeg(
        ["-ss", "28", "-i", source, "-frames:v", "72", "-an", "-vf", "scale=320:180", "-c:v", "libx264",
         "-x264-params", "open-gop=1:keyint=12:min-keyint=12:scenecut=0:bframes=3:b-adapt=0", film],
        timeout_s=60,
    )  # fmt: skip
    theirs, _ = luma(film, (320, 180))

    for start in (21, 22, 23, 24, 25):
        made, _ = luma(rendered(film, tmp_path, start, 4, rate=Fraction(24), size=(320, 180), total=72), (320, 180))
        for place in range(4):
            scores = [psnr(made[place], theirs[start + place + off]) for off in (-1, 0, 1)]
            assert int(np.argmax(scores)) == 1 and scores[1] > 33


def test_the_colours_of_standard_definition_stay_what_they_are(data: Path, tmp_path: Path):
    from ops.media.frames import read_frames

    film = data / "video/seeking_720x480.mp4"
    made = rendered(film, tmp_path, 40, 3, rate=Fraction(25), size=(320, 180), total=150)
    ours = next(iter(read_frames(made, size=(320, 180)))).rgb.astype(float)

    theirs = next(iter(read_frames(film, start_s=40 / 25 - 0.001, width=720))).rgb
    # fitted between bars: compare the middle of the colours, not their places
    inside = ours[:, (ours.sum(axis=(0, 2)) > 20 * 180)]
    assert np.abs(inside.mean(axis=(0, 1)) - theirs.mean(axis=(0, 1))).max() < 2.5


def test_a_highlight_of_hdr_is_toned_down_and_not_cut_off(tmp_path: Path):
    film = tmp_path / "hdr.mp4"
    ramp = "format=gbrp10le,geq=r='1023*X/W':g='1023*X/W':b='1023*X/W'"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "color=black:size=512x64:rate=24,format=gbrp10le", "-frames:v", "12", "-vf",
         f"{ramp},scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le", "-c:v", "libx265", "-x265-params",
         "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited:lossless=1",
         "-tag:v", "hvc1", film],
        timeout_s=60,
    )  # fmt: skip

    made, _ = luma(rendered(film, tmp_path, 2, 4, rate=Fraction(24), size=(512, 64), total=12), (512, 64))

    row = made[0].mean(axis=0)
    assert (np.diff(row[8:-8]) > -1.5).all()  # brighter in, brighter out
    # PQ code values (SMPTE ST 2084): 0.58 is 203 nits, the white of paper; 0.75 is 1000 nits
    paper, lamp = row[round(0.58 * 512)], row[round(0.75 * 512)]
    assert 110 < paper < 225
    assert paper + 8 < lamp < 256
