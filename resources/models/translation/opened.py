"""A translator over a checkpoint that was looked at and whose weights are yet to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ops.translation.translator import Translator
from resources.models.choice import EngineChoice
from resources.models.translation.batching import Room
from resources.models.translation.dialect import Dialect
from resources.models.translation.engine import SequenceTranslator
from resources.models.translation.licences import licence_of
from resources.models.translation.loading import half_precision, revision_of, sequence_model
from resources.models.translation.room import room_of

__all__ = ["opened_translator"]


def opened_translator(
    kind: Any,
    folder: Path,
    choice: EngineChoice,
    *,
    dialect: Dialect,
    device: str,
    needs_range: bool,
    room: Room | None,
) -> Translator:
    """The translator of a folder; its weights are read when the first sentence comes.

    Args:
        kind: A class of transformers with `from_pretrained`.
        folder: As `sequence_config` looked at it.
        choice: What errors name.
        dialect: How it is told languages.
        device: "cpu" or "cuda".
        needs_range: Whether the model overflows float16.
        room: What the device holds at once; by its free memory where none is given.
    """
    return SequenceTranslator(
        name=str(choice),
        licence=licence_of(choice),
        revision=revision_of(folder),
        model=lambda: sequence_model(
            kind, folder, choice, device=device, dtype=half_precision(device, needs_range=needs_range)
        ),
        dialect=dialect,
        room=lambda model: room or room_of(model, device),
    )
