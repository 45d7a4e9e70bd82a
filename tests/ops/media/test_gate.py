"""The gate on good films, and on films that were damaged on purpose."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import pytest

from ops.errors import MediaError
from ops.media.gate import MIN_SIDE, inspect_film, require_film
from tests.conftest import DATA
from tests.ops.media.witness import count_frames, ffmpeg

LONGEST = "sintel_trailer_720p.mp4"
GOOD_CLIPS = sorted(path for path in (DATA / "video").glob("*.*") if path.name != LONGEST)  # it is let in below

BLIND = {"film.mp4", "film.webm"}
"""HEVC and VP9: their decoders make a picture of nearly everything and say nothing."""

CONTAINERS = {
    "film.mov": ["-c:v", "prores_ks", "-c:a", "pcm_s16le"],
    "film.avi": ["-c:v", "mpeg4", "-c:a", "mp3"],
    "film.wmv": ["-c:v", "wmv2", "-c:a", "wmav2"],
    "film.flv": ["-c:v", "libx264", "-c:a", "aac"],
    "film.ogv": ["-c:v", "libtheora", "-c:a", "libvorbis"],
    "film.webm": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
    "film.mkv": ["-c:v", "ffv1", "-c:a", "flac"],
    "film.mxf": ["-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-ar", "48000"],
    "film.mp4": ["-c:v", "libx265", "-x265-params", "log-level=none", "-c:a", "aac"],
    "fragments.mp4": ["-c:v", "libx264", "-g", "12", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
    "film.gif": ["-an"],
    "film.ts": ["-c:v", "libx264", "-g", "12", "-c:a", "aac"],
    "film.mpg": ["-c:v", "mpeg2video", "-c:a", "mp2"],
}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of moving noise with sound, in many containers."""
    folder = tmp_path_factory.mktemp("films")
    picture = "testsrc2=s=160x90:r=24:d=4,noise=alls=12:allf=t,format=yuv420p"
    master = folder / "master.mkv"
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=d=4", "-c:v", "ffv1", "-c:a", "flac", master)
    for name, codecs in CONTAINERS.items():
        ffmpeg("-i", master, *codecs, folder / name)
    return folder


