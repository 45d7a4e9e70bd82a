"""Generated variants: painted once, like the film or dropped, the same in every shape, and always told apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.checks.tables import run_checks
from ops.errors import StoreError
from ops.faces import Face
from ops.thumbnails.art import NO_FRAME, STRENGTH, ArtDirection, Artist, least_likeness
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.looks import look_of
from ops.thumbnails.plan import plan_variants
from ops.thumbnails.recipe import Art, Recipe, Treatment
from ops.thumbnails.render import Kitchen
from ops.thumbnails.saving import DigitalSource, saved_source
from ops.thumbnails.study import Study, study_keyframes
from ops.thumbnails.templates import TemplateWriter
from ops.thumbnails.variants import VariantSet, make_variants
from ops.thumbnails.words import art_direction, brief_of, taglines_for
from ops.writing import Brief, NothingUsable
from resources.models.embedding import DescriptorEmbedder
from tests.ops.thumbnails.test_make import SINTEL_AREA, SINTEL_FACE, keyframe, saved

LOOK = look_of("action")


class Brush:
    """Paints over a frame by warping and tinting it; from words, a memory of the film or a field of noise."""

    name = "brush:test"
    licence = "CC0-1.0"
    side = 512

    def __init__(self, memory: np.ndarray | None = None) -> None:
        self.memory = memory
        self.strokes: list[tuple[str, str, str, int]] = []

    def text2img(self, prompt: str, *, negative: str, size: tuple[int, int], seed: int) -> np.ndarray:
        self.strokes.append(("words", prompt, negative, seed))
        if self.memory is None:
            blocks = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
            return cv2.resize(blocks, size, interpolation=cv2.INTER_NEAREST)
        return cv2.resize(self.memory, size, interpolation=cv2.INTER_AREA)

    def img2img(self, image: np.ndarray, prompt: str, *, negative: str, strength: float, seed: int) -> np.ndarray:
        self.strokes.append((f"over {hash(image.tobytes())}", prompt, negative, seed))
        grain = np.random.default_rng(seed).normal(0, 6, image.shape)
        return np.clip(cv2.GaussianBlur(image, (0, 0), 1.5) + grain, 0, 255).astype(np.uint8)


class NoFaces:
    """Finds none."""

    name = "none"

    def detect(self, rgb: np.ndarray) -> list[Face]:
        return []


@pytest.fixture(scope="module")
def studies(data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Study]:
    folder = tmp_path_factory.mktemp("frames")
    frames = {
        560: keyframe(560, 0.80, faces=(SINTEL_FACE,), area=SINTEL_AREA),
        812: keyframe(812, 0.78, area=SINTEL_AREA),
        161: keyframe(161, 0.75, area=SINTEL_AREA),
        664: keyframe(664, 0.70, area=SINTEL_AREA),
    }
    return study_keyframes(saved(data / "video/sintel_trailer_720p.mp4", folder, frames, 24), folder)


def artist(studies: Sequence[Study], brush: Brush, **direction) -> Artist:
    brief = brief_of("Sintel", "action", studies)
    asked, _ = art_direction(brief, LOOK, TemplateWriter(), seed=0)
    asked = ArtDirection(asked.prompts, asked.over_frame, asked.negative, **direction)
    return Artist(brush, asked, studies=studies, faces=NoFaces(), embedder=DescriptorEmbedder())


def memory_of(studies: Sequence[Study]) -> np.ndarray:
    """A square of the film's own look, as a model would paint that knows it."""
    return cv2.resize(studies[2].small, (512, 512), interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="module")
def planned(studies: list[Study]) -> tuple[list[Recipe], Artist, Brush]:
    brush = Brush(memory_of(studies))
    at_work = artist(studies, brush)
    return plan_variants(studies, text="Sintel", look=LOOK, artist=at_work), at_work, brush


@pytest.fixture(scope="module")
def made(
    studies: list[Study], planned: tuple[list[Recipe], Artist, Brush], tmp_path_factory: pytest.TempPathFactory
) -> dict[Aspect, VariantSet]:
    recipes, at_work, _ = planned
    kitchen, into = Kitchen(studies, artist=at_work), tmp_path_factory.mktemp("variants")
    sets = {}
    for aspect in (Aspect.W16X9, Aspect.SQUARE, Aspect.W9X16):
        (into / aspect).mkdir()
        sets[aspect] = make_variants(recipes, kitchen, aspect, into=into / aspect)
    return sets


