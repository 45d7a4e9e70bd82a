"""Segments: each made alone, and together the film again, to the frame and to the sample."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.live.film import Film
from serving.live.fragments import PictureTrack, SoundTrack, header, rebased
from serving.live.worker.reading import Cursor, read_film
from serving.live.worker.segment import make_segment
from serving.live.worker.sound import sound_segment
from tests.ops.media.witness import ffmpeg
from tests.serving.live_streams.small_films import excerpt

NUMBERED = "geq=lum='if(lt(Y,15),if(mod(floor(N/pow(2,floor(X/20))),2),235,16),lum(X,Y))':cb='cb(X,Y)':cr='cr(X,Y)'"
"""Writes each frame's number on its top, in white and black cells, the lowest bit first."""


def streamed(path: Path, film: Film, numbers: list[int]) -> bytes:
    """The film's smallest rung as one file of these segments, each made by a reader of its own."""
    rung, sound = film.rungs[-1], film.sound
    tracks: list[PictureTrack | SoundTrack] = [
        PictureTrack(film.timescale, rung.width, rung.height, film.headers[rung.name])
    ]
    if sound:
        tracks.append(SoundTrack(sound.rate, sound.channels, sound.configuration, -sound.origin))
    content = header(*tracks)
    for number in numbers:
        cursor = Cursor(path, film)
        content += make_segment(cursor, film, film.pieces[number], rung, None).content
        content += sound_segment(path, film, number) if sound else b""
        cursor.close()
    return content


def pictures(content: bytes) -> list[tuple[Fraction, np.ndarray]]:
    with av.open(io.BytesIO(content), "r") as container:
        return [
            ((frame.pts or 0) * Fraction(frame.time_base or 1), frame.to_ndarray(format="gray"))
            for frame in container.decode(video=0)
        ]


def heard(content: bytes | Path) -> np.ndarray:
    """The first channel, from the film's beginning, silence before the first sample."""
    opened = av.open(io.BytesIO(content), "r") if isinstance(content, bytes) else av.open(str(content), "r")
    with opened as container:
        frames = list(container.decode(audio=0))
    start = round((frames[0].pts or 0) * Fraction(frames[0].time_base or 1) * frames[0].sample_rate)
    samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    return samples[-start:] if start < 0 else np.concatenate([np.zeros(start, samples.dtype), samples])


