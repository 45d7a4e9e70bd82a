"""Print the trailer benchmark.

python -m benchmarks.trailers --keep FOLDER           everything; the first time half an hour, to assemble and analyse
python -m benchmarks.trailers peers --turns 3
python -m benchmarks.trailers budget growth proxies ladder --keep FOLDER --seconds 600
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.trailers.analysed import analysed
from benchmarks.trailers.baselines import Baseline
from benchmarks.trailers.costs import Cost, in_own_process
from benchmarks.trailers.films import KeptFilm, kept_film
from benchmarks.trailers.growth import edit_times
from benchmarks.trailers.peers import PEERS, race, told_alike
from benchmarks.trailers.worth import OURS, PROXIES, worth_of

_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_PARTS = ("peers", "budget", "growth", "proxies", "ladder")
_FEATURE = 1900
"""Shots of a feature of two hours."""


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.trailers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", metavar="|".join(_PARTS))
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SHOWRUNNER_TEST_DATA", _DATA)))
    parser.add_argument("--keep", type=Path, help="folder in which films and their analysis are kept")
    parser.add_argument("--seconds", type=float, default=600.0, help="length of the assembled film; also a quarter")
    parser.add_argument("--height", type=int, default=720, help="of its picture")
    parser.add_argument("--film", type=Path, help="film that the peers cut; default: the Sintel trailer")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds after which a peer is ended")
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    unknown = set(arguments.what) - set(_PARTS)
    if unknown:
        parser.error(f"there is no {sorted(unknown)[0]!r}; choose of {', '.join(_PARTS)}")
    wanted = arguments.what or _PARTS
    with tempfile.TemporaryDirectory() as scratch:
        if "peers" in wanted:
            film = arguments.film or arguments.data / "video" / "sintel_trailer_720p.mp4"
            tell_peers(film, Path(scratch), turns=arguments.turns, limit_s=arguments.limit)
        if set(wanted) - {"peers"}:
            size = (2 * round(arguments.height * 8 / 9), arguments.height)
            keep = arguments.keep or Path(scratch)
            lengths = (arguments.seconds, arguments.seconds / 4) if {"growth", "proxies"} & set(wanted) else ()
            films = [kept_film(arguments.data, keep, s, size=size) for s in lengths or (arguments.seconds,)]
            if "budget" in wanted:
                tell_budget(films[0], turns=arguments.turns)
            if "growth" in wanted:
                tell_growth(films)
            if "proxies" in wanted:
                tell_proxies(films, seeds=arguments.seeds)
            if "ladder" in wanted:
                tell_ladder(films[0])


def tell_peers(film: Path, scratch: Path, *, turns: int, limit_s: float) -> None:
    """One cut list, three ways."""
    print(f"\nPeers: {film.name}, pictures and sound, {turns} turns; of a second of trailer")
    for name, dissolve, wanted in (("plain cuts", 0, 2.0), ("cross-fades of 12 frames", 12, 3.0)):
        found = race(film, scratch, dissolve=dissolve, turns=turns, limit_s=limit_s)
        print(f"\n{name}: {len(found.cuts.clips)} clips, {found.cuts.frames} frames, {found.cuts.seconds:.1f} s")
        for peer in PEERS:
            least = "over " if found.ended(peer) else ""
            line = f"  {peer:10} {least}{found.seconds(peer) / found.cuts.seconds:6.2f} s"
            line += f"  processor {found.seconds(peer, cpu=True) / found.cuts.seconds:6.2f} s"
            if peer != OURS:
                line += f"  {least}{found.times_ours(peer):5.2f} × ours ({found.times_ours(peer, cpu=True):.2f} × its"
                line += f" processor time), {told_alike(found.apart[peer]) if peer in found.apart else 'ended'}"
            print(line + (f", {found.counts[peer]} frames" if peer in found.counts else ""))
        got = found.times_ours("moviepy")
        print(f"  against moviepy: {got:.2f} times (wanted {wanted:g}): {_met(got >= wanted)}")
        rendering = [cost.told["rendering"]["all"] for cost in found.costs[OURS] if cost is not None]
        print(f"  ours, pictures and joining alone: {median(rendering) / found.cuts.seconds:.2f} s")


def tell_budget(film: KeptFilm, *, turns: int) -> None:
    """A 30 s trailer from analysed input, nothing kept from before."""
    told = analysed(film.path)
    runs = [_cost("finish", told) for _ in range(turns)]
    print(f"\nBudget: a 30 s trailer of a film of {film.frames / 24:.0f} s; wall seconds, median of {turns}")
    for stage in runs[0].told["stages"]:
        wall, cpu = (median(run.told[clock][stage] for run in runs) for clock in ("stages", "cpu"))
        print(f"  {stage:28} {wall:7.2f}  processor {cpu:6.2f}")
    stages = [sum(run.told["stages"].values()) for run in runs]
    print(f"  {'all stages':28} {median(stages):7.2f}  processor {median(run.cpu_s for run in runs):.1f} s")
    print("  the render: " + ", ".join(f"{name} {took:.2f}" for name, took in runs[0].told["render"].items()))
    print(f"  pieces {runs[0].told['pieces']}, slowest (frame, seconds): {runs[0].told['slowest']}")
    print(f"  sound coded {runs[0].told['rounds']} times; found: {runs[0].told['found']}")
    assets = [_cost("asset", told) for _ in range(turns)]
    body = median(run.told["body_s"] for run in assets)
    print(f"  the asset to publication: {body:.1f} s (wanted 30): {_met(body <= 30)}", end="; ")
    print(f"processor {median(run.cpu_s for run in assets):.1f} s, Great Expectations' import beside it ", end="")
    print(f"{median(run.told['imported_s'] for run in assets):.1f} s" + _refused(assets[0]))


def tell_growth(films: list[KeptFilm]) -> None:
    """Work and memory against the film's length."""
    print("\nGrowth: seconds of work for a second of film, each asset by the house")
    rows = [(film.frames / 24, analysed(film.path)) for film in sorted(films, key=lambda film: film.frames)]
    print(f"  {'':16}" + "".join(f"{seconds:9.0f} s" for seconds, _ in rows) + "   ratio (1.00 is linear)")
    names = [name for name in rows[0][1]["seconds"] if rows[0][1]["seconds"][name] > 0.1]
    for name in names:
        _row(name, [told["seconds"][name] / seconds for seconds, told in rows])
    _row("all", [told["wall_s"] / seconds for seconds, told in rows])
    _row("processor", [told["cpu_s"] / seconds for seconds, told in rows])
    print("  largest process while analysing: " + ", ".join(f"{told['memory_mb']:.0f} MB" for _, told in rows))
    made = [_cost("finish", told) for _, told in rows]
    print("  and while editing and finishing: " + ", ".join(f"{cost.memory_mb:.0f} MB" for cost in made))
    for took in (edit_times(film, (_FEATURE,) if film is films[0] else ()) for film in films):
        for each in took:
            print(f"  the edit, {each.shots} shots: {each.seconds:.2f} s (wanted 1): {_met(each.seconds < 1)}")


