"""A causal language model small enough to write by hand: a Llama whose next word hangs on the last one alone.

Attention and feed-forward layers add nothing, embeddings are the unit vectors, and the output layer says which words
may follow which. So a test knows what it writes, and the loader reads a real checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer
from tokenizers.decoders import Fuse
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

CHAT = "{% for message in messages %}<|user|>{{ message['content'] }}{% endfor %}<|assistant|>"
_SPECIAL = ("<unk>", "<eos>", "<|user|>", "<|assistant|>", "\n")
_SURE, _NEVER = 12.0, -30.0


def save_tiny_lm(folder: Path, answers: Sequence[str], *, chat: bool = True) -> Path:
    """Write a model that begins each line with one of the answers, drawn by its seed, and goes on to the next.

    Args:
        folder: Where to.
        answers: Lines it knows; no word may stand in two of them, nor twice in one.
        chat: Whether its tokenizer has a chat template; without one it begins after a line break alone.
    """
    lines = [_pieces(answer) for answer in answers]
    words = [*_SPECIAL, *dict.fromkeys(piece for line in lines for piece in line)]
    ids = {word: place for place, word in enumerate(words)}
    starts = [line[0] for line in lines]
    after: dict[str, list[str]] = {"<|assistant|>": starts, "\n": starts, "<unk>": starts}
    for line in lines:
        for one, other in zip(line, [*line[1:], "\n"], strict=True):
            after[one] = [other]
    _save_model(folder, ids, after)
    _save_tokenizer(folder, ids, chat=chat)
    return folder


def _pieces(line: str) -> list[str]:
    first, *rest = line.split(" ")
    return [first, *(f" {word}" for word in rest)]


def _save_model(folder: Path, ids: Mapping[str, int], after: Mapping[str, list[str]]) -> None:
    size = len(ids) + len(ids) % 2
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=size,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
        head_dim=8,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=ids["<eos>"],
        pad_token_id=ids["<eos>"],
    )
    model: Any = LlamaForCausalLM(config)
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(size))
        model.model.norm.weight.fill_(size**-0.5)  # undoes the norm of a unit vector
        model.lm_head.weight.fill_(_NEVER)
        for one, others in after.items():
            for other in others:
                model.lm_head.weight[ids[other], ids[one]] = _SURE
    model.save_pretrained(folder)


def _save_tokenizer(folder: Path, ids: Mapping[str, int], *, chat: bool) -> None:
    tokenizer = Tokenizer(WordLevel(dict(ids), unk_token="<unk>"))
    tokenizer.pre_tokenizer = Split(Regex(r"\n| ?[^ \n]+"), "isolated")
    tokenizer.decoder = Fuse()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<eos>", pad_token="<eos>")
    fast.add_special_tokens({"additional_special_tokens": ["<|user|>", "<|assistant|>"]})  # pyright: ignore
    if chat:
        fast.chat_template = CHAT
    fast.save_pretrained(folder)
