"""Pieces on paper and in small: how a picture is framed, and joins of every kind between clips and cards."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.trailer.events import Card, CardKind, CropKnot, Join, JoinKind, Title
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Encoder
from ops.trailer.picture.framing import frame_picture, window_size
from ops.trailer.picture.pieces import cut_into_pieces
from ops.trailer.picture.plan import plan_piece
from ops.trailer.picture.render import render_trailer
from ops.trailer.picture.source import FilmSource, open_source
from tests.ops.trailer.render_cases import SINTEL_PICTURE, WHOLE, clip, luma, trailer_of

TINY = (96, 54)


@pytest.fixture(scope="module")
def film(data: Path) -> Path:
    return data / "video/sintel_360p_two_subtitles_chapters.mkv"


@pytest.fixture(scope="module")
def source(film: Path) -> FilmSource:
    return open_source(film)


def test_the_picture_inside_a_letterbox_keeps_its_pixels_and_gets_even_bars():
    framing = frame_picture((1280, 720), (1280, 720), SINTEL_PICTURE, (1280, 720))
    assert framing.crop == (0, 94, 1280, 532) and not framing.resized
    assert framing.moving == ("pad=1280:720:0:94:black",)


def test_a_hairs_breadth_of_bar_is_filled():
    framing = frame_picture((1998, 1080), (1998, 1080), WHOLE, (1920, 1038))
    assert framing.size == (1920, 1038) and framing.moving == ()


def test_anamorphic_pixels_are_stretched():
    framing = frame_picture((320, 272), (640, 272), WHOLE, (640, 272))
    assert framing.size == (640, 272) and framing.resized


@given(
    wide=st.integers(64, 1920),
    high=st.integers(64, 1080),
    left=st.floats(-0.5, 1.5),
    right=st.floats(-0.5, 1.5),
    target=st.sampled_from([(1080, 1920), (608, 1080), (720, 720), (1280, 720)]),
)
def test_a_window_never_leaves_the_stored_picture(
    wide: int, high: int, left: float, right: float, target: tuple[int, int]
):
    size = (wide, high)
    framing = frame_picture(size, size, WHOLE, target, knots=[CropKnot(0, left, 0.0), CropKnot(9, right, 0.0)])
    assert framing.crop is not None
    x, y, across, down = framing.crop
    assert x >= 0 and y >= 0 and x + across <= wide and y + down <= high
    assert framing.size[0] >= target[0] and framing.size[1] >= target[1]
    share = window_size(size, WHOLE, target[0] / target[1])
    assert max(share) <= 1 + 1e-9


def test_the_key_is_of_what_is_seen_and_of_nothing_else(film: Path, source: FilmSource):
    edl = trailer_of(film, clip(100, 8), clip(300, 8), size=TINY)

    def keys(each: object) -> list[str]:
        return [plan_piece(piece, each, source, Encoder.X264).key for piece in cut_into_pieces(each)]  # type: ignore[arg-type]

    plain = keys(edl)
    assert keys(replace(edl, cut="other", target_lufs=-16.0)) == plain
    assert keys(replace(edl, events=tuple(reversed(edl.events)))) == plain[::-1]
    for changed in (
        replace(edl, grade="action"),
        replace(edl, size=(64, 36)),
        replace(edl, rate=Fraction(25)),
        replace(edl, events=(clip(101, 8), clip(301, 8))),
        replace(edl, events=(clip(100, 8, title=Title("a", 0, 8)), clip(300, 8, title=Title("b", 0, 8)))),
    ):
        assert not set(keys(changed)) & set(plain)


@pytest.mark.parametrize("kind", [kind for kind in JoinKind if kind is not JoinKind.CUT])
def test_joins_hold_between_clips_and_cards_with_one_side_or_both(kind: JoinKind, film: Path, tmp_path: Path):
    card = Card(12, CardKind.TITLE, ("Sintel",))
    events = (clip(100, 12), card, clip(300, 12), clip(420, 12))
    joins = (Join(kind, 3, 3), Join(kind, 0, 4), Join(kind, 4, 0))
    edl = trailer_of(film, *events, joins=joins, size=TINY)

    made = render_trailer(edl, film, tmp_path / "made.mp4", pieces=PieceCache(tmp_path / "p"), encoder=Encoder.X264)

    assert made.frames == len(luma(made.path, TINY)[0]) == 48
