"""SDXL-Turbo, and whatever else is in its format, by diffusers: pictures in one to four steps.

One set of weights serves both ways of painting. SDXL-Turbo (Sauer et al., "Adversarial diffusion distillation", 2023)
is distilled to work without classifier-free guidance, so guidance is 0 and negative prompts are not heeded; they are
passed on all the same, and kept in recipes for engines that do.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from ops.errors import ModelUnavailable
from ops.painting import UNKNOWN_LICENCE, canvas
from resources.models.checkpoint import opening, unusable
from resources.models.choice import ENGINES, EngineChoice
from resources.models.weights import local_weights, need, torch_device

__all__ = ["MOST_STEPS", "SdxlPainter"]

MOST_STEPS = 4
"""Steps of a picture: beyond four, a distilled model gains nothing."""

_DEFAULT = ENGINES["image_engine"]["sdxl-turbo"]
_FILES = ("model_index.json", "README.md", "*/*.json", "*/*.txt")
_LICENCES = {_DEFAULT: "sai-nc-community"}
"""Of public models by their hub id, where the card may not have been downloaded."""

_CARD_LICENCE = re.compile(r"^license(?:_name)?:[ \t]*[\"']?([\w.+-]+)", re.MULTILINE)
_LORA_SETTING = "SHOWRUNNER_IMAGE_LORA"


class SdxlPainter:
    """An image model in SDXL's format; see `ops.painting.ImagePainter`.

    fp16 on CUDA, fp32 on the CPU. Noise is drawn on the CPU, so that a seed means the same on both.

    Args:
        choice: The model: a folder that diffusers wrote, a hub id, or one of the registry.
        device: The `device` setting.
        lora: A LoRA of the model: a .safetensors file, a folder with one, or a hub id.
        steps: Steps of a picture, 1 to 4.

    Raises:
        ModelUnavailable: The model or its LoRA is not here, is damaged, or is not of this format.
    """

    def __init__(
        self, choice: EngineChoice, *, device: str = "auto", lora: str | None = None, steps: int = MOST_STEPS
    ) -> None:
        if not 1 <= steps <= MOST_STEPS:
            raise ValueError(f"{steps} steps; a distilled model paints in 1 to {MOST_STEPS}")
        need(choice, "torch", "diffusers", "transformers")
        self._choice = choice
        self._steps = steps
        self._lora = lora
        self._device = torch_device(device)
        folder = local_weights(choice, patterns=_patterns(choice))
        self._from_words = self._loaded(folder)
        if lora:
            self._add_lora(lora)
        from diffusers.pipelines.auto_pipeline import AutoPipelineForImage2Image

        self._over_picture = AutoPipelineForImage2Image.from_pipe(self._from_words)  # the same weights, twice in use
        self._over_picture.set_progress_bar_config(disable=True)
        self.licence = _licence(choice, folder)
        self.side = int(self._from_words.unet.config.sample_size) * int(self._from_words.vae_scale_factor)

    @property
    def name(self) -> str:
        """See ImagePainter; a LoRA is named with it."""
        return f"{self._choice}+lora:{self._lora}" if self._lora else str(self._choice)

    def text2img(self, prompt: str, *, negative: str, size: tuple[int, int], seed: int) -> np.ndarray:
        """See ImagePainter."""
        width, height = canvas(size[0] / size[1], self.side)
        painted = self._run(
            self._from_words,
            prompt=prompt,
            negative_prompt=negative,
            width=width,
            height=height,
            num_inference_steps=self._steps,
            seed=seed,
        )
        return _covering(painted, size)

    def img2img(self, image: np.ndarray, prompt: str, *, negative: str, strength: float, seed: int) -> np.ndarray:
        """See ImagePainter.

        Raises:
            ValueError: The strength is not above 0 and at most 1.
        """
        if not 0 < strength <= 1:
            raise ValueError(f"a strength of {strength}: it lies above 0 and is 1 at most")
        from PIL import Image

        height, width = image.shape[:2]
        inside = canvas(width / height, self.side)
        painted = self._run(
            self._over_picture,
            prompt=prompt,
            negative_prompt=negative,
            image=Image.fromarray(image).resize(inside, Image.Resampling.LANCZOS),
            strength=strength,
            num_inference_steps=steps_for(strength, self._steps),
            seed=seed,
        )
        # The canvas is a few percent off the picture's shape: stretched in and out again, nothing moves.
        return np.asarray(Image.fromarray(painted).resize((width, height), Image.Resampling.LANCZOS))

    def _run(self, pipeline: Any, *, seed: int, **asked: Any) -> np.ndarray:
        import torch

        try:
            with torch.inference_mode():
                made = pipeline(
                    guidance_scale=0.0,
                    generator=torch.Generator("cpu").manual_seed(seed),
                    output_type="np",
                    **asked,
                )
        except torch.OutOfMemoryError as error:
            raise ModelUnavailable(
                "the device has too little memory for it",
                where=self.name,
                fix="Free the GPU, choose a larger one, or set SHOWRUNNER_DEVICE=cpu.",
            ) from error
        picture = np.asarray(made.images[0], np.float32)
        if not np.isfinite(picture).all():
            raise ModelUnavailable(
                "it paints no numbers", where=self.name, fix="Its weights are damaged or overflow in fp16: load others."
            )
        return np.clip(np.rint(picture * 255.0), 0, 255).astype(np.uint8)

    def _loaded(self, folder: Path) -> Any:
        import torch
        from diffusers.pipelines.auto_pipeline import AutoPipelineForText2Image

        if not (folder / "model_index.json").is_file():
            raise self._wrong("it has no model_index.json: it is no folder that diffusers wrote")
        from diffusers.utils import logging

        logging.disable_progress_bar()  # the house shows its own progress
        half = self._device == "cuda"
        with opening(self._choice):
            pipeline: Any = AutoPipelineForText2Image.from_pretrained(
                folder,
                dtype=torch.float16 if half else torch.float32,
                variant="fp16" if any(folder.glob("unet/*.fp16.safetensors")) else None,
                use_safetensors=True,  # a pickle could run anything
                local_files_only=True,
                add_watermarker=False,  # provenance is written by the house, for every picture alike
            )
            missing = sorted(set(pipeline.unet.state_dict()) - _weights_in(folder / "unet"))
        if not hasattr(pipeline, "text_encoder_2"):
            raise self._wrong(f"it is a {type(pipeline).__name__}, not of SDXL's format")
        if missing:  # diffusers draws them at random, and says so in a log
            raise self._wrong(f"its files lack {len(missing)} of its weights, for example {missing[0]}")
        pipeline.set_progress_bar_config(disable=True)
        return pipeline.to(self._device)

    def _add_lora(self, reference: str) -> None:
        need(self._choice, "peft")
        from safetensors import SafetensorError

        path = _lora_file(reference)
        try:
            self._from_words.load_lora_weights(path.parent, weight_name=path.name, local_files_only=True)
            if not self._from_words.get_list_adapters():  # diffusers only warns where no name fits
                raise ValueError("none of its weights is one of the model's")
            self._from_words.fuse_lora()  # into the weights: no cost a step
            self._from_words.unload_lora_weights()
        except (OSError, ValueError, LookupError, TypeError, RuntimeError, SafetensorError) as error:
            raise ModelUnavailable(
                f"the LoRA does not fit {self._choice.reference}: {_first_line(error)}",
                where=_LORA_SETTING,
                fix="Choose one that was trained for this model, or unset it.",
            ) from error

    def _wrong(self, why: str) -> ModelUnavailable:
        fix = f"Give a model in diffusers' folder format with .safetensors, as {_DEFAULT} is."
        return unusable(self._choice, why, fix=fix)


def steps_for(strength: float, steps: int) -> int:
    """Steps to ask for, so that at least one is left: of n steps, a strength s takes the last floor(n * s)."""
    wanted = max(steps, math.ceil(1.0 / strength))
    while int(wanted * strength) < 1:  # 1 / 0.1 * 0.1 may round below 1
        wanted += 1
    return wanted


def _covering(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The picture scaled to cover that width and height, cut in the middle to exactly their shape."""
    from PIL import Image

    height, width = picture.shape[:2]
    ratio = size[0] / size[1]
    kept_w, kept_h = min(width, height * ratio), min(height, width / ratio)
    left, top = (width - kept_w) / 2, (height - kept_h) / 2
    box = (left, top, left + kept_w, top + kept_h)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS, box=box))


