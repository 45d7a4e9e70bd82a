"""What a model of transformers hears with, at the rate at which the house hears."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from resources.models.checkpoint import opening, unusable
from resources.models.choice import EngineChoice

__all__ = ["HEARD_HZ", "ears_of"]

HEARD_HZ = 16_000
"""At which the house hears; models of another rate are refused."""


def ears_of(folder: Path, choice: EngineChoice) -> Any:
    """The feature extractor of a folder's model, which takes sound at `HEARD_HZ`.

    Raises:
        ModelUnavailable: It is not there, is damaged, or hears at another rate.
    """
    from transformers import AutoFeatureExtractor

    with opening(choice):
        ears = AutoFeatureExtractor.from_pretrained(folder, local_files_only=True)
    if ears.sampling_rate != HEARD_HZ:
        raise unusable(choice, f"it hears at {ears.sampling_rate} Hz, not at {HEARD_HZ}")
    return ears
