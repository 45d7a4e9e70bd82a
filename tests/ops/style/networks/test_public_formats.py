"""State dicts of the exact public keys, and a second, plain implementation of each network of torch's modules."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="style networks need torch (pip install 'showrunner[models]')")

from ops.errors import ModelUnavailable  # noqa: E402
from ops.style.networks.foreign import foreign_network  # noqa: E402
from ops.style.networks.public_formats import AdaIN, TransformerNet, transformer_net_of  # noqa: E402
from ops.style.networks.tensors_file import read_tensors  # noqa: E402

nn = torch.nn


class _Layer(nn.Module):
    """fast_neural_style's reflection-padded convolution, with its key `conv2d`."""

    def __init__(self, before, after, size, stride=1, double=False):
        super().__init__()
        self.double = double
        self.pad = nn.ReflectionPad2d(size // 2)
        self.conv2d = nn.Conv2d(before, after, size, stride)

    def forward(self, x):
        return self.conv2d(self.pad(nn.functional.interpolate(x, scale_factor=2) if self.double else x))


class _Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.in1 = _Layer(128, 128, 3), nn.InstanceNorm2d(128, affine=True)
        self.conv2, self.in2 = _Layer(128, 128, 3), nn.InstanceNorm2d(128, affine=True)

    def forward(self, x):
        return x + self.in2(self.conv2(self.in1(self.conv1(x)).relu()))


class _Reference(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.in1 = _Layer(3, 32, 9), nn.InstanceNorm2d(32, affine=True)
        self.conv2, self.in2 = _Layer(32, 64, 3, 2), nn.InstanceNorm2d(64, affine=True)
        self.conv3, self.in3 = _Layer(64, 128, 3, 2), nn.InstanceNorm2d(128, affine=True)
        for number in range(1, 6):
            self.add_module(f"res{number}", _Block())
        self.deconv1, self.in4 = _Layer(128, 64, 3, double=True), nn.InstanceNorm2d(64, affine=True)
        self.deconv2, self.in5 = _Layer(64, 32, 3, double=True), nn.InstanceNorm2d(32, affine=True)
        self.deconv3 = _Layer(32, 3, 9)

    def forward(self, x):
        for conv, norm in ((self.conv1, self.in1), (self.conv2, self.in2), (self.conv3, self.in3)):
            x = norm(conv(x)).relu()
        x = self.res5(self.res4(self.res3(self.res2(self.res1(x)))))
        x = self.in4(self.deconv1(x)).relu()
        return self.deconv3(self.in5(self.deconv2(x)).relu())


@pytest.fixture(scope="module")
def reference():
    torch.manual_seed(0)
    net = _Reference().eval()
    net.deconv3.conv2d.bias.data.fill_(90.0)  # so that the answer lies between 0 and 255
    net.deconv3.conv2d.weight.data.mul_(30.0)
    return net


@pytest.mark.parametrize("wrapping", ["plain", "state_dict", "module."])
def test_a_transformer_net_answers_as_the_example_does(reference, tmp_path, wrapping):
    table = OrderedDict(reference.state_dict())
    table["in1.running_mean"] = torch.zeros(32)  # what files of PyTorch 0.3 still carry
    if wrapping == "module.":
        table = OrderedDict((f"module.{name}", value) for name, value in table.items())
    torch.save({"state_dict": table} if wrapping == "state_dict" else table, tmp_path / "mosaic.pth")
    image = torch.rand((1, 3, 24, 32), generator=torch.Generator().manual_seed(1))

    found = foreign_network(tmp_path / "mosaic.pth", None, None)(image)

    with torch.no_grad():
        expected = (reference(image * 255) / 255).clamp(0, 1)
    assert 0.1 < float(expected.mean()) < 0.9
    torch.testing.assert_close(found, expected, atol=2e-4, rtol=1e-3)


def test_a_transformer_net_with_a_layer_of_another_size_is_refused_by_name(reference):
    table = dict(reference.state_dict())
    table["res3.conv1.conv2d.weight"] = torch.zeros(64, 128, 3, 3)
    with pytest.raises(ModelUnavailable, match=r"res3\.conv1\.conv2d\.weight is \(64, 128, 3, 3\)"):
        transformer_net_of(table, Path("net.pth"))


_ENCODER = ("3-3x1", "3-64", "64-64", "P", "64-128", "128-128", "P", "128-256", *["256-256"] * 3, "P", "256-512")
_DECODER = ("512-256", "U", *["256-256"] * 3, "256-128", "U", "128-128", "128-64", "U", "64-64", "64-3!")


def _sequential(steps) -> nn.Sequential:
    """As naoto0804's net.py lists its modules: a padding, a convolution and a ReLU for each."""
    modules: list[nn.Module] = []
    for step in steps:
        if step == "P":
            modules.append(nn.MaxPool2d(2, 2, ceil_mode=True))
        elif step == "U":
            modules.append(nn.Upsample(scale_factor=2, mode="nearest"))
        elif step.endswith("x1"):
            modules.append(nn.Conv2d(3, 3, 1))
        else:
            before, after = step.rstrip("!").split("-")
            modules += [nn.ReflectionPad2d(1), nn.Conv2d(int(before), int(after), 3)]
            modules += [] if step.endswith("!") else [nn.ReLU()]
    return nn.Sequential(*modules)


def test_adain_answers_as_its_port_does_from_files_of_its_keys():
    torch.manual_seed(0)
    encoder, decoder = _sequential(_ENCODER), _sequential(_DECODER)
    assert list(dict.fromkeys(name.split(".")[0] for name in encoder.state_dict())) == [
        *("0", "2", "5", "9", "12", "16", "19", "22", "25", "29")
    ]
    assert "28.weight" in decoder.state_dict()
    draw = torch.Generator().manual_seed(1)
    content, style = torch.rand((1, 3, 32, 40), generator=draw), torch.rand((3, 48, 32), generator=draw)

    found = AdaIN(encoder.state_dict(), decoder.state_dict(), style)(content)

    with torch.no_grad():
        seen, other = encoder(content), encoder(style[None])

        def moments(x):
            rows = x.flatten(2)
            return rows.mean(dim=2)[..., None, None], rows.var(dim=2).add(1e-5).sqrt()[..., None, None]

        (mean, spread), (theirs, wide) = moments(seen), moments(other)
        expected = decoder((seen - mean) / spread * wide + theirs).clamp(0, 1)
    torch.testing.assert_close(found, expected, atol=2e-3, rtol=1e-2)


def test_a_decoder_of_adain_alone_says_what_it_lacks(tmp_path):
    torch.save(_sequential(_DECODER).state_dict(), tmp_path / "decoder.pth")
    with pytest.raises(ModelUnavailable, match="needs an encoder and a picture"):
        foreign_network(tmp_path / "decoder.pth", None, None)


class _Trap:
    def __init__(self, proof: Path) -> None:
        self._proof = proof

    def __reduce__(self):
        return (self._proof.touch, ())


@pytest.mark.parametrize("content", ["nothing", "noise", "code", "a list", "a number in it", "another network"])
def test_a_file_that_is_no_style_network_is_told_in_a_sentence_and_runs_nothing(tmp_path, content):
    path = tmp_path / "net.pth"
    if content == "nothing":
        path.write_bytes(b"")
    elif content == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(4000))
    else:
        made = {"code": _Trap(tmp_path / "ran"), "a list": [1, 2], "a number in it": {"a": torch.zeros(1), "epoch": 3}}
        torch.save(made.get(content, {"fc.weight": torch.zeros(2, 2)}), path)
    with pytest.raises(ModelUnavailable, match=r"net\.pth"):
        foreign_network(path, None, None)
    assert not (tmp_path / "ran").exists()


def test_safetensors_are_read_and_half_precision_becomes_single(tmp_path):
    from safetensors.torch import save_file

    save_file({"a": torch.ones(2).half()}, tmp_path / "x.safetensors")
    assert read_tensors(tmp_path / "x.safetensors")["a"].dtype is torch.float32


def test_networks_are_callable_pictures_in_pictures_out(reference):
    assert TransformerNet(dict(reference.state_dict()))(torch.zeros(1, 3, 16, 16)).shape == (1, 3, 16, 16)
