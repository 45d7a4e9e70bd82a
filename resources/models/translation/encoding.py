"""What an encoder makes of sentences, each of them once however many languages it goes into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["Encoded"]

_POSITIONS = 8192
"""Encoded at once; the encoder keeps nothing between them, so this is small beside decoding."""

Ids = tuple[int, ...]


class Encoded:
    """The encoder's states by source, on its device: 2 KiB a piece for NLLB's 600M in half precision.

    Args:
        model: Of transformers, sequence to sequence.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._states: dict[Ids, Any] = {}

    def add(self, sources: Iterable[Ids]) -> None:
        """Encode those that are not yet."""
        new = sorted({source for source in sources if source not in self._states}, key=len, reverse=True)
        held: list[Ids] = []
        for source in new:
            if held and (len(held) + 1) * len(held[0]) > _POSITIONS:
                self._encode(held)
                held = []
            held.append(source)
        if held:
            self._encode(held)

    def clear(self) -> None:
        """Forget them all."""
        self._states.clear()

    def __getitem__(self, source: Ids) -> Any:
        """States of a source that was added: (positions, width)."""
        return self._states[source]

    def _encode(self, sources: list[Ids]) -> None:
        import torch

        longest, pad = len(sources[0]), self._model.config.pad_token_id
        given = torch.tensor([[*ids, *[pad] * (longest - len(ids))] for ids in sources], device=self._model.device)
        mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids in sources], device=given.device)
        with torch.inference_mode():
            states = self._model.get_encoder()(input_ids=given, attention_mask=mask).last_hidden_state
        for ids, state in zip(sources, states, strict=True):
            self._states[ids] = state[: len(ids)].clone()  # a view would keep the whole batch's padding
