"""A causal language model as the one who shortens subtitles: Phi-3 or any other that transformers loads.

It is the engine that writes taglines, asked for something else; what may be taken of its answers is decided in
`ops.translation.rewriter`.
"""

from __future__ import annotations

from resources.models.causal_lm import CausalLmWriter
from resources.models.choice import EngineChoice

__all__ = ["CausalLmRewriter", "load_rewriter"]


class CausalLmRewriter:
    """A language model that shortens; see `ops.translation.rewriter.Rewriter`.

    Args:
        choice: The model: a folder that transformers wrote, a hub id, or one of the registry.
        device: The `device` setting.

    Raises:
        ModelUnavailable: The model is not here, is damaged, or is no causal language model.
    """

    def __init__(self, choice: EngineChoice, *, device: str = "auto") -> None:
        self._writer = CausalLmWriter(choice, device=device)

    @property
    def name(self) -> str:
        """See Rewriter."""
        return self._writer.name

    def answer(self, asked: str, *, seed: int, tokens: int) -> str:
        """See Rewriter."""
        return self._writer.answer(asked, seed=seed, tokens=tokens)


def load_rewriter(choice: EngineChoice, *, device: str) -> CausalLmRewriter:
    """The rewriter of a choice, loaded.

    Raises:
        ModelUnavailable: The model is not here, is damaged, or is no causal language model.
    """
    return CausalLmRewriter(choice, device=device)