def _patterns(choice: EngineChoice) -> tuple[str, ...]:
    """Half precision where the hub is known to have it: it is loaded as fp32 on the CPU, and is half the download."""
    return (*_FILES, "*/*.fp16.safetensors" if choice.reference == _DEFAULT else "*/*.safetensors")


def _licence(choice: EngineChoice, folder: Path) -> str:
    """As the model's card names it, else as the house knows it."""
    card = folder / "README.md"
    if card.is_file():
        found = _CARD_LICENCE.findall(card.read_text(encoding="utf-8", errors="replace")[:4000])
        named = [each for each in found if each != "other"]
        if named:
            return named[-1]
    return _LICENCES.get(choice.reference, UNKNOWN_LICENCE)


def _weights_in(folder: Path) -> set[str]:
    """The names of the weights in a folder's .safetensors files."""
    from safetensors import safe_open

    names: set[str] = set()
    for file in folder.glob("*.safetensors"):
        with safe_open(file, framework="pt") as opened:
            names |= set(opened.keys())
    return names


def _lora_file(reference: str) -> Path:
    """The .safetensors file of a LoRA.

    Raises:
        ModelUnavailable: There is none, or several.
    """
    try:
        path = local_weights(EngineChoice("image_lora", "lora", reference), patterns=("*.safetensors", "README.md"))
    except ModelUnavailable as error:
        fix = f"Set {_LORA_SETTING}=/path/to/lora.safetensors, or run: hf download {reference}"
        raise ModelUnavailable(error.what, where=_LORA_SETTING, fix=fix) from error
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    if len(files) != 1 or files[0].suffix != ".safetensors":
        raise ModelUnavailable(
            f"{reference} is or holds {len(files) if path.is_dir() else 'no'} .safetensors files, and one is needed",
            where=_LORA_SETTING,
            fix="Name the file itself.",
        )
    return files[0]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
