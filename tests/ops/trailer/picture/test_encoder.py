"""The choice of an encoder: by encoding, never by a list."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ops.errors import MediaError
from ops.media.ffmpeg import ffmpeg_program
from ops.trailer.picture import encoder as encoders
from ops.trailer.picture import render
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Choice, Encoder, choose_encoder, h264_level, works
from tests.ops.trailer.render_cases import clip, trailer_of


def test_what_is_chosen_works_here():
    for wanted in Encoder:
        assert works(choose_encoder(wanted).encoder)


def test_nvenc_without_a_gpu_gives_way_to_x264_and_says_so():
    if works(Encoder.NVENC):
        pytest.skip("this machine has NVENC")
    for wanted in (Encoder.AUTO, Encoder.NVENC):
        choice = choose_encoder(wanted)
        assert choice.encoder is Encoder.X264 and "NVENC" in choice.why and "x264" in choice.why


def test_one_probe_answers_for_the_whole_process():
    choose_encoder(Encoder.X264)
    asked = encoders._fault.cache_info().misses
    choose_encoder(Encoder.X264)
    assert encoders._fault.cache_info().misses == asked
    assert ffmpeg_program()


def test_nvenc_that_fails_on_the_way_is_replaced_for_the_whole_trailer(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if works(Encoder.NVENC):
        pytest.skip("this machine has NVENC")
    monkeypatch.setattr(render, "choose_encoder", lambda wanted: Choice(Encoder.NVENC, "a driver lied"))
    film = data / "video/sintel_trailer_720p.mp4"
    edl = trailer_of(film, clip(334, 6), clip(700, 6))

    made = render.render_trailer(edl, film, tmp_path / "made.mp4", pieces=PieceCache(tmp_path / "pieces"))

    assert made.encoder is Encoder.X264 and "NVENC failed" in made.encoder_why


@pytest.mark.parametrize(
    ("size", "rate", "level"),
    # ISO/IEC 14496-10, table A-1: 720p30 is 3.1, 1080p30 is 4.0, 1080p60 is 4.2
    [((1280, 720), 30, "3.1"), ((1920, 1080), 30, "4.0"), ((1920, 1080), 60, "4.2"), ((1080, 1920), 24, "4.0")],
)
def test_the_level_is_the_least_that_holds_the_picture(size: tuple[int, int], rate: int, level: str):
    assert h264_level(size, Fraction(rate)) == level


def test_a_picture_beyond_h264_is_refused():
    with pytest.raises(MediaError, match="beyond"):
        h264_level((16384, 16384), Fraction(60))
