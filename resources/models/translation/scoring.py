"""How probable a model finds a target that it is given: teacher-forced, one pass, no search.

Candidates and pairs are scored by the same sum, so that their figures compare: the mean natural logarithm of the
probability of each piece and of the end, given the source and what stands before; what the decoder was made to begin
with does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from resources.models.translation.decoding import padded

__all__ = ["Forced", "mean_log_probs", "parted"]

_POSITIONS = 1024
"""Decoded at once: each is a row as wide as the vocabulary, 1 MiB in float32 for NLLB's 256 206 pieces."""


@dataclass(frozen=True)
class Forced:
    """A target to be read.

    Attributes:
        state: What the encoder made of its source, (positions, width).
        begun: The ids that the decoder begins with, which are given and not judged.
        said: The ids that are judged.
    """

    state: Any
    begun: tuple[int, ...]
    said: tuple[int, ...]

    @property
    def length(self) -> int:
        """Positions of the decoder."""
        return len(self.begun) + len(self.said)


def mean_log_probs(model: Any, targets: Sequence[Forced]) -> list[float]:
    """Of each target, the mean log-probability of what it says."""
    import torch

    found = [0.0] * len(targets)
    for places in parted(targets):
        part = [targets[place] for place in places]
        with torch.inference_mode():
            for place, value in zip(places, _of_batch(model, part), strict=True):
                found[place] = value
    return found


def parted(targets: Sequence[Forced]) -> Iterator[list[int]]:
    """Places of targets of like length, few enough to be read at once."""
    held: list[int] = []
    for place in sorted(range(len(targets)), key=lambda each: -targets[each].length):
        if held and (len(held) + 1) * targets[held[0]].length > _POSITIONS:
            yield held
            held = []
        held.append(place)
    if held:
        yield held


def _of_batch(model: Any, targets: Sequence[Forced]) -> list[float]:
    import torch
    from torch.nn.functional import cross_entropy
    from transformers.modeling_outputs import BaseModelOutput

    hidden, mask = padded([target.state for target in targets])
    longest = max(target.length for target in targets) - 1
    given, labels = [], []
    for target in targets:
        whole = [*target.begun, *target.said]
        rest = longest - len(whole) + 1
        given.append(whole[:-1] + [model.config.pad_token_id] * rest)
        labels.append([-100] * (len(target.begun) - 1) + list(target.said) + [-100] * rest)
    logits = model(
        encoder_outputs=BaseModelOutput(last_hidden_state=hidden),
        attention_mask=mask,
        decoder_input_ids=torch.tensor(given, device=hidden.device),
        use_cache=False,
    ).logits
    wanted = torch.tensor(labels, device=hidden.device)
    lost = cross_entropy(logits.float().transpose(1, 2), wanted, ignore_index=-100, reduction="none")
    counts = (wanted != -100).sum(1)
    return (-lost.sum(1) / counts).tolist()
