"""Which words of a sentence its translation looked at, read from the decoder's cross-attention.

The target is given, so one pass tells. A piece's row is taken where it is the decoder's input and not where it is what
the decoder is about to say, which aligns better (Chen et al., Accurate Word Alignment Induction from Neural Machine
Translation, EMNLP 2020: SHIFT-ATT), and from the layers just above the middle, where that paper and its followers find
alignment. Attention itself stays as fast as it is in translation: hooks take what goes into those layers, and only
there the weights are calculated once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from resources.models.translation.decoding import padded
from resources.models.translation.scoring import Forced, parted

__all__ = ["by_words", "cross_attentions", "watched_layers"]

Span = tuple[int, int]


def watched_layers(model: Any) -> list[Any]:
    """The cross-attention modules that alignment is read from: of 12 layers the 6th to the 8th, of 24 the 12th to 16th.

    Raises:
        ValueError: Nobody has told how this architecture names them.
    """
    decoder = model.get_decoder()
    if hasattr(decoder, "layers"):  # M2M100
        every = [layer.encoder_attn for layer in decoder.layers]
    elif hasattr(decoder, "block"):  # T5
        every = [block.layer[1].EncDecAttention for block in decoder.block]
    else:
        raise ValueError(f"the decoder of {type(model).__name__} keeps its attention somewhere else")
    return every[max(0, len(every) // 2 - 1) : max(1, 2 * len(every) // 3)]


def cross_attentions(model: Any, targets: Sequence[Forced]) -> list[np.ndarray]:
    """How much each position of each target, read as input, looks at each of its source: (said, positions) float32.

    Rows sum to 1; the mean over the heads of the watched layers.
    """
    import torch

    found: list[np.ndarray] = [np.zeros((0, 0), np.float32)] * len(targets)
    for places in parted(targets):
        part = [targets[place] for place in places]
        with torch.inference_mode():
            weights = _of_batch(model, part)
        for row, (place, target) in enumerate(zip(places, part, strict=True)):
            begun = len(target.begun)
            own = weights[row, begun : begun + len(target.said), : len(target.state)]
            found[place] = own.float().cpu().numpy().astype(np.float32)
    return found


def by_words(
    weights: np.ndarray, source: tuple[Sequence[Span], Sequence[Span]], target: tuple[Sequence[Span], Sequence[Span]]
) -> np.ndarray:
    """Attention between pieces as attention between words: (target words, source words) float32, rows summing to 1.

    A word of the source gets what its pieces get; one of the target looks as its pieces do in the mean, by how many of
    its characters each holds. A row without anything to go by is even.

    Args:
        weights: (target pieces, source pieces), of the text alone, without ends and language.
        source: Where its pieces lie in its text, and where its words.
        target: The same of the target.
    """
    rows = _shares(*target).T @ weights @ _shares(*source)
    rows = rows.astype(np.float32)
    totals = rows.sum(1, keepdims=True)
    even = np.full_like(rows, 1.0 / max(1, rows.shape[1]))
    return np.where(totals > 0, rows / np.where(totals > 0, totals, 1), even).astype(np.float32)


def _shares(pieces: Sequence[Span], words: Sequence[Span]) -> np.ndarray:
    """How much of each piece's length lies in each word: (pieces, words); white space lies in none."""
    if not pieces or not words:
        return np.zeros((len(pieces), len(words)))
    begins, ends = np.array(pieces).T
    first, last = np.array(words).T
    common = np.minimum(ends[:, None], last[None, :]) - np.maximum(begins[:, None], first[None, :])
    common = np.clip(common, 0, None).astype(float)
    return common / np.maximum(common.sum(1, keepdims=True), 1)


def _of_batch(model: Any, targets: Sequence[Forced]) -> Any:
    import torch

    hidden, mask = padded([target.state for target in targets])
    longest = max(target.length for target in targets)
    pad = model.config.pad_token_id
    given = [[*target.begun, *target.said, *[pad] * (longest - target.length)] for target in targets]
    layers = watched_layers(model)
    seen: list[Any] = []
    with _watching(layers, mask, seen):
        model.get_decoder()(
            input_ids=torch.tensor(given, device=hidden.device),
            encoder_hidden_states=hidden,
            encoder_attention_mask=mask,
            use_cache=False,
        )
    return torch.stack(seen).mean(0)


@contextmanager
def _watching(layers: Sequence[Any], mask: Any, seen: list[Any]) -> Iterator[None]:
    """While it lasts, every pass of a layer adds its weights to `seen`: (rows, target, source), mean over its heads."""

    def watch(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        asking = kwargs["hidden_states"] if "hidden_states" in kwargs else args[0]
        seen.append(_weights(layer, asking, kwargs["key_value_states"], mask))

    handles = [layer.register_forward_pre_hook(watch, with_kwargs=True) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _weights(layer: Any, asking: Any, asked: Any, mask: Any) -> Any:
    queries, keys = getattr(layer, "q_proj", None) or layer.q, getattr(layer, "k_proj", None) or layer.k
    width = getattr(layer, "head_dim", None) or layer.key_value_proj_dim
    query, key = (
        project(states).view(*states.shape[:2], -1, width).transpose(1, 2)
        for project, states in ((queries, asking), (keys, asked))
    )
    scores = (query @ key.transpose(2, 3)).float() * layer.scaling
    return scores.masked_fill(mask[:, None, None, :] == 0, float("-inf")).softmax(-1).mean(1)