def overwritten(path: Path, into: Path, *, count: int, seed: int = 7) -> Path:
    """A copy with so many bytes between 10 % and 90 % of it overwritten."""
    content, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(count):
        content[chance.randrange(len(content) // 10, len(content) * 9 // 10)] = chance.randrange(256)
    copy = into / path.name
    copy.write_bytes(content)
    return copy


def cut(path: Path, into: Path, share: float) -> Path:
    """The first part of a file."""
    copy = into / path.name
    copy.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    return copy


@pytest.mark.parametrize("clip", GOOD_CLIPS, ids=lambda path: path.name)
def test_every_good_clip_is_let_in(clip: Path):
    video = require_film(clip).video

    assert video is not None
    assert video.frames


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_let_in_with_its_frames_counted(films: Path, name: str):
    video = require_film(films / name).video

    assert video is not None
    assert video.frames == count_frames(films / name) == 96


@pytest.mark.parametrize("name", [name for name in CONTAINERS if name not in {"film.ts", "film.mpg"}])
def test_a_file_that_breaks_off_is_refused_in_every_container_that_promises_a_length(
    films: Path, tmp_path: Path, name: str
):
    part = cut(films / name, tmp_path, 0.6)

    with pytest.raises(MediaError, match=r"promises|breaks off|ends inside|before its last fragment"):
        require_film(part)


@pytest.mark.parametrize("name", ["film.ts", "film.mpg"])
def test_a_recording_may_end_anywhere_since_it_promises_nothing(films: Path, tmp_path: Path, name: str):
    part = cut(films / name, tmp_path, 0.6)

    video = require_film(part).video

    assert video is not None and video.frames is not None
    assert 40 < video.frames < 96


def test_a_recording_may_begin_inside_a_group_of_pictures(data: Path, tmp_path: Path):
    film = tmp_path / "film.ts"
    ffmpeg(
        "-i", data / "video" / "sintel_portrait_270x480.mp4", "-c:v", "libx264", "-preset", "ultrafast",
        "-x264-params", "open-gop=1:keyint=24:bframes=3", "-c:a", "aac", film,
    )  # fmt: skip
    film.write_bytes(film.read_bytes()[188 * 200 + 77 :])

    video = require_film(film).video

    assert video is not None and video.frames is not None
    assert 100 < video.frames < 240


@pytest.mark.parametrize("name", [name for name in CONTAINERS if name not in BLIND])
def test_twenty_bytes_overwritten_are_found_in_every_format_that_shows_it(films: Path, tmp_path: Path, name: str):
    damaged = overwritten(films / name, tmp_path, count=20)

    with pytest.raises(MediaError, match=r"damaged|promises|can be decoded|cannot be opened|ends inside"):
        require_film(damaged)


@pytest.mark.parametrize("name", sorted(BLIND))
def test_a_film_that_is_destroyed_is_found_in_every_format(films: Path, tmp_path: Path, name: str):
    damaged = overwritten(films / name, tmp_path, count=3000)

    with pytest.raises(MediaError, match=r"damaged|promises|can be decoded|cannot be opened|ends inside"):
        require_film(damaged)


@pytest.mark.parametrize(
    "name", ["film.flv", "film.ogv", "film.ts", "film.webm", "fragments.mp4", "film.gif", "film.avi"]
)
def test_whatever_is_done_to_a_file_the_answer_is_a_film_or_a_reason(films: Path, tmp_path: Path, name: str):
    whole, chance, answers = (films / name).read_bytes(), random.Random(name), 0
    for _ in range(8):
        content = bytearray(whole)
        at, length = chance.randrange(len(content)), chance.randrange(1, 4000)
        del content[at : at + length]
        for _ in range(chance.randrange(20)):
            content[chance.randrange(min(2000, len(content)))] = chance.randrange(256)
        copy = tmp_path / name
        copy.write_bytes(content)
        try:
            inspect_film(copy, lambda fraction: None)
        except MediaError as refusal:
            assert refusal.fix
        answers += 1

    assert answers == 8


def test_a_stream_that_appears_midway_does_not_disturb(data: Path, tmp_path: Path):
    source = data / "video" / "sintel_portrait_270x480.mp4"
    ffmpeg("-i", source, "-c:v", "copy", "-an", tmp_path / "silent.ts")
    ffmpeg("-i", source, "-c", "copy", tmp_path / "heard.ts")
    film = tmp_path / "film.ts"
    film.write_bytes((tmp_path / "silent.ts").read_bytes() * 8 + (tmp_path / "heard.ts").read_bytes())

    video = require_film(film).video

    assert video is not None
    assert video.frames == 9 * 240


def test_damage_is_told_alike_each_time(data: Path):
    reasons = set()
    for _ in range(2):
        with pytest.raises(MediaError) as refusal:
            require_film(data / "broken" / "corrupt_300_bytes_in_data.mp4")
        reasons.add(refusal.value.what)

    assert len(reasons) == 1


def test_the_last_bytes_of_a_film_may_be_missing_where_no_frame_is_lost_with_them(data: Path, tmp_path: Path):
    whole = (data / "video" / "bikes_640x272.mp4").read_bytes()
    film = tmp_path / "film.mp4"
    film.write_bytes(whole + b"\0" * 100)

    assert require_film(film).video is not None


def test_progress_never_falls_and_ends_at_one(data: Path):
    told: list[float] = []

    require_film(data / "video" / LONGEST, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0


def test_progress_is_told_for_every_frame_where_someone_listens(data: Path):
    told: list[float] = []

    inspect_film(data / "video" / "sintel_portrait_270x480.mp4", told.append)

    assert told == sorted(told)
    assert len([fraction for fraction in told if 0 < fraction < 1]) > 200


def test_the_rate_is_judged_by_all_frames_and_not_by_the_first(tmp_path: Path):
    film = tmp_path / "slows.mkv"
    picture = r"testsrc2=s=32x32:r=100:d=40,select='if(lt(n\,3600)\,1\,not(mod(n\,5)))'"
    ffmpeg("-f", "lavfi", "-i", picture, "-fps_mode", "passthrough", "-c:v", "mpeg4", film)

    video = require_film(film).video

    assert video is not None
    assert (video.frame_rate, video.frames) == (None, 3680)
    assert video.average_rate == pytest.approx(Fraction(3680, 40), rel=0.01)


def test_a_film_too_small_to_see_is_refused(tmp_path: Path):
    film = tmp_path / "tiny.mkv"
    ffmpeg("-f", "lavfi", "-i", f"color=s={MIN_SIDE - 2}x64:d=1", "-c:v", "ffv1", film)

    with pytest.raises(MediaError, match="14x64, smaller than 16"):
        require_film(film)


def test_a_gif_of_one_picture_is_no_film(data: Path):
    with pytest.raises(MediaError, match="single picture"):
        require_film(data / "images" / "odd" / "transparent.gif")


def test_a_sound_that_breaks_off_alone_is_found(data: Path, tmp_path: Path):
    apart = tmp_path / "apart.mp4"
    ffmpeg(
        "-i", data / "video" / "sintel_portrait_270x480.mp4", "-c", "copy", "-movflags", "faststart",
        "-max_interleave_delta", "0", "-frag_interleave", "0", "-chunk_duration", "60000000", apart,
    )  # fmt: skip
    whole = apart.read_bytes()

    lost_sound = tmp_path / "lost.mp4"
    lost_sound.write_bytes(whole[: len(whole) - 2000])

    with pytest.raises(MediaError, match=r"sound|promises"):
        require_film(lost_sound)
