"""In what number format a translation model calculates, by its device."""

from __future__ import annotations

import pytest
import torch

from resources.models.translation.loading import half_precision


@pytest.mark.parametrize(
    ("capability", "needs_range", "expected"),
    [
        ((7, 5), False, torch.float16),  # a T4
        ((7, 5), True, torch.float32),  # T5 overflows float16
        ((8, 0), False, torch.bfloat16),
        ((9, 0), True, torch.bfloat16),
    ],
)
def test_a_gpu_calculates_in_the_shortest_format_that_holds_the_model(
    monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], needs_range: bool, expected: torch.dtype
):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    assert half_precision("cuda", needs_range=needs_range) == expected


def test_a_processor_calculates_in_full():
    assert half_precision("cpu", needs_range=False) == torch.float32
