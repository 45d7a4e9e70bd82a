"""How much of real time each stage of Whisper takes, with weights of full size that need not be real.

Random weights take as long as trained ones for as many tokens, but never end a text; so its length is given.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from resources.models.choice import EngineChoice
from resources.models.weights import torch_device
from resources.models.whisper.alignment import force
from resources.models.whisper.checkpoint import RATE, Checkpoint, open_whisper
from resources.models.whisper.decoding import Thresholds, hear_batch

SIZES: Mapping[str, Mapping[str, int]] = {
    "tiny": {"d_model": 384, "encoder_layers": 4, "decoder_layers": 4, "heads": 6},
    "small": {"d_model": 768, "encoder_layers": 12, "decoder_layers": 12, "heads": 12},
    "large-v3": {"d_model": 1280, "encoder_layers": 32, "decoder_layers": 32, "heads": 20},
    "large-v3-turbo": {"d_model": 1280, "encoder_layers": 32, "decoder_layers": 4, "heads": 20},
}

_HEADS = {
    "large-v3": ((7, 0), (10, 17), (12, 18), (13, 12), (16, 1), (17, 14), (19, 11), (21, 4), (24, 1), (25, 6)),
    "large-v3-turbo": ((2, 4), (2, 11), (3, 3), (3, 6), (3, 11), (3, 14)),
}
"""As their generation_config.json names them."""

_VOCABULARY, _END = 51_866, 50_257
_WINDOW_S = 28
"""Windows are cut where nobody speaks, and so rarely have their full 30 s."""


def tell_whisper(*, weights: str, size: str, minutes: float, batch: int, tokens: int, device: str, peers: bool) -> None:
    """Seconds and real-time factor of every stage, and the memory at its highest."""
    import torch

    checkpoint = _random(size, device) if weights == "random" else _real(weights, device)
    place = checkpoint.model.device
    print(f"{weights} {size if weights == 'random' else ''} on {place}, {checkpoint.model.dtype}, batches of {batch}")
    sounds = [_sound(seed) for seed in range(batch)]
    _pass(checkpoint, sounds, tokens)  # compiles kernels, fills caches
    spent: dict[str, float] = {}
    if place.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    rounds = max(math.ceil(60 * minutes / (_WINDOW_S * batch)), 1)
    counted = 0
    for _ in range(rounds):
        times, number = _pass(checkpoint, sounds, tokens)
        counted += number
        spent = {stage: spent.get(stage, 0.0) + seconds for stage, seconds in times.items()}
    heard_s = rounds * batch * _WINDOW_S
    print(f"{heard_s / 60:.0f} min of sound, {counted} tokens")
    for stage, seconds in {**spent, "all": sum(spent.values())}.items():
        print(f"  {stage:22} {seconds:8.1f} s   real-time factor {seconds / heard_s:.5f}   {heard_s / seconds:7.1f} x")
    if place.type == "cuda":
        print(f"  peak memory {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
    if peers:
        _tell_peers(checkpoint, sounds, tokens)


def _pass(checkpoint: Checkpoint, sounds: list[np.ndarray], tokens: int) -> tuple[dict[str, float], int]:
    """The seconds of every stage over one batch, and its tokens."""
    prompts = [checkpoint.prompt("eng_Latn")] * len(sounds)
    times: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        _settle(checkpoint)
        start = time.perf_counter()
        found = work()
        _settle(checkpoint)
        times[stage] = time.perf_counter() - start
        return found

    states = timed("features and encoder", lambda: checkpoint.encoded(sounds))
    heard = timed(
        "decoder",
        lambda: hear_batch(
            checkpoint,
            states,
            prompts,
            limits=[tokens] * len(sounds),
            seeds=[0] * len(sounds),
            thresholds=Thresholds(temperatures=(0.0,)),
        ),
    )
    texts = [each.tokens for each in heard]
    forced = timed("second pass", lambda: force(checkpoint.model, states, prompts, texts, heads=checkpoint.heads))
    frames = _WINDOW_S * RATE // checkpoint.frame
    timed("normalising and DTW", lambda: [each.bounds(frames) for each in forced])
    return times, sum(map(len, texts))


def _tell_peers(checkpoint: Checkpoint, sounds: list[np.ndarray], tokens: int) -> None:
    """transformers' generate over one batch, its encoder included: whether a static cache and compiling pay."""
    import torch

    times, _ = _pass(checkpoint, sounds, tokens)
    print(f"One batch, encoder and decoder: ours {times['features and encoder'] + times['decoder']:.2f} s")
    model: Any = checkpoint.model
    features = checkpoint.ears(sounds, sampling_rate=RATE, return_tensors="pt")["input_features"]
    features = features.to(model.device, model.dtype)
    for name, value in _asked(checkpoint).items():
        setattr(model.generation_config, name, value)
    for cache in ("dynamic", "static"):
        asked = {"max_new_tokens": tokens, "min_new_tokens": tokens, "num_beams": 1, "cache_implementation": cache}
        seconds = []
        for _ in range(3):  # the first compiles
            _settle(checkpoint)
            start = time.perf_counter()
            with torch.inference_mode():
                model.generate(features, language="en", task="transcribe", **asked)
            _settle(checkpoint)
            seconds.append(time.perf_counter() - start)
        print(f"  transformers, {cache} cache {min(seconds):.2f} s, the first {seconds[0]:.2f} s")


