"""MADLAD-400: a T5 that is told its target by a tag in the source; free for commercial use (Kudugunta et al., 2023)."""

from __future__ import annotations

from ops.languages.table import languages
from ops.translation.translator import Translator
from resources.models.checkpoint import unusable
from resources.models.choice import EngineChoice
from resources.models.translation.batching import Room
from resources.models.translation.dialect import TagInSource
from resources.models.translation.loading import TRANSLATION_FILES, sequence_config
from resources.models.translation.madlad_tags import tag_of
from resources.models.translation.opened import opened_translator
from resources.models.translation.vocabulary import Vocabulary
from resources.models.weights import local_weights, need, torch_device

__all__ = ["load_madlad"]

_FEWEST = 10
"""Tags of the house's languages that a vocabulary must have: a T5 for something else has none."""


def load_madlad(choice: EngineChoice, *, device: str, room: Room | None = None) -> Translator:
    """The translator of a MADLAD-400 checkpoint, of any size, or of another T5 with its tags.

    It speaks the languages whose tags its vocabulary has: of the published ones most of the 202.

    The weights are read when the first sentence comes; what is wrong with them is told then.

    Args:
        choice: Field `translation_engine`, engine `madlad`: a folder, a hub id, or one of the registry.
        device: The `device` setting.
        room: What the device holds at once; by its free memory where none is given.

    Raises:
        ModelUnavailable: It is not here, or no MADLAD.
    """
    need(choice, "torch", "transformers", "tokenizers")
    here = torch_device(device)
    from transformers import T5ForConditionalGeneration

    folder = local_weights(choice, patterns=TRANSLATION_FILES)
    config = sequence_config(folder, choice, types=("t5",))
    tags = {code: tag for code in languages() if (tag := tag_of(code))}
    vocabulary = Vocabulary(folder, choice, size=config.vocab_size, marks=tags.values())
    found = {code: place for code, tag in tags.items() if (place := vocabulary.id_of(tag)) is not None}
    if len(found) < _FEWEST:
        raise unusable(choice, f"its vocabulary has tags, as <2fr>, for {len(found)} of the house's languages")
    dialect = TagInSource(vocabulary, start=config.decoder_start_token_id, tags=found)
    return opened_translator(
        T5ForConditionalGeneration, folder, choice, dialect=dialect, device=here, needs_range=True, room=room
    )
