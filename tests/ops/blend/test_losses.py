"""The losses of a blend and their gradients, held against the papers' formulas written out plainly."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="blends need torch (pip install 'showrunner[models]')")

from torch import Tensor  # noqa: E402

from ops.blend.extractor import VggExtractor  # noqa: E402
from ops.blend.losses import blend_loss, total_variation  # noqa: E402
from ops.blend.targets import Targets, content_target, shrunk, style_target  # noqa: E402
from ops.perception.vgg import gram, random_vgg  # noqa: E402
from tests.ops.blend import textbook  # noqa: E402

LAYERS = ("relu1_1", "relu2_1", "relu3_1")


@pytest.fixture(scope="module")
def net() -> VggExtractor:
    return VggExtractor(random_vgg(3), trained=False)


def picture(seed: int, height: int = 32, width: int = 40) -> Tensor:
    return torch.rand((1, 3, height, width), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def masks() -> tuple[Tensor, Tensor]:
    ramp = torch.linspace(0, 1, 40, dtype=torch.float64).expand(1, 1, 32, 40)
    return ramp, 1 - ramp


def targets_of(net: VggExtractor, start: Tensor, *, masked: bool) -> Targets:
    styles = [net.features(picture(seed, 24, 48), LAYERS) for seed in (11, 12, 13)]
    contents = [net.features(picture(seed), ["relu2_2"])["relu2_2"] for seed in (21, 22)]
    here = net.features(start, LAYERS)
    left, right = masks()
    goals = []
    for layer in LAYERS:
        grams = [gram(each[layer]) for each in styles]
        placed = shrunk(left, here[layer], "relu1_1") if masked else None
        goals.append(style_target(layer, grams[:2], [0.7, 0.3], start=here[layer], mask=placed, weight=0.5))
        if masked:
            other = shrunk(right, here[layer], "relu1_1")
            goals.append(style_target(layer, grams[2:], [1.0], start=here[layer], mask=other, weight=0.4))
    shares = [torch.nn.functional.adaptive_avg_pool2d(each, contents[0].shape[-2:]) for each in (left, right)]
    aim = content_target("relu2_2", contents, shares, weight=0.05)
    return Targets(tuple(goals), (aim,), smoothness=0.2)


def textbook_loss(net: VggExtractor, canvas: Tensor, targets: Targets, *, masked: bool) -> Tensor:
    here = textbook.features(net.net, canvas, "relu3_1")
    styles = [textbook.features(net.net, picture(seed, 24, 48), "relu3_1") for seed in (11, 12, 13)]
    contents = [textbook.features(net.net, picture(seed), "relu2_2")["relu2_2"] for seed in (21, 22)]
    total = 0.2 * (
        (canvas[..., 1:] - canvas[..., :-1]).square().mean()
        + (canvas[..., 1:, :] - canvas[..., :-1, :]).square().mean()
    )
    left, right = masks()
    for goal in targets.styles:
        first_region = goal is next(each for each in targets.styles if each.layer == goal.layer)
        used, weights, mask = (styles[:2], (0.7, 0.3), left) if first_region else (styles[2:], (1.0,), right)
        size = here[goal.layer].shape[-2:]
        placed = torch.nn.functional.interpolate(mask, size, mode="area") if masked else None
        drawn = [each[goal.layer] for each in used]
        total = total + goal.weight * textbook.style_loss(here[goal.layer], drawn, weights, placed)
    shares = [torch.nn.functional.interpolate(each, contents[0].shape[-2:], mode="area") for each in (left, right)]
    return total + targets.contents[0].weight * textbook.content_loss(here["relu2_2"], contents, shares)


@pytest.mark.parametrize("masked", [False, True])
def test_loss_and_gradient_agree_with_the_textbook_for_several_sources_layers_and_masks(net, masked: bool):
    canvas = picture(1).requires_grad_(True)
    targets = targets_of(net, picture(2), masked=masked)

    ours = blend_loss(net, canvas, targets).total
    theirs = textbook_loss(net, canvas, targets, masked=masked)
    (our_slope,) = torch.autograd.grad(ours, canvas)
    (their_slope,) = torch.autograd.grad(theirs, canvas)

    assert float(ours.detach()) == pytest.approx(float(theirs.detach()), rel=1e-5)
    assert float((our_slope - their_slope).abs().max()) <= 1e-5 * float(their_slope.abs().max())


def test_what_no_picture_can_take_from_the_loss_is_told(net):
    """The constant is how far the mixed styles are apart: with it gone, a loss may fall to nothing."""
    targets = targets_of(net, picture(2), masked=False)
    styles = [net.features(picture(seed, 24, 48), LAYERS) for seed in (11, 12)]
    for goal in targets.styles:
        grams = [gram(each[goal.layer]) for each in styles]
        mixed = 0.7 * grams[0] + 0.3 * grams[1]
        least = sum(w * (g - mixed).square().sum() for w, g in zip((0.7, 0.3), grams, strict=True))
        assert goal.constant == pytest.approx(float(goal.weight * least), rel=1e-6)


def test_a_region_s_style_pulls_on_no_place_beyond_it(net):
    start = picture(2)
    left = torch.zeros((1, 1, 32, 40), dtype=torch.float64)
    left[..., :8] = 1
    read = net.features(start, ["relu1_1"])["relu1_1"]
    goal = style_target(
        "relu1_1", [gram(net.features(picture(11), ["relu1_1"])["relu1_1"])], [1.0], start=read, mask=left, weight=1.0
    )
    canvas = start.clone().requires_grad_(True)
    (slope,) = torch.autograd.grad(blend_loss(net, canvas, Targets((goal,), (), 0.0)).total, canvas)
    assert float(slope[..., :8].abs().max()) > 0
    assert float(slope[..., 10:].abs().max()) == 0.0


def test_masks_shrink_by_a_pixel_at_deep_layers_unless_nothing_would_be_left():
    mask = torch.zeros((1, 1, 32, 32))
    mask[..., 8:24] = 1
    shallow, deep = torch.zeros((1, 1, 32, 32)), torch.zeros((1, 1, 8, 8))
    assert float(shrunk(mask, shallow, "relu1_1").sum()) == float(mask.sum())
    assert shrunk(mask, deep, "relu3_1")[0, 0, 4].tolist() == [0, 0, 0, 1, 1, 0, 0, 0]
    thin = torch.zeros((1, 1, 32, 32))
    thin[..., 14:18] = 1
    assert float(shrunk(thin, deep, "relu3_1").sum()) > 0


def test_a_plain_picture_has_no_variation():
    assert float(total_variation(torch.full((1, 1, 8, 8), 0.3))) == 0.0
