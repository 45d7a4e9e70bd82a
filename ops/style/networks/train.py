"""Trains style networks: `python -m ops.style.networks.train OUT.safetensors --style NAME=PICTURE --content PATH`.

Without --style it trains the house's network on its lessons; with --from it goes on from a network that was trained,
and with --rows-only it fits new styles to that network's shared weights.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ops.errors import ShowrunnerError, UsageError
from ops.style.networks.by_lesson import ByLesson
from ops.style.networks.by_texture import ByTexture
from ops.style.networks.colour import colours_of
from ops.style.networks.content import demo_frames, frames_of, luma_of, picture_of
from ops.style.networks.ground import GROUNDS
from ops.style.networks.lessons import LESSONS, exercises
from ops.style.networks.paintings import painting
from ops.style.networks.training import Aim, Progress, Schedule, Trainer, on_grounds
from ops.style.networks.trunk import Trunk
from ops.style.networks.weights_file import StyleNetwork, house_network, read_network, write_network

__all__ = ["main", "train_house", "train_style", "train_textures"]

_QUICK_STEPS = 240
_MOST_THREADS = 4
_ANY_HANDS = ("tooth", "clouds", "brush")
"""The grounds of a style that nothing is known of: panes, stones and rows would show through whatever is painted."""


def train_style(
    picture: np.ndarray,
    out: Path,
    *,
    steps: int = _QUICK_STEPS,
    seed: int = 0,
    contents: Sequence[np.ndarray] | None = None,
    progress: Callable[[Progress], None] | None = None,
    name: str = "picture",
) -> StyleNetwork:
    """A network that paints like one picture: the house's network, taught one more style.

    It begins from the house's trunk and the mean of its rows, and both learn; under a minute on two cores.

    Args:
        picture: (H, W, 3) uint8 RGB, at least 64 pixels a side.
        out: The .safetensors to write.
        steps: Batches; 240 take 42 seconds on two cores.
        seed: Of batches and of the network that compares.
        contents: (H, W, 3) uint8 RGB pictures to paint; the house's own demo film without.
        progress: Told where training is, every 20 steps; what it raises ends the training.
        name: Of the style in the file.

    Raises:
        UsageError: The picture is too small.
        ModelUnavailable: The house's network is not here.
    """
    if min(picture.shape[:2]) < 64:
        raise UsageError(
            "is smaller than 64 pixels a side", where="picture", fix="Strokes need room: give a larger one."
        )
    return train_textures(
        {name: picture},
        contents if contents is not None else demo_frames(2),
        out,
        schedule=Schedule(steps=steps, seed=seed, grounds=True),
        start=house_network(),
        progress=progress,
    )


def train_textures(
    styles: Mapping[str, np.ndarray],
    contents: Sequence[np.ndarray],
    out: Path,
    *,
    schedule: Schedule,
    start: StyleNetwork | None = None,
    progress: Callable[[Progress], None] | None = None,
    card: Mapping[str, str] | None = None,
) -> StyleNetwork:
    """Train one trunk on the textures of pictures, and write it.

    Args:
        styles: By name, (H, W, 3) uint8 RGB.
        contents: (H, W, 3) uint8 RGB.
        out: The .safetensors to write.
        schedule: How.
        start: What to go on from: rows of styles that it knows, the mean of its rows for others.
        progress: Told where training is.
        card: What the file shall tell of its data.

    Returns:
        What was written.
    """
    torch.manual_seed(schedule.seed)
    aim = ByTexture(list(styles.values()), contents, rows=2, pieces=2 if len(styles) > 1 else 3, seed=schedule.seed)
    return _trained(aim, styles, out, schedule=schedule, start=start, progress=progress, card=card)


def train_house(
    contents: Sequence[np.ndarray],
    out: Path,
    *,
    schedule: Schedule,
    pieces: int = 160,
    start: StyleNetwork | None = None,
    progress: Callable[[Progress], None] | None = None,
    card: Mapping[str, str] | None = None,
) -> StyleNetwork:
    """Train one trunk on the house's lessons, and write it.

    Args:
        contents: (H, W, 3) uint8 RGB.
        out: The .safetensors to write.
        schedule: How.
        pieces: Exercises of each lesson, of 256 pixels.
        start: What to go on from.
        progress: Told where training is.
        card: What the file shall tell of its data.

    Returns:
        What was written.
    """
    torch.manual_seed(schedule.seed)
    random = np.random.default_rng(schedule.seed)
    lumas = [luma_of(each) for each in contents]
    aim = ByLesson([exercises(name, lumas, pieces, random=random) for name in LESSONS])
    styles = {name: painting(name) for name in LESSONS}
    return _trained(aim, styles, out, schedule=schedule, start=start, progress=progress, card=card)


def _trained(
    aim: Aim,
    styles: Mapping[str, np.ndarray],
    out: Path,
    *,
    schedule: Schedule,
    start: StyleNetwork | None,
    progress: Callable[[Progress], None] | None,
    card: Mapping[str, str] | None,
) -> StyleNetwork:
    trunk = _begun(tuple(styles), start)
    trainer = Trainer(trunk, aim, schedule)
    losses = trainer.run(progress, every=20)
    trunk.load_state_dict(trainer.kept)
    told = {
        "seed": str(schedule.seed),
        "began from": start.fingerprint if start else "nothing",
        **{f"loss: {name}": f"{value:.4f}" for name, value in losses.items()},
        **(card or {}),
    }
    colours = tuple(colours_of(picture) for picture in styles.values())
    network = StyleNetwork(trunk.eval().requires_grad_(False), tuple(styles), colours, told)
    write_network(network, out)
    return network


def _begun(styles: tuple[str, ...], start: StyleNetwork | None) -> Trunk:
    trunk = Trunk(len(styles))
    if start is None:
        on_grounds(trunk, [LESSONS[name].grounds if name in LESSONS else _ANY_HANDS for name in styles])
        return trunk
    weights = dict(start.trunk.state_dict())
    codes = weights["codes"]
    unknown = codes.mean(dim=0)
    unknown[-len(GROUNDS) :] = torch.tensor([0.5 * (name in _ANY_HANDS) for name in GROUNDS])
    weights["codes"] = torch.stack(
        [codes[start.styles.index(name)] if name in start.styles else unknown for name in styles]
    )
    trunk.load_state_dict(weights)
    return trunk


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        torch.set_num_threads(min(_MOST_THREADS, torch.get_num_threads()))
        contents = [*demo_frames(3), *(frames_of([Path(each) for each in asked.content]) if asked.content else [])]
        asks: dict[str, Any] = {
            "contents": contents,
            "out": Path(asked.out),
            "schedule": Schedule(
                steps=asked.steps,
                seed=asked.seed,
                limit_s=60.0 * asked.minutes,
                trunk=not asked.rows_only,
                grounds=bool(asked.style),
            ),
            "start": read_network(Path(asked.start)) if asked.start else None,
            "progress": _say,
            "card": {
                "content": f"{len(contents)} pictures: the demo film{''.join(f', {each}' for each in asked.content)}"
            },
        }
        styles = dict(_named(each) for each in asked.style)
        network = train_textures(styles, **asks) if styles else train_house(**asks)
    except ShowrunnerError as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command)
        return 2
    print(f"{asked.out}: {len(network.styles)} styles, {Path(asked.out).stat().st_size} bytes")  # noqa: T201
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.style.networks.train", description=__doc__)
    parser.add_argument("out", help="the .safetensors to write")
    parser.add_argument("--style", action="append", default=[], metavar="NAME=PICTURE", help="a style to learn")
    parser.add_argument("--content", action="append", default=[], metavar="PATH", help="pictures and films to paint")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=0.0, help="end by then, though steps be left")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", dest="start", metavar="FILE", help="go on from this network")
    parser.add_argument("--rows-only", action="store_true", help="leave the shared weights as they are")
    return parser


def _named(given: str) -> tuple[str, np.ndarray]:
    name, found, path = given.partition("=")
    if not found or not name:
        raise UsageError(f"cannot be {given!r}", where="--style", fix="Write NAME=PICTURE.")
    return name, picture_of(Path(path))


def _say(progress: Progress) -> None:
    losses = ", ".join(f"{name} {value:.3f}" for name, value in progress.losses.items())
    print(f"{progress.share:4.0%} step {progress.step}, {progress.elapsed_s:.0f} s: {losses}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
