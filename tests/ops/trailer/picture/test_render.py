"""Rendering as a whole: joins, words, the cache, what fails, and what is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from ops.errors import MediaError, UsageError
from ops.eta import Eta
from ops.media.ffmpeg import run_ffmpeg
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, CardKind, CropKnot, Join, JoinKind, Title
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Encoder
from ops.trailer.picture.pieces import cut_into_pieces
from ops.trailer.picture.render import Rendering, render_trailer
from tests.ops.trailer.render_cases import SINTEL_PICTURE, SMALL, clip, luma, psnr, trailer_of


@pytest.fixture(scope="module")
def film(data: Path) -> Path:
    return data / "video/sintel_trailer_720p.mp4"


def render(edl: EditDecisionList, film: Path, folder: Path, **more: Any) -> Rendering:
    return render_trailer(
        edl, film, folder / "made.mp4", pieces=PieceCache(folder / "pieces"), encoder=Encoder.X264, **more
    )


def every_join(film: Path) -> EditDecisionList:
    events = (clip(334, 20), clip(700, 20), clip(476, 20), clip(860, 20), clip(960, 20))
    joins = (
        Join(JoinKind.DISSOLVE, 5, 4),
        Join(JoinKind.DIP, 4, 4),
        Join(JoinKind.WHIP, 4, 4),
        Join(JoinKind.FLASH, 2, 4),
    )
    return trailer_of(film, *events, joins=joins)


@pytest.fixture(scope="module")
def joined(film: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    return luma(render(every_join(film), film, tmp_path_factory.mktemp("joins")).path, SMALL)[0]


@pytest.fixture(scope="module")
def theirs(film: Path) -> dict[int, np.ndarray]:
    """The film's frames around the joins, by number."""
    found = {}
    for start in (334, 695, 476, 860):
        pictures, _ = luma(film, SMALL, start_s=start / 24 - 0.01, end_s=(start + 26) / 24 - 0.01)
        found |= {start + place: picture for place, picture in enumerate(pictures)}
    return found


def test_joins_neither_lengthen_nor_shorten_a_trailer(joined: np.ndarray):
    assert len(joined) == 100


def test_a_dissolve_mixes_the_handles_of_both_clips(joined: np.ndarray, theirs: dict[int, np.ndarray]):
    for place in range(9):
        share = (place + 1) / 10
        mixed = (1 - share) * theirs[334 + 15 + place] + share * theirs[700 - 5 + place]
        assert psnr(joined[15 + place], mixed) > 33
    assert psnr(joined[14], theirs[348]) > 33 and psnr(joined[24], theirs[704]) > 33


def test_a_dip_is_black_at_the_cut_and_untouched_outside_itself(joined: np.ndarray, theirs: dict[int, np.ndarray]):
    assert joined[40].mean() < 1.5
    assert psnr(joined[35], theirs[715]) > 33 and psnr(joined[44], theirs[480]) > 33


def test_a_flash_is_white_at_the_cut_and_falls_off(joined: np.ndarray, theirs: dict[int, np.ndarray]):
    assert joined[80].mean() > 250
    assert (np.diff(joined[80:85].mean(axis=(1, 2))) < 0).all()
    assert psnr(joined[77], theirs[877]) > 33


def test_a_whip_is_blurred_sideways_and_lands_on_the_next_picture(joined: np.ndarray, theirs: dict[int, np.ndarray]):
    across = np.abs(np.diff(joined[:, 40:140], axis=2)).mean(axis=(1, 2))
    assert across[59:61].max() < 0.35 * across[50]
    assert psnr(joined[55], theirs[491]) > 33 and psnr(joined[64], theirs[864]) > 33


def test_a_flash_leaves_the_black_bars_black(film: Path, tmp_path: Path):
    edl = trailer_of(film, clip(860, 6), clip(930, 6), joins=(Join(JoinKind.FLASH, 2, 3),), picture=SINTEL_PICTURE)
    made = luma(render(edl, film, tmp_path).path, SMALL)[0]
    assert made[6, 60:120].mean() > 245 and made[6, :20].mean() < 3


def test_the_second_rendering_makes_nothing_and_one_change_makes_one_piece(film: Path, tmp_path: Path):
    edl = trailer_of(film, clip(334, 8), clip(700, 8), clip(860, 8))
    first = render(edl, film, tmp_path)
    before = first.path.read_bytes()
    again = render(edl, film, tmp_path)
    other = render(replace(edl, events=(edl.events[0], clip(702, 8), edl.events[2])), film, tmp_path)

    assert (first.reused, again.reused, other.reused) == (0, 3, 2)
    assert before == (tmp_path / "made.mp4").read_bytes() or other.pieces == 3
    assert not list((tmp_path / "pieces").glob("work-*"))


def test_two_renderings_from_nothing_are_the_same_bytes(film: Path, tmp_path: Path):
    edl = trailer_of(film, clip(334, 6, title=Title("Far north", 1, 5)), Card(6, CardKind.TITLE, ("Sintel",)))
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(render(edl, film, tmp_path / name).path.read_bytes())
    assert made[0] == made[1]


def test_the_folder_of_pieces_keeps_to_its_bound(film: Path, tmp_path: Path):
    pieces = PieceCache(tmp_path / "pieces", most_bytes=30_000)
    for start in (334, 500, 700):
        edl = trailer_of(film, clip(start, 12))
        render_trailer(edl, film, tmp_path / "made.mp4", pieces=pieces, encoder=Encoder.X264)
    held = list((tmp_path / "pieces").glob("*.mp4"))
    assert sum(path.stat().st_size for path in held) <= 30_000