def _asked(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "lang_to_id": {f"<|{code}|>": token for code, token in checkpoint.languages.items()},
        "task_to_id": {"transcribe": checkpoint.transcribe},
        "is_multilingual": True,
        "no_timestamps_token_id": checkpoint.no_times,
        "return_timestamps": False,
    }


def _settle(checkpoint: Checkpoint) -> None:
    import torch

    if checkpoint.model.device.type == "cuda":
        torch.cuda.synchronize()


def _sound(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    swelling = np.sin(np.linspace(0, rng.uniform(50, 200), _WINDOW_S * RATE))
    return (swelling * rng.normal(0, 0.2, len(swelling))).astype(np.float32)


def _real(folder: str, device: str) -> Checkpoint:
    return open_whisper(EngineChoice("recogniser_engine", "whisper", folder), device=device)


def _random(size: str, device: str) -> Checkpoint:
    """A model of full size, made on its device in the type that it is used in."""
    import torch
    from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    place = torch_device(device)
    shape = SIZES[size]
    config = WhisperConfig(
        vocab_size=_VOCABULARY, num_mel_bins=128, d_model=shape["d_model"], bos_token_id=_END, eos_token_id=_END,
        encoder_layers=shape["encoder_layers"], decoder_layers=shape["decoder_layers"], pad_token_id=_END,
        encoder_attention_heads=shape["heads"], decoder_attention_heads=shape["heads"], decoder_start_token_id=_END + 1,
        encoder_ffn_dim=4 * shape["d_model"], decoder_ffn_dim=4 * shape["d_model"],
    )  # fmt: skip
    torch.manual_seed(0)
    with torch.device(place):
        model: Any = WhisperForConditionalGeneration(config)
    model = model.to(torch.float16 if place == "cuda" else torch.float32).eval()
    layers = shape["decoder_layers"]
    upper = tuple((layer, head) for layer in range(layers // 2, layers) for head in range(shape["heads"]))
    return Checkpoint(
        model=model,
        ears=WhisperFeatureExtractor(feature_size=128),
        tokenizer=None,
        languages={code: _END + 2 + place for place, code in enumerate(LANGUAGES)},
        start=_END + 1,
        transcribe=50_360,
        no_times=50_364,
        no_speech=50_363,
        end=_END,
        never=tuple(range(_END, _VOCABULARY)),
        never_first=(220,),
        heads=_HEADS.get(size, upper),
    )
