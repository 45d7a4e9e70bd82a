from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="weights need torch (pip install 'showrunner[models]')")

from safetensors.torch import save_file  # noqa: E402

from ops.errors import ModelUnavailable  # noqa: E402
from ops.perception.vgg import features  # noqa: E402
from resources.models.vgg_weights import load_vgg  # noqa: E402

_BLOCKS = {
    "vgg16": (64, 64, "P", 128, 128, "P", 256, 256, 256, "P", 512, 512, 512, "P", 512, 512, 512, "P"),
    "vgg19": (64, 64, "P", 128, 128, "P", *[256] * 4, "P", *[512] * 4, "P", *[512] * 4, "P"),
}


def _torchvision(family: str):
    """torchvision's `features` of configuration D and E, from their table; small weights, quickly drawn."""
    modules, before = [], 3
    for step in _BLOCKS[family]:
        if step == "P":
            modules.append(torch.nn.MaxPool2d(2, 2))
            continue
        layer = torch.nn.utils.skip_init(torch.nn.Conv2d, before, step, 3, padding=1)
        layer.weight.data.fill_(0.0)
        layer.weight.data[:, : min(before, 8)].uniform_(-0.2, 0.25)
        layer.bias.data.fill_(0.01)
        modules += [layer, torch.nn.ReLU()]
        before = step
    return torch.nn.Sequential(*modules)


@pytest.fixture(scope="module")
def vgg19():
    torch.manual_seed(0)
    return _torchvision("vgg19")


def test_torchvisions_layers_stand_where_its_table_says(vgg19, tmp_path):
    """The places that the neural style literature names: 1, 6, 11, 20, 29 for style, 22 for content."""
    table = {f"features.{name}": value for name, value in vgg19.state_dict().items()}
    table["classifier.0.weight"] = torch.zeros(2, 2)
    save_file(table, tmp_path / "vgg19.safetensors")

    net = load_vgg(tmp_path / "vgg19.safetensors")

    assert net.name == f"vgg19/{net.fingerprint}"
    image = torch.rand((1, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    places = {"relu1_1": 1, "relu2_1": 6, "relu3_1": 11, "relu4_1": 20, "relu4_2": 22, "relu5_1": 29}
    found = features(net, image, places)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    x = (image - mean) / torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    with torch.no_grad():
        for place, module in enumerate(vgg19):
            x = module(x)
            for name in (name for name, at in places.items() if at == place):
                # the house continues pictures by reflection and torchvision by zeros: the middle of the first agrees
                if name == "relu1_1":
                    torch.testing.assert_close(found[name][..., 1:-1, 1:-1], x[..., 1:-1, 1:-1])
                assert found[name].shape == x.shape


def test_a_vgg16_is_told_by_its_shapes(tmp_path):
    table = {f"features.{name}": value for name, value in _torchvision("vgg16").state_dict().items()}
    save_file(table, tmp_path / "any.safetensors")
    net = load_vgg(tmp_path / "any.safetensors")
    assert net.name.startswith("vgg16/")
    assert "relu3_4" not in net.layers and "relu5_3" in net.layers


def test_the_caffe_original_is_refused_though_its_tensors_fit(vgg19, tmp_path):
    table = {f"features.{name}": value for name, value in vgg19.state_dict().items()}
    save_file(table, tmp_path / "vgg19-d01eb7cb.safetensors")
    with pytest.raises(ModelUnavailable, match="Caffe"):
        load_vgg(tmp_path / "vgg19-d01eb7cb.safetensors")


def test_another_network_is_refused_in_a_sentence(tmp_path):
    save_file({"layer1.0.conv1.weight": torch.zeros(64, 64, 3, 3)}, tmp_path / "resnet.safetensors")
    with pytest.raises(ModelUnavailable, match=r"layer1\.0\.conv1\.weight of \(64, 64, 3, 3\)"):
        load_vgg(tmp_path / "resnet.safetensors")
