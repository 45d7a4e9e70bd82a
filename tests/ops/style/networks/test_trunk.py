from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="style networks need torch (pip install 'showrunner[models]')")

from ops.style.networks.ground import GROUNDS, ground_of  # noqa: E402
from ops.style.networks.trunk import CODE_LENGTH, Statistics, Trunk  # noqa: E402


@pytest.fixture(scope="module")
def trunk():
    torch.manual_seed(1)
    return Trunk(3).eval().requires_grad_(False)


def _picture(seed: int = 0):
    return torch.rand((1, 1, 32, 48), generator=torch.Generator().manual_seed(seed))


def test_the_trunk_agrees_with_conditional_instance_norm_written_as_torch_modules(trunk):
    """The reference is put together of torch's own modules, from the paper's description."""
    nn, code = torch.nn, trunk.codes[1]
    at = 0

    def norm(channels):
        nonlocal at
        made = nn.InstanceNorm2d(channels, eps=1e-4, affine=True)
        made.weight.data, made.bias.data = code[at : at + channels], code[at + channels : at + 2 * channels]
        at += 2 * channels
        return made

    def conv(layer, stride=1):
        size = layer.weight.shape[-1]
        made = nn.Conv2d(layer.in_channels, layer.out_channels, size, stride, padding=size // 2, padding_mode="reflect")
        made.load_state_dict(layer.state_dict())
        return made

    luma = _picture()
    with torch.no_grad():
        x = torch.cat([luma - 0.5, ground_of(32, 48) * code[-len(GROUNDS) :, None, None]], dim=1)
        for layer, stride in ((trunk.head, 1), (trunk.down1, 2), (trunk.down2, 2)):
            x = norm(layer.out_channels)(conv(layer, stride)(x)).relu()
        for first, second in zip(trunk.blocks[::2], trunk.blocks[1::2], strict=True):
            inside = norm(40)(conv(first)(x)).relu()
            x = x + norm(40)(conv(second)(inside))
        for layer in (trunk.up1, trunk.up2):
            x = norm(layer.out_channels)(conv(layer)(nn.Upsample(scale_factor=2)(x))).relu()
        expected = luma + conv(trunk.tail)(x)

        found = trunk(luma, code[None])

    assert at + len(GROUNDS) == CODE_LENGTH
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)


def test_the_first_frame_of_a_shot_is_painted_as_a_still_is(trunk):
    luma = _picture()
    torch.testing.assert_close(
        trunk(luma, trunk.codes[:1], Statistics(0.1)), trunk(luma, trunk.codes[:1]), atol=1e-4, rtol=1e-3
    )


def test_a_lamp_in_one_corner_changes_the_other_less_when_statistics_are_held(trunk):
    # given a picture, and the same with a lamp in its upper left corner
    torch.manual_seed(2)
    dark = 0.4 * torch.rand(1, 1, 96, 128)
    lamp = dark.clone()
    lamp[..., :24, :24] = 1.0
    held = Statistics(0.05)

    with torch.no_grad():
        before = trunk(dark, trunk.codes[:1], held)
        steadied = trunk(lamp, trunk.codes[:1], held)
        alone = trunk(lamp, trunk.codes[:1])

    far = (..., slice(80, None), slice(104, None))
    assert (steadied - before)[far].abs().mean() < 0.3 * (alone - before)[far].abs().mean()


def test_the_ground_goes_on_over_the_edges_of_its_tile():
    whole = ground_of(520, 1100)[0]
    torch.testing.assert_close(whole[:, :8, 600:700], ground_of(8, 100, across=600)[0])
    # no edge between two tiles is harder than the hardest inside one
    across = (whole[:, :, 1:] - whole[:, :, :-1]).abs().mean(dim=1)
    down = (whole[:, 1:] - whole[:, :-1]).abs().mean(dim=2)
    for steps in (across, down):
        assert bool((steps[:, 511] <= 1.5 * steps[:, :511].amax(dim=1)).all())
