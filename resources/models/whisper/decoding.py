"""Greedy decoding of a batch of windows, and another try for those that came out badly.

Written out rather than left to `generate`: the encoder runs once for a text, its further tries and its times;
probabilities are taken step by step instead of keeping every step's scores (1.5 GB for 16 windows); and what is drawn
for a window does not hang on what else is in its batch.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from resources.models.whisper.checkpoint import Checkpoint

__all__ = ["Heard", "Thresholds", "hear_batch", "repetition"]


@dataclass(frozen=True)
class Thresholds:
    """When a window is decoded again, and when it is taken for silent.

    The values are those that Whisper was published with (Radford et al., 2022, section 4.5); 1.35 over tokens
    stands for 2.4 over text.

    Attributes:
        log_prob: Mean log-probability below which a text is doubted.
        repetition: Tokens over what they compress to, above which it is a loop.
        no_speech: Belief in silence above which a doubted text is dropped.
        temperatures: Of the tries; the first is greedy.
    """

    log_prob: float = -1.0
    repetition: float = 1.35
    no_speech: float = 0.6
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Heard:
    """What a window was decoded to.

    Attributes:
        tokens: Of its text, without special ones.
        log_probs: Of each of them, at temperature 1.
        log_prob: Their mean, with the end's where there was one.
        repetition: Tokens over what they compress to.
        no_speech: The belief that nobody speaks.
        tries: How often it was decoded.
        silent: Whether nobody speaks: the model believes so, and is in doubt of its text.
    """

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    log_prob: float
    repetition: float
    no_speech: float
    tries: int = 1
    silent: bool = False


def hear_batch(
    checkpoint: Checkpoint,
    states: Any,
    prompts: Sequence[Sequence[int]],
    *,
    limits: Sequence[int],
    seeds: Sequence[int],
    thresholds: Thresholds,
) -> list[Heard]:
    """The text of each window: greedy, and with rising temperatures where that is a loop or in doubt.

    Of several tries the likeliest that is no loop is kept; of loops alone, the likeliest.

    Args:
        checkpoint: The model.
        states: (B, frames, D) the encoder's.
        prompts: Of each window, all of one length.
        limits: Tokens that each may have.
        seeds: Of each window's draws.
        thresholds: What a bad text is.
    """
    tries: list[list[Heard]] = [[] for _ in prompts]
    waiting = list(range(len(prompts)))
    for number, temperature in enumerate(thresholds.temperatures):
        some = _Batch(
            checkpoint,
            states if len(waiting) == len(prompts) else states[waiting],
            [prompts[row] for row in waiting],
            [limits[row] for row in waiting],
            [seeds[row] + number for row in waiting],
        )
        for row, heard in zip(waiting, some.decoded(temperature), strict=True):
            tries[row].append(heard)
        waiting = [
            row for row in waiting if _bad(tries[row][-1], thresholds) and not _silent(tries[row][-1], thresholds)
        ]
        if not waiting:
            break
    return [_chosen(each, thresholds) for each in tries]


def repetition(tokens: Sequence[int], vocabulary: int) -> float:
    """How much shorter tokens get by zlib: bytes before over bytes after; below 1 for a short text."""
    if not tokens:
        return 0.0
    width = int(math.log2(vocabulary) / 8) + 1
    raw = b"".join(token.to_bytes(width, "little") for token in tokens)
    return len(raw) / len(zlib.compress(raw))


def _bad(heard: Heard, thresholds: Thresholds) -> bool:
    return heard.log_prob < thresholds.log_prob or heard.repetition > thresholds.repetition


def _silent(heard: Heard, thresholds: Thresholds) -> bool:
    return heard.no_speech > thresholds.no_speech and heard.log_prob < thresholds.log_prob


def _chosen(tries: Sequence[Heard], thresholds: Thresholds) -> Heard:
    good = [each for each in tries if each.repetition <= thresholds.repetition] or tries
    best = tries[-1] if not _bad(tries[-1], thresholds) else max(good, key=lambda each: each.log_prob)
    silent = _silent(tries[-1], thresholds)
    return Heard(**{**vars(best), "tries": len(tries), "silent": silent})


@dataclass(frozen=True, eq=False)
class _Batch:
    """Windows that are decoded together."""

    checkpoint: Checkpoint
    states: Any
    prompts: Sequence[Sequence[int]]
    limits: Sequence[int]
    seeds: Sequence[int]

    def decoded(self, temperature: float) -> list[Heard]:
        """One try of each."""
        import torch

        end = self.checkpoint.end
        device = self.states.device
        draws = [torch.Generator(device).manual_seed(seed) for seed in self.seeds] if temperature else []
        limits = torch.tensor(self.limits, device=device)
        ended = limits <= 0
        chosen, likely = [], []
        with torch.inference_mode():
            never, first = self._forbidden()
            logits, cache = self._step(torch.tensor(self.prompts, device=device), None)
            no_speech = logits[:, 0].float().softmax(-1)[:, self.checkpoint.no_speech]
            for step in range(max(self.limits)):
                scores = (logits[:, -1].float() + (first if step == 0 else never)).log_softmax(-1)
                token = _drawn(scores, temperature, draws) if temperature else scores.argmax(-1)
                token = token.where(~ended, end)
                chosen.append(token)
                likely.append(scores.gather(-1, token[:, None])[:, 0])
                ended = ended | (token == end) | (limits <= step + 1)
                if bool(ended.all()):
                    break
                logits, cache = self._step(token[:, None], cache)
        tokens = torch.stack(chosen, 1).tolist()
        log_probs = torch.stack(likely, 1).tolist()
        rows = zip(tokens, log_probs, no_speech.tolist(), self.limits, strict=True)
        return [self._heard(*row) for row in rows]

    def _step(self, ids: Any, cache: Any) -> tuple[Any, Any]:
        """(B, T, V) logits after some more tokens, and what the decoder keeps of all so far."""
        model = self.checkpoint.model
        told = model.model.decoder(
            input_ids=ids, encoder_hidden_states=self.states, past_key_values=cache, use_cache=True
        )
        return model.proj_out(told.last_hidden_state), told.past_key_values

    def _forbidden(self) -> tuple[Any, Any]:
        """(V,) twice, what is added to the scores: of any token, and of the first."""
        import torch

        never = torch.zeros(self.checkpoint.model.config.vocab_size, device=self.states.device)
        never[list(self.checkpoint.never)] = -torch.inf
        first = never.clone()
        first[list(self.checkpoint.never_first)] = -torch.inf
        return never, first

    def _heard(self, tokens: list[int], log_probs: list[float], no_speech: float, limit: int) -> Heard:
        end = self.checkpoint.end
        length = min(tokens.index(end) if end in tokens else len(tokens), limit)
        counted = log_probs[: min(length + 1, limit, len(tokens))]
        text = tuple(tokens[:length])
        return Heard(
            tokens=text,
            log_probs=tuple(log_probs[:length]),
            log_prob=sum(counted) / max(len(counted), 1),
            repetition=repetition(text, self.checkpoint.model.config.vocab_size),
            no_speech=no_speech,
        )


def _drawn(scores: Any, temperature: float, draws: Sequence[Any]) -> Any:
    """(B,) one token a row by its probability, with each row's own draws: the largest of scores and Gumbel's noise."""
    import torch

    noise = torch.stack([torch.empty_like(scores[0]).exponential_(generator=draw) for draw in draws])
    return (scores / temperature - noise.log()).argmax(-1)
