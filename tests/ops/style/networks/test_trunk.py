from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="style networks need torch (pip install 'showrunner[models]')")

from ops.style.networks.ground import GROUNDS, ground_of  # noqa: E402
from ops.style.networks.trunk import CODE_LENGTH, Trunk  # noqa: E402


@pytest.fixture(scope="module")
def trunk():
    torch.manual_seed(1)
    return Trunk(3).eval().requires_grad_(False)


def _picture(seed: int = 0):
    return torch.rand((1, 1, 32, 48), generator=torch.Generator().manual_seed(seed))


def test_the_trunk_agrees_with_scales_and_shifts_written_as_torch_modules(trunk):
    """The reference is put together of torch's own modules, from the papers' descriptions."""
    nn, code = torch.nn, trunk.codes[1]
    at = 0

    def scaled(x):
        nonlocal at
        channels = x.shape[1]
        scale, shift = code[at : at + channels], code[at + channels : at + 2 * channels]
        at += 2 * channels
        return torch.stack([plane * k + b for plane, k, b in zip(x[0], scale, shift, strict=True)])[None]

    def conv(layer, stride=1):
        size = layer.weight.shape[-1]
        made = nn.Conv2d(layer.in_channels, layer.out_channels, size, stride, padding=size // 2, padding_mode="reflect")
        made.load_state_dict(layer.state_dict())
        return made

    luma, larger = _picture(), nn.Upsample(scale_factor=2)
    with torch.no_grad():
        x = torch.cat([luma - 0.5, ground_of(32, 48) * code[-len(GROUNDS) :, None, None]], dim=1)
        passed = []
        for layer, stride in ((trunk.head, 1), (trunk.down1, 2), (trunk.down2, 2)):
            x = scaled(conv(layer, stride)(x)).relu()
            passed.append(x)
        for first, second in zip(trunk.blocks[::2], trunk.blocks[1::2], strict=True):
            inside = scaled(conv(first)(x)).relu()
            x = x + scaled(conv(second)(inside))
        for layer, beside in ((trunk.up1, passed[1]), (trunk.up2, passed[0])):
            x = beside + scaled(conv(layer)(larger(x))).relu()
        expected = luma + conv(trunk.tail)(x)

        found = trunk(luma, code[None])

    assert at + len(GROUNDS) == CODE_LENGTH
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)


def test_a_lamp_in_one_corner_leaves_the_other_as_it_was(trunk):
    dark = 0.4 * torch.rand(1, 1, 96, 160, generator=torch.Generator().manual_seed(2))
    lamp = dark.clone()
    lamp[..., :24, :24] = 1.0
    far = (..., slice(72, None), slice(128, None))
    torch.testing.assert_close(trunk(lamp, trunk.codes[:1])[far], trunk(dark, trunk.codes[:1])[far])


def test_the_ground_goes_on_over_the_edges_of_its_tile():
    whole = ground_of(520, 1100)[0]
    torch.testing.assert_close(whole[:, :8, 600:700], ground_of(8, 100, across=600)[0])
    # no edge between two tiles is harder than the hardest inside one
    across = (whole[:, :, 1:] - whole[:, :, :-1]).abs().mean(dim=1)
    down = (whole[:, 1:] - whole[:, :-1]).abs().mean(dim=2)
    for steps in (across, down):
        assert bool((steps[:, 511] <= 1.5 * steps[:, :511].amax(dim=1)).all())
