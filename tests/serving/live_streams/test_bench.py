"""What a worker keeps between two tasks, and when it must not."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.video.frame import VideoFrame

from ops.box import WHOLE
from ops.style.catalogue import house_styles
from ops.style.model import Recipe, look_of
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Effort, Tick
from serving.live.film import Film
from serving.live.jobs import Helper, Master
from serving.live.planes import planes_to_frame
from serving.live.wire import Answer, Endpoint
from serving.live.worker.bench import Bench
from serving.live.worker.reading import read_film
from serving.live.worker.segment import WARM_FRAMES, Segment
from tests.ops.media.witness import ffmpeg

GREY = look_of([(Recipe("noir"), 1.0)], house_styles()).to_json()
PAINTED = look_of([(Recipe("oil_paint"), 1.0)], house_styles()).to_json()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds at five frames a second, in segments of 5, 10, 10 and 5 frames."""
    made = tmp_path_factory.mktemp("film") / "film.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=6", "-c:v", "libx264", "-preset", "ultrafast", made)
    return made


@pytest.fixture(scope="module")
def film(path: Path) -> Film:
    return read_film(path)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Tick]]:
    """What looks are told of the frames that they are given, in turn."""
    ticks: list[Tick] = []
    styled = Styler.__call__

    def call(self: Styler, frame: VideoFrame, tick: Tick) -> VideoFrame:
        ticks.append(tick)
        return styled(self, frame, tick)

    monkeypatch.setattr(Styler, "__call__", call)
    yield ticks


@pytest.fixture
def heads(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a helper is told before each frame; it gives them back as they are."""
    heads: list[dict[str, Any]] = []

    def ask(self: Endpoint, method: str, path: str, body: bytes, *, timeout_s: float) -> Answer:
        (length,) = struct.unpack_from(">I", body)
        heads.append(json.loads(body[4 : 4 + length]))
        return Answer(body[4 + length :], {})

    monkeypatch.setattr(Endpoint, "ask", ask)
    return heads


def helped() -> dict[str, Any]:
    return {"helpers": (Helper.model_validate({"address": "http://b:8090", "weight": 0.5, "look": PAINTED}),)}


def segment(bench: Bench, path: Path, film: Film, number: int, look: Mapping[str, Any], **more: Any) -> Segment:
    master = Master(title="t", sha256="0" * 64, uri=str(path), size_bytes=1)
    given = {"step": 0, "cuts": frozenset(), "picture": WHOLE, "beat": lambda: None} | more
    return bench.pictures(path, master, film, piece=film.pieces[number], rung=film.rungs[0], look=look, **given)


def test_a_look_that_goes_on_from_the_segment_before_is_told_of_no_cut(
    path: Path, film: Film, told: list[Tick]
) -> None:
    bench = Bench(lambda _: house_styles())

    for number in (0, 1, 2):
        segment(bench, path, film, number, PAINTED)
    went_on = [tick.frame for tick in told if tick.cut]
    told.clear()
    segment(bench, path, film, 1, PAINTED, cuts=frozenset({film.pieces[1].start + 3}))

    assert went_on == [0]  # a painting that forgets with every segment pulses every two seconds
    back = film.pieces[1].start
    assert [tick.frame for tick in told if tick.cut] == [max(0, back - WARM_FRAMES), back + 3]


def test_a_frame_that_is_left_out_begins_a_look_anew_and_builds_none(told: list[Tick]) -> None:
    bench, canvas = Bench(lambda _: house_styles()), Canvas(64, 36, Fraction(5))
    grey = planes_to_frame(np.full((54, 64), 128, np.uint8), canvas)

    looks = []
    for number in (0, 1, 3, 4):
        looks.append(bench.frames("a", PAINTED, canvas, Effort.FULL))
        looks[-1](grey, Tick(number))

    assert all(look is looks[0] for look in looks)
    assert [tick.frame for tick in told if tick.cut] == [0, 3]
    assert bench.frames("b", PAINTED, canvas, Effort.FULL) is not looks[0]


def test_a_helper_keeps_a_memory_for_each_worker_that_it_helps(
    path: Path, film: Film, heads: list[dict[str, Any]]
) -> None:
    for bench in (Bench(lambda _: house_styles()), Bench(lambda _: house_styles())):
        for number in (1, 2):
            segment(bench, path, film, number, GREY, **helped())

    streams = [head["stream"] for head in heads]
    half = len(streams) // 2
    assert len(set(streams[:half])) == len(set(streams[half:])) == 1
    assert streams[0] != streams[-1]  # two viewers of one look at two places would wipe each other's at every frame


def test_a_helpers_painting_is_shown_frames_from_before_the_segment_too(
    path: Path, film: Film, heads: list[dict[str, Any]]
) -> None:
    segment(Bench(lambda _: house_styles()), path, film, 2, GREY, **helped())

    assert heads[0]["first"] == film.pieces[2].start - WARM_FRAMES


def test_a_style_that_was_published_anew_is_made_anew_by_a_worker_that_has_the_old_one(
    path: Path, film: Film, heads: list[dict[str, Any]]
) -> None:
    library = dict(house_styles())
    library["mine"] = replace(library["noir"], id="mine")
    bench, mine = Bench(lambda _: library), {"parts": [{"style": "mine", "weight": 1.0}]}
    canvas, frames = Canvas(64, 36, Fraction(5)), []

    old = segment(bench, path, film, 0, mine, edition="-1").content
    frames.append(bench.frames("a", mine, canvas, Effort.FULL, "-1"))
    library["mine"] = replace(library["golden_hour"], id="mine")
    new = segment(bench, path, film, 0, mine, edition="-2").content
    segment(bench, path, film, 0, mine, edition="-2", **helped())
    frames.append(bench.frames("a", mine, canvas, Effort.FULL, "-2"))

    assert new != old and segment(bench, path, film, 0, mine, edition="-1").content == old
    assert frames[0] is not frames[1]
    assert {head["edition"] for head in heads} == {"-2"}
