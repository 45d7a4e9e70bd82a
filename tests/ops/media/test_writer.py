"""The writer: what it writes, read back by the FFmpeg program."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from ops.errors import MediaError, UsageError
from ops.media.gate import require_film
from ops.media.probe import probe
from ops.media.writer import Sound, VideoWriter
from tests.ops.media.witness import count_frames, ffmpeg

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 64, 200)]
SIZE = (320, 180)


def plain(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), colour, np.uint8)


def chirp(seconds: float, rate: int, channels: int) -> np.ndarray:
    """A tone that rises, a little differently in each channel: it lines up with itself at one place only."""
    time = np.arange(int(seconds * rate)) / rate
    tones = [0.5 * np.sin(2 * np.pi * (200 + 60 * each + 150 * time) * time) for each in range(channels)]
    return np.stack(tones, axis=1).astype(np.float32)


@pytest.mark.parametrize(
    "rate", [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(127, 10)]
)
def test_every_rate_is_written_exactly(tmp_path: Path, rate: Fraction):
    film = tmp_path / "film.mp4"
    with VideoWriter(film, size=SIZE, rate=rate) as writer:
        for index in range(30):
            writer.write(plain(COLOURS[index // 5]))

    video = require_film(film).video

    assert video is not None
    assert (video.frame_rate, video.frames) == (rate, 30)
    assert count_frames(film) == 30


def test_colours_come_back_as_they_were(tmp_path: Path):
    film = tmp_path / "film.mp4"
    with VideoWriter(film, size=SIZE, rate=Fraction(25)) as writer:
        for colour in COLOURS:
            for _ in range(5):
                writer.write(plain(colour))

    shown = ffmpeg("-i", film, "-f", "rawvideo", "-pix_fmt", "rgb24", "-").stdout
    frames = np.frombuffer(shown, np.uint8).reshape(-1, SIZE[1], SIZE[0], 3)

    for index, colour in enumerate(COLOURS):
        np.testing.assert_allclose(frames[index * 5 + 2, 90, 160], colour, atol=3)


def test_the_file_is_tagged_and_starts_fast(tmp_path: Path):
    film = tmp_path / "film.mp4"
    with VideoWriter(film, size=SIZE, rate=Fraction(25)) as writer:
        writer.write(plain((1, 2, 3)))

    content = film.read_bytes()
    printed = ffmpeg("-i", film, check=False).stderr.decode()

    assert content.index(b"moov") < content.index(b"mdat")
    assert "h264" in printed
    assert "yuv420p(tv, bt709" in printed


@pytest.mark.parametrize(("channels", "sample_rate"), [(1, 44_100), (2, 48_000), (6, 48_000)])
def test_sound_is_heard_when_it_should_be(tmp_path: Path, channels: int, sample_rate: int):
    film, samples = tmp_path / "film.mp4", chirp(3.0, sample_rate, channels)
    with VideoWriter(film, size=SIZE, rate=Fraction(24), sound=Sound(samples, sample_rate)) as writer:
        for index in range(72):
            writer.write(plain(COLOURS[index // 12]))

    heard = np.frombuffer(ffmpeg("-i", film, "-f", "f32le", "-").stdout, np.float32).reshape(-1, channels)

    assert len(heard) == pytest.approx(len(samples), abs=1024)
    middle = slice(sample_rate, 2 * sample_rate)
    off = {lag: np.abs(np.roll(heard[:, 0], -lag)[middle] - samples[middle, 0]).mean() for lag in range(-4, 5)}
    assert min(off, key=lambda lag: off[lag]) == 0
    assert off[0] < 0.02
    assert [each.channels for each in probe(film).audio] == [channels]


def test_sound_that_outlasts_the_pictures_is_kept(tmp_path: Path):
    film = tmp_path / "film.mp4"
    with VideoWriter(film, size=SIZE, rate=Fraction(25), sound=Sound(chirp(4, 48_000, 2), 48_000)) as writer:
        for _ in range(25):
            writer.write(plain((9, 9, 9)))

    info = require_film(film)

    assert info.duration_s == pytest.approx(4.0, abs=0.05)
    assert info.video is not None
    assert info.video.frames == 25


def test_the_same_frames_give_the_same_bytes(tmp_path: Path):
    noise = np.random.default_rng(5).integers(0, 256, (12, SIZE[1], SIZE[0], 3), dtype=np.uint8)
    for name in ("a.mp4", "b.mp4"):
        sound = Sound(chirp(0.5, 48_000, 2), 48_000)
        with VideoWriter(tmp_path / name, size=SIZE, rate=Fraction(24), sound=sound) as writer:
            for frame in noise:
                writer.write(frame)

    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_nothing_appears_under_the_name_until_the_film_is_whole(tmp_path: Path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"the one before")

    with pytest.raises(ZeroDivisionError), VideoWriter(film, size=SIZE, rate=Fraction(25)) as writer:
        writer.write(plain((1, 2, 3)))
        raise ZeroDivisionError

    assert film.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [film]


@pytest.mark.parametrize("size", [(321, 180), (320, 181), (0, 2), (427, 181)])
def test_an_odd_size_is_refused_with_the_even_one_to_take(tmp_path: Path, size: tuple[int, int]):
    with pytest.raises(UsageError, match="needs an even width and height") as refusal:
        VideoWriter(tmp_path / "film.mp4", size=size, rate=Fraction(25))

    even = refusal.value.fix.split()[-1].rstrip(".").split("x")
    assert all(int(side) % 2 == 0 for side in even)


def test_a_frame_of_another_shape_is_refused(tmp_path: Path):
    with (
        pytest.raises(UsageError, match="not \\(180, 320, 3\\) uint8"),
        VideoWriter(tmp_path / "film.mp4", size=SIZE, rate=Fraction(25)) as writer,
    ):
        writer.write(np.zeros((180, 320), np.uint8))


def test_a_film_without_frames_is_none(tmp_path: Path):
    with (
        pytest.raises(UsageError, match="no frame was written"),
        VideoWriter(tmp_path / "film.mp4", size=SIZE, rate=Fraction(25)),
    ):
        pass

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("samples", [np.zeros(10, np.float32), np.zeros((10, 3), np.float32), np.zeros((10, 2))])
def test_sound_of_no_known_shape_is_refused(tmp_path: Path, samples: np.ndarray):
    with pytest.raises(UsageError, match="cannot be written"):
        VideoWriter(tmp_path / "film.mp4", size=SIZE, rate=Fraction(25), sound=Sound(samples, 48_000))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with (
        pytest.raises(MediaError, match="cannot be written"),
        VideoWriter(tmp_path / "none" / "film.mp4", size=SIZE, rate=Fraction(25)) as writer,
    ):
        writer.write(plain((0, 0, 0)))
