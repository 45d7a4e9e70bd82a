"""Style networks: what a frame costs, how large they are, and how still they hold a film.

    python -m benchmarks.style_networks FILM [--seconds 2] [--styles impasto,engraving]

Flicker is the warping error of the styled film over that of the film itself (`ops.style.warping`): 1 would be as still
as the film. "frame by frame" is the bare network, "held" what the stage shows.
"""

from __future__ import annotations

import argparse
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.media.frames import read_frames
from ops.style.networks.adain import blend_features
from ops.style.networks.paintings import PAINTINGS, painting
from ops.style.networks.stage import network
from ops.style.networks.weights_file import HOUSE, house_network
from ops.style.stages import Build, Canvas, Effort, Tick
from ops.style.warping import warping_ratio

_SIZE = (960, 544)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.style_networks", description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("--start", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--styles", default=",".join(PAINTINGS))
    asked = parser.parse_args()
    frames = [
        frame.rgb
        for frame in read_frames(asked.film, size=_SIZE, start_s=asked.start, end_s=asked.start + asked.seconds)
    ]
    house = house_network()
    count = sum(value.numel() for value in house.trunk.parameters())
    print(f"{count} parameters, {HOUSE.stat().st_size} bytes, {len(house.styles)} styles")
    for name in asked.styles.split(","):
        _one(name, frames)
    _preview(frames[0])


def _one(name: str, frames: list[np.ndarray]) -> None:
    build = Build({"style": name, "colour": 0.6}, 1.0, Canvas(*_SIZE, Fraction(24)), 0, Effort.FULL, Path())
    held = network(build)
    held(frames[0], Tick(0, True))
    began, spent = time.perf_counter(), time.process_time()
    steady = [held(frame, Tick(number, number == 0)) for number, frame in enumerate(frames)]
    wall, cpu = (time.perf_counter() - began) / len(frames), (time.process_time() - spent) / len(frames)
    bare = [network(build)(frame, Tick(0, True)) for frame in frames]
    print(
        f"{name}: {wall:.3f} s a frame at {_SIZE[0]}x{_SIZE[1]} ({cpu:.3f} s of processor);"
        f" flicker frame by frame {warping_ratio(bare, frames):.2f}, held {warping_ratio(steady, frames):.2f}",
        flush=True,
    )


def _preview(picture: np.ndarray) -> None:
    styles = [painting("impasto"), painting("engraving")]
    blend_features(picture, styles, (0.5, 0.5))
    times = []
    for share in np.linspace(0.1, 0.9, 9):
        began = time.perf_counter()
        blend_features(picture, styles, (float(share), float(1 - share)))
        times.append(time.perf_counter() - began)
    print(f"preview of two styles at 256 pixels, styles known: {np.median(times) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
