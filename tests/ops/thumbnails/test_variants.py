"""Variants of real keyframes: diverse, the same in every shape, and each what its recipe says."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from assets.checks.tables import run_checks
from ops.errors import MediaError, StoreError
from ops.faces import Face
from ops.keyframes import KeyframeSet
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.grade import GRADES, graded
from ops.thumbnails.looks import look_of
from ops.thumbnails.make import make_thumbnail
from ops.thumbnails.matte import matte_of
from ops.thumbnails.plan import fingerprint, plan_variants
from ops.thumbnails.recipe import Recipe, Treatment
from ops.thumbnails.render import Kitchen
from ops.thumbnails.saving import DigitalSource, saved_source
from ops.thumbnails.study import Study, study_keyframes
from ops.thumbnails.variants import VariantSet, make_variants
from tests.ops.thumbnails.test_make import SINTEL_AREA, SINTEL_FACE, keyframe, saved

ANY = look_of("any")


@pytest.fixture(scope="module")
def studies(data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Study]:
    folder = tmp_path_factory.mktemp("frames")
    frames = {
        560: keyframe(560, 0.75, faces=(SINTEL_FACE,), area=SINTEL_AREA),
        812: keyframe(812, 0.80, area=SINTEL_AREA),
        161: keyframe(161, 0.75, area=SINTEL_AREA),
        664: keyframe(664, 0.70, area=SINTEL_AREA),
    }
    kept: KeyframeSet = saved(data / "video/sintel_trailer_720p.mp4", folder, frames, 24)
    return study_keyframes(kept, folder)


@pytest.fixture(scope="module")
def recipes(studies: list[Study]) -> list[Recipe]:
    return plan_variants(studies, text="Sintel", look=ANY)


@pytest.fixture(scope="module")
def made(
    studies: list[Study], recipes: list[Recipe], tmp_path_factory: pytest.TempPathFactory
) -> dict[Aspect, VariantSet]:
    kitchen, into = Kitchen(studies), tmp_path_factory.mktemp("variants")
    sets = {}
    for aspect in Aspect:
        (into / aspect).mkdir()
        sets[aspect] = make_variants(recipes, kitchen, aspect, into=into / aspect)
    return sets


def test_a_plan_holds_four_to_eight_recipes_of_several_treatments(recipes: list[Recipe]):
    assert 4 <= len(recipes) <= 8
    assert len({recipe.id for recipe in recipes}) == len(recipes)
    assert len({recipe.treatment for recipe in recipes}) >= 3
    assert recipes[0] == Recipe(Treatment.CLEAN)


def test_variants_are_ten_bits_apart(made: dict[Aspect, VariantSet]):
    hashes = []
    for variant in made[Aspect.W16X9].variants:
        with Image.open(variant.picture) as opened:
            hashes.append(fingerprint(np.asarray(opened.convert("RGB"))))
    assert min((one ^ other).bit_count() for one, other in combinations(hashes, 2)) >= 8  # 10 in the previews


@pytest.mark.parametrize("aspect", list(Aspect))
def test_every_recipe_is_made_in_every_shape_and_passes_its_gates(made: dict[Aspect, VariantSet], aspect: Aspect):
    outcomes = run_checks("variants", made[aspect].table())
    assert [one.why for one in outcomes if not one.passed] == []
    planned = {each.recipe.id for each in made[Aspect.W16X9].variants[1:]}
    assert {each.recipe.id for each in made[aspect].variants} >= planned


def test_the_first_choice_is_named_by_the_frame_that_its_shape_chose_and_a_rejected_one_is_never_chosen(
    studies: list[Study], recipes: list[Recipe], made: dict[Aspect, VariantSet], tmp_path: Path
):
    for aspect, variants in made.items():
        first = variants.variants[0]
        choice = make_thumbnail(studies, aspect, into=tmp_path)
        assert first.recipe.frames == (choice.frame,)
        assert first.picture.read_bytes() == choice.picture.read_bytes()

        barred = {first.recipe.id}
        again = make_thumbnail(studies, aspect, into=tmp_path, barred=barred)
        other = make_variants(recipes[:1], Kitchen(studies, barred=barred), aspect, into=tmp_path).variants[0]
        assert again.frame != choice.frame
        assert other.recipe.frames == (again.frame,)


def test_each_file_names_its_iptc_source_type(made: dict[Aspect, VariantSet]):
    for variant in made[Aspect.SQUARE].variants:
        composed = variant.recipe.treatment in (Treatment.CUTOUT, Treatment.COLLAGE)
        assert saved_source(variant.picture) is (DigitalSource.COMPOSITE if composed else DigitalSource.ENHANCED)


def test_a_variant_tells_its_recipe_terms_and_weights(made: dict[Aspect, VariantSet]):
    told = json.loads(json.dumps(made[Aspect.W2X3].to_json()))
    assert told["first"] == told["variants"][0]["id"]
    for row in told["variants"]:
        assert row["traits"]["treatment"] == row["recipe"]["treatment"]
        assert (row["traits"]["faces"] == "none") == (not row["faces"])
        assert (row["traits"]["words"] == "none") == (not row["recipe"]["text"])
        assert Recipe.from_json(row["recipe"]).id == row["id"]
        assert sum(row["weights"].values()) == pytest.approx(1, abs=1e-3)
        score = sum(weight * row["terms"][name] for name, weight in row["weights"].items())
        assert row["score"] == pytest.approx(score * row["terms"].get("extended", 1), abs=2e-3)
        assert ("legibility" in row["terms"]) == (row["text"] is not None) == bool(row["recipe"]["text"])


def test_the_same_keyframes_give_the_same_plan(studies: list[Study], recipes: list[Recipe]):
    assert plan_variants(studies, text="Sintel", look=ANY) == recipes


def test_a_losing_recipe_is_never_planned_again(studies: list[Study], recipes: list[Recipe]):
    lost = {recipe.id for recipe in recipes[1:3]}
    again = plan_variants(studies, text="Sintel", look=ANY, avoid=lost)
    assert not lost & {recipe.id for recipe in again}


def test_what_won_elsewhere_is_planned_more(studies: list[Study]):
    lean = {"treatment": dict.fromkeys(Treatment, 0.75) | {"collage": 1.5}}
    plain, leaning = (plan_variants(studies, text="", look=ANY, lean=each) for each in ({}, lean))
    count = [sum(recipe.treatment is Treatment.COLLAGE for recipe in plan) for plan in (plain, leaning)]
    assert count[1] > count[0] or count == [3, 3]


@pytest.mark.parametrize("text", ["", "千と千尋の神隠し"])
def test_without_words_that_can_be_set_there_are_variants_but_no_lockup(studies: list[Study], text: str):
    plan = plan_variants(studies, text=text, look=ANY)
    assert len(plan) >= 4
    assert not any(recipe.text for recipe in plan)


def test_one_keyframe_is_enough_for_a_few(studies: list[Study]):
    assert len(plan_variants(studies[:1], text="Sintel", look=ANY)) >= 4


def test_no_keyframe_says_what_to_do():
    with pytest.raises(MediaError, match="Deliver a film"):
        plan_variants([], text="Sintel", look=ANY)


def test_a_recipe_of_a_frame_that_is_gone_says_so(studies: list[Study]):
    with pytest.raises(StoreError, match="frame 99999"):
        Kitchen(studies).render(Recipe(Treatment.GRADE, (99999,), grade="mono"), Aspect.SQUARE)


@pytest.mark.parametrize("name", list(GRADES))
def test_a_grade_keeps_the_order_of_greys_and_its_shape(name: str):
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    out = graded(ramp, name, palette=("#101418", "#e6b450"), seed=1)
    light = out[24:40].astype(float).mean(axis=(0, 2))
    smooth = np.convolve(light, np.ones(15) / 15, "valid")[8:-24]  # the vignette may bend the very ends
    assert out.shape == ramp.shape
    assert np.diff(smooth).min() > -0.6


def test_mono_has_no_colour(studies: list[Study]):
    out = graded(studies[0].small, "mono", seed=1).astype(int)
    assert np.abs(out[..., 0] - out[..., 2]).mean() < 6


def test_the_matte_of_a_drawn_figure_is_the_figure(studies: list[Study]):
    rng = np.random.default_rng(5)
    truth = np.zeros((180, 320), np.uint8)
    cv2.ellipse(truth, (160, 60), (22, 29), 0, 0, 360, 1, cv2.FILLED)
    cv2.fillPoly(truth, [np.array([(160, 80), (215, 110), (225, 180), (95, 180), (105, 110)], np.int32)], 1)
    picture = np.where(truth[..., None] > 0, (190, 120, 80), (40, 70, 110)) + rng.normal(0, 9, (180, 320, 3))
    figure = replace(
        studies[0],
        small=np.clip(picture, 0, 255).astype(np.uint8),
        faces=(Face(142 / 320, 42 / 180, 36 / 320, 36 / 180, 0.95),),
    )

    matte = matte_of(figure)

    found = matte.cover > 0.5
    assert (found & (truth > 0)).sum() / (found | (truth > 0)).sum() > 0.9
    assert matte.trust > 0.8


def test_without_a_face_no_matte_is_trusted(studies: list[Study]):
    assert all(matte_of(each).trust == 0 for each in studies if not each.faces)


def test_a_variant_with_letters_on_a_face_is_refused(made: dict[Aspect, VariantSet]):
    titled = next(each for each in made[Aspect.W16X9].variants if each.text is not None)
    assert titled.text is not None
    covered = replace(titled, faces=(Face(titled.text.x, titled.text.y, 0.1, 0.1, 0.9),))
    faint = replace(titled, contrast=3.1)
    for wrong, name in ((covered, "variant_text_clear"), (faint, "variant_text_legible")):
        table = VariantSet(Aspect.W16X9, (*made[Aspect.W16X9].variants[:3], wrong)).table()
        failed = [one for one in run_checks("variants", table) if not one.passed]
        assert [(one.name, one.blocking) for one in failed] == [(name, True)]
