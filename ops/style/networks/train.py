"""Trains style networks: `python -m ops.style.networks.train OUT.safetensors --style NAME=PICTURE --content PATH`.

Without --style it trains the house's network on the paintings beside this file; with --from it goes on from a network
that was trained, and with --rows-only it fits new styles to that network's shared weights.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from ops.errors import ShowrunnerError, UsageError
from ops.style.networks.colour import colours_of
from ops.style.networks.content import demo_frames, frames_of, picture_of
from ops.style.networks.paintings import CANVASES, PAINTINGS, painting
from ops.style.networks.training import Progress, Schedule, Trainer, on_canvases
from ops.style.networks.trunk import Trunk
from ops.style.networks.weights_file import StyleNetwork, house_network, read_network, write_network

__all__ = ["main", "train_network", "train_style"]

_QUICK_STEPS = 240
_MOST_THREADS = 4


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

    It begins from the house's trunk and its nearest row, and both learn; a few minutes on two cores.

    Args:
        picture: (H, W, 3) uint8 RGB, at least 64 pixels a side.
        out: The .safetensors to write.
        steps: Batches; 240 take about two minutes on two cores.
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
    return train_network(
        {name: picture},
        contents if contents is not None else demo_frames(2),
        out,
        schedule=Schedule(steps=steps, styles=1, crops=3, seed=seed, grounds=True),
        start=house_network(),
        progress=progress,
    )


def train_network(
    styles: Mapping[str, np.ndarray],
    contents: Sequence[np.ndarray],
    out: Path,
    *,
    schedule: Schedule,
    start: StyleNetwork | None = None,
    progress: Callable[[Progress], None] | None = None,
    card: Mapping[str, str] | None = None,
) -> StyleNetwork:
    """Train one trunk on styles, and write it.

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
    trunk = _begun(tuple(styles), start)
    trainer = Trainer(trunk, list(styles.values()), contents, schedule)
    losses = trainer.run(progress, every=20)
    trunk.load_state_dict(trainer.kept)
    told = {
        "seed": str(schedule.seed),
        "crops": str(schedule.styles * schedule.crops),
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
        on_canvases(trunk, [CANVASES.get(name, {}) for name in styles])
        return trunk
    weights = dict(start.trunk.state_dict())
    codes = weights["codes"]
    weights["codes"] = torch.stack(
        [codes[start.styles.index(name)] if name in start.styles else codes.mean(dim=0) for name in styles]
    )
    trunk.load_state_dict(weights)
    return trunk


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        torch.set_num_threads(min(_MOST_THREADS, torch.get_num_threads()))
        styles = dict(_named(each) for each in asked.style) or {name: painting(name) for name in PAINTINGS}
        contents = [*demo_frames(3), *(frames_of([Path(each) for each in asked.content]) if asked.content else [])]
        network = train_network(
            styles,
            contents,
            Path(asked.out),
            schedule=Schedule(
                steps=asked.steps, seed=asked.seed, limit_s=60.0 * asked.minutes, trunk=not asked.rows_only
            ),
            start=read_network(Path(asked.start)) if asked.start else None,
            progress=_say,
            card={
                "content": f"{len(contents)} pictures: the demo film{''.join(f', {each}' for each in asked.content)}"
            },
        )
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