def test_one_or_two_of_the_variants_are_generated_and_the_others_are_enough_alone(planned):
    recipes, _, _ = planned
    generated = [each for each in recipes if each.treatment is Treatment.GENERATED]
    assert 1 <= len(generated) <= 2
    assert len(recipes) - len(generated) >= 4
    for recipe in generated:
        assert recipe.art is not None
        assert (recipe.art.engine, recipe.art.licence) == ("brush:test", "CC0-1.0")
        assert recipe.art.negative_prompt == LOOK.negative_prompt
        assert "Sintel" in recipe.art.prompt
        assert recipe.art.strength == (STRENGTH if recipe.frames else 1.0)


def test_each_base_picture_is_painted_once_for_all_shapes(planned, made):
    _, _, brush = planned
    assert len(made) == 3
    assert len(brush.strokes) == len(set(brush.strokes)) <= 4


def test_a_generated_variant_is_flagged_and_its_file_names_its_source(made: dict[Aspect, VariantSet]):
    for variants in made.values():
        for variant in variants.variants:
            row = json.loads(json.dumps(variant.to_json()))
            is_art = variant.recipe.treatment is Treatment.GENERATED
            assert row["generated"] is is_art
            assert ("art" in row["recipe"]) is is_art
            assert Recipe.from_json(row["recipe"]) == variant.recipe
            if is_art:
                from_words = not variant.recipe.frames and not variant.recipe.text
                expected = DigitalSource.GENERATED if from_words else DigitalSource.GENERATED_COMPOSITE
                assert saved_source(variant.picture) is expected
                assert list(variant.frames) == list(variant.recipe.frames)


def test_generated_variants_pass_the_gates_that_all_variants_pass(made: dict[Aspect, VariantSet]):
    for variants in made.values():
        assert [one.why for one in run_checks("variants", variants.table()) if not one.passed] == []


def test_a_picture_unlike_the_film_is_dropped_and_says_why(studies: list[Study]):
    at_work = artist(studies, Brush())
    recipes = plan_variants(studies, text="", look=LOOK, artist=at_work)
    assert not any(each.art and not each.frames for each in recipes)
    assert at_work.dropped
    for why in at_work.dropped.values():
        assert f"{least_likeness('embedded/descriptors'):.2f} is the least" in why


@pytest.mark.parametrize(("value", "told"), [(0, "blank"), (127, "blank")])
def test_a_blank_picture_is_dropped(studies: list[Study], value: int, told: str):
    at_work = artist(studies, Brush(np.full((512, 512, 3), value, np.uint8)))
    (recipe,) = [each for each in at_work.recipes([], seed=0) if not each.frames][:1]
    assert not at_work.fits(recipe)
    assert told in at_work.dropped[recipe.id]


def test_a_picture_full_of_letters_is_dropped(studies: list[Study]):
    written = memory_of(studies).copy()
    for line in range(6):
        cv2.putText(written, "LOREM IPSUM", (20, 80 + 75 * line), cv2.FONT_HERSHEY_DUPLEX, 2.0, (255,) * 3, 5)
    at_work = artist(studies, Brush(written))
    recipe = at_work.recipes([], seed=0)[0]
    assert not at_work.fits(recipe)
    assert "letters cover" in at_work.dropped[recipe.id]


def test_frames_with_a_recognisable_face_are_not_painted_over_unless_somebody_decides_so(studies: list[Study]):
    careful, allowed = (artist(studies, Brush(), likeness=likeness) for likeness in (False, True))
    assert [each.frames for each in careful.recipes([560, 812, 161], seed=0) if each.frames] == [(812,), (161,)]
    assert [each.frames for each in allowed.recipes([560, 812, 161], seed=0) if each.frames] == [(560,), (812,)]


def test_a_recipe_that_lost_is_not_painted_again(studies: list[Study]):
    first = artist(studies, Brush(memory_of(studies)))
    lost = {each.id for each in first.recipes([812, 161, 664], seed=0)}
    brush = Brush(memory_of(studies))
    recipes = plan_variants(studies, text="Sintel", look=LOOK, artist=artist(studies, brush), avoid=lost)
    assert brush.strokes == []
    assert not any(each.art for each in recipes)


