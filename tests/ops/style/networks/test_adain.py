from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="previews need torch (pip install 'showrunner[models]')")

from ops.errors import ModelUnavailable, UsageError  # noqa: E402
from ops.style.networks.adain import blend_features, transport  # noqa: E402
from ops.style.networks.decoder import DECODER, encoded, house_decoder, read_decoder  # noqa: E402
from ops.style.networks.paintings import painting  # noqa: E402


@pytest.fixture(scope="module")
def content() -> np.ndarray:
    return np.ascontiguousarray(painting("ink_wash")[100:292, 200:456])


@pytest.fixture(scope="module")
def styles() -> list[np.ndarray]:
    return [painting("woodblock")[:256, :256], painting("stained_glass")[:256, :256]]


def test_features_moved_have_the_others_covariance():
    draw = torch.Generator().manual_seed(0)
    here, there = (torch.randn((400, 6), generator=draw) @ torch.rand((6, 6), generator=draw) for _ in range(2))
    matrix = transport(torch.cov(here.T), torch.cov(here.T) * 0.7 + 0.3 * torch.cov(there.T))
    torch.testing.assert_close(matrix, matrix.T)
    moved = torch.cov((here @ matrix.T).T)
    torch.testing.assert_close(moved, torch.cov(here.T) * 0.7 + 0.3 * torch.cov(there.T), rtol=0.05, atol=0.03)


def test_the_decoder_gives_back_what_was_encoded_but_for_its_finest_detail(content):
    luma = torch.from_numpy(content[..., 1] / np.float32(255))[None, None]
    with torch.no_grad():
        again = house_decoder()(encoded(luma))
    found, given = (torch.nn.functional.avg_pool2d(each, 4) for each in (again, luma))
    assert (found - given).abs().mean() < 0.35 * (given - given.mean()).abs().mean()
    assert DECODER.stat().st_size < 1_000_000


def test_no_weight_leaves_the_content_as_it_is(content, styles):
    found = blend_features(content, styles, (0.0, 0.0))
    np.testing.assert_array_equal(found, content)


def test_a_style_brings_its_colours_and_a_mix_lies_between(content, styles):
    ends = [blend_features(content, styles, weights).mean(axis=(0, 1)) for weights in ((1, 0), (0, 1))]
    middle = blend_features(content, styles, (0.5, 0.5)).mean(axis=(0, 1))
    for end, style in zip(ends, styles, strict=True):
        assert np.abs(end - style.mean(axis=(0, 1))).max() < 12
    assert np.abs(middle - (ends[0] + ends[1]) / 2).max() < 20


def test_a_mask_keeps_a_style_to_its_place(content, styles):
    left = np.zeros((48, 64))
    left[:, :32] = 1.0
    found = blend_features(content, styles[:1], (1.0,), masks=[left])
    change = np.abs(found.astype(int) - content).mean(axis=(0, 2))
    assert change[: len(change) // 2 - 20].mean() > 10
    assert change[len(change) // 2 + 20 :].mean() < 1


def test_styles_weights_and_masks_must_be_as_many(content, styles):
    with pytest.raises(UsageError, match="as many"):
        blend_features(content, styles, (1.0,))
    with pytest.raises(UsageError, match="negative"):
        blend_features(content, styles, (1.0, -1.0))


def test_a_decoder_that_is_damaged_is_told(tmp_path):
    (tmp_path / "decoder.safetensors").write_bytes(DECODER.read_bytes()[:1000])
    with pytest.raises(ModelUnavailable, match="train_decoder"):
        read_decoder(tmp_path / "decoder.safetensors")
