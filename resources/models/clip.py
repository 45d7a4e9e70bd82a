"""The `clip` engine: pictures and words in one space by CLIP (Radford et al., ICML 2021), through transformers.

Any CLIP checkpoint in transformers' layout will do. Pictures are prepared as its preprocessor_config.json says, by the
Pillow code path whether torchvision is installed or not: the two resize differently, and vectors of one catalogue must
be comparable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from resources.models.checkpoint import CHECKPOINT_FILES, model_of, opening
from resources.models.choice import EngineChoice
from resources.models.weights import local_weights, need, torch_device

__all__ = ["ClipEmbedder", "load_clip"]

_BATCH = 32
"""Pictures at once: ViT-L/14 then needs about 1 GiB beside its weights, and a GPU is kept busy."""


class ClipEmbedder:
    """See `ops.embedding.ImageTextEmbedder`.

    Args:
        model: A CLIPModel, in evaluation.
        pictures: Its image processor.
        words: Its tokenizer.
        name: The engine and its model, for manifests.
    """

    def __init__(self, model: Any, pictures: Any, words: Any, *, name: str) -> None:
        self._model = model
        self._pictures = pictures
        self._words = words
        self.name = name
        self.dimensions = int(model.config.projection_dim)

    def embed(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """See ImageEmbedder."""
        return self._stacked([self._pictures_of(batch) for batch in _batches(images)])

    def embed_text(self, texts: Sequence[str]) -> np.ndarray:
        """See ImageTextEmbedder."""
        return self._stacked([self._texts_of(batch) for batch in _batches(texts)])

    def _pictures_of(self, images: Sequence[np.ndarray]) -> np.ndarray:
        import torch

        # a picture three pixels high would pass for one with its channels first
        prepared = self._pictures(images=list(images), return_tensors="pt", input_data_format="channels_last")
        with torch.inference_mode():
            found = self._model.get_image_features(pixel_values=prepared["pixel_values"].to(self._model.device))
        return _unit(found)

    def _texts_of(self, texts: Sequence[str]) -> np.ndarray:
        import torch

        longest = self._model.config.text_config.max_position_embeddings
        tokens = self._words(list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt")
        with torch.inference_mode():
            found = self._model.get_text_features(
                input_ids=tokens["input_ids"].to(self._model.device),
                attention_mask=tokens["attention_mask"].to(self._model.device),
            )
        return _unit(found)

    def _stacked(self, rows: list[np.ndarray]) -> np.ndarray:
        return np.concatenate(rows) if rows else np.zeros((0, self.dimensions), np.float32)


def load_clip(choice: EngineChoice, *, device: str) -> ClipEmbedder:
    """The CLIP model that a choice names, downloaded first where it is not here.

    Args:
        choice: Of `embedding_engine`.
        device: The `device` setting.

    Raises:
        ModelUnavailable: The libraries or the weights are not here, or the weights are of another model.
    """
    need(choice, "torch", "transformers")
    from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

    folder = local_weights(choice, patterns=CHECKPOINT_FILES)
    model = model_of(CLIPModel, folder, choice, types=("clip",), device=torch_device(device))
    with opening(choice):
        pictures = CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)
        words = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    return ClipEmbedder(model, pictures, words, name=str(choice))


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _unit(found: Any) -> np.ndarray:
    rows = found.pooler_output.float().cpu().numpy()
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)).astype(np.float32)
