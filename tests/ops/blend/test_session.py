"""A blend refined by a network: coarse to fine, the same twice, cancelled at once, and within its masks."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="blends need torch (pip install 'showrunner[models]')")

from ops.blend.colour import to_oklab  # noqa: E402
from ops.blend.extractor import VggExtractor  # noqa: E402
from ops.blend.guide import BlendInputs  # noqa: E402
from ops.blend.model import BlendRecipe, Colour, ContentMode, Optimiser, Source, Start  # noqa: E402
from ops.blend.optimise import Walk, grown, scales  # noqa: E402
from ops.blend.render import render_blend  # noqa: E402
from ops.blend.session import BlendSession, Step  # noqa: E402
from ops.errors import UsageError  # noqa: E402
from ops.perception.vgg import random_vgg  # noqa: E402

LEFT = np.zeros((20, 20), np.uint8)
LEFT[:, :8] = 255
SHALLOW = {"relu1_1": 1.0, "relu2_1": 1.0}
RECIPE = BlendRecipe(
    "cat", (Source("night", 1.0),), style_layers=SHALLOW, content_layers={"relu2_2": 1.0}, iterations=12, size=64
)


@pytest.fixture(scope="module")
def inputs(data: Path) -> BlendInputs:
    found = {}
    for name, file in {"cat": "content/chelsea_cat.png", "night": "style/starry_night.jpg"}.items():
        with Image.open(data / "images" / file) as opened:
            found[name] = np.asarray(opened.convert("RGB").resize((120, 80)))
    return BlendInputs(found, {"left": LEFT})


@pytest.fixture(scope="module")
def session() -> BlendSession:
    return BlendSession(VggExtractor(random_vgg(0, slim=True), trained=False))


def last(session: BlendSession, recipe: BlendRecipe, inputs: BlendInputs, **more) -> Step:
    *_, step = session.refine(recipe, inputs, size=more.pop("size", recipe.size), **more)
    assert step.done
    return step


def test_the_walk_goes_from_coarse_to_fine_and_its_loss_falls_on_every_scale(session, inputs):
    steps = list(session.refine(replace(RECIPE, iterations=18), inputs, size=128, every=1))
    assert [size for size, _ in itertools.groupby(step.size for step in steps)] == [96, 128]
    for size in (96, 128):
        losses = [step.loss for step in steps if step.size == size]
        assert losses[-1] < losses[0]
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    assert steps[-1].picture.shape == (85, 128, 3)
    assert [step.iteration for step in steps] == list(range(1, len(steps) + 1))


def test_the_same_recipe_is_the_same_bytes_twice_and_another_seed_is_not(inputs):
    recipe = replace(RECIPE, iterations=4, start=Start.NOISE)
    one, again = (last(BlendSession(), recipe, inputs).picture for _ in range(2))
    other = last(BlendSession(), replace(recipe, seed=1), inputs).picture
    assert one.tobytes() == again.tobytes()
    assert one.tobytes() != other.tobytes()


def test_a_newer_edit_ends_a_walk_before_its_next_step(session, inputs):
    seen = []
    for step in session.refine(RECIPE, inputs, size=64, every=1, cancelled=lambda: len(seen) >= 3):
        seen.append(step)
    assert len(seen) == 3
    assert not seen[-1].done


def test_from_the_blend_before_a_moved_weight_needs_few_steps(session, inputs):
    """Warm, few steps come nearer to where the cold walk ends than the cold walk does with as many."""
    two = replace(RECIPE, sources=(Source("night", 0.7), Source("cat", 0.3)), iterations=24, total_variation=0.1)
    before = last(session, two, inputs)
    moved = replace(two, sources=(Source("night", 0.6), Source("cat", 0.4)))
    cold = [step.loss for step in session.refine(moved, inputs, size=64, every=1)]
    warm = [step.loss for step in session.refine(moved, inputs, size=64, start=before.picture, every=1)]
    assert warm[5] < cold[5]
    assert warm[5] <= 1.25 * cold[-1]


def test_beyond_its_mask_a_style_changes_nothing(session, inputs):
    recipe = replace(RECIPE, sources=(Source("night", 1.0, style_mask="left"),), size=96)
    plain = session.preview(replace(recipe, sources=(Source("cat", content=1),)), inputs, 96).astype(int)
    blend = last(session, recipe, inputs).picture.astype(int)
    assert np.abs(blend[:, 60:] - plain[:, 60:]).max() <= 2
    assert np.abs(blend[:, :30] - plain[:, :30]).mean() > 8


def test_kept_colours_stay_while_lightness_is_painted(session, inputs):
    recipe = replace(RECIPE, colour=Colour.KEEP)
    blend = to_oklab(last(session, recipe, inputs).picture)
    plain = to_oklab(session.preview(replace(recipe, sources=(Source("cat", content=1),)), inputs, 64))
    assert np.abs(blend[..., 0] - plain[..., 0]).mean() > 0.02
    assert np.abs(blend[..., 1:] - plain[..., 1:]).mean() < 0.02


@pytest.mark.parametrize(
    "change",
    [
        {"optimiser": Optimiser.ADAM},
        {"colour": Colour.FREE},
        {"content_mode": ContentMode.FEATURES, "sources": (Source("night", 0.5, 0.5), Source("cat", 0, 0.5))},
        {"content_mode": ContentMode.FEATURES, "sources": (Source("night", 0, 0.5), Source("cat", 0, 0.5))},
    ],
    ids=["adam", "free colours", "sum of features", "features alone"],
)
def test_every_way_to_blend_leads_down(session, inputs, change):
    steps = list(session.refine(replace(RECIPE, start=Start.NOISE, **change), inputs, size=64, every=1))
    assert steps[-1].done
    assert steps[-1].loss < steps[0].loss


def test_lbfgs_is_below_adam_after_as_many_steps(session, inputs):
    adam = last(session, replace(RECIPE, optimiser=Optimiser.ADAM), inputs).loss
    polished = last(session, replace(RECIPE, optimiser=Optimiser.LBFGS), inputs).loss
    assert polished < adam


def test_contents_alone_are_melted_at_once(session, inputs):
    recipe = replace(RECIPE, sources=(Source("cat", content=1.0),))
    [step] = session.refine(recipe, inputs, size=64)
    assert step.done
    assert (step.picture == session.preview(recipe, inputs, 64)).all()


def test_a_layer_that_the_network_lacks_is_named(session, inputs):
    with pytest.raises(UsageError, match="'relu9_9'"):
        next(session.refine(replace(RECIPE, style_layers={"relu9_9": 1.0}), inputs, size=64))


def test_what_memory_cannot_hold_is_painted_smaller_and_laid_over_the_full_size(session, inputs):
    recipe = replace(RECIPE, size=512, iterations=3)
    rendered = render_blend(recipe, inputs, session, memory_bytes=1)
    assert (rendered.painted_size, rendered.picture.shape) == (256, (341, 512, 3))
    assert rendered.finite
    small = np.asarray(Image.fromarray(rendered.picture).resize((256, 171), Image.Resampling.BOX)).astype(int)
    painted = last(session, recipe, inputs, size=256).picture.astype(int)
    assert np.abs(small - painted).mean() < 4


def test_scales_double_and_none_is_just_short_of_the_size():
    assert scales(64) == (64,)
    assert scales(110) == (110,)
    assert scales(256) == (96, 192, 256)
    assert scales(1024) == (96, 192, 384, 768, 1024)


def test_moments_grow_with_the_picture_and_stay_squares():
    chance = torch.Generator().manual_seed(0)
    small = Walk(*(torch.rand((1, 1, 8, 8), generator=chance) ** 9 for _ in range(3)), steps=5)
    large = grown(small, (17, 13))
    assert large.canvas.shape == large.drift.shape == large.spread.shape == (1, 1, 17, 13)
    assert float(large.spread.min()) >= 0
    assert large.steps == 5
