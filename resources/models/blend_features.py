"""The networks that a blend may read its features with, beside the house's own: torchvision's VGG-19 and ResNet-50.

    SHOWRUNNER_BLEND_FEATURES=vgg19:/models/vgg19.pth     or resnet50:/models/resnet50.safetensors, a hub id, models:/…

Weights are safetensors, or PyTorch's files read without running anything in them. The networks are plain modules of
torch; torchvision is not needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 (torch's own name for it)
from torch import Tensor

from ops.blend.extractor import Extractor, VggExtractor
from ops.errors import ModelUnavailable
from resources.models.checkpoint import opening, unusable
from resources.models.choice import EngineChoice
from resources.models.vgg_weights import load_vgg
from resources.models.weights import local_weights

__all__ = ["ResNetExtractor", "load_blend_features"]

_PATTERNS = ("*.safetensors",)
_RESNET50_BLOCKS = (3, 4, 6, 3)
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_EPSILON = 1e-5


def load_blend_features(choice: EngineChoice) -> Extractor:
    """The network that a choice names, on the CPU.

    Args:
        choice: Of `blend_features`: vgg19 or resnet50, with its weights.

    Raises:
        ModelUnavailable: The weights are not here, or are another network's.
    """
    file = _weights_file(local_weights(choice, patterns=_PATTERNS), choice)
    if choice.engine == "vgg19":
        try:
            return VggExtractor(load_vgg(file), trained=True)
        except ModelUnavailable as error:
            raise unusable(choice, f"it {error.what}", fix=error.fix) from error
    return _resnet50(_tensors(file, choice), choice)


def _weights_file(place: Path, choice: EngineChoice) -> Path:
    if place.is_file():
        return place
    files = sorted(place.glob("*.safetensors"))
    if len(files) != 1:
        raise unusable(choice, f"{place} holds {len(files)} safetensors files", fix="Name the file itself.")
    return files[0]


def _tensors(file: Path, choice: EngineChoice) -> dict[str, Tensor]:
    with opening(choice):
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            found = load_file(file)
        else:
            found = torch.load(file, map_location="cpu", weights_only=True)
            found = found.get("state_dict", found)
        return {str(name).removeprefix("module."): tensor for name, tensor in dict(found).items()}


def _named(tensors: Mapping[str, Tensor], name: str, shape: tuple[int, ...], choice: EngineChoice) -> Tensor:
    tensor = tensors.get(name)
    if tensor is None or tuple(tensor.shape) != shape:
        found = "is missing" if tensor is None else f"is {tuple(tensor.shape)}"
        why = f"{name} {found}, and torchvision's {choice.engine} has {shape}"
        raise unusable(choice, why, fix="Give torchvision's own weights; those of Caffe are others.")
    return tensor.float()


def _resnet50(tensors: Mapping[str, Tensor], choice: EngineChoice) -> ResNetExtractor:
    folded = {"conv1": _folded(tensors, ("conv1", "bn1"), (64, 3, 7, 7), choice)}
    before = 64
    for stage, blocks in enumerate(_RESNET50_BLOCKS, start=1):
        width = 32 * 2**stage
        for block in range(blocks):
            place = f"layer{stage}.{block}"
            shapes = ((width, before, 1, 1), (width, width, 3, 3), (4 * width, width, 1, 1))
            for number, shape in enumerate(shapes, start=1):
                names = (f"{place}.conv{number}", f"{place}.bn{number}")
                folded[names[0]] = _folded(tensors, names, shape, choice)
            if block == 0:
                names = (f"{place}.downsample.0", f"{place}.downsample.1")
                folded[names[0]] = _folded(tensors, names, (4 * width, before, 1, 1), choice)
            before = 4 * width
    return ResNetExtractor(folded)


def _folded(
    tensors: Mapping[str, Tensor], names: tuple[str, str], shape: tuple[int, ...], choice: EngineChoice
) -> tuple[Tensor, Tensor]:
    """A convolution with its batch norm's running statistics put into weight and bias."""
    conv, norm = names
    weight = _named(tensors, f"{conv}.weight", shape, choice)
    rows = [_named(tensors, f"{norm}.{each}", shape[:1], choice) for each in ("weight", "bias", "running_mean")]
    scale = rows[0] / (_named(tensors, f"{norm}.running_var", shape[:1], choice) + _EPSILON).sqrt()
    return weight * scale[:, None, None, None], rows[1] - rows[2] * scale


class ResNetExtractor:
    """ResNet-50 (He et al. 2015; stride in the 3x3, as torchvision has it) as an `Extractor`.

    Args:
        convolutions: By the state dict's names: weight and bias, batch norms folded in.
    """

    def __init__(self, convolutions: Mapping[str, tuple[Tensor, Tensor]]) -> None:
        self._convolutions = dict(convolutions)
        digest = hashlib.sha256()
        for weight, bias in convolutions.values():
            digest.update(weight.detach().cpu().numpy().tobytes() + bias.detach().cpu().numpy().tobytes())
        self.name = f"resnet50/{digest.hexdigest()[:16]}"
        self.layers = (
            "conv1",
            *(f"layer{stage}.{block}" for stage, many in enumerate(_RESNET50_BLOCKS, start=1) for block in range(many)),
        )
        self.trained = True
        self.style_layers: Mapping[str, float] = dict.fromkeys(("conv1", "layer1.1", "layer2.1", "layer3.1"), 1.0)
        self.content_layers: Mapping[str, float] = {"layer2.3": 1.0}

    def features(self, images: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """What the named layers answer, after their ReLU; each side of the pictures at least 32.

        Raises:
            KeyError: It has no such layer.
        """
        wanted = set(layers)
        if strangers := wanted.difference(self.layers):
            raise KeyError(f"{self.name} has no layer {min(strangers)!r}; it has {', '.join(self.layers)}")
        mean, std = images.new_tensor(_MEAN).view(1, 3, 1, 1), images.new_tensor(_STD).view(1, 3, 1, 1)
        answer = F.relu(self._convolve((images - mean) / std, "conv1", stride=2, padding=3))
        found = {"conv1": answer} if "conv1" in wanted else {}
        answer = F.max_pool2d(answer, 3, stride=2, padding=1)
        for layer in self.layers[1:]:
            if len(found) == len(wanted):
                break
            answer = self._block(answer, layer)
            if layer in wanted:
                found[layer] = answer
        return found

    def to(self, device: torch.device | str) -> ResNetExtractor:
        """The same network on another device."""
        return ResNetExtractor({name: (w.to(device), b.to(device)) for name, (w, b) in self._convolutions.items()})

    def _block(self, images: Tensor, place: str) -> Tensor:
        stride = 2 if place.endswith(".0") and not place.startswith("layer1") else 1
        answer = F.relu(self._convolve(images, f"{place}.conv1"))
        answer = F.relu(self._convolve(answer, f"{place}.conv2", stride=stride, padding=1))
        answer = self._convolve(answer, f"{place}.conv3")
        if f"{place}.downsample.0" in self._convolutions:
            images = self._convolve(images, f"{place}.downsample.0", stride=stride)
        return F.relu(answer + images)

    def _convolve(self, images: Tensor, name: str, *, stride: int = 1, padding: int = 0) -> Tensor:
        weight, bias = self._convolutions[name]
        return F.conv2d(images, weight.to(images.dtype), bias.to(images.dtype), stride=stride, padding=padding)
