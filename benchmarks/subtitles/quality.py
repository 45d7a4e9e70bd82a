"""How many cues keep to the rules, how near they are to published ones, and what cutting at full lines would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.subtitles.against import against
from benchmarks.subtitles.streams import Stream, heard_streams, published_streams, trailer_streams
from ops.subtitles.conform import Conformance, conformance
from ops.subtitles.cue import CueTrack
from ops.subtitles.profile import profile_named, profile_names

__all__ = ["all_streams", "tell_conformance", "tell_references", "tell_segmentation"]

_HOUSE = "netflix"


def all_streams(data: Path, *, most: int | None = None) -> list[Stream]:
    """Every word stream that is measured; at most so many recordings."""
    return [*published_streams(data), *trailer_streams(data), *heard_streams(data, most=most)]


def tell_conformance(streams: Sequence[Stream]) -> dict[str, dict[str, float]]:
    """The share of cues that keep to each profile, made by that profile; by group and profile."""
    names = profile_names()
    print(f"\n{'cues that keep to a profile, made by it':58} {'cues':>5} " + " ".join(f"{name:>8}" for name in names))
    shares: dict[str, dict[str, float]] = {}
    for group in dict.fromkeys(stream.group for stream in streams):
        held = {
            name: [_held(stream, stream.ours(name), name) for stream in streams if stream.group == group]
            for name in names
        }
        shares[group] = {name: _share(each) for name, each in held.items()}
        count = sum(len(each.reports) for each in held[_HOUSE])
        if not count:
            print(f"{group:58} {count:5}")
            continue
        print(f"{group:58} {count:5} " + " ".join(f"{share:8.1%}" for share in shares[group].values()))
        broken = _broken(held)
        if broken:
            print(f"    broken: {broken}")
    return shares


def _broken(held: dict[str, list[Conformance]]) -> str:
    """What is broken, by profile."""
    told = []
    for name, tracks in held.items():
        counts: dict[str, int] = {}
        for track in tracks:
            for violation, count in track.counts.items():
                counts[violation.words] = counts.get(violation.words, 0) + count
        if counts:
            told.append(f"{name} " + ", ".join(f"{words} {count}" for words, count in counts.items()))
    return "; ".join(told)


def tell_references(streams: Sequence[Stream]) -> None:
    """Tracks against published cues."""
    print(f"\n{'against published cues':58} {'cues':>9} {'SubER':>7} {'t-BLEU':>7} {'edges within 200 ms, F1':>24}")
    for stream in streams:
        if stream.reference is None:
            continue
        ways = {"": stream.ours(_HOUSE)}
        if stream.group.startswith("published"):
            ways["  cues kept, re-timed"] = stream.kept(stream.reference, _HOUSE)
        for way, track in ways.items():
            found = against(track, stream.reference)
            cues = f"{len(track.cues)} of {len(stream.reference.cues)}"
            print(f"{way or stream.group:58} {cues:>9} {found.suber:7.1f} {found.t_bleu:7.1f} {found.f1:24.3f}")


def tell_segmentation(streams: Sequence[Stream]) -> dict[str, float]:
    """Our cutting against the greedy one; returns the conforming share of each way over all streams."""
    ways: dict[str, Callable[[Stream], CueTrack]] = {
        "ours": lambda stream: stream.ours(_HOUSE),
        "greedy": lambda stream: stream.greedy(_HOUSE),
        "greedy, our timing": lambda stream: stream.greedy_timed(_HOUSE),
    }
    print(f"\n{'cutting (netflix)':58} {'cues':>5} {'conform':>8} {'cps':>6} {'ends well':>10} {'SubER':>7} {'F1':>6}")
    totals: dict[str, list[Conformance]] = {way: [] for way in ways}
    for group in dict.fromkeys(stream.group for stream in streams):
        print(group)
        for way, cut in ways.items():
            members = [stream for stream in streams if stream.group == group]
            held = [_held(stream, cut(stream), _HOUSE) for stream in members]
            totals[way] += held
            near = ""
            if members[0].reference is not None:  # published subtitles are a group of their own each
                found = against(held[0].track, members[0].reference)
                near = f"{found.suber:7.1f} {found.f1:6.3f}"
            print(f"  {way:56} {_row(held)} {near}")
    print("all together")
    for way, held in totals.items():
        print(f"  {way:56} {_row(held)}")
    ours, theirs = _share(totals["ours"]), _share(totals["greedy"])
    print(
        f"  ours keeps to the rules {ours / theirs:.2f} times as often as greedy" if theirs else "  greedy never does"
    )
    return {way: _share(held) for way, held in totals.items()}


def _row(held: Sequence[Conformance]) -> str:
    speeds = [float(report.cps) for each in held for report in each.reports]
    cues = [cue for each in held for cue in each.track.cues]
    if not cues:
        return f"{0:5}"
    well = sum(cue.lines[-1].rstrip("\"'”’»)").endswith(tuple(".?!…,;:—")) for cue in cues)
    mean = sum(speeds) / len(speeds)
    return f"{len(cues):5} {_share(held):8.1%} {mean:6.1f} {well / len(cues):10.1%}"


def _share(held: Sequence[Conformance]) -> float:
    cues = sum(len(each.reports) for each in held)
    return sum(each.conforming for each in held) / cues if cues else 1.0


def _held(stream: Stream, track: CueTrack, profile: str) -> Conformance:
    return conformance(track, profile_named(profile).limits(track.language), cuts=stream.cuts)