def test_a_clip_beyond_the_film_fails_and_leaves_nothing(film: Path, tmp_path: Path):
    edl = trailer_of(film, clip(334, 6), clip(1600, 12), frames=2000)
    with pytest.raises(MediaError):
        render(edl, film, tmp_path)
    assert not (tmp_path / "made.mp4").exists()
    assert not [path for path in tmp_path.rglob("*") if "work-" in path.name or "unfinished" in path.name]


def test_an_unknown_grade_is_refused_by_name(film: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="sepia"):
        render(trailer_of(film, clip(334, 6), grade="sepia"), film, tmp_path)


def test_a_killed_rendering_goes_on_from_the_pieces_it_had(film: Path, tmp_path: Path):
    code = f"""
from pathlib import Path
from tests.ops.trailer.render_cases import clip, trailer_of
from ops.trailer.picture.encoder import Encoder
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.render import render_trailer
film = Path({str(film)!r})
edl = trailer_of(film, *(clip(334 + 60 * place, 24) for place in range(10)))
render_trailer(edl, film, Path({str(tmp_path / "made.mp4")!r}), pieces=PieceCache(Path({str(tmp_path / "pieces")!r})),
               encoder=Encoder.X264, workers=1)
"""
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, cwd=Path(__file__).parents[4])
    waited = time.monotonic()
    while len(list((tmp_path / "pieces").glob("*.mp4"))) < 2 and time.monotonic() - waited < 60:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    had = len(list((tmp_path / "pieces").glob("*.mp4")))
    assert 2 <= had < 10 and not (tmp_path / "made.mp4").exists()

    edl = trailer_of(film, *(clip(334 + 60 * place, 24) for place in range(10)))
    resumed = render(edl, film, tmp_path)

    assert resumed.reused >= had
    assert len(luma(resumed.path, (64, 36))[0]) == 240


def test_sound_is_laid_beside_the_pictures_as_it_is(film: Path, tmp_path: Path):
    sound = tmp_path / "sound.m4a"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1", "-ac", "2", "-c:a", "aac", sound],
        timeout_s=30,
    )
    edl = trailer_of(film, clip(334, 12), clip(700, 12))

    made = render(edl, film, tmp_path, sound=sound).path

    def packets(path: Path) -> list[bytes]:
        with av.open(str(path)) as container:
            return [bytes(packet) for packet in container.demux(audio=0) if packet.size]

    assert packets(made) == packets(sound)


def test_pieces_of_svt_av1_are_joined_by_copy_too(film: Path, tmp_path: Path):
    edl = trailer_of(film, clip(334, 8), clip(700, 8))
    made = render_trailer(
        edl, film, tmp_path / "made.mp4", pieces=PieceCache(tmp_path / "pieces"), encoder=Encoder.SVTAV1
    )
    assert made.encoder is Encoder.SVTAV1
    with av.open(str(made.path)) as container:
        assert container.streams.video[0].codec_context.codec.canonical_name == "av1"
        assert sum(1 for _ in container.decode(video=0)) == 16


def test_ntsc_rates_lie_exactly_on_their_clock(film: Path, tmp_path: Path):
    rate = Fraction(24000, 1001)
    edl = trailer_of(film, *(clip(334 + 20 * place, 7) for place in range(6)), rate=rate, frames=1250)
    made = render(edl, film, tmp_path).path
    with av.open(str(made)) as container:
        stream = container.streams.video[0]
        unit = Fraction(stream.time_base or 1)
        times = sorted((packet.pts or 0) * unit for packet in container.demux(stream) if packet.size)
    assert times == [place / rate for place in range(42)]


def test_a_window_follows_its_knots(film: Path, tmp_path: Path):
    picture, size = SINTEL_PICTURE, (180, 320)
    knots = (CropKnot(0, 0.10, picture[1]), CropKnot(19, 0.50, picture[1]))
    edl = trailer_of(film, clip(476, 20, crop=knots), size=size, picture=picture)

    made = luma(render(edl, film, tmp_path).path, size)[0]

    whole = luma(film, (1280, 720), start_s=476 / 24 - 0.01, end_s=496 / 24 - 0.01)[0]
    import cv2

    wide = (626 - 94) * 180 / 320
    for frame in (0, 7, 19):
        left = (0.10 + 0.40 * frame / 19) * 1280
        window = whole[frame][94:626, round(left) : round(left + wide)]
        assert psnr(made[frame], cv2.resize(window, size, interpolation=cv2.INTER_AREA)) > 27


def test_progress_never_falls_and_ends_at_one(film: Path, tmp_path: Path):
    told: list[float] = []
    render(trailer_of(film, clip(334, 8), clip(700, 8)), film, tmp_path, progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0


def test_the_time_left_follows_the_pace():
    now = [0.0]
    eta = Eta(lambda: now[0])
    assert eta.seconds_left(0.0) is None
    left = None
    for step in range(1, 6):
        now[0] = 2.0 * step
        left = eta.seconds_left(0.1 * step)
    assert left == pytest.approx(10.0, rel=0.05)
    assert eta.seconds_left(1.0) == 0.0


def test_pieces_cover_the_timeline_once(film: Path):
    pieces = cut_into_pieces(every_join(film))
    assert pieces[0].at == 0
    assert [piece.at + piece.frames for piece in pieces] == [*(piece.at for piece in pieces[1:]), 100]
    assert sum(piece.after is not None for piece in pieces) == 4
