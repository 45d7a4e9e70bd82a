"""Wall time of the whole analysis, beside PySceneDetect's and beside what merely decoding costs.

Ours is shots with every cheap feature and loudness; theirs is shots alone (`AdaptiveDetector`), the faster of both
backends. Each runs in a process of its own and times itself from the call on, so that no one pays for imports; the
runs take turns, and ratios are taken within a turn, so that a busy machine is unfair to nobody.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import av
import imageio_ffmpeg

__all__ = ["Timing", "looped", "measure_speed", "time_job"]

THREADS = 2

JOBS = ("ffmpeg decodes", "showrunner", "scenedetect opencv", "scenedetect pyav")


@dataclass(frozen=True)
class Timing:
    """Seconds of every job in every turn, and what follows from them."""

    frames: int
    seconds: dict[str, list[float]]

    def median(self, job: str) -> float:
        """Seconds of a job, the median turn."""
        return statistics.median(self.seconds[job])

    @property
    def against_peer(self) -> float:
        """How many times faster than PySceneDetect's faster backend, the median of the turns."""
        backends = zip(self.seconds["scenedetect opencv"], self.seconds["scenedetect pyav"], strict=True)
        return statistics.median(
            min(peer) / ours for peer, ours in zip(backends, self.seconds["showrunner"], strict=True)
        )

    @property
    def of_decoding(self) -> float:
        """Share of the rate at which FFmpeg decodes and throws away, the median of the turns."""
        return statistics.median(
            bare / ours for bare, ours in zip(self.seconds["ffmpeg decodes"], self.seconds["showrunner"], strict=True)
        )


def measure_speed(film: Path, turns: int) -> Timing:
    """Time every job on a film, turn by turn."""
    seconds: dict[str, list[float]] = {job: [] for job in JOBS}
    for _ in range(turns):
        for job in JOBS:
            command = [sys.executable, "-m", "benchmarks.shots", "--job", job, str(film)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            seconds[job].append(float(told.split()[-1]))
    with av.open(str(film)) as container:
        frames = sum(1 for packet in container.demux(video=0) if packet.size)
    return Timing(frames, seconds)


def time_job(job: str, film: Path) -> float:
    """Do one job in this process and time it, without what it takes to import its libraries."""
    if job == "ffmpeg decodes":
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-threads", str(THREADS), "-i", str(film)]
        began = time.perf_counter()
        subprocess.run([*command, "-map", "0:v:0", "-f", "null", "-"], check=True)
    elif job == "showrunner":
        from ops.shots.analyse import analyse

        began = time.perf_counter()
        loudness = threading.Thread(target=_hear, args=(film,))
        loudness.start()
        analyse(film)
        loudness.join()
    else:
        from scenedetect import AdaptiveDetector, detect

        began = time.perf_counter()
        detect(str(film), AdaptiveDetector(), backend=job.rsplit(maxsplit=1)[-1])
    return time.perf_counter() - began


def _hear(film: Path) -> None:
    """Loudness of the film's sound, where it has any, by the meter that the audio features use."""
    from ops.audio.loudness import LoudnessMeter

    meter = LoudnessMeter()
    with av.open(str(film)) as container:
        if not container.streams.audio:
            return
        for frame in container.decode(audio=0):
            meter.push(frame)
    meter.finish()


def looped(film: Path, times: int, into: Path) -> Path:
    """The same film several times over, its streams copied."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-stream_loop", str(times - 1), "-i", str(film)]
    subprocess.run([*command, "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", str(into)], check=True)
    return into
