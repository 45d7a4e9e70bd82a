"""A Whisper checkpoint of this machine: its model, its ears, its vocabulary, and which heads follow the speech."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ops.errors import UsageError
from ops.languages.table import language
from resources.models.checkpoint import model_of, opening, unusable
from resources.models.choice import EngineChoice
from resources.models.weights import local_weights, need, torch_device
from resources.models.whisper.words import bytes_of_tokens

__all__ = ["RATE", "Checkpoint", "open_whisper"]

RATE = 16_000
"""Hz, at which the house hears."""

_FILES = ("*.json", "*.txt", "model.safetensors", "model-*.safetensors")
"""The repository of large-v3 holds its weights in float32 as well, 6 GB that nobody needs."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a folder of weights holds.

    Attributes:
        model: A WhisperForConditionalGeneration in evaluation, on its device, its attention as it was opened.
        ears: Its feature extractor.
        tokenizer: Its byte-level tokenizer.
        languages: The token of each of its languages, by Whisper's code.
        start: The token that a transcript starts with.
        transcribe: The token that asks for the words as they are said, not for English.
        no_times: The token that asks for a text without times.
        no_speech: The token for a window in which nobody speaks.
        end: The token that ends a text; those of a text come before it, all special ones and times after it.
        never: Tokens of a text that are never to be chosen.
        never_first: Those that cannot begin one.
        heads: (layer, head) of the decoder's cross-attention that follow the speech.
    """

    model: Any
    ears: Any
    tokenizer: Any
    languages: Mapping[str, int]
    start: int
    transcribe: int
    no_times: int
    no_speech: int
    end: int
    never: tuple[int, ...]
    never_first: tuple[int, ...]
    heads: tuple[tuple[int, int], ...]

    @property
    def longest(self) -> int:
        """Samples of the longest window that it hears: 30 s."""
        return int(self.ears.n_samples)

    @property
    def frame(self) -> int:
        """Samples of one frame of the encoder's: 20 ms."""
        return self.longest // int(self.model.config.max_source_positions)

    @property
    def room(self) -> int:
        """Tokens that its decoder holds, prompt and end included."""
        return int(self.model.config.max_target_positions)

    def prompt(self, code: str) -> list[int]:
        """What a text of a language is asked for with; Chinese, however it is written, by the one code that it has.

        Raises:
            UsageError: The model does not hear it.
        """
        spoken = language(code)
        name = "zh" if spoken.iso639_3 == "zho" else spoken.whisper
        if name not in self.languages:
            raise UsageError(
                f"Whisper does not hear {spoken.name}",
                where=code,
                fix="Bring a text of its own, or another recogniser.",
            )
        return [self.start, self.languages[name], self.transcribe, self.no_times]

    def encoded(self, sounds: Sequence[np.ndarray]) -> Any:
        """(B, frames, D) what the encoder makes of some windows' sounds, each padded to the longest that it hears.

        Raises:
            ValueError: One is longer than that.
        """
        import torch

        longest = max(map(len, sounds))
        if longest > self.longest:
            raise ValueError(f"a window of {longest / RATE:.2f} s is longer than the {self.longest / RATE:g} s heard")
        clean = [np.nan_to_num(np.clip(sound, -1, 1)) for sound in sounds]
        device, dtype = self.model.device, self.model.dtype
        features = self.ears(clean, sampling_rate=RATE, return_tensors="pt", device=str(device))["input_features"]
        with torch.inference_mode():
            return self.model.model.encoder(features.to(device, dtype)).last_hidden_state

    def written(self, tokens: Sequence[int]) -> list[bytes]:
        """What each token writes."""
        return bytes_of_tokens(self.tokenizer.convert_ids_to_tokens(list(tokens)))

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text; what looks like a special one is written out letter by letter."""
        plain = text.encode("utf-8", "replace").decode()  # a lone surrogate is no text
        return self.tokenizer(plain, add_special_tokens=False, split_special_tokens=True)["input_ids"]


def open_whisper(choice: EngineChoice, *, device: str) -> Checkpoint:
    """The checkpoint that a choice names, downloaded first where it is not here.

    On the CPU in float32; on CUDA in float16, in which the weights are published and OpenAI's own code runs: bfloat16
    keeps three bits less of every number.

    Args:
        choice: Of `recogniser_engine`.
        device: The `device` setting.

    Raises:
        ModelUnavailable: Libraries or weights are not here, or it is no Whisper of many languages.
    """
    need(choice, "torch", "transformers")
    import torch
    from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer

    place = torch_device(device)
    folder = local_weights(choice, patterns=_FILES)
    model = model_of(WhisperForConditionalGeneration, folder, choice, types=("whisper",), device="cpu")
    with opening(choice):
        ears = WhisperFeatureExtractor.from_pretrained(folder, local_files_only=True)
        tokenizer: Any = WhisperTokenizer.from_pretrained(folder, local_files_only=True)
    _check_ears(ears, model.config, choice)
    model = model.to(place, torch.float16 if place == "cuda" else torch.float32)
    return _checkpoint(model, ears, tokenizer, choice)


def _check_ears(ears: Any, config: Any, choice: EngineChoice) -> None:
    if ears.sampling_rate != RATE:
        raise unusable(choice, f"it hears at {ears.sampling_rate} Hz, not at {RATE}")
    if ears.feature_size != config.num_mel_bins:
        raise unusable(
            choice,
            f"preprocessor_config.json has {ears.feature_size} mel bands, and the model hears {config.num_mel_bins}",
        )
    if ears.nb_max_frames != 2 * config.max_source_positions:
        raise unusable(choice, f"its ears hear {ears.nb_max_frames} frames, not twice {config.max_source_positions}")


def _checkpoint(model: Any, ears: Any, tokenizer: Any, choice: EngineChoice) -> Checkpoint:
    told = model.generation_config
    known: Mapping[str, int] = getattr(told, "lang_to_id", None) or {}
    tasks: Mapping[str, int] = getattr(told, "task_to_id", None) or {}
    no_times = getattr(told, "no_timestamps_token_id", None)
    if not known or "transcribe" not in tasks or no_times is None:
        raise unusable(
            choice,
            "its generation_config.json tells no languages, as of a model that hears English alone",
            fix="Take a model of many languages, or the generation_config.json of the one that it was made from.",
        )
    end = int(model.config.eos_token_id)
    special = range(end + 1, int(model.config.vocab_size))
    suppressed = [token for token in told.suppress_tokens or () if token <= end]
    return Checkpoint(
        model=model,
        ears=ears,
        tokenizer=tokenizer,
        languages={token.strip("<|>"): number for token, number in known.items()},
        start=int(model.config.decoder_start_token_id),
        transcribe=tasks["transcribe"],
        no_times=no_times,
        no_speech=no_times - 1,  # "<|nospeech|>", in older vocabularies "<|nocaptions|>"
        end=end,
        never=(*suppressed, *special),
        never_first=tuple(told.begin_suppress_tokens or ()),
        heads=_heads(getattr(told, "alignment_heads", None), model.config, choice),
    )


def _heads(told: Any, config: Any, choice: EngineChoice) -> tuple[tuple[int, int], ...]:
    """Those that generation_config.json names; where it names none, all of the upper half, as OpenAI's code does."""
    layers, width = int(config.decoder_layers), int(config.decoder_attention_heads)
    if not told:
        return tuple((layer, head) for layer in range(layers // 2, layers) for head in range(width))
    heads = tuple((int(layer), int(head)) for layer, head in told)
    if any(not (0 <= layer < layers and 0 <= head < width) for layer, head in heads):
        raise unusable(choice, f"its alignment_heads name a head beyond {layers} layers of {width}")
    return heads
