"""How much a device can decode at once, by its free memory and a model's size."""

from __future__ import annotations

from typing import Any

from resources.models.translation.batching import Room

__all__ = ["room_of"]

_CPU = Room(rows=128, positions=8192)
"""A processor gains nothing from more, and has other work to do."""
_MOST_ROWS = 1024
_COPIES = 6
"""Of the scores of one step that a search holds at once, in float32: its sums, its order, what is masked."""


def room_of(model: Any, device: str) -> Room:
    """Half of a GPU's free memory for what the decoder remembers, a quarter for the scores of a step."""
    if device == "cpu":
        return _CPU
    import torch

    free, _ = torch.cuda.mem_get_info()
    config = model.config
    layers = getattr(config, "decoder_layers", None) or config.num_decoder_layers
    width = config.d_model if not hasattr(config, "d_kv") else config.d_kv * config.num_heads
    position = 2 * layers * width * model.dtype.itemsize  # a key and a value in every layer
    rows = max(1, int(free // 4 // (config.vocab_size * 4 * _COPIES)))
    return Room(rows=min(_MOST_ROWS, rows), positions=max(1, int(free // 2 // position)))
