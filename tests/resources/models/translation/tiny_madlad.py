"""MADLAD-400's architecture and way with languages, small: tags as plain pieces, bytes for what it has no piece for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from transformers import T5Config, T5ForConditionalGeneration

from tests.resources.models.translation.tiny_nllb import OTHERS, SENTENCES

TAGS = ("en", "fr", "de", "es", "ja", "ar", "zh", "zh_Hant", "ru", "th", "fil", "no")


def save_tiny_madlad(folder: Path, *, seed: int = 3, tags: Sequence[str] = TAGS) -> Path:
    """Write a checkpoint with the ids of the published ones: <unk> 0, which the decoder begins with, <s> 1, </s> 2."""
    tokenizer = _tokenizer(tags)
    sizes: dict[str, Any] = dict(  # noqa: C408
        vocab_size=tokenizer.get_vocab_size(),
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=4,
        num_decoder_layers=4,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=0,
    )
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    model: Any = T5ForConditionalGeneration(T5Config(**sizes))
    with torch.no_grad():
        model.lm_head.weight.normal_(0, 0.5)
        model.lm_head.weight[2] *= 1.5  # so that some sentences come to an end by themselves
        model.lm_head.weight[1] = 0
    torch.random.set_rng_state(state)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def _tokenizer(tags: Sequence[str]) -> Tokenizer:
    letters = sorted({character for text in (*SENTENCES, *OTHERS) for character in text if not character.isspace()})
    words = sorted({f"▁{word}" for text in SENTENCES for word in text.split()})
    pieces = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0)]
    pieces += [(f"<2{tag}>", -1.0) for tag in tags]
    pieces += [(f"<0x{byte:02X}>", -9.0) for byte in range(256)]
    pieces += [("▁", -3.0), *((letter, -6.0) for letter in letters), *((word, -4.0) for word in words)]
    tokenizer: Any = Tokenizer(Unigram(list(dict(pieces).items()), unk_id=0, byte_fallback=True))
    tokenizer.pre_tokenizer = Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Metaspace(replacement="▁", prepend_scheme="always"), decoders.ByteFallback(), decoders.Fuse()]
    )
    tokenizer.add_special_tokens(["<s>", "</s>", "<unk>"])
    return tokenizer
