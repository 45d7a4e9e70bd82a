"""The runner of the FFmpeg program: its limits, its progress, its words, and that nothing of it is left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from ops.errors import MediaError, SettingsError
from ops.media import ffmpeg as module
from ops.media.ffmpeg import ffmpeg_program, ffmpeg_version, run_ffmpeg
from ops.media.probe import probe

ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25"]
ROOT = Path(__file__).resolve().parents[3]


def running() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if "ffmpeg" in child.name()]


def test_a_whole_file_job_writes_its_file(data: Path, tmp_path: Path):
    small = tmp_path / "small.mp4"

    run = run_ffmpeg(["-i", data / "video" / "bikes_640x272.mp4", "-vf", "scale=160:-2", small], timeout_s=60)

    video = probe(small).video
    assert video is not None
    assert (video.width, video.height, video.frames) == (160, 68, 250)
    assert run.seconds > 0


def test_what_goes_to_standard_output_comes_back(data: Path):
    args = ["-i", data / "audio" / "sine_1khz_minus20dbfs_stereo.wav", "-f", "f32le", "-"]

    samples = np.frombuffer(run_ffmpeg(args, timeout_s=20).stdout, np.float32)

    assert len(samples) == 2 * 5 * 48_000
    assert np.abs(samples).max() == pytest.approx(0.1, abs=1e-3)


def test_filters_that_report_are_read_from_the_log(data: Path):
    film = data / "video" / "one_frame.mp4"

    run = run_ffmpeg(["-loglevel", "info", "-i", film, "-vf", "showinfo", "-f", "null", "-"], timeout_s=20)

    assert "pts_time:0" in run.log


def test_progress_rises_from_near_nothing_to_one(data: Path, tmp_path: Path):
    told: list[float] = []
    film = data / "video" / "sintel_trailer_720p.mp4"
    args = ["-readrate", "8", "-i", film, "-t", "12", "-c", "copy", tmp_path / "part.mp4"]

    run_ffmpeg(args, timeout_s=120, progress=told.append, duration_s=12.0)

    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 2
    assert told[0] < 0.8


def test_a_job_that_takes_too_long_is_ended(tmp_path: Path):
    began = time.monotonic()

    with pytest.raises(MediaError, match="did not finish within 1 s"):
        run_ffmpeg([*ENDLESS, tmp_path / "endless.mkv"], timeout_s=1)

    assert time.monotonic() - began < 60
    assert not running()


def test_a_job_that_writes_too_much_is_ended(tmp_path: Path):
    noise = ["-f", "lavfi", "-i", "nullsrc=s=640x360,geq=random(1)*255:128:128", "-t", "600", "-c:v", "rawvideo"]

    with pytest.raises(MediaError, match="beyond the limit of 1,000,000"):
        run_ffmpeg([*noise, tmp_path / "noise.nut"], timeout_s=60, max_output_bytes=1_000_000)

    assert not running()
    assert (tmp_path / "noise.nut").stat().st_size < 200_000_000


def test_a_failed_job_tells_ffmpegs_own_last_words(data: Path, tmp_path: Path):
    with pytest.raises(MediaError) as failure:
        run_ffmpeg(["-i", data / "broken" / "text_named.mp4", tmp_path / "out.mp4"], timeout_s=20)

    assert "Invalid data found" in failure.value.what
    assert failure.value.where == str(data / "broken" / "text_named.mp4")
    assert " @ 0x" not in str(failure.value)


def test_an_unknown_option_is_told_too(tmp_path: Path):
    with pytest.raises(MediaError, match="no_such_option"):
        run_ffmpeg(["-no_such_option", "1", tmp_path / "out.mp4"], timeout_s=20)


@pytest.mark.parametrize("name", ["-i.mp4", "pipe:1.mp4", "a b'c.mp4", "50%d.mp4", "übung\n.mp4"])
def test_no_path_is_taken_for_an_option_a_protocol_or_a_pattern(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes((data / "video" / "one_frame.mp4").read_bytes())

    run_ffmpeg(["-i", Path(name), "-c", "copy", "-f", "mp4", Path(f"{name}.copy")], timeout_s=20)

    assert Path(f"{name}.copy").stat().st_size > 0


def test_an_error_in_the_callers_progress_ends_the_job(tmp_path: Path):
    def fail(fraction: float) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_ffmpeg([*ENDLESS, tmp_path / "endless.mkv"], timeout_s=30, progress=fail, duration_s=100.0)

    assert not running()


def test_an_interrupt_ends_the_job_with_the_program(tmp_path: Path):
    program = (
        "from ops.media.ffmpeg import run_ffmpeg\n"
        f"run_ffmpeg({ENDLESS!r} + ['-y', {str(tmp_path / 'endless.mkv')!r}], timeout_s=60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.DEVNULL)
    watched = psutil.Process(parent.pid)
    deadline = time.monotonic() + 60
    while not (children := watched.children()) and time.monotonic() < deadline:
        time.sleep(0.05)

    parent.send_signal(signal.SIGINT)
    parent.wait(timeout=60)

    assert children
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive


def test_no_descriptor_is_left_open(tmp_path: Path):
    args = ["-f", "lavfi", "-i", "color=d=0.1", "-f", "null", "-"]
    run_ffmpeg(args, timeout_s=20)
    before = psutil.Process().num_fds()

    for _ in range(3):
        run_ffmpeg(args, timeout_s=20)

    assert psutil.Process().num_fds() == before


def test_the_version_is_the_programs_own_word():
    printed = subprocess.run([ffmpeg_program(), "-version"], capture_output=True, check=True).stdout.decode()

    assert printed.startswith(f"ffmpeg version {ffmpeg_version()} ")


def test_a_missing_program_is_a_setting_to_mend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    module.ffmpeg_program.cache_clear()
    try:
        with pytest.raises(SettingsError, match="no FFmpeg program"):
            run_ffmpeg(["-version"], timeout_s=5)
    finally:
        module.ffmpeg_program.cache_clear()
