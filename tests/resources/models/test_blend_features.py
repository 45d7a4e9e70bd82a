"""torchvision's VGG-19 and ResNet-50 read from files of their exact keys, held against transformers' own ResNet."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="blends need torch (pip install 'showrunner[models]')")

from safetensors.torch import save_file  # noqa: E402

from ops.errors import ModelUnavailable  # noqa: E402
from resources.models.blend_features import load_blend_features  # noqa: E402
from resources.models.choice import EngineChoice  # noqa: E402

TRANSFORMERS_NAMES = (
    ("embedder.embedder.convolution.", "conv1."),
    ("embedder.embedder.normalization.", "bn1."),
    ("shortcut.convolution.", "downsample.0."),
    ("shortcut.normalization.", "downsample.1."),
    *((f"layer.{n}.convolution.", f"conv{n + 1}.") for n in range(3)),
    *((f"layer.{n}.normalization.", f"bn{n + 1}.") for n in range(3)),
)


def torchvision_name(name: str) -> str:
    for theirs, ours in TRANSFORMERS_NAMES:
        name = name.replace(theirs, ours)
    if name.startswith("encoder.stages."):
        _, _, stage, _, block, rest = name.split(".", 5)
        name = f"layer{int(stage) + 1}.{block}.{rest}"
    return name


def test_a_resnet_answers_what_transformers_own_answers(tmp_path: Path):
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    model = transformers.ResNetModel(transformers.ResNetConfig()).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
    state = {torchvision_name(name): tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(state, tmp_path / "resnet50.safetensors")

    net = load_blend_features(EngineChoice("blend_features", "resnet50", str(tmp_path / "resnet50.safetensors")))
    picture = torch.rand((1, 3, 64, 96))
    with torch.no_grad():
        found = net.features(picture, ["layer1.2", "layer4.2"])
        scaled = (picture - torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)) / torch.tensor(
            [0.229, 0.224, 0.225]
        ).view(1, 3, 1, 1)
        stages = model(scaled, output_hidden_states=True).hidden_states

    assert torch.allclose(found["layer1.2"], stages[1], atol=1e-4)
    assert torch.allclose(found["layer4.2"], stages[4], atol=1e-3)
    assert net.trained
    assert set(net.style_layers) | set(net.content_layers) <= set(net.layers)


def vgg19_state() -> dict:
    widths = (64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512, 512, 512, 512)
    places = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
    state, before = {}, 3
    for place, width in zip(places, widths, strict=True):
        state[f"features.{place}.weight"] = torch.zeros((width, before, 3, 3))
        state[f"features.{place}.bias"] = torch.full((width,), 0.01 * place)
        before = width
    return state


def test_a_vgg_is_read_from_pytorch_s_file_too(tmp_path: Path):
    torch.save(vgg19_state(), tmp_path / "vgg19.pth")
    net = load_blend_features(EngineChoice("blend_features", "vgg19", str(tmp_path / "vgg19.pth")))
    answers = net.features(torch.rand((1, 3, 32, 32)), ["relu1_2", "relu2_1"])
    assert float(answers["relu2_1"].max()) == pytest.approx(0.05)  # of weights of nothing, its bias alone is left
    assert net.name.startswith("vgg19/")


@pytest.mark.parametrize("engine", ["vgg19", "resnet50"])
def test_another_network_s_weights_are_refused_by_what_is_missing(engine: str, tmp_path: Path):
    save_file({"conv.weight": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelUnavailable, match=r"SHOWRUNNER_BLEND_FEATURES.*(is missing|is neither)"):
        load_blend_features(EngineChoice("blend_features", engine, str(tmp_path / "other.safetensors")))


def test_a_file_that_is_no_weights_is_refused(tmp_path: Path):
    for name in ("a.safetensors", "b.pth"):
        (tmp_path / name).write_bytes(b"\x80\x04no weights")
        with pytest.raises(ModelUnavailable):
            load_blend_features(EngineChoice("blend_features", "vgg19", str(tmp_path / name)))
