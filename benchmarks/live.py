"""Live streams against the clock, and against FFmpeg's own lut3d path: one film, LUT and encoder setting, in turns.

    .venv/bin/python -m benchmarks.live [--film FILE] [--seconds 12] [--rounds 3]

Ours is the whole way of a segment: a worker process is asked over its socket, decodes, styles, encodes, and the bytes
arrive here. FFmpeg's is one program, one decode, `lut3d=interp=tetrahedral`, libx264 with the same options, to a file;
it pays no seeks, no segments and no delivery. What is told is frames a second of each and their ratio, round by round,
so that other load on the machine falls on both; and the processor time a frame takes of each, on which other load tells
little: what two cores could do of it at best. Then: the time from asking for a stream to having its first segment, with
a warm worker. A network at 1080p60 is measured where there is a CUDA device, and said to be left out elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import psutil
import requests

from ops.style.catalogue import house_styles
from ops.style.grading.cube import write_cube
from ops.style.mixing import plan_of
from ops.style.model import Family, Look, Recipe, look_of
from ops.style.stages import Canvas, Effort
from resources.catalogue import Catalogue
from resources.masters import Masters
from resources.settings import load_settings
from serving.live.film import Film
from serving.live.local_workers import LocalWorkers
from serving.live.pool import Demand
from serving.live.worker.encoding import max_rate
from tests.serving.live import open_live

_FILM = Path(__file__).resolve().parents[2] / "shared/data/video/sintel_trailer_720p.mp4"
_CASES = {"720p30": ("1280:720", 30), "1080p24": ("1920:1080", 24)}
_LOOKS = {
    "a grade": {"teal_and_orange": 1.0},
    "a mix of three": {"teal_and_orange": 0.5, "high_contrast": 0.2, "pastel": 0.3},
}


def ffmpeg(*args: str | Path | float) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error", "-y", *map(str, args)]
    subprocess.run(command, check=True)


def source(film: Path, folder: Path, size: str, rate: int, seconds: float) -> Path:
    """The film's busiest seconds in a size and rate, as a master would be: H.264 with B-frames."""
    path = folder / f"{size.replace(':', 'x')}-{rate}.mp4"
    ffmpeg(
        *("-ss", "20", "-t", seconds, "-i", film, "-vf", f"scale={size}:flags=bicubic,fps={rate}", "-an"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", path),
    )
    return path


def look(weights: Mapping[str, float]) -> Look:
    return look_of([(Recipe(style), weight) for style, weight in weights.items()], house_styles())


class Worker:
    """One warm worker and a film."""

    def __init__(self, workers: LocalWorkers, path: Path) -> None:
        size = path.stat().st_size
        self._master = {"title": "film", "sha256": f"{size:064x}", "uri": str(path), "size_bytes": size}
        self._workers = workers
        told = workers.ask(Demand("/film", {"master": self._master})).json()
        self.film, self._told = Film.from_json(told), told

    @property
    def processor_s(self) -> float:
        """Processor time that the worker has used."""
        times = psutil.Process(self._workers.state()[0]["process"]).cpu_times()
        return times.user + times.system

    def segment(self, number: int, wanted: Look, rung: str) -> tuple[int, str]:
        body: dict[str, Any] = {
            "master": self._master, "film": self._told, "number": number, "rung": rung, "look": wanted.to_json(),
            "step": 0, "deadline_s": 120,
        }  # fmt: skip
        answer = self._workers.ask(Demand("/segments", body, frozenset(Family), "film", timeout_s=120))
        return len(answer.content), answer.headers["x-quality"]


def ours(worker: Worker, wanted: Look, rung: str) -> float:
    """Frames a second over all segments, each asked for when the one before has come."""
    began = time.perf_counter()
    for piece in worker.film.pieces:
        _, quality = worker.segment(piece.number, wanted, rung)
        assert quality.endswith("full"), quality
    return worker.film.frames / (time.perf_counter() - began)


def theirs(path: Path, film: Film, cube: Path, out: Path) -> float:
    """Frames a second of FFmpeg's program."""
    rate = max_rate(film.rungs[0], film.rate)
    gop = round(2 * film.rate)
    began = time.perf_counter()
    ffmpeg(
        *("-i", path, "-vf", f"lut3d=file={cube}:interp=tetrahedral,format=yuv420p", "-c:v", "libx264"),
        *("-preset", "superfast", "-crf", "22", "-profile:v", "high", "-bf", "0", "-sc_threshold", "0", "-g", gop),
        *("-maxrate", rate, "-bufsize", 2 * rate, "-x264-params", "rc-lookahead=0:sync-lookahead=0:mbtree=0"),
        *("-f", "mp4", "-movflags", "+frag_keyframe+empty_moov+default_base_moof", out),
    )
    return film.frames / (time.perf_counter() - began)


def first_segment(film: Path, folder: Path) -> list[float]:
    """Seconds from asking for a stream to having its first segment: another look each time, with a warm worker."""
    took = []
    with open_live(folder / "home") as live:
        title = Masters(live.settings).deliver(film, Catalogue(live.database)).title
        for style in ("none", "noir", "pastel", "golden_hour", "bleach_bypass", "high_contrast"):
            began = time.perf_counter()
            master = live.get(f"/v1/titles/{title}/stream?style={style}").text
            media = next(line for line in master.splitlines() if line.startswith("/live/"))
            playlist = requests.get(live.url + media, timeout=60).text
            name = next(line for line in playlist.splitlines() if line.endswith(".m4s"))
            answer = requests.get(f"{live.url}{media.rpartition('/')[0]}/{name}", timeout=60)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200
            time.sleep(3)  # what was made ahead is done
    return took[1:]  # the first began with starting the worker and reading the film


def main() -> None:
    arguments = _arguments()
    report: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0], "cases": {}}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        workers = LocalWorkers(load_settings(folder / "home", database_url=None), most=1)
        try:
            for case, (size, rate) in _CASES.items():
                path = source(arguments.film, folder, size, rate, arguments.seconds)
                worker = Worker(workers, path)
                for name, weights in _LOOKS.items():
                    report["cases"][f"{case}, {name}"] = _compared(
                        worker, path, look(weights), folder, arguments.rounds
                    )
                    print(f"{case}, {name}: {report['cases'][f'{case}, {name}']}", flush=True)
        finally:
            workers.close()
        path = source(arguments.film, folder, "1280:720", 24, arguments.seconds)
        took = first_segment(path, folder)
        report["first_segment_s"] = {"median": round(statistics.median(took), 3), "worst": round(max(took), 3)}
    report["neural_1080p60"] = _neural()
    print(json.dumps(report, indent=1))


