"""NLLB-200's architectures with random weights, which take as long as its own and say noise.

How long a translation is decides its cost, and noise has no end. So these models would always end at once, and a call
asks for a least length instead: a translation is as long as it says.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.languages.table import languages
from ops.translation.translator import TranslatorRow

__all__ = ["SIZES", "VOCABULARY", "save_model", "sentences"]

VOCABULARY = 256_206
"""Of every published NLLB-200; its last layer is a quarter of the 600M's work."""

SIZES: dict[str, dict[str, int]] = {
    "tiny": {"d_model": 64, "layers": 2, "heads": 4, "ffn": 128, "vocabulary": 2048},
    "600M": {"d_model": 1024, "layers": 12, "heads": 16, "ffn": 4096, "vocabulary": VOCABULARY},
    "1.3B": {"d_model": 1024, "layers": 24, "heads": 16, "ffn": 8192, "vocabulary": VOCABULARY},
    "3.3B": {"d_model": 2048, "layers": 24, "heads": 16, "ffn": 8192, "vocabulary": VOCABULARY},
}
"""By their published config.json files, and one for a laptop."""

_ENDS = 10.0


def save_model(folder: Path, size: str, *, device: str) -> Path:
    """Draw a model of a size on a device, and write it as a checkpoint folder."""
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    told = SIZES[size]
    config = M2M100Config(
        vocab_size=told["vocabulary"],
        d_model=told["d_model"],
        encoder_layers=told["layers"],
        decoder_layers=told["layers"],
        encoder_attention_heads=told["heads"],
        decoder_attention_heads=told["heads"],
        encoder_ffn_dim=told["ffn"],
        decoder_ffn_dim=told["ffn"],
        scale_embedding=True,
    )
    with _of_type(torch.float32 if device == "cpu" else torch.bfloat16), torch.device(device):
        torch.manual_seed(0)
        model: Any = M2M100ForConditionalGeneration(config)
    with torch.no_grad():  # the end is the likeliest piece, whatever came before
        last = model.model.decoder.layer_norm
        last.weight[0], last.bias[0] = 0, _ENDS
        model.lm_head.weight[:, 0] = 0
        model.lm_head.weight[config.eos_token_id, 0] = _ENDS
    model.save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def sentences(count: int) -> list[TranslatorRow]:
    """Lines as long as dialogue's: 4 to 30 pieces, 13 in the mean; the same in every run, and no two alike."""
    draw = random.Random(0)
    lengths = (min(30, max(4, round(draw.lognormvariate(2.45, 0.5)))) for _ in itertools.count())
    drawn = (" ".join(draw.choices(_WORDS, k=next(lengths))) for _ in itertools.count())
    found: dict[str, None] = {}
    while len(found) < count:
        found[next(drawn)] = None
    return [TranslatorRow(text) for text in found]


_WORDS = [f"{one}{two}" for one in ("ba", "de", "ki", "lo", "mu", "na", "re", "si", "to", "vu") for two in "nrstlmkpdg"]


def _tokenizer() -> Any:
    """NLLB's tokenizer with a piece a word, all its languages, and their ids within the smallest size."""
    from transformers import NllbTokenizer

    letters = sorted({letter for word in _WORDS for letter in word} | {"▁"})
    pieces = {piece: place for place, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *letters])}
    merges: list[tuple[str, str]] = []
    for word in _WORDS:
        so_far = "▁"
        for letter in word:
            if (so_far, letter) not in merges:
                merges.append((so_far, letter))
            so_far += letter
            pieces.setdefault(so_far, len(pieces))
    return NllbTokenizer(vocab=pieces, merges=merges, extra_special_tokens=list(languages()))  # pyright: ignore


@contextmanager
def _of_type(dtype: Any) -> Iterator[None]:
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
