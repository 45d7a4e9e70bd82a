"""Measuring a finished trailer: right ones pass, and each fault that is made is found."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from ops.media.ffmpeg import run_ffmpeg
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Join, JoinKind, Title
from ops.trailer.measuring.conform import faults_of, measure_file
from ops.trailer.measuring.pictures import measure_pictures
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Encoder
from ops.trailer.picture.render import render_trailer
from tests.ops.trailer.render_cases import SINTEL_PICTURE, SMALL, clip, trailer_of

RATE = Fraction(24)


@pytest.fixture(scope="module")
def film(data: Path) -> Path:
    return data / "video/sintel_trailer_720p.mp4"


@pytest.fixture(scope="module")
def edl(film: Path) -> EditDecisionList:
    events = (clip(700, 24, title=Title("North", 4, 16)), clip(476, 24), clip(860, 24))
    joins = (Join(JoinKind.DIP, 4, 4), Join())
    return trailer_of(film, *events, joins=joins, picture=SINTEL_PICTURE, grade="action")


@pytest.fixture(scope="module")
def made(film: Path, edl: EditDecisionList, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conform")
    sound = folder / "sound.m4a"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=3", "-ac", "2", "-c:a", "aac", sound],
        timeout_s=30,
    )
    pieces = PieceCache(folder / "pieces")
    return render_trailer(edl, film, folder / "made.mp4", pieces=pieces, sound=sound, encoder=Encoder.X264).path


def again(made: Path, to: Path, *args: str) -> Path:
    run_ffmpeg(["-i", made, *args, to], timeout_s=60)
    return to


def test_a_rendered_trailer_conforms(made: Path, edl: EditDecisionList):
    facts = measure_file(made, RATE)
    assert faults_of(facts, frames=72, rate=RATE, size=SMALL, sound=True) == ()
    assert abs(facts.audio_offset_s) <= 0.020
    assert abs(facts.audio_s - 3.0) < 0.05


@pytest.mark.parametrize(
    ("args", "fault"),
    [
        (["-c", "copy", "-map", "0:v"], "sound"),
        (["-c", "copy"], "index stands behind"),
        (["-c:v", "libx264", "-profile:v", "baseline", "-movflags", "+faststart"], "profile"),
        (["-c:v", "libx264", "-pix_fmt", "yuv444p", "-movflags", "+faststart"], "samples"),
        (["-c:v", "libx264", "-g", "72", "-sc_threshold", "0", "-movflags", "+faststart"], "key frame"),
        (["-c:v", "copy", "-ar", "44100", "-movflags", "+faststart"], "44100 Hz"),
        (["-c:v", "copy", "-af", "atrim=end=2.8", "-movflags", "+faststart"], "s shorter than its pictures"),
        (["-c:v", "copy", "-af", "apad=pad_dur=0.5", "-movflags", "+faststart"], "longer than its pictures"),
        (["-c:v", "libx264", "-r", "25", "-movflags", "+faststart"], "do not all lie"),
        (["-c:v", "libx264", "-vf", "setparams=colorspace=smpte170m", "-movflags", "+faststart"], "BT.709"),
        (["-c:v", "libx264", "-x264-params", "open-gop=1:keyint=12:bframes=3:scenecut=0:b-adapt=0"], "open"),
    ],
)
def test_each_fault_is_found(args: list[str], fault: str, made: Path, tmp_path: Path):
    facts = measure_file(again(made, tmp_path / "faulty.mp4", *args), RATE)
    found = faults_of(facts, frames=72, rate=RATE, size=SMALL, sound=True)
    assert any(fault in each for each in found), found


def test_the_right_frames_are_seen_to_be_right(made: Path, edl: EditDecisionList, film: Path):
    facts = measure_pictures(made, edl, film)
    assert facts.worst_offset == 0 and facts.flaws == ()
    assert len(facts.matches) == 6
    assert min(match.psnr_db for match in facts.matches) > 35


def test_a_clip_cut_one_frame_late_is_seen(made: Path, edl: EditDecisionList, film: Path):
    first, _, third = edl.events
    ordered = replace(edl, events=(first, clip(475, 24), third))
    assert measure_pictures(made, ordered, film).worst_offset == 1


def test_black_and_frozen_stretches_are_found_where_the_film_has_none(
    made: Path, edl: EditDecisionList, film: Path, tmp_path: Path
):
    black = again(made, tmp_path / "black.mp4", "-vf", "drawbox=c=black:t=fill:enable='between(n,50,70)'", "-crf", "18")
    frozen = again(made, tmp_path / "frozen.mp4", "-vf", "loop=loop=15:size=1:start=52,trim=end_frame=72", "-crf", "18")

    (flaw,) = measure_pictures(black, edl, film).flaws
    assert (flaw.kind, flaw.start, flaw.end, flaw.event) == ("black", 50, 71, 2)
    # FFmpeg's own detectors say the same
    log = run_ffmpeg(
        ["-loglevel", "info", "-i", black, "-vf", "blackdetect=d=0.5", "-an", "-f", "null", "-"], timeout_s=60
    ).log
    assert re.search(r"black_start:2\.08", log)
    (flaw,) = measure_pictures(frozen, edl, film).flaws
    assert flaw.kind == "frozen" and flaw.event == 2 and abs(flaw.start - 52) <= 1 and abs(flaw.end - 68) <= 1


def test_half_a_second_of_black_is_a_flaw_though_the_film_is_black_there_too(tmp_path: Path):
    dark = tmp_path / "dark.mp4"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=3", "-vf",
         "drawbox=c=black:t=fill:enable='between(n,30,49)'", "-pix_fmt", "yuv420p", dark],
        timeout_s=30,
    )  # fmt: skip
    for start, kinds in ((4, ["black"]), (44, [])):  # 20 frames of black; the last six of them
        edl = trailer_of(dark, clip(start, 20 + 30 * (start == 4)), frames=72)
        made = render_trailer(
            edl, dark, tmp_path / f"{start}.mp4", pieces=PieceCache(tmp_path / "pieces"), encoder=Encoder.X264
        ).path
        assert [flaw.kind for flaw in measure_pictures(made, edl, dark).flaws] == kinds


def test_a_shot_that_is_still_in_the_film_is_no_flaw(tmp_path: Path):
    still = tmp_path / "still.mp4"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=2", "-vf", "loop=loop=40:size=1:start=0",
         "-pix_fmt", "yuv420p", still],
        timeout_s=30,
    )  # fmt: skip
    edl = trailer_of(still, clip(4, 30), frames=40)
    made = render_trailer(
        edl, still, tmp_path / "made.mp4", pieces=PieceCache(tmp_path / "pieces"), encoder=Encoder.X264
    ).path
    assert measure_pictures(made, edl, still).flaws == ()
