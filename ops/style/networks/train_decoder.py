"""Trains the decoder of previews: `python -m ops.style.networks.train_decoder OUT.safetensors --content PATH`.

It learns to give back pictures from their features, and to paint features that were moved towards another picture's:
what it painted, seen again, must be those.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ops.errors import ShowrunnerError
from ops.perception.vgg import gram
from ops.style.networks.adain import transport
from ops.style.networks.by_texture import half_precision
from ops.style.networks.content import crops, demo_frames, frames_of, luma_of
from ops.style.networks.decoder import Decoder, encoded, encoder, write_decoder
from ops.style.networks.paintings import PAINTINGS, painting

__all__ = ["main", "train_decoder"]

_BATCH, _SIDE, _RATE = 6, 128, 2e-3


def train_decoder(
    contents: Sequence[np.ndarray],
    styles: Sequence[np.ndarray],
    *,
    steps: int,
    seed: int = 0,
    minutes: float = 0.0,
    start: Decoder | None = None,
    say: bool = False,
) -> Decoder:
    """A decoder for the house's encoder.

    Args:
        contents: (H, W, 3) uint8 RGB pictures.
        styles: Pictures whose textures features are moved to; contents serve as styles too.
        steps: Batches of 6 pieces of 128 pixels.
        seed: Of weights and batches.
        minutes: Training ends by then; 0 is no limit.
        start: To go on from.
        say: Whether losses are printed.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    pictures = [luma_of(each) for each in contents]
    textures = [luma_of(each) for each in styles]
    decoder = start or Decoder()
    decoder.requires_grad_(True)
    optimiser = torch.optim.Adam(decoder.parameters(), lr=_RATE, betas=(0.9, 0.99))
    net = half_precision(encoder())
    began, recent, share, step = time.monotonic(), [], 0.0, 0
    while share < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = _RATE * (0.02 + 0.49 * (1 + float(np.cos(np.pi * share))))
        luma = torch.from_numpy(crops(pictures, _BATCH, _SIDE, random=random))
        theirs = textures if step % 3 else pictures
        other = torch.from_numpy(crops(theirs, _BATCH, _SIDE, random=random))
        with torch.no_grad():
            seen, wanted = encoded(luma.bfloat16(), net), encoded(other.bfloat16(), net)
            moved = _moved(seen.float(), wanted.float(), random)
        with torch.autocast("cpu", torch.bfloat16):
            given = decoder(seen).float()
            made = decoder(moved).float()
        again = encoded(made.bfloat16(), net).float()
        spread = moved.var()
        losses = {
            "again": (given - luma).abs().mean(),
            "features": (again - moved).square().mean() / spread,
            "texture": (gram(again) - gram(moved)).square().mean() / gram(moved).square().mean(),
        }
        optimiser.zero_grad(set_to_none=True)
        (4 * losses["again"] + losses["features"] + losses["texture"]).backward()
        optimiser.step()
        recent = [*recent[-49:], [float(value.detach()) for value in losses.values()]]
        step += 1
        elapsed_min = (time.monotonic() - began) / 60
        share = max(step / steps, elapsed_min / minutes if minutes else 0.0)
        if say and step % 50 == 0:
            means = np.mean(recent, axis=0)
            told = ", ".join(f"{name} {value:.4f}" for name, value in zip(losses, means, strict=True))
            print(f"{share:4.0%} step {step}, {elapsed_min:.1f} min: {told}", flush=True)  # noqa: T201 (a command)
    return decoder.eval().requires_grad_(False)


def _moved(seen: Tensor, wanted: Tensor, random: np.random.Generator) -> Tensor:
    """Features given part of another picture's mean and covariance, one by one."""
    moved = torch.empty_like(seen)
    for place in range(len(seen)):
        rows, target = (each[place].reshape(seen.shape[1], -1) for each in (seen, wanted))
        mean, theirs = rows.mean(dim=1, keepdim=True), target.mean(dim=1, keepdim=True)
        rows, target = rows - mean, target - theirs
        matrix = transport(rows @ rows.T / rows.shape[1], target @ target.T / target.shape[1])
        share = float(random.uniform(0.3, 1.0))
        whole = share * (matrix @ rows + theirs) + (1 - share) * (rows + mean)
        moved[place] = whole.reshape(seen.shape[1:])
    return moved


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.style.networks.train_decoder", description=__doc__)
    parser.add_argument("out", help="the .safetensors to write")
    parser.add_argument("--content", action="append", default=[], metavar="PATH", help="pictures and films")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=0.0, help="end by then, though steps be left")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    try:
        contents = [*demo_frames(3), *(frames_of([Path(each) for each in asked.content]) if asked.content else [])]
        styles = [painting(name) for name in PAINTINGS]
        decoder = train_decoder(contents, styles, steps=asked.steps, seed=asked.seed, minutes=asked.minutes, say=True)
    except ShowrunnerError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    write_decoder(decoder, Path(asked.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
