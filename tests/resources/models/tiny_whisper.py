"""A Whisper of some ten thousand weights in the layout of large-v3: its special tokens, languages, ears and heads.

Its letters are bytes and a few merges. Untrained it writes noise. `taught` teaches one to hear tones: it then has a
language that is spoken in pure tones and one in rich ones, and a word for every pitch; where each word sounds is known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration
from transformers.models.whisper.tokenization_whisper import LANGUAGES, WhisperTokenizer

__all__ = ["HEADS", "RATE", "TAUGHT_S", "WORDS", "Speech", "save_tiny_whisper", "say", "taught_folder"]

RATE = 16_000
HEADS = ((1, 0), (1, 1))
WORDS = {" do": 400, " re": 750, " mi": 1300, " fa": 2100, " so": 3400}
"""Each word's pitch in Hz."""

ROOM = 36
"""Tokens of its decoder, prompt included."""

TAUGHT_S = 3
"""Seconds of the windows that a taught one hears."""

_LESSONS = 640
"""Sounds that one is taught by, some five times each."""

_MERGES = (
    "d o",
    "r e",
    "m i",
    "f a",
    "s o",
    "Ġ do",
    "Ġ re",
    "Ġ mi",
    "Ġ fa",
    "Ġ so",
    "t h",
    "Ġ th",
    "Ġth e",
    "æ ĺ",
    "æĺ ¯",
)
_TASKS = ("<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")


def save_tiny_whisper(
    folder: Path, *, seconds: int = 30, seed: int = 0, model: WhisperForConditionalGeneration | None = None
) -> Path:
    """Write one that `from_pretrained` reads.

    Args:
        folder: Where to.
        seconds: The longest window that it hears; all public ones hear 30 s.
        seed: Of its weights.
        model: Its weights, if they are not to be random.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids = _vocabulary()
    tokenizer = WhisperTokenizer(vocab=_letters(), merges=[tuple(pair.split(" ")) for pair in _MERGES])
    tokenizer.add_special_tokens({"extra_special_tokens": [*list(ids)[len(_letters()) + 1 :][: len(LANGUAGES) + 7]]})
    tokenizer.add_tokens([token for token in ids if token.startswith("<|") and token[2].isdigit()])
    assert tokenizer.convert_tokens_to_ids(list(ids)) == list(ids.values())
    tokenizer.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=128, chunk_length=seconds).save_pretrained(folder)
    (model or restless_model(seconds=seconds, seed=seed)).save_pretrained(folder)
    (folder / "generation_config.json").write_text(json.dumps(_generation(ids)))
    return folder


def random_model(*, seconds: int = 30, seed: int = 0) -> WhisperForConditionalGeneration:
    ids = _vocabulary()
    torch.manual_seed(seed)
    config = WhisperConfig(
        vocab_size=len(ids), num_mel_bins=128, d_model=32, encoder_layers=1, decoder_layers=2,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64,
        max_source_positions=50 * seconds, max_target_positions=ROOM, init_std=0.2,
        decoder_start_token_id=ids["<|startoftranscript|>"], bos_token_id=ids["<|endoftext|>"],
        eos_token_id=ids["<|endoftext|>"], pad_token_id=ids["<|endoftext|>"],
    )  # fmt: skip
    return WhisperForConditionalGeneration(config).eval()


def restless_model(*, seconds: int, seed: int) -> WhisperForConditionalGeneration:
    """A random one that does not say its first letter again and again: places weigh more than letters."""
    model = random_model(seconds=seconds, seed=seed)
    model.model.decoder.embed_positions.weight.data *= 8
    return model


@cache
def _letters() -> dict[str, int]:
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(byte) for byte in printable] + [chr(256 + place) for place in range(256 - len(printable))]
    return {token: number for number, token in enumerate([*letters, *(pair.replace(" ", "") for pair in _MERGES)])}


@cache
def _vocabulary() -> dict[str, int]:
    """In large-v3's order: letters, the end, the start, 100 languages, tasks, times."""
    tokens = [*_letters(), "<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in LANGUAGES), *_TASKS]
    tokens += [f"<|{0.02 * step:.2f}|>" for step in range(1501)]
    return {token: number for number, token in enumerate(tokens)}


def _generation(ids: dict[str, int]) -> dict[str, Any]:
    end = ids["<|endoftext|>"]
    return {
        "alignment_heads": [list(head) for head in HEADS],
        "begin_suppress_tokens": [ids["Ġ"], end],
        "bos_token_id": end,
        "decoder_start_token_id": ids["<|startoftranscript|>"],
        "eos_token_id": end,
        "is_multilingual": True,
        "lang_to_id": {f"<|{code}|>": ids[f"<|{code}|>"] for code in LANGUAGES},
        "max_initial_timestamp_index": 50,
        "max_length": ROOM,
        "no_timestamps_token_id": ids["<|notimestamps|>"],
        "pad_token_id": end,
        "prev_sot_token_id": ids["<|startofprev|>"],
        "return_timestamps": False,
        "suppress_tokens": [
            *(number for letter, number in ids.items() if not _plain(letter)),
            *range(end + 1, len(ids)),
        ],
        "task_to_id": {"transcribe": ids["<|transcribe|>"], "translate": ids["<|translate|>"]},
    }


def _plain(token: str) -> bool:
    """Whether a token is ASCII that is written, or the end: so what random weights say can be read."""
    return token == "<|endoftext|>" or all(letter == "Ġ" or "!" <= letter <= "~" for letter in token)


@dataclass(frozen=True)
class Speech:
    """A sound and what it says: (word, from, to) in seconds; English in pure tones, French in rich ones."""

    sound: np.ndarray
    words: tuple[tuple[str, float, float], ...]
    language: str


def say(rng: np.random.Generator, *, seconds: float = TAUGHT_S, count: int | None = None, language: str = "") -> Speech:
    """Words at chance places with pauses between them, over a little noise; none said makes a silence."""
    language = language or str(rng.choice(["en", "fr"]))
    count = int(rng.integers(0, 4)) if count is None else count
    sound = rng.normal(0, 0.003, int(seconds * RATE))
    lengths = rng.uniform(0.25, 0.5, count)
    pauses = rng.dirichlet(np.ones(count + 1)) * (seconds - 0.12 * (count + 1) - lengths.sum()) + 0.12
    words = []
    at = 0.0
    for length, pause in zip(lengths, pauses[:-1], strict=True):
        start, end = at + pause, at + pause + length
        word = str(rng.choice(list(WORDS)))
        words.append((word.strip(), float(start), float(end)))
        places = np.arange(int(start * RATE), int(end * RATE))
        tone = np.sin(2 * np.pi * WORDS[word] * places / RATE)
        sound[places] += 0.3 * (tone if language == "en" else np.sign(tone))
        at = end
    return Speech(sound.astype(np.float32), tuple(words), language)


def taught(*, steps: int, seed: int = 1) -> WhisperForConditionalGeneration:
    """One that hears `say`'s words in windows of `TAUGHT_S`; its heads are taught to look where each word sounds."""
    ids = _vocabulary()
    rng = np.random.default_rng(seed)
    ears = WhisperFeatureExtractor(feature_size=128, chunk_length=TAUGHT_S)
    model = random_model(seconds=TAUGHT_S, seed=seed)
    model.set_attn_implementation("eager")
    model.train()
    best = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.0)
    plan = torch.optim.lr_scheduler.OneCycleLR(best, 4e-3, total_steps=steps)
    said = [say(rng) for _ in range(_LESSONS)]
    every = [_lesson(each, ids) for each in said]
    heard = torch.cat([ears(each.sound, sampling_rate=RATE, return_tensors="pt")["input_features"] for each in said])
    for _ in range(steps):
        some = rng.choice(_LESSONS, 16, replace=False)
        features, lessons = heard[some], [every[place] for place in some]
        longest = max(len(inputs) for inputs, _, _ in lessons)
        inputs = torch.tensor([row + [ids["<|endoftext|>"]] * (longest - len(row)) for row, _, _ in lessons])
        labels = torch.tensor([row + [-100] * (longest - len(row)) for _, row, _ in lessons])
        told = model(features, decoder_input_ids=inputs, output_attentions=True)
        loss = torch.nn.functional.cross_entropy(told.logits.flatten(0, 1), labels.flatten())
        loss = loss + _looks(told.cross_attentions, lessons)
        best.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        best.step()
        plan.step()
    model.set_attn_implementation("sdpa")
    return model.eval()


