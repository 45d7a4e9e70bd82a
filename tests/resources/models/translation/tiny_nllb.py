"""NLLB-200's architecture and tokenizer, small: all 202 languages, pieces of a few sentences, weights by a seed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.trainers import BpeTrainer
from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

SENTENCES = (
    "The cat sat on the mat.",
    "Where are you going tonight?",
    "I never said that, Anna, and you know it.",
    "Come back at once!",
    "She left the house at seven and walked down to the river.",
    "No.",
    "Nobody had seen the boat since the storm of last winter.",
)
"""English, of several lengths."""

OTHERS = ("El gato duerme.", "Le chat dort déjà.", "猫は寝ています。", "Кошка спит.", "ฉันรักเธอ", "القطة نائمة")


def save_tiny_nllb(folder: Path, *, seed: int = 7, codes: list[str] | None = None, width: int = 32) -> Path:
    """Write a checkpoint as `save_pretrained` does.

    Args:
        folder: Where to.
        seed: Of its weights.
        codes: The languages that it has tokens for; all 202 where none are given.
        width: Of its states.
    """
    tokenizer = tiny_tokenizer(tuple(codes) if codes is not None else None)
    tokenizer.save_pretrained(folder)
    config = M2M100Config(
        vocab_size=len(tokenizer),
        d_model=width,
        encoder_layers=2,
        decoder_layers=4,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=2 * width,
        decoder_ffn_dim=2 * width,
        init_std=0.3,  # with the usual 0.02 all sentences come out alike
        tie_word_embeddings=False,  # tied ones drawn at random say the last word again and again
    )
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    model: Any = M2M100ForConditionalGeneration(config)
    torch.random.set_rng_state(state)
    with torch.no_grad():
        model.lm_head.weight[2] *= 4  # so that some sentences come to an end by themselves
        model.lm_head.weight[1] = 0  # padding, as NLLB's tied weights have it
    model.save_pretrained(folder)
    return folder


@cache
def tiny_tokenizer(codes: tuple[str, ...] | None = None) -> NllbTokenizer:
    """A real NllbTokenizer, its pieces learnt from the sentences above."""
    learner = Tokenizer(BPE(unk_token="<unk>"))
    learner.pre_tokenizer = Metaspace(replacement="▁", prepend_scheme="always")
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = BpeTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    learner.train_from_iterator([*SENTENCES, *OTHERS], trainer)
    merges = [tuple(pair) for pair in _merges(learner)]
    more: dict[str, Any] = {} if codes is None else {"extra_special_tokens": list(codes), "src_lang": codes[0]}
    return NllbTokenizer(vocab=learner.get_vocab(), merges=merges, **more)  # pyright: ignore[reportArgumentType]


def _merges(learner: Tokenizer) -> list[list[str]]:
    import json

    return json.loads(learner.to_str())["model"]["merges"]
