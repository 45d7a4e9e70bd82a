from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="features need torch (pip install 'showrunner[models]')")

from ops.perception.vgg import features, gram, random_vgg  # noqa: E402  (needs torch at import)


@pytest.fixture(scope="module")
def net():
    return random_vgg(0)


def test_a_seed_is_the_same_network_every_time_and_another_seed_another_one(net):
    assert random_vgg(0).fingerprint == net.fingerprint
    assert random_vgg(1).fingerprint != net.fingerprint
    assert net.name == "random-vgg/seed-0"
    assert net.layers[0] == "relu1_1"
    assert net.layers[-1] == "relu5_1"
    assert "relu3_4" in net.layers


def test_features_agree_with_the_layers_written_as_torch_modules(net):
    """The reference is torch's own modules, put together from the architecture's table."""
    image = torch.rand((1, 3, 24, 20), generator=torch.Generator().manual_seed(3))
    steps = []
    for name in ("relu1_1", "relu1_2", "pool", "relu2_1", "relu2_2", "pool", "relu3_1"):
        if name == "pool":
            steps.append(torch.nn.AvgPool2d(2))
            continue
        weight, bias = net.convolutions[name]
        layer = torch.nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1, padding_mode="reflect")
        layer.load_state_dict({"weight": weight, "bias": bias})
        steps += [layer, torch.nn.ReLU()]
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)

    with torch.no_grad():
        expected = torch.nn.Sequential(*steps)((image - mean) / std)
        found = features(net, image, ["relu3_1", "relu1_1"])

    assert set(found) == {"relu1_1", "relu3_1"}
    assert found["relu3_1"].shape == (1, 256, 6, 5)
    torch.testing.assert_close(found["relu3_1"], expected)


def test_activations_keep_their_size_down_to_the_deepest_layer(net):
    """What Kaiming's spread is for: without it random features die or explode with depth."""
    image = torch.rand((1, 3, 32, 32), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found = features(net, image, net.layers)
    sizes = [float(feature.square().mean().sqrt()) for feature in found.values()]
    assert max(sizes) / min(sizes) < 20


def test_a_layer_that_is_not_there_is_named(net):
    with pytest.raises(KeyError, match="relu9_1"):
        features(net, torch.zeros(1, 3, 16, 16), ["relu9_1"])


def test_a_gram_matrix_is_the_mean_of_outer_products():
    feature = torch.randn((2, 5, 3, 4), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    by_hand = torch.einsum("nchw,ndhw->ncd", feature, feature) / 12
    torch.testing.assert_close(gram(feature), by_hand)


def test_a_mask_of_ones_changes_no_gram_matrix_and_half_a_mask_is_the_half_of_the_picture():
    feature = torch.randn((1, 4, 6, 8), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    left = torch.zeros(1, 1, 12, 16)
    left[..., :8] = 1.0

    torch.testing.assert_close(gram(feature, torch.ones(1, 1, 24, 32)), gram(feature))
    torch.testing.assert_close(gram(feature, left), gram(feature[..., :4]))
    assert gram(feature, torch.zeros(1, 1, 6, 8)).abs().sum() == 0


def test_a_soft_masks_weights_are_squared_as_gatys_writes_them():
    feature = torch.randn((1, 3, 1, 2), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    mask = torch.tensor([1.0, 0.5], dtype=torch.float64).view(1, 1, 1, 2)
    first, second = feature[0, :, 0, 0], feature[0, :, 0, 1]
    expected = (torch.outer(first, first) + 0.25 * torch.outer(second, second)) / 1.25
    torch.testing.assert_close(gram(feature, mask)[0], expected)