def _compared(worker: Worker, path: Path, wanted: Look, folder: Path, rounds: int) -> dict[str, Any]:
    film, rung = worker.film, worker.film.rungs[0].name
    canvas = Canvas(film.width, film.height, Fraction(film.rate))
    plan = plan_of(wanted, house_styles(), canvas, Effort.FULL)
    assert plan.lut is not None and not plan.filters and not plan.finish, "the looks are of grades alone"
    cube = folder / "look.cube"
    write_cube(cube, plan.lut)
    worker.segment(0, wanted, rung)
    rows, costs = [], []
    for _ in range(rounds):
        own_began, other_began = worker.processor_s, _children_s()
        rows.append((ours(worker, wanted, rung), theirs(path, film, cube, folder / "out.mp4")))
        costs.append((worker.processor_s - own_began, _children_s() - other_began))
    return {
        "ours_fps": [round(own, 1) for own, _ in rows],
        "ffmpeg_fps": [round(other, 1) for _, other in rows],
        "ratio": round(statistics.median(own / other for own, other in rows), 3),
        "at_best_on_two_cores_fps": [round(2 * film.frames / min(each)) for each in zip(*costs, strict=True)],
        "processor_ratio": round(statistics.median(other / own for own, other in costs), 3),
        "real_time": round(statistics.median(own for own, _ in rows) / float(film.rate), 2),
    }


def _children_s() -> float:
    """Processor time of the programs that were run and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _neural() -> str:
    try:
        import torch
    except ImportError:
        return "left out: no PyTorch"
    if not torch.cuda.is_available():
        return "left out: no CUDA device"
    from av.video.frame import VideoFrame

    from ops.style.runtime import Styler
    from ops.style.stages import Tick

    style = next(each.id for each in house_styles().values() if each.family is Family.NEURAL)
    styler = Styler(look({style: 1.0}), house_styles(), Canvas(1920, 1080, Fraction(60)))
    frame = VideoFrame(1920, 1080, "yuv420p")
    for number in range(10):
        styler(frame, Tick(number))
    began = time.perf_counter()
    for number in range(10, 130):
        styler(frame, Tick(number))
    return f"{120 / (time.perf_counter() - began):.1f} frames a second ({style})"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--film", type=Path, default=_FILM)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
