"""Print the shot benchmark.

python -m benchmarks.shots                      everything (about ten minutes on two quiet cores)
python -m benchmarks.shots --only accuracy --seeds 100-103
python -m benchmarks.shots --only speed --turns 5
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.shots.accuracy import Tally, autoshot_oracle, compare, real_films, synthetic_films
from benchmarks.shots.edits import Group
from benchmarks.shots.speed import JOBS, looped, measure_speed, time_job

_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shots", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SHOWRUNNER_TEST_DATA", _DATA)))
    parser.add_argument("--only", choices=["accuracy", "speed"])
    parser.add_argument("--seeds", default="100-109", help="first-last, none of them below 10")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--film", type=Path, help="film to time; default: the Sintel trailer")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("timed", nargs="?", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        print(time_job(arguments.job, arguments.timed))
        return
    videos = arguments.data / "video"
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.only != "speed":
            _accuracy(videos, arguments.seeds, Path(scratch))
        if arguments.only != "accuracy":
            _speed(arguments.film or videos / "sintel_trailer_720p.mp4", arguments.turns, Path(scratch))


def _accuracy(videos: Path, seeds: str, scratch: Path) -> None:
    first, _, last = seeds.partition("-")
    numbers = range(int(first), int(last or first) + 1)
    print("F1 at ±2 frames; recall by kind of change; false detections")
    print("Peer: `scenedetect detect-adaptive`, defaults and best published setting (3.5, window 3, 0.6 s)\n")
    real = compare(real_films(videos), scratch)
    made = compare(synthetic_films(videos, numbers, scratch), scratch)
    groups = ["real clips", *map(str, Group)]
    print(f"{'':22}" + "".join(f"{group:>12}" for group in groups) + f"{'synthetic':>12}{'gradual':>10}")
    for method in made:
        tallies = [real[method]["real clips"], *(made[method][str(group)] for group in Group)]
        every = _together(tallies[1:])
        cells = [f"{tally.score.f1:12.4f}" for tally in tallies]
        print(f"{method:22}" + "".join(cells) + f"{every.score.f1:12.4f}{every.gradual().f1:10.4f}")
    for title, tables in (("real clips", real), (f"synthetic, seeds {seeds}", made)):
        print(f"\n{title}")
        for method, by_group in tables.items():
            every = _together(list(by_group.values()))
            kinds = "  ".join(f"{kind} {hits}/{of}" for kind, (hits, of) in sorted(every.by_kind.items()))
            print(f"  {method:20} {kinds}  false {every.score.false}")
    oracles = os.environ.get("SHOWRUNNER_ORACLES")
    if oracles and (Path(oracles) / "supernet_best_f1.pickle").is_file():
        found = autoshot_oracle(Path(oracles))
        print(f"\nAutoShot's verdicts by this scorer: F1 {found.f1:.16f} (published 0.8405448717948718)")
    else:
        print("\nAutoShot's tables are not at hand (SHOWRUNNER_ORACLES): scorer not compared with them")


def _together(tallies: list[Tally]) -> Tally:
    every = Tally()
    for tally in tallies:
        every.scores += tally.scores
        for kind, (hits, of) in tally.by_kind.items():
            every.by_kind[kind][0] += hits
            every.by_kind[kind][1] += of
    return every


def _speed(film: Path, turns: int, scratch: Path) -> None:
    print(f"\nWall time, {film.name}, {turns} turns; ours has shots, signals and loudness, theirs shots alone")
    rates = []
    for times in (1, 4):
        timing = measure_speed(looped(film, times, scratch / f"x{times}{film.suffix}"), turns)
        print(f"\n{timing.frames} frames")
        for job in JOBS:
            print(f"  {job:20} {timing.median(job):8.2f} s {timing.frames / timing.median(job):8.0f} frames/s")
        print(f"  {timing.against_peer:.2f} times the faster backend (wanted 1.20)")
        print(f"  {timing.of_decoding:.0%} of FFmpeg's bare decoding rate (wanted 70%)")
        rates.append(timing.frames / timing.median("showrunner"))
    print(f"\nfour times the length at {rates[1] / rates[0]:.2f} times the rate: 1.00 is linear")


if __name__ == "__main__":
    main()