def _lesson(said: Speech, ids: dict[str, int]) -> tuple[list[int], list[int], list[tuple[int, int, int]]]:
    """Inputs, what follows each, and (place, first frame, last) where the heads are to look."""
    text = [ids[f"Ġ{word}"] for word, _, _ in said.words]
    prompt = [ids["<|startoftranscript|>"], ids[f"<|{said.language}|>"], ids["<|transcribe|>"], ids["<|notimestamps|>"]]
    first = prompt[1] if said.words else ids["<|nospeech|>"]
    labels = [first, -100, -100, *text, ids["<|endoftext|>"]]
    looks = [(3 + place, int(start * 50), int(end * 50)) for place, (_, start, end) in enumerate(said.words)]
    if looks:  # the end of the text looks at what comes after the last word
        looks.append((3 + len(text), looks[-1][2] + 1, len(said.sound) * 50 // RATE))
    return [*prompt, *text], labels, looks


def _looks(attentions: Any, lessons: list[Any]) -> torch.Tensor:
    missed = [
        -attentions[layer][row, head, place, start:end].sum().clamp_min(1e-6).log()
        for row, (_, _, looks) in enumerate(lessons)
        for place, start, end in looks
        for layer, head in HEADS
    ]
    return torch.stack(missed).mean() if missed else torch.zeros(())


@cache
def _taught_once() -> WhisperForConditionalGeneration:
    return taught(steps=200)


def taught_folder(folder: Path) -> Path:
    """A checkpoint of the taught one; it is taught once for all tests of a process."""
    return save_tiny_whisper(folder, seconds=TAUGHT_S, model=_taught_once())
