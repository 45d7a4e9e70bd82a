"""NLLB-200: one model for all 202 languages, told by a token each (NLLB Team, 2022)."""

from __future__ import annotations

from ops.languages.table import languages
from ops.translation.translator import Translator
from resources.models.checkpoint import unusable
from resources.models.choice import EngineChoice
from resources.models.translation.batching import Room
from resources.models.translation.dialect import TokenEachSide
from resources.models.translation.loading import TRANSLATION_FILES, sequence_config
from resources.models.translation.opened import opened_translator
from resources.models.translation.vocabulary import Vocabulary
from resources.models.weights import local_weights, need, torch_device

__all__ = ["load_nllb"]


def load_nllb(choice: EngineChoice, *, device: str, room: Room | None = None) -> Translator:
    """The translator of an NLLB-200 checkpoint, of any size.

    A language whose token its vocabulary lacks is one that it does not speak: given an unknown token, the model would
    translate into a language of its own choice.

    The weights are read when the first sentence comes; what is wrong with them is told then.

    Args:
        choice: Field `translation_engine`, engine `nllb`: a folder, a hub id, or one of the registry.
        device: The `device` setting.
        room: What the device holds at once; by its free memory where none is given.

    Raises:
        ModelUnavailable: It is not here, or no NLLB.
    """
    need(choice, "torch", "transformers", "tokenizers")
    here = torch_device(device)
    from transformers import M2M100ForConditionalGeneration

    folder = local_weights(choice, patterns=TRANSLATION_FILES)
    config = sequence_config(folder, choice, types=("m2m_100",))
    vocabulary = Vocabulary(folder, choice, size=config.vocab_size, marks=languages())
    found = {code: vocabulary.id_of(code) for code in languages()}
    tokens = {code: place for code, place in found.items() if place is not None}
    if len(tokens) < len(found) / 2:  # M2M100 is of this architecture and has other tokens
        raise unusable(choice, f"its vocabulary has tokens for {len(tokens)} of NLLB-200's {len(found)} languages")
    dialect = TokenEachSide(vocabulary, start=config.decoder_start_token_id, tokens=tokens)
    return opened_translator(
        M2M100ForConditionalGeneration, folder, choice, dialect=dialect, device=here, needs_range=False, room=room
    )
