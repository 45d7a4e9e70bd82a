"""Two published ways to walk down the same loss, written plainly from what their papers describe.

- `square_root_pyramid`: that of crowsonkb/style-transfer-pytorch: scales √2 apart from 128 pixels, Adam
  with a step of 0.02 and betas (0.9, 0.99), moments scaled with the picture, an average of iterates (0.99) that starts
  the next scale. Its Wasserstein loss is left out: both sides walk down the same Gram loss.
- `one_scale_lbfgs`: that of the neural style of pytorch/tutorials: L-BFGS at full size from the content picture, with
  torch's own defaults.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from ops.blend.extractor import Extractor
from ops.blend.losses import blend_loss
from ops.blend.targets import Targets

__all__ = ["Mark", "one_scale_lbfgs", "square_root_pyramid"]

Mark = tuple[float, Tensor]
"""Seconds of work so far, and the picture."""

Level = tuple[tuple[int, int], Targets]


def square_root_pyramid(
    net: Extractor, levels: Callable[[int], Level], start: Tensor, *, size: int, first: int, later: int
) -> Iterator[Mark]:
    """Walk; `first` steps on the coarsest scale, `later` on each other."""
    sides = [size]
    while sides[0] / 2**0.5 >= 128:
        sides.insert(0, round(sides[0] / 2**0.5))
    spent, canvas, moments = 0.0, start, None
    for place, side in enumerate(sides):
        shape, targets = levels(side)
        began = time.perf_counter()
        canvas = F.interpolate(canvas, size=shape, mode="bicubic", align_corners=False).clamp(0, 1)
        canvas = canvas.detach().requires_grad_(True)
        adam = torch.optim.Adam([canvas], lr=0.02, betas=(0.9, 0.99))
        if moments is not None:
            adam.state[canvas] = {
                "step": moments[0],
                "exp_avg": F.interpolate(moments[1], size=shape, mode="bicubic", align_corners=False),
                "exp_avg_sq": F.interpolate(moments[2], size=shape, mode="bilinear", align_corners=False).relu(),
            }
        average, weight = torch.zeros_like(canvas), 0.0
        for _ in range(first if place == 0 else later):
            adam.zero_grad()
            blend_loss(net, canvas, targets).total.backward()
            adam.step()
            with torch.no_grad():
                canvas.clamp_(0, 1)
                average = 0.99 * average + 0.01 * canvas
                weight = 0.99 * weight + 0.01
            spent += time.perf_counter() - began
            yield spent, average / weight
            began = time.perf_counter()
        state = adam.state[canvas]
        moments = (state["step"], state["exp_avg"], state["exp_avg_sq"])
        canvas = average / weight


def one_scale_lbfgs(net: Extractor, level: Level, start: Tensor, *, steps: int) -> Iterator[Mark]:
    """Walk; a mark an evaluation of the loss, of which torch's L-BFGS makes up to 25 a step."""
    shape, targets = level
    canvas = F.interpolate(start, size=shape, mode="bicubic", align_corners=False).clamp(0, 1)
    canvas = canvas.detach().requires_grad_(True)
    search = torch.optim.LBFGS([canvas])
    marks: list[Mark] = []
    clock = [time.perf_counter()]

    def closure() -> Tensor:
        with torch.no_grad():
            canvas.clamp_(0, 1)
        search.zero_grad()
        loss = blend_loss(net, canvas, targets).total
        loss.backward()
        marks.append((time.perf_counter() - clock[0], canvas.detach().clone()))
        return loss

    told = 0
    while len(marks) < steps:
        search.step(closure)
        yield from marks[told:]
        told = len(marks)
