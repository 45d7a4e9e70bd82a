"""What the trailer benchmark compares is comparable: same frames for every peer, same length for every baseline."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from benchmarks.trailers.baselines import Baseline, baseline
from benchmarks.trailers.costs import in_own_process
from benchmarks.trailers.cut_list import spread_over
from benchmarks.trailers.growth import lengthened
from benchmarks.trailers.peers import PEERS, race, told_alike
from ops.scenes.model import COLUMNS, CURVES, Line, SceneAnalysis
from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Card, CardKind, Clip, Join, Part
from ops.trailer.measuring.proxies import highlight_recall
from tests.ops.trailer.editing.moments_at_random import moments_at_random

RATE = Fraction(24)


@pytest.mark.parametrize("dissolve", [0, 6])
def test_every_peer_shows_the_same_pictures_of_one_cut_list(data: Path, tmp_path: Path, dissolve: int) -> None:
    film = data / "video" / "sintel_trailer_720p.mp4"
    found = race(film, tmp_path, dissolve=dissolve, turns=1, limit_s=120, clips=3, clip_s=0.5)
    assert set(found.counts) == set(PEERS)
    assert found.counts["ours"] == found.cuts.frames == 36
    assert all(told_alike(apart).startswith("same") for apart in found.apart.values()), found.apart
    assert all(cost is not None and cost.cpu_s > 0.05 and cost.memory_mb > 20 for [cost] in found.costs.values())


def test_a_peer_that_runs_out_of_time_is_ended_with_all_that_it_started(data: Path, tmp_path: Path) -> None:
    film = data / "video" / "sintel_trailer_720p.mp4"
    out = tmp_path / "moviepy.mp4"
    cuts = spread_over(film, RATE, 1253, clips=20, clip_frames=36, dissolve=12)
    assert in_own_process("moviepy", {"cuts": cuts.to_json(), "out": str(out)}, timeout_s=4) is None
    assert not [command for command in _running() if str(out) in command]


def _running() -> list[str]:
    commands = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            commands.append(process.joinpath("cmdline").read_bytes().decode(errors="replace"))
        except OSError:  # it has ended meanwhile
            continue
    return commands


@pytest.mark.parametrize("kind", list(Baseline))
def test_a_baseline_is_as_long_as_ours_and_shows_no_shot_twice(kind: Baseline) -> None:
    moments = moments_at_random(80, 3)
    ends = Card(40, CardKind.END, ("Name",))
    ours = EditDecisionList(
        "trailer_30", RATE, (640, 360), Film("film", "0", moments.frames), (Clip(0, 680, Part.HOOK), ends), (Join(),)
    )
    action = np.random.default_rng(5).random(80)
    made = baseline(kind, ours, moments, action, np.random.default_rng(1))
    clips = [clip for _, clip in made.clips()]
    assert made.frames == ours.frames
    assert made.events[-1] == ends
    assert max(clip.frames for clip in clips) <= 48
    assert [clip.start for clip in clips] == sorted(clip.start for clip in clips)
    assert len({clip.shot for clip in clips}) == len(clips)
    if kind is Baseline.MOTION:
        shown = [clip.shot for clip in clips if clip.shot is not None]
        assert min(action[shown]) >= np.sort(action)[-len(shown)]


def test_a_baseline_of_all_highlights_has_full_recall_and_one_of_none_has_none() -> None:
    cuts = [100, 200, 300]  # four shots
    shows_second_and_fourth = EditDecisionList(
        "trailer_30", RATE, (640, 360), Film("film", "0", 400), (Clip(120, 140, Part.RISE), Clip(310, 330, Part.RISE)),
        (Join(),),
    )  # fmt: skip
    assert highlight_recall(shows_second_and_fourth, cuts, [1, 3]) == 1.0
    assert highlight_recall(shows_second_and_fourth, cuts, [0, 2]) == 0.0


def test_a_lengthened_analysis_is_that_of_one_long_film() -> None:
    longer = lengthened(_analysis(12), 100, np.random.default_rng(0))
    starts, ends, scenes = longer.column("start_s"), longer.column("end_s"), longer.column("scene")
    assert len(longer) == len(longer.colour) == len(longer.embedding) == 100
    assert np.allclose(starts[1:], ends[:-1])
    assert set(np.diff(scenes)) <= {0.0, 1.0}
    assert len(longer.curves["action"]) == int(longer.duration_s / 0.25) + 1
    assert [line.shot for line in longer.lines] == [2 + 12 * nth for nth in range(9)]
    assert all(starts[line.shot] <= line.start_s < ends[line.shot] for line in longer.lines)
    assert np.allclose(np.linalg.norm(longer.embedding, axis=1), 1, atol=1e-5)
    assert not np.allclose(longer.column("action")[:12], longer.column("action")[12:24])  # another film each time


def _analysis(shots: int) -> SceneAnalysis:
    random = np.random.default_rng(7)
    numbers = random.random((shots, len(COLUMNS))).astype(np.float32)
    edges = np.arange(shots + 1) * 2.0
    for name, values in {
        "shot": np.arange(shots), "scene": np.arange(shots) // 4, "start_s": edges[:-1], "end_s": edges[1:],
        "steady_start_s": edges[:-1], "steady_end_s": edges[1:],
    }.items():  # fmt: skip
        numbers[:, COLUMNS.index(name)] = values
    pictures = random.standard_normal((shots, 8)).astype(np.float32)
    pictures /= np.linalg.norm(pictures, axis=1, keepdims=True)
    points = int(edges[-1] / 0.25)
    return SceneAnalysis(
        numbers,
        random.integers(0, 255, (shots, 3)).astype(np.uint8),
        pictures,
        (Line(4.2, 5.5, "Here.", 2, 1.0),),
        {name: random.random(points).astype(np.float32) for name in CURVES},
        0.25,
        {"embedding": "embedded"},
    )
