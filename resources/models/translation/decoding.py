"""One batch of sentences through a decoder, each row with a language, a beginning and lengths of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ops.translation.translator import Decoding
from resources.models.translation.batching import Task

__all__ = ["Found", "decoded", "padded"]


@dataclass(frozen=True)
class Found:
    """What a decoder said: pieces without beginning and end, and whether it had no more room."""

    ids: tuple[int, ...]
    cut_short: bool


def decoded(model: Any, tasks: Sequence[Task], states: Sequence[Any], decoding: Decoding) -> list[list[Found]]:
    """The candidates of each task, the best first, by greedy or beam search.

    Args:
        model: Of transformers, sequence to sequence.
        tasks: With prefixes of one length.
        states: Of each, what the encoder made of its source: (positions, width).
        decoding: The search.
    """
    import torch
    from transformers import GenerationConfig, LogitsProcessorList
    from transformers.modeling_outputs import BaseModelOutput

    hidden, mask = padded(states)
    prompt = torch.tensor([task.prefix for task in tasks], device=hidden.device)
    wanted = min(decoding.candidates, decoding.beams)
    config = GenerationConfig(
        num_beams=decoding.beams,
        num_return_sequences=wanted,
        do_sample=False,
        max_new_tokens=max(len(task.forced) + task.most for task in tasks) + 1,
        repetition_penalty=decoding.repetition_penalty,
        decoder_start_token_id=tasks[0].prefix[0],
        eos_token_id=model.config.eos_token_id,
        pad_token_id=model.config.pad_token_id,
    )
    with torch.inference_mode():
        said = model.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=hidden),
            attention_mask=mask,
            decoder_input_ids=prompt,
            generation_config=config,
            logits_processor=LogitsProcessorList([_rules(tasks, decoding.beams, model.config, hidden.device)]),
        )
    rows = said[:, prompt.shape[1] :].tolist()
    end = model.config.eos_token_id
    return [
        [_found(row, task, end) for row in rows[place * wanted : (place + 1) * wanted]]
        for place, task in enumerate(tasks)
    ]


def padded(states: Sequence[Any]) -> tuple[Any, Any]:
    """States of several lengths as one tensor (rows, longest, width), and which of its positions are real."""
    import torch

    hidden = torch.nn.utils.rnn.pad_sequence(list(states), batch_first=True)
    lengths = torch.tensor([len(state) for state in states], device=hidden.device)
    mask = torch.arange(hidden.shape[1], device=hidden.device)[None, :] < lengths[:, None]
    return hidden, mask.long()


def _found(row: list[int], task: Task, end: int) -> Found:
    own = row[len(task.forced) :]
    ids = own[: own.index(end)] if end in own else own
    return Found(tuple(ids), cut_short=len(ids) >= task.most)


def _rules(tasks: Sequence[Task], beams: int, config: Any, device: str) -> Any:
    """What each row must and may not say next."""
    import torch
    from transformers import LogitsProcessor

    started = len(tasks[0].prefix)
    longest = max(len(task.forced) for task in tasks)
    told = [[*task.forced, *[-1] * (longest - len(task.forced))] for task in tasks for _ in range(beams)]
    forced = torch.tensor(told, dtype=torch.long, device=device).reshape(len(told), longest)
    begun = (forced >= 0).sum(1)
    least = begun + torch.tensor([task.least for task in tasks for _ in range(beams)], device=device)
    most = begun + torch.tensor([task.most for task in tasks for _ in range(beams)], device=device)
    never = float("-inf")

    class _Rules(LogitsProcessor):
        def __call__(self, input_ids: Any, scores: Any) -> Any:
            step = input_ids.shape[1] - started
            end = scores[:, config.eos_token_id].clone()
            scores = scores.clone()
            scores[:, config.pad_token_id] = never  # no model was trained to say it; in beams it would pass for an end
            scores[:, config.eos_token_id] = end.masked_fill(step < least, never)
            full = step >= most
            if bool(full.any()):
                scores[full] = never
                scores[full, config.eos_token_id] = end[full]
            return _only(scores, forced[:, step]) if step < longest else scores

    return _Rules()


def _only(scores: Any, wanted: Any) -> Any:
    """Scores with nothing but the wanted id in each row that wants one."""
    rows = (wanted >= 0).nonzero()[:, 0]
    kept = scores[rows, wanted[rows]].clamp(min=-1e4)  # a beam's score must stay a number
    scores[rows] = float("-inf")
    scores[rows, wanted[rows]] = kept
    return scores
