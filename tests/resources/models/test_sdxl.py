"""The image engine on a tiny pipeline of SDXL-Turbo's own format, written to disk and loaded as the real one is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import zeros

from ops.errors import ModelUnavailable
from ops.painting import canvas
from resources.models.choice import EngineChoice
from resources.models.engines import Engines
from resources.models.sdxl import SdxlPainter, steps_for
from resources.settings import load_settings
from tests.resources.models.tiny_sdxl import distance, save_tiny_lora, save_tiny_sdxl

CARD = "---\npipeline_tag: text-to-image\nlicense: other\nlicense_name: sai-nc-community\n---\n# Tiny\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_sdxl(tmp_path_factory.mktemp("weights") / "tiny-sdxl", card=CARD)


@pytest.fixture(scope="module")
def painter(model: Path) -> SdxlPainter:
    return SdxlPainter(EngineChoice.parse("image_engine", f"sdxl-turbo:{model}"), device="cpu")


@pytest.fixture(scope="module")
def frame(data: Path) -> np.ndarray:
    return np.asarray(Image.open(data / "images/content/chelsea_cat.png").convert("RGB").resize((160, 90)))


def painted(painter: SdxlPainter, prompt: str = "a quiet harbour", *, seed: int = 1) -> np.ndarray:
    return painter.text2img(prompt, negative="text", size=(96, 54), seed=seed)


def test_a_picture_has_the_size_asked_for_and_is_no_flat_field(painter: SdxlPainter):
    picture = painted(painter)
    assert picture.shape == (54, 96, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 1


def test_the_same_seed_paints_the_same_picture_and_another_another(painter: SdxlPainter):
    assert np.array_equal(painted(painter), painted(painter))
    assert distance(painted(painter), painted(painter, seed=2)) > 1


def test_other_words_paint_another_picture(painter: SdxlPainter):
    assert distance(painted(painter), painted(painter, "sparks over a dark city, night")) > 0


def test_strength_says_how_much_of_a_frame_is_left(painter: SdxlPainter, frame: np.ndarray):
    over = [painter.img2img(frame, "oil", negative="", strength=s, seed=3) for s in (0.05, 0.5, 1.0)]
    assert all(each.shape == frame.shape for each in over)
    blank = painter.img2img(np.full_like(frame, 128), "oil", negative="", strength=1.0, seed=3)
    # from scratch, nothing of the frame is left: over any other picture it comes out the same
    assert distance(over[2], blank) < 0.2 * distance(over[0], blank)
    assert np.array_equal(over[1], painter.img2img(frame, "oil", negative="", strength=0.5, seed=3))


@pytest.mark.parametrize("strength", [0.0, -0.1, 1.01, float("nan")])
def test_a_strength_that_is_none_is_refused(painter: SdxlPainter, frame: np.ndarray, strength: float):
    with pytest.raises(ValueError, match="strength"):
        painter.img2img(frame, "oil", negative="", strength=strength, seed=3)


@given(st.floats(0.004, 1.0), st.integers(1, 4))
def test_a_step_at_least_is_always_left_and_no_more_than_four(strength: float, steps: int):
    asked = steps_for(strength, steps)
    assert 1 <= int(asked * strength) <= 4


@given(st.floats(0.3, 3.3), st.sampled_from([64, 512, 768, 1024]))
def test_a_canvas_is_in_steps_of_64_and_near_in_shape_and_area(ratio: float, side: int):
    width, height = canvas(ratio, side)
    assert width % 64 == height % 64 == 0
    assert min(width, height) >= 64
    if side >= 512:
        assert width / height == pytest.approx(ratio, rel=0.14)
        assert width * height == pytest.approx(side**2, rel=0.25)


def test_a_lora_changes_the_picture_and_is_named(model: Path, painter: SdxlPainter, tmp_path: Path):
    lora = save_tiny_lora(tmp_path / "look.safetensors")
    settings = load_settings(tmp_path / "home", image_engine=f"sdxl-turbo:{model}", image_lora=str(lora), device="cpu")
    with_lora = Engines(settings).painter
    assert isinstance(with_lora, SdxlPainter)
    assert distance(painted(with_lora), painted(painter)) > 0.5
    assert np.array_equal(painted(with_lora), painted(with_lora))
    assert with_lora.name == f"{painter.name}+lora:{lora}"


def test_a_lora_of_another_model_says_so(model: Path, tmp_path: Path):
    save_file({"unet.mid_block.attentions.0.to_q.lora_A.weight": zeros(2, 3)}, tmp_path / "other.safetensors")
    pair = {f"unet.no.such.part.lora_{half}.weight": zeros(2, 2) for half in "AB"}
    save_file(pair, tmp_path / "stranger.safetensors")
    (tmp_path / "damaged.safetensors").write_bytes(b"not weights")
    choice = EngineChoice.parse("image_engine", f"sdxl-turbo:{model}")
    for name in ("other", "stranger", "damaged", "absent"):
        with pytest.raises(ModelUnavailable, match="SHOWRUNNER_IMAGE_LORA"):
            SdxlPainter(choice, device="cpu", lora=str(tmp_path / f"{name}.safetensors"))


def test_the_licence_comes_from_the_models_card(painter: SdxlPainter, tmp_path: Path):
    assert painter.licence == "sai-nc-community"
    bare = save_tiny_sdxl(tmp_path / "bare")
    assert SdxlPainter(EngineChoice.parse("image_engine", f"sdxl-turbo:{bare}"), device="cpu").licence == "unknown"


def test_the_native_size_is_read_from_the_model(painter: SdxlPainter):
    assert painter.side == 64


def test_without_an_image_engine_there_is_no_painter(tmp_path: Path):
    assert Engines(load_settings(tmp_path)).painter is None


def test_what_is_no_model_of_this_format_says_what_to_give(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    broken = save_tiny_sdxl(tmp_path / "broken")
    (broken / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"not weights")
    part = save_tiny_sdxl(tmp_path / "part")
    weights = load_file(part / "unet" / "diffusion_pytorch_model.safetensors")
    del weights["conv_in.weight"]
    save_file(weights, part / "unet" / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    for folder in (tmp_path / "empty", broken, part):
        with pytest.raises(ModelUnavailable, match="SHOWRUNNER_IMAGE_ENGINE"):
            SdxlPainter(EngineChoice.parse("image_engine", f"sdxl-turbo:{folder}"), device="cpu")