def tell_proxies(films: list[KeptFilm], *, seeds: int) -> None:
    """Our cuts beside cuts that nobody thought about."""
    worth = worth_of(films, seeds)
    print(f"\nProxies, 0 to 1: {seeds} cuts of each of {len(films)} films")
    print(f"  {'':18}" + "".join(f"{name:>12}" for name in PROXIES))
    for name in (OURS, *map(str, Baseline)):
        print(f"  {name:18}" + "".join(f"{fmean(worth[name][proxy]):12.3f}" for proxy in PROXIES))


def tell_ladder(film: KeptFilm) -> None:
    """The ladder of the trailer."""
    told = analysed(film.path)
    trailer = film.folder / "trailer_30.mp4"
    if not trailer.is_file():
        _cost("finish", told)
    cost = _cost("ladder", {"film": str(trailer)})
    print(
        f"\nLadder of {cost.told['film_s']:.1f} s: {cost.seconds:.1f} s (wanted 25): {_met(cost.seconds <= 25)}", end=""
    )
    print(f"; processor {cost.cpu_s:.1f} s; by step {cost.told['seconds']}")
    for rung in cost.told["rungs"]:
        print(
            f"  {rung['name']:6} VMAF wanted {rung['target']:.1f}, predicted {rung['predicted']:.1f}, "
            f"delivered {rung['delivered']:.1f}; {rung['rate'] / 1000:.0f} kbit/s, CRF {rung['crf']:g}, "
            f"{rung['tries']} tries {rung['why_off']}"
        )


def _cost(job: str, told: dict[str, Any]) -> Cost:
    cost = in_own_process(job, told)
    if cost is None:
        raise RuntimeError(f"{job} took more than an hour")
    return cost


def _row(name: str, values: list[float]) -> None:
    ratio = values[-1] / values[0]
    print(f"  {name:16}" + "".join(f"{value:11.3f}" for value in values) + f"{ratio:11.2f}")


def _met(met: bool) -> str:
    return "met" if met else "MISSED"


def _refused(cost: Cost) -> str:
    refused = cost.told["held"] or cost.told["skipped"]
    return f"; REFUSED: {refused}" if refused else ""


if __name__ == "__main__":
    main()
