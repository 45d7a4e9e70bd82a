"""At which size, and in which precision, networks work on film."""

from __future__ import annotations

import torch

from ops.style.stages import Canvas, Effort

__all__ = ["precision", "working_size"]

_LINES = 576
"""Lines at full effort and strokes of 1: what networks are trained on is about that size."""


def working_size(canvas: Canvas, effort: Effort, stroke: float, *, step: int) -> tuple[int, int]:
    """Width and height that a network works at, multiples of `step` (and at least 32).

    Strokes are a size in the network's own pixels: working at one size gives phones and cinemas the same strokes. Film
    of fewer lines is worked at its own size, where strokes are coarse; finer ones than 1 work it larger than it is.
    """
    scale = min(1.0, _LINES / canvas.height) / stroke / effort.value
    width, height = (max(32 // step, round(side * scale / step)) * step for side in (canvas.width, canvas.height))
    return width, height


def precision(device: str) -> torch.dtype:
    """What is fastest there without a difference that is seen."""
    if device == "cuda":
        return torch.float16
    # bfloat16 halves a frame's time where the processor multiplies it, and doubles it where it does not
    told = torch.cpu.get_capabilities()
    return torch.bfloat16 if told.get("avx512_bf16") or told.get("amx_bf16") else torch.float32
