"""What the weights of translation models may be used for, by the model's name.

NLLB-200, every size: "All models are licensed under CC-BY-NC 4.0" (its repository), and "not released for production
deployment" (its card). MADLAD-400: Apache-2.0 (its card). A folder that does not keep the model's name tells nothing.
"""

from __future__ import annotations

from pathlib import Path

from resources.models.choice import EngineChoice

__all__ = ["licence_of"]

_NLLB = "CC-BY-NC-4.0: not for commercial use"
_MADLAD = "Apache-2.0"
_APERTIUM = "GPL, version by language pair"
_UNKNOWN = "not known: see where the model came from"


def licence_of(choice: EngineChoice) -> str:
    """In words, by the engine and the name of its model.

    The engine `nllb` reads NLLB's architecture alone, and every published model of it with NLLB's tokens is NLLB or
    tuned from it; so its licence is NLLB's under whatever name.
    """
    if choice.engine == "nllb":
        return _NLLB
    if choice.engine == "apertium":
        return _APERTIUM
    return _MADLAD if "madlad" in Path(choice.reference).name.lower() else _UNKNOWN
