"""What a worker keeps between two tasks, and when it must not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from av.video.frame import VideoFrame

from ops.box import WHOLE
from ops.style.catalogue import house_styles
from ops.style.model import Recipe, look_of
from ops.style.runtime import Styler
from ops.style.stages import Tick
from serving.live.film import Film
from serving.live.jobs import Master
from serving.live.worker.bench import Bench
from serving.live.worker.reading import read_film
from serving.live.worker.segment import WARM_FRAMES, Segment
from tests.ops.media.witness import ffmpeg

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
