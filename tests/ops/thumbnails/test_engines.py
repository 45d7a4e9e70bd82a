"""What detectors and judges change in a thumbnail, and that the embedded ones change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ops.box import Box
from ops.faces import Face
from ops.keyframes import Keyframe, KeyframeSet
from ops.media.frames import read_frames
from ops.objects import DetectedObject
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.composition import weights_of
from ops.thumbnails.crop import best_crops
from ops.thumbnails.framing import Layout, best_framing
from ops.thumbnails.make import make_thumbnail
from ops.thumbnails.recipe import Recipe, Treatment
from ops.thumbnails.render import Kitchen
from ops.thumbnails.scoring import variant_terms, variant_total, variant_weights
from ops.thumbnails.study import Study, study_keyframes
from resources.models.aesthetics import StillAesthetics
from resources.models.subject import SalientSubject

RATIOS = [aspect.ratio[0] / aspect.ratio[1] for aspect in Aspect]


@dataclass
class KnownObjects:
    """A detector of what it is told."""

    found: Sequence[DetectedObject]
    name: str = "test/known"

    def detect(self, rgb: np.ndarray) -> list[DetectedObject]:
        return list(self.found)


@dataclass
class KnownTaste:
    """A trained judge that likes pictures in the order of these marks."""

    marks: Sequence[float]
    independent: bool = True
    name: str = "test/taste"

    def judge(self, images: Sequence[np.ndarray]) -> np.ndarray:
        return np.array(self.marks[: len(images)], np.float32)


@pytest.fixture(scope="module")
def kept(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[KeyframeSet, Path]:
    folder = tmp_path_factory.mktemp("frames")
    keyframes = []
    for number, score in ((560, 0.75), (812, 0.80)):
        frame = next(read_frames(data / "video/sintel_trailer_720p.mp4", start_s=number / 24)).rgb
        Image.fromarray(frame).save(folder / f"{number}.jpg", quality=95)
        keyframes.append(Keyframe(number, number, number / 24, number, f"{number}.jpg", 0.7, 1.0, 0.0, 0.2, score))
    return KeyframeSet(tuple(keyframes)), folder


def studied(kept: tuple[KeyframeSet, Path], *objects: DetectedObject) -> list[Study]:
    return study_keyframes(*kept, objects=KnownObjects(objects))


def test_the_embedded_engines_leave_every_choice_as_it_is_and_tell_what_they_saw(
    kept: tuple[KeyframeSet, Path], tmp_path: Path
):
    without = study_keyframes(*kept)
    embedded = study_keyframes(*kept, objects=SalientSubject(), aesthetics=StillAesthetics())

    for aspect in Aspect:
        before, after = (make_thumbnail(studies, aspect, into=tmp_path).to_json() for studies in (without, embedded))
        told = {name: (before.pop(name), after.pop(name)) for name in ("objects", "aesthetics")}
        assert before == after
        assert told["aesthetics"][0] is None
        assert 0 < told["aesthetics"][1] < 1
    assert all(each.subject is None for each in embedded)
    assert any(each.objects for each in embedded)


@given(
    st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 0.5), st.floats(0.1, 0.5)),
    st.sampled_from(RATIOS),
    st.integers(0, 2**31),
)
def test_a_subject_is_kept_whole_wherever_the_largest_crop_can(
    place: tuple[float, float, float, float], ratio: float, seed: int
):
    x, y, w, h = place
    attention = np.random.default_rng(seed).random((36, 64)).astype(np.float32)
    subject = Box(x * (1 - w), y * (1 - h), w, h)
    widest, tallest = min(1.0, ratio / (16 / 9)), min(1.0, (16 / 9) / ratio)

    crops = best_crops(attention, [], frame_ratio=16 / 9, ratio=ratio, subject=subject)

    assert crops
    if w < widest - 0.05 and h < tallest - 0.05:  # less the grid's step
        assert all(crop.holds(subject) for crop in crops)


def test_a_subject_never_costs_a_face():
    face = Face(0.02, 0.3, 0.1, 0.2, 0.9)
    beast = Box(0.6, 0.3, 0.38, 0.5)

    crops = best_crops(np.ones((36, 64), np.float32), [face], frame_ratio=16 / 9, ratio=9 / 16, subject=beast)

    assert crops
    assert not any(crop.cuts(face.box) for crop in crops)


@pytest.mark.parametrize("left", [0.02, 0.36, 0.74])
def test_a_detected_animal_is_whole_in_every_shape_it_fits_and_a_table_is_not_looked_at(
    kept: tuple[KeyframeSet, Path], left: float
):
    place = Box(left, 0.3, 0.24, 0.4)

    for aspect in Aspect:
        (framed, *_) = (best_framing(each, aspect) for each in studied(kept, DetectedObject("dog", 0.9, place)))
        assert framed.layout is Layout.CROP
        assert framed.crop.holds(place)
        assert framed.subject is not None
        assert Box(0, 0, 1, 1).holds(framed.subject.box)
        table = studied(kept, DetectedObject("dining table", 0.9, place))
        plain = study_keyframes(*kept)
        assert [best_framing(each, aspect).crop for each in table] == [
            best_framing(each, aspect).crop for each in plain
        ]


def test_a_beast_too_large_for_the_shape_is_cut_and_nothing_is_extended_for_it(kept: tuple[KeyframeSet, Path]):
    beast = DetectedObject("elephant", 0.9, Box(0.1, 0.2, 0.8, 0.7))

    framed = best_framing(studied(kept, beast)[0], Aspect.W9X16)

    assert framed.layout is Layout.CROP
    assert not framed.crop.holds(beast.box)


def test_a_frame_that_shows_an_animal_is_worth_more_than_the_same_frame_without(kept: tuple[KeyframeSet, Path]):
    plain, seen = (
        best_framing(studies[0], Aspect.W16X9)
        for studies in (study_keyframes(*kept), studied(kept, DetectedObject("dog", 0.95, Box(0.3, 0.3, 0.3, 0.4))))
    )

    assert seen.terms["subject"] >= plain.terms["subject"]
    assert seen.terms["subject"] >= 0.95 / 2


def test_letters_keep_clear_of_a_detected_animal_where_there_is_room_and_else_are_set_all_the_same(
    kept: tuple[KeyframeSet, Path],
):
    recipe = Recipe(Treatment.TITLE, (560,), text="Voyage", lettering="modern")
    plain = Kitchen(study_keyframes(*kept)).render(recipe, Aspect.W16X9, preview=320)
    assert plain is not None
    assert plain.text is not None
    there = plain.framed[0].crop  # where the letters stand by themselves, as a part of the frame
    beneath = Box(
        there.x + plain.text.x * there.w,
        there.y + plain.text.y * there.h,
        plain.text.w * there.w,
        plain.text.h * there.h,
    )

    for place, touches in ((beneath, False), (Box(0.02, 0.05, 0.9, 0.8), True)):
        kitchen = Kitchen(studied(kept, DetectedObject("horse", 0.9, place)))
        found = kitchen.render(recipe, Aspect.W16X9, preview=320)
        assert found is not None
        assert found.text is not None
        beast = found.framed[0].subject
        assert beast is not None
        assert (found.text.overlap(beast.box) > 0) is touches


def test_a_trained_judges_opinion_is_a_term_and_can_turn_the_choice(kept: tuple[KeyframeSet, Path], tmp_path: Path):
    chosen = {}
    for marks in ((1.0, 0.0), (0.0, 1.0)):  # the best keyframe by its own score is studied first
        studies = study_keyframes(*kept, aesthetics=KnownTaste(marks))
        chosen[marks] = make_thumbnail(studies, Aspect.W16X9, into=tmp_path).to_json()

    assert chosen[1.0, 0.0]["frame"] != chosen[0.0, 1.0]["frame"]
    for told in chosen.values():
        assert told["terms"]["aesthetics"] == 1.0
        assert told["weights"]["aesthetics"] == 0.15
        assert sum(told["weights"].values()) == pytest.approx(1, abs=1e-3)


def test_a_variants_score_weighs_the_judgement_beside_its_letters(kept: tuple[KeyframeSet, Path]):
    kitchen = Kitchen(study_keyframes(*kept, aesthetics=KnownTaste((0.8, 0.6))))
    clean = kitchen.render(Recipe(Treatment.CLEAN, (812,)), Aspect.W16X9, preview=320)
    assert clean is not None

    terms = variant_terms(clean)
    weights = variant_weights(terms | {"legibility": 1.0, "text_size": 1.0, "text_area": 1.0})

    assert terms["aesthetics"] == pytest.approx(0.8)
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["aesthetics"] == pytest.approx(0.15 * 0.8)
    assert variant_total(terms | {"aesthetics": 1.0}) - variant_total(terms | {"aesthetics": 0.0}) == pytest.approx(
        0.15
    )


def test_without_a_judge_the_weights_are_the_crafts_own(kept: tuple[KeyframeSet, Path]):
    terms = best_framing(study_keyframes(*kept)[0], Aspect.SQUARE).terms

    assert "aesthetics" not in weights_of(terms)
    assert sum(weights_of(terms).values()) == pytest.approx(1)
