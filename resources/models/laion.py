"""The `laion` engine: LAION's aesthetic predictors, a head over CLIP's picture vectors.

Two public forms load: the linear head of LAION-Aesthetics v1 (`weight`, `bias`) and the "linearMSE" one of v2
(`layers.0.weight` … `layers.7.bias`, linear layers without activations between; dropout does nothing here). Both answer
a mark of 0 to 10 from a vector of unit length, and each belongs to the CLIP model it was trained over: ViT-L/14 for the
usual files of 768 dimensions. Files are safetensors or PyTorch's, read without running anything in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ops.embedding import ImageEmbedder
from resources.models.checkpoint import opening, unusable
from resources.models.choice import EngineChoice
from resources.models.weights import local_weights, need

__all__ = ["LaionJudge", "load_laion", "require_clip"]

_MARKS = 10.0
_LINEAR_PLACES = (0, 2, 4, 6, 7)
"""Where v2's linear layers stand between its dropouts. Its siblings with ReLU have them elsewhere (0, 3, 6 …), and
without the ReLU they would answer nonsense."""

_Layer = tuple[np.ndarray, np.ndarray]


class LaionJudge:
    """See `ops.aesthetics.AestheticJudge`.

    Args:
        layers: Linear layers in order: each its (out, in) weight and (out,) bias.
        embedder: CLIP.
        name: The engine and its model, for manifests.
    """

    independent = True

    def __init__(self, layers: Sequence[_Layer], embedder: ImageEmbedder, *, name: str) -> None:
        self.name = name
        self._layers = layers
        self._embedder = embedder

    def judge(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """See AestheticJudge."""
        rows = self._embedder.embed(images)
        for weight, bias in self._layers:
            rows = rows @ weight.T + bias
        return np.clip(rows[:, 0] / _MARKS, 0.0, 1.0).astype(np.float32)


def load_laion(choice: EngineChoice, *, embedder: ImageEmbedder, clip: EngineChoice) -> LaionJudge:
    """The head that a choice names, over the CLIP model of the house.

    Args:
        choice: Of `aesthetics_engine`: a .safetensors, .pth or .pt file.
        embedder: What `clip` chose.
        clip: Of `embedding_engine`.

    Raises:
        ModelUnavailable: The embedder is not CLIP, the file is not here, or it is no head for that CLIP.
    """
    require_clip(choice, clip)
    file = local_weights(choice, patterns=("*.safetensors",))
    layers = _layers(_tensors(file, choice), choice)
    wanted = layers[0][0].shape[1]
    if wanted != embedder.dimensions:
        raise unusable(
            choice,
            f"the head reads vectors of {wanted} numbers, and {embedder.name} gives {embedder.dimensions}",
            fix="Set SHOWRUNNER_EMBEDDING_ENGINE to the CLIP model that it was trained over"
            " (768: clip:openai/clip-vit-large-patch14; 512: clip:openai/clip-vit-base-patch32).",
        )
    return LaionJudge(layers, embedder, name=str(choice))


def require_clip(choice: EngineChoice, clip: EngineChoice) -> None:
    """Tell that the head has nothing to stand on.

    Raises:
        ModelUnavailable: The embedding engine is not CLIP.
    """
    if clip.engine != "clip":
        raise unusable(
            choice, f"it judges vectors of CLIP, and the embedder is {clip}", fix="Set SHOWRUNNER_EMBEDDING_ENGINE=clip"
        )


def _tensors(file: Path, choice: EngineChoice) -> dict[str, np.ndarray]:
    if file.is_dir():
        raise unusable(choice, f"{file} is a folder", fix="Give the head's own file.")
    if file.suffix == ".safetensors":
        need(choice, "safetensors")
        from safetensors.numpy import load_file

        with opening(choice):
            return {name: tensor.astype(np.float32) for name, tensor in load_file(file).items()}
    need(choice, "torch")
    import torch

    with opening(choice):
        found: Any = torch.load(file, map_location="cpu", weights_only=True)
        return {str(name): tensor.float().numpy() for name, tensor in dict(found).items()}


def _layers(tensors: Mapping[str, np.ndarray], choice: EngineChoice) -> list[_Layer]:
    names = {name.rpartition(".")[0] for name in tensors}
    if names == {""}:
        order = [""]
    else:
        places = {match: int(match[1]) for name in names if (match := re.fullmatch(r"layers\.(\d+)", name))}
        order = [f"layers.{place}" for place in sorted(places.values())]
        if tuple(sorted(places.values())) != _LINEAR_PLACES or len(order) != len(names):
            told = ", ".join(sorted(tensors)[:6])
            raise unusable(
                choice, f"it holds {told}; a head holds weight and bias, or layers.0.weight to layers.7.bias"
            )
    dotted = [f"{name}." if name else "" for name in order]
    missing = [f"{name}{part}" for name in dotted for part in ("weight", "bias") if f"{name}{part}" not in tensors]
    if missing:
        raise unusable(choice, f"it lacks {missing[0]}")
    layers = [(tensors[f"{name}weight"], tensors[f"{name}bias"].reshape(-1)) for name in dotted]
    widths = [weight.shape for weight, _ in layers]
    fits = all(
        weight.ndim == 2 and bias.shape == weight.shape[:1] and np.isfinite(weight).all() for weight, bias in layers
    )
    if not fits or widths[-1][0] != 1 or any(a[0] != b[1] for a, b in pairwise(widths)):
        raise unusable(choice, f"its layers do not fit each other: {widths}")
    return layers
