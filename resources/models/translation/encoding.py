"""What an encoder makes of sentences, each of them once however many languages it goes into.

A title's sentences are read to be translated, scored, tried in context, and to tell which words go together: in each of
202 languages the same ones. What was made of them last is kept from call to call, within bounds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

__all__ = ["Encoded", "Kept"]

_POSITIONS = 8192
"""Encoded at once; the encoder keeps nothing between them, so this is small beside decoding."""

_MOST_BYTES = 256 * 2**20
"""Kept between calls: 900 sentences of 25 pieces are 46 MB for NLLB's 600M in half precision, 180 MB for the 3.3B in
single. The sentences that every language asks for again stay, those that one language was translated back from go."""

Ids = tuple[int, ...]


class Kept:
    """States of the sources that were asked for last, on their device.

    Args:
        most: So many bytes of them.
    """

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self._most, self._bytes = most, 0
        self._states: OrderedDict[Ids, Any] = OrderedDict()

    def get(self, source: Ids) -> Any:
        """Its states, (positions, width); None where they are not kept."""
        if source in self._states:
            self._states.move_to_end(source)
        return self._states.get(source)

    def put(self, source: Ids, state: Any) -> None:
        """Keep them, and drop what was asked for longest ago."""
        self._states[source] = state
        self._bytes += state.nbytes
        while self._bytes > self._most:
            self._bytes -= self._states.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        """Drop them all."""
        self._states.clear()
        self._bytes = 0


class Encoded:
    """The encoder's states by source for one call, on its device: 2 KiB a piece for NLLB's 600M in half precision.

    Args:
        model: Of transformers, sequence to sequence.
        kept: What other calls made, and will ask for.
    """

    def __init__(self, model: Any, kept: Kept) -> None:
        self._model, self._kept = model, kept
        self._states: dict[Ids, Any] = {}

    def add(self, sources: Iterable[Ids]) -> None:
        """Encode those that are not yet."""
        missing = set(sources) - self._states.keys()
        self._states |= {source: state for source in missing if (state := self._kept.get(source)) is not None}
        new = sorted(missing - self._states.keys(), key=lambda source: (-len(source), source))
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
            self._kept.put(ids, self._states[ids])