@pytest.fixture(scope="module")
def bunny(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return excerpt(data, tmp_path_factory.mktemp("film") / "bunny.mp4", seconds=6.5, filters=f"scale=160:90,{NUMBERED}")


def number_on(picture: np.ndarray) -> int:
    """The number that NUMBERED has written on a frame."""
    cells = picture[: picture.shape[0] // 6].reshape(picture.shape[0] // 6, 8, -1).mean(axis=(0, 2))
    return sum(1 << place for place, light in enumerate(cells) if light > 128)


def test_segments_made_alone_are_together_the_films_frames_at_their_times(bunny: Path) -> None:
    film = read_film(bunny)

    made = pictures(streamed(bunny, film, [piece.number for piece in film.pieces]))

    source = pictures(bunny.read_bytes())
    assert [time for time, _ in made] == [Fraction(number, 24) for number in range(film.frames)]
    assert len(source) == film.frames == 156
    assert [number_on(picture) for _, picture in made] == list(range(film.frames))
    errors = [np.abs(a.astype(float) - b).mean() for (_, a), (_, b) in zip(made, source, strict=True)]
    assert max(errors) < 6  # of 255: what the encoder costs


def test_each_segment_begins_with_a_picture_that_needs_no_other(bunny: Path) -> None:
    film = read_film(bunny)

    alone = pictures(streamed(bunny, film, [2]))

    assert len(alone) == 48
    assert alone[0][0] == 3


def test_sound_that_is_aac_is_the_films_own_packets(bunny: Path) -> None:
    film = read_film(bunny)
    content = streamed(bunny, film, [piece.number for piece in film.pieces])

    with av.open(io.BytesIO(content), "r") as made, av.open(str(bunny), "r") as source:
        packets = [bytes(packet) for packet in made.demux(audio=0) if packet.size]
        own = [bytes(packet) for packet in source.demux(audio=0) if packet.size]

    assert film.sound is not None and film.sound.copied
    assert packets == own[: len(packets)] and len(own) - len(packets) <= 2
    # FFmpeg's decoder of the streamed file hears the same sample at the same time as of the film
    ours, theirs = heard(content), heard(bunny)
    shared = min(len(ours), len(theirs))
    assert np.abs(ours[:shared] - theirs[:shared]).max() < 1e-4


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_other_sound_is_coded_anew_and_joined_to_the_sample(data: Path, tmp_path: Path, container: str) -> None:
    codec = {"mkv": ("-c:a", "libopus", "-b:a", "128k"), "mp4": ("-c:a", "libmp3lame", "-q:a", "2")}[container]
    path = excerpt(data, tmp_path / f"film.{container}", seconds=6, sound=(*codec, "-ar", "48000"))
    film = read_film(path)
    assert film.sound is not None and not film.sound.copied

    ours = heard(streamed(path, film, [0, 1, 2, 3]))
    theirs = heard(path)

    # 1 s, 3 s and 5 s are joins: samples lie where correlation tells, and no join is louder than what is around it
    for second in (0.9, 2.0, 2.9, 4.9):
        at = int(second * 48_000)
        window = theirs[at : at + 9600]
        lags = [float(np.dot(window, ours[at + lag : at + lag + 9600])) for lag in range(-60, 61)]
        assert abs(int(np.argmax(lags)) - 60) <= 24  # half a millisecond, as Matroska rounds times
    errors = np.abs(ours[: 5 * 48_000] - theirs[: 5 * 48_000])
    joins = max(errors[at - 1500 : at + 1500].max() for at in (48_000, 144_000))
    assert joins <= 1.5 * errors.max() and np.sqrt((errors**2).mean()) < 0.25 * np.sqrt((theirs**2).mean()) + 0.01


def test_a_variable_rate_keeps_every_frames_own_time(data: Path, tmp_path: Path) -> None:
    path = excerpt(
        data,
        tmp_path / "film.mp4",
        seconds=5,
        filters="scale=160:90,select='not(eq(mod(n,7),3))'",
        sound=("-an", "-fps_mode", "vfr"),
    )
    film = read_film(path)
    assert film.ticks

    made = pictures(streamed(path, film, [piece.number for piece in film.pieces]))

    times = [time for time, _ in pictures(path.read_bytes())]
    assert len(made) == len(times) == film.frames
    assert max(abs(ours - (theirs - times[0])) for (ours, _), theirs in zip(made, times, strict=True)) < Fraction(
        1, 1000
    )


def test_a_turned_film_in_wide_pixels_is_upright_and_square(data: Path, tmp_path: Path) -> None:
    flat = excerpt(data, tmp_path / "flat.mp4", seconds=1, filters="scale=160:90,setsar=4/3", sound=("-an",))
    path = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", flat, "-c", "copy", path)
    film = read_film(path)
    assert (film.width, film.height) == (90, 213 - 213 % 2) or (film.width, film.height) == (90, 213)

    [*made] = pictures(streamed(path, film, [0]))

    still = tmp_path / "still.png"
    rung = film.rungs[-1]
    ffmpeg("-i", path, "-frames:v", "1", "-vf", f"scale={rung.width}:{rung.height},setsar=1,format=gray", still)
    with av.open(str(still), "r") as container:
        witness = next(container.decode(video=0)).to_ndarray(format="gray")
    assert made[0][1].shape == witness.shape
    assert np.abs(made[0][1].astype(float) - witness).mean() < 12


@given(
    frames=st.integers(1, 2000),
    rate=st.sampled_from(
        [Fraction(24), Fraction(30000, 1001), Fraction(25), Fraction(60), Fraction(1, 3), Fraction(5)]
    ),
)
def test_segments_of_a_constant_rate_cover_the_film_once(frames: int, rate: Fraction) -> None:
    film = Film(160, 90, rate, Fraction(0), frames, (), {}, None)

    assert [each for piece in film.pieces for each in range(piece.start, piece.end)] == list(range(frames))
    assert all(film.tick(number) * rate == number * film.timescale for number in range(0, frames, 97))
    assert all(film.piece_at(piece.start_tick / film.timescale) == piece for piece in film.pieces)


@given(st.lists(st.integers(1, 400_000), min_size=1, max_size=200))
def test_segments_of_a_variable_rate_cover_the_film_once(gaps: list[int]) -> None:
    ticks = tuple(int(each) for each in np.cumsum([0, *gaps]))
    film = Film(160, 90, Fraction(24), Fraction(0), len(gaps), ticks, {}, None)

    assert [each for piece in film.pieces for each in range(piece.start, piece.end)] == list(range(len(gaps)))
    assert all(piece.end_tick - piece.start_tick >= 180_000 for piece in film.pieces[1:-1])
    assert Film.from_json(film.to_json()) == film


def test_a_fragment_can_be_moved_to_an_earlier_time(bunny: Path) -> None:
    film = read_film(bunny)
    rung, cursor = film.rungs[-1], Cursor(bunny, film)
    made = make_segment(cursor, film, film.pieces[1], rung, None).content
    head = header(PictureTrack(film.timescale, rung.width, rung.height, film.headers[rung.name]))

    moved = pictures(head + rebased(made, film.pieces[1].start_tick))

    assert moved[0][0] == 0 and len(moved) == 48
