"""What an engine's choice finds on this machine, libraries and weights, told without loading or downloading any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from ops.errors import ModelUnavailable
from resources.models.choice import STANDS_ON, EngineChoice
from resources.models.mediapipe_faces import INSTALL
from resources.models.weights import weights_here
from resources.settings import Settings, variable_of

__all__ = ["LIBRARIES", "Stock", "stock_of"]

LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "clip": ("torch", "transformers"),
    "mediapipe": ("mediapipe", "flatbuffers"),
    "yolo": ("onnxruntime",),
    "rtdetr": ("torch", "transformers"),
    "laion": ("torch", "safetensors"),
    "causal-lm": ("torch", "transformers"),
    "sdxl-turbo": ("torch", "transformers", "diffusers"),
    "classifier": ("torch", "transformers"),
    "speech-classifier": ("torch", "transformers"),
    "face-classifier": ("torch", "transformers"),
    "xvector": ("torch", "transformers"),
    "whisper": ("torch", "transformers"),
    "nllb": ("torch", "transformers"),
    "madlad": ("torch", "transformers"),
    "vgg19": ("torch", "safetensors"),
    "resnet50": ("torch", "safetensors"),
    "apertium": (),
}
"""What each pre-trained engine imports."""


@dataclass(frozen=True)
class Stock:
    """What is here of one choice.

    Attributes:
        choice: The choice.
        found: What was found, in words.
        fix: What is to do before it can work; empty where nothing is.
        works: Whether nothing that is known stands against it; weights that the hub may still give do not.
    """

    choice: EngineChoice
    found: str
    fix: str = ""
    works: bool = True


def stock_of(setting: str, settings: Settings) -> Stock:
    """Look for what a setting's choice needs; the hub and the registry are not asked."""
    choice = EngineChoice.parse(setting, getattr(settings, setting))
    if choice.embedded:
        return Stock(choice, "embedded")
    obstacle = _obstacle(choice, settings)
    if obstacle:
        found, fix = obstacle
        return Stock(choice, f"{choice}: {found}", fix, works=False)
    if choice.reference.startswith("models:/"):
        return Stock(choice, f"{choice}: of the MLflow registry, which is asked when it is loaded")
    try:
        here = weights_here(choice)
    except ModelUnavailable as error:
        return Stock(choice, f"{choice}: {error.what}", error.fix, works=False)
    if here is None:
        return Stock(choice, f"{choice}: not downloaded yet; the first use tries", f"hf download {choice.reference}")
    return Stock(choice, f"{choice}, at {here}")


def _obstacle(choice: EngineChoice, settings: Settings) -> tuple[str, str] | None:
    """What stands against an engine before its weights are looked for, and what mends it."""
    missing = [package for package in LIBRARIES[choice.engine] if find_spec(package) is None]
    if missing:
        fix = INSTALL if choice.engine == "mediapipe" else "pip install 'showrunner[models]'"
        return f"{' and '.join(missing)} not installed", fix
    base = STANDS_ON.get(choice.engine)
    if base and EngineChoice.parse(base, getattr(settings, base)).embedded:
        return f"{variable_of(base)} is embedded", f"set {variable_of(base)}=clip"
    return None