def test_another_seed_is_another_recipe(studies: list[Study]):
    at_work = artist(studies, Brush())
    one, other = ({each.id for each in at_work.recipes([812], seed=seed)} for seed in (0, 1))
    assert not one & other


def test_without_the_painter_that_a_recipe_names_nothing_else_paints_it(studies: list[Study], planned):
    recipe = next(each for each in planned[0] if each.art)
    with pytest.raises(StoreError, match="SHOWRUNNER_IMAGE_ENGINE"):
        Kitchen(studies).render(recipe, Aspect.SQUARE)
    other = Brush()
    other.name = "brush:other"
    with pytest.raises(StoreError, match="brush:test"):
        Kitchen(studies, artist=artist(studies, other)).render(recipe, Aspect.SQUARE)


def test_what_a_frame_shows_is_kept_whole_where_paint_hides_it_from_the_detector(studies: list[Study]):
    at_work = artist(studies, Brush(), likeness=True)
    recipe = at_work.recipes([560], seed=0)[0]
    painted = at_work.study(recipe)
    assert painted.faces == studies[0].faces != ()  # and NoFaces found none
    kitchen = Kitchen(studies, artist=at_work)
    for aspect in Aspect:
        found = kitchen.framed(recipe, aspect)
        assert found is not None
        assert found[0].cut_faces == 0


def test_a_painted_study_keeps_its_frame_and_is_worth_no_more_than_the_best(studies: list[Study]):
    at_work = artist(studies, Brush(memory_of(studies)))
    over, words = at_work.recipes([812], seed=0)[:2]
    assert at_work.study(over).keyframe.frame == 812
    assert at_work.study(words).keyframe.frame == NO_FRAME
    assert max(at_work.study(each).keyframe.score for each in (over, words)) <= 0.80
    assert at_work.study(over).path.is_file()


@pytest.mark.parametrize(
    "wrong",
    [
        {"art": None},
        {"treatment": Treatment.CLEAN},
        {"frames": (1, 2)},
        {"frames": ()},
        {"art": Art("e", "l", "p", "n", 0.0), "frames": (1,)},
        {"art": Art("e", "l", "p", "n", 1.5), "frames": (1,)},
    ],
)
def test_what_no_model_could_paint_is_no_recipe(wrong: dict):
    fine = {"treatment": Treatment.GENERATED, "frames": (1,), "art": Art("e", "l", "p", "n", 0.5)}
    Recipe(**fine)
    with pytest.raises(StoreError, match="rule"):
        Recipe(**{**fine, **wrong})


class Mute:
    """Writes nothing that can be used."""

    name = "mute"

    def taglines(self, brief: Brief, *, count: int, seed: int) -> list[str]:
        raise NothingUsable("wrote nothing", where=self.name)

    def picture_prompts(self, brief: Brief, *, count: int, seed: int) -> list[str]:
        raise NothingUsable("wrote nothing", where=self.name)


def test_where_a_writer_fails_there_are_no_lines_and_the_reason_is_kept(studies: list[Study]):
    brief = brief_of("Sintel", "action", studies)
    words = taglines_for(brief, "Sintel", Mute(), seed=0)
    direction, scenes = art_direction(brief, LOOK, Mute(), seed=0)
    assert (words.lines, words.writer) == ((), "mute")
    assert "wrote nothing" in words.missing
    assert "wrote nothing" in scenes.missing
    assert direction.prompts == (LOOK.prompt_for("Sintel"),)


def test_a_title_in_another_script_gets_no_english_line(studies: list[Study]):
    brief = brief_of("Сталкер", "drama", studies)
    assert taglines_for(brief, "Сталкер", TemplateWriter(), seed=0).lines == ()
    assert taglines_for(brief, "Amélie 2", TemplateWriter(), seed=0).lines != ()


def test_a_brief_tells_what_is_measured_and_no_more(studies: list[Study]):
    brief = brief_of("Sintel", "action", studies)
    assert brief.seen == ("one person",)
    assert brief_of("Sintel", "action", studies[1:]).seen == ()
